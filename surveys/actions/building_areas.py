"""The areas of a questionnaire: added, changed, moved, taken away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organisation.actions.base import check_row
from organisation.actions.changes import log_changed, log_created, log_removed, values_of
from organisation.errors import Refused
from organisation.models import Person
from organisation.queries import municipality
from surveys.actions.building_base import (
    LONGEST_PROSE,
    LONGEST_TITLE,
    STEP,
    Texts,
    check_conditions,
    clean_texts,
    draft,
    keys_in,
    still_there,
)
from surveys.keys import key_from
from surveys.models import Area, Question, Survey
from surveys.questionnaires import text_in


class KeyTaken(Refused):
    code = "key_taken"
    field = "key"
    message = _("There is an area or a question with the key «%(key)s» in this survey already.")


def add_area(
    survey: Survey,
    *,
    titles: Texts,
    introductions: Texts | None = None,
    key: str = "",
    by: Person | None,
    now: datetime,
) -> Area:
    """Add an area, the last. Its key is made of the title where none is given.

    Raises NotAllowed, SurveyFrozen, KeyTaken, TextMissing, TextTooLong, LanguageUnknown, Unfit.
    """
    with transaction.atomic():
        survey = draft(survey, by)
        words = clean_texts(titles, field="title", longest=LONGEST_TITLE)
        taken = keys_in(survey)
        key = key.strip() or key_from(text_in(words, municipality().language), taken, otherwise="area")
        if key in taken:
            raise KeyTaken(key=key)
        last = survey.areas.order_by("-position").values_list("position", flat=True).first() or 0
        area = Area(survey=survey, key=key, titles=words, introductions=_prose(introductions), position=last + STEP)
        check_row(area)
        area.save(force_insert=True)
        log_created(area, by=by, now=now)
    return area


def change_area(area: Area, *, titles: Texts, introductions: Texts, by: Person | None, now: datetime) -> Area:
    """Change what an area says. Its key stays.

    Raises NotAllowed, SurveyFrozen, GoneMeanwhile, TextMissing, TextTooLong, LanguageUnknown.
    """
    with transaction.atomic():
        draft(area.survey, by)
        found = still_there(area)
        before = values_of(found)
        found.titles = clean_texts(titles, field="title", longest=LONGEST_TITLE)
        found.introductions = _prose(introductions)
        found.save()
        log_changed(found, before, by=by, now=now)
    return found


def _prose(introductions: Texts | None) -> dict[str, str]:
    return clean_texts(
        introductions or {}, field="introduction", longest=LONGEST_PROSE, needed=False, one_line=False
    )  # fmt: skip


def move_area(area: Area, *, up: bool, by: Person | None, now: datetime) -> None:
    """Let an area change places with the one before it (`up`) or after it; at the end nothing happens.

    Raises NotAllowed, SurveyFrozen, ConditionBroken.
    """
    with transaction.atomic():
        survey = draft(area.survey, by)
        if swap(list(survey.areas.order_by("position", "id")), area.pk, up=up, by=by, now=now):
            check_conditions(survey)


def remove_area(area: Area, *, by: Person | None, now: datetime) -> None:
    """Take an area away with its questions. Raises NotAllowed, SurveyFrozen, ConditionBroken."""
    with transaction.atomic():
        survey = draft(area.survey, by)
        log_removed(area, by=by, now=now)
        Area.objects.filter(pk=area.pk).delete()
        check_conditions(survey)


def swap(rows: Sequence[Area] | Sequence[Question], pk: int, *, up: bool, by: Person | None, now: datetime) -> bool:
    """Let the row `pk` change places in the ordered `rows`; positions become multiples of STEP. Return whether it moved.

    Only the row that was moved is written down in the log: the others stay in the order they had.
    """
    order: list[Area | Question] = [*rows]
    place = next((number for number, row in enumerate(order) if row.pk == pk), None)
    other = None if place is None else place - 1 if up else place + 1
    if place is None or other is None or not 0 <= other < len(order):
        return False
    moved = order[place]
    before = values_of(moved)
    order[place], order[other] = order[other], order[place]
    for position, row in enumerate(order, start=1):
        if row.position != position * STEP:
            row.position = position * STEP
            row.save(update_fields=["position"])
    log_changed(moved, before, by=by, now=now)
    return True
