"""Make and change indicators."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from organisation.actions.base import check_row
from organisation.actions.changes import log_changed, log_created, values_of
from organisation.errors import Refused
from organisation.models import Person
from organisation.queries import municipality
from reporting.actions.base import Texts, name_texts, prose_texts
from reporting.measures import FORMULAS, KNOWN, Measure
from reporting.models import Indicator
from reporting.models.indicators import usual_decimals
from reporting.rules import require_manager
from reporting.scales import Origin
from surveys.keys import key_from
from surveys.questionnaires import text_in


class IndicatorKeyTaken(Refused):
    code = "key_taken"
    field = "key"
    message = _("There is an indicator with the key «%(key)s» already.")


class ScaleStays(Refused):
    code = "scale_stays"
    field = "scale"
    message = _("There are figures of this indicator: its scale stays. Make a new indicator for another scale.")


class OriginStays(Refused):
    code = "origin_stays"
    field = "origin"
    message = _("There are figures of this indicator: where they come from stays.")


class NotCountable(Refused):
    code = "not_countable"
    field = "origin"
    message = _("What is counted from message cards is defined by the house. Choose another origin.")


class FormulaUnknown(Refused):
    code = "formula_unknown"
    field = "formula"
    message = _("There is no indicator with the key «%(key)s» to divide by the population.")


def create_indicator(
    *,
    names: Texts,
    scale: str,
    direction: str,
    perspective: str,
    origin: str = Origin.TYPED,
    explanations: Texts | None = None,
    formula: str = "",
    source: str = "",
    decimals: int | None = None,
    country_weighs: str = "",
    key: str = "",
    by: Person | None,
    now: datetime,
) -> Indicator:
    """Make an indicator. Its key is made of the name where none is given, its decimals are the scale's.

    Raises NotAllowed, TextMissing, TextTooLong, IndicatorKeyTaken, NotCountable, FormulaUnknown, Unfit.
    """
    require_manager(by)
    with transaction.atomic():
        words = name_texts(names)
        taken = {*Indicator.objects.values_list("key", flat=True), "new"}
        key = key.strip() or key_from(text_in(words, municipality().language), taken, otherwise="indicator")
        if key in taken:
            raise IndicatorKeyTaken(key=key)
        indicator = Indicator(
            key=key,
            names=words,
            explanations=prose_texts(explanations, "explanation"),
            scale=scale,
            direction=direction,
            perspective=perspective,
            origin=origin,
            formula=formula.strip(),
            source=source.strip(),
            country_weighs=country_weighs,
            decimals=usual_decimals(scale) if decimals is None else decimals,
        )
        _check(indicator)
        indicator.save(force_insert=True)
        log_created(indicator, by=by, now=now)
    return indicator


def change_indicator(
    indicator: Indicator,
    *,
    names: Texts,
    explanations: Texts,
    scale: str,
    direction: str,
    perspective: str,
    origin: str,
    formula: str,
    source: str,
    decimals: int,
    country_weighs: str | None = None,
    by: Person | None,
    now: datetime,
) -> Indicator:
    """Change what an indicator says of itself. Its key stays; scale and origin stay where there are figures.

    Raises NotAllowed, TextMissing, TextTooLong, ScaleStays, OriginStays, NotCountable, FormulaUnknown, Unfit.
    """
    require_manager(by)
    with transaction.atomic():
        found = Indicator.objects.select_for_update().get(pk=indicator.pk)
        before = values_of(found)
        if found.values.exists():
            if scale != found.scale:
                raise ScaleStays
            if (origin, formula.strip()) != (found.origin, found.formula):
                raise OriginStays
        found.names, found.explanations = name_texts(names), prose_texts(explanations, "explanation")
        found.scale, found.direction, found.perspective, found.origin = scale, direction, perspective, origin
        found.formula, found.source, found.decimals = formula.strip(), source.strip(), decimals
        if country_weighs is not None:
            found.country_weighs = country_weighs
        _check(found)
        found.save()
        log_changed(found, before, by=by, now=now)
    return found


def _check(indicator: Indicator) -> None:
    if indicator.origin == Origin.FEEDBACK and indicator.key not in FORMULAS:
        raise NotCountable
    if indicator.origin == Origin.PER_INHABITANT and indicator.formula:
        divided = Indicator.objects.filter(key=indicator.formula).exclude(origin=Origin.PER_INHABITANT)
        if not divided.exists():
            raise FormulaUnknown(key=indicator.formula)
    check_row(indicator)


def know_our_indicators(*, now: datetime) -> int:
    """Make the indicators that the house knows by itself, where they are not there. Return how many were made.

    Names and explanations are written in all languages, and can be changed afterwards.
    """
    there = set(Indicator.objects.values_list("key", flat=True))
    missing = [measure for measure in KNOWN if measure.key not in there]
    for measure in missing:
        create_indicator(**_as_arguments(measure), by=None, now=now)
    return len(missing)


def _as_arguments(measure: Measure) -> dict[str, Any]:
    names, explanations = {}, {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            names[code], explanations[code] = str(measure.name), str(measure.explanation)
    return {
        "key": measure.key,
        "names": names,
        "explanations": explanations,
        "scale": measure.scale,
        "direction": measure.direction,
        "perspective": measure.perspective,
        "origin": measure.origin,
        "formula": measure.of,
        "decimals": measure.decimals,
    }
