"""Keep the routing rules: what each asks for, which unit it picks, and in which order they are tried."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.actions.categories import STEP, renumber
from feedback.actions.intake import NotAnAnsweringUnit
from feedback.errors import Refused
from feedback.models import Category, RoutingRule
from organisation.actions.base import check_row, require_manager
from organisation.actions.changes import log_changed, log_created, log_removed, values_of
from organisation.models import Person, Unit


class AsksNothing(Refused):
    code = "asks_nothing"
    field = "words"
    message = _("A rule needs a category, a kind, an area or words; it would catch all cards.")


class WordTooLong(Refused):
    code = "word_too_long"
    field = "words"
    message = _("«%(word)s» is longer than %(limit)s characters. Part it by commas.")


def tidy_words(words: Iterable[str]) -> list[str]:
    """Return the words without white space around them, each once whatever its case, empty ones left out."""
    kept: dict[str, str] = {}
    for word in words:
        if word := " ".join(word.replace("\x00", "").split()):
            kept.setdefault(word.casefold(), word)
    return list(kept.values())


def create_rule(
    *,
    name: str,
    unit: Unit,
    category: Category | None = None,
    kind: str = "",
    area: str = "",
    words: Iterable[str] = (),
    is_active: bool = True,
    by: Person | None,
    now: datetime,
) -> RoutingRule:
    """Add a rule, the last that is tried. Raises NotAllowed, AsksNothing, WordTooLong, NotAnAnsweringUnit, Unfit."""
    require_manager(by)
    with transaction.atomic():
        last = RoutingRule.objects.order_by("-position").values_list("position", flat=True).first() or 0
        rule = RoutingRule(position=last + STEP)
        _fill(rule, name, unit, category, kind, area, words, is_active)
        rule.save(force_insert=True)
        log_created(rule, by=by, now=now)
    return rule


def change_rule(
    rule: RoutingRule,
    *,
    name: str,
    unit: Unit,
    category: Category | None,
    kind: str,
    area: str,
    words: Iterable[str],
    is_active: bool,
    by: Person | None,
    now: datetime,
) -> RoutingRule:
    """Change what a rule asks for or picks. Cards that have their unit keep it.

    Raises NotAllowed, AsksNothing, WordTooLong, NotAnAnsweringUnit, Unfit.
    """
    require_manager(by)
    with transaction.atomic():
        stored = RoutingRule.objects.select_for_update().get(pk=rule.pk)
        before = values_of(stored)
        _fill(stored, name, unit, category, kind, area, words, is_active)
        stored.save()
        log_changed(stored, before, by=by, now=now)
    return stored


def _fill(
    rule: RoutingRule,
    name: str,
    unit: Unit,
    category: Category | None,
    kind: str,
    area: str,
    words: Iterable[str],
    is_active: bool,
) -> None:
    if unit.kind == Unit.Kind.SECTOR or (unit.closed_on is not None and unit.pk != rule.unit_id):
        raise NotAnAnsweringUnit(unit=unit.name)
    rule.name, rule.unit, rule.category, rule.kind = name.strip(), unit, category, kind
    rule.area, rule.words, rule.is_active = area.strip(), tidy_words(words), is_active
    limit = 60
    if too_long := next((word for word in rule.words if len(word) > limit), None):
        raise WordTooLong(word=too_long[:40] + "…", limit=limit)
    if not (rule.category or rule.kind or rule.area or rule.words):
        raise AsksNothing
    check_row(rule)


def move_rule(rule: RoutingRule, *, up: bool, by: Person | None, now: datetime) -> None:
    """Let a rule change places with the one tried before it (`up`) or after it. Raises NotAllowed."""
    require_manager(by)
    with transaction.atomic():
        rows = list(RoutingRule.objects.select_for_update().order_by("position", "id"))
        renumber(rows, rule.pk, up=up, by=by, now=now)


def remove_rule(rule: RoutingRule, *, by: Person | None, now: datetime) -> None:
    """Take a rule away; cards that it sent stay where they are. Raises NotAllowed."""
    require_manager(by)
    with transaction.atomic():
        log_removed(rule, by=by, now=now)
        rule.delete()
