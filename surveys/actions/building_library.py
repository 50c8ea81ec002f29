"""Take areas and questions of the library into a survey."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organisation.errors import Refused
from organisation.models import Person
from surveys.actions.building_areas import add_area
from surveys.actions.building_base import Texts, draft, keys_in
from surveys.actions.building_questions import add_question
from surveys.library import library, library_items
from surveys.models import Area, Survey
from surveys.questionnaires import EASY, Item


class NothingChosen(Refused):
    code = "nothing_chosen"
    field = "items"
    message = _("Choose at least one question.")


class NotInLibrary(Refused):
    code = "not_in_library"
    field = "items"
    message = _("«%(key)s» is not in the library.")


def insert_from_library(survey: Survey, keys: Iterable[str], *, by: Person | None, now: datetime) -> int:
    """Take the questions with these keys into the survey, each into its area, which is made where it is not there.

    They come in the library's order and in the survey's languages, and bring the questions along that they are asked on
    condition of. What is there already stays as it is. Return how many came.

    Raises NotAllowed, SurveyFrozen, NothingChosen, NotInLibrary, and what `add_area` and `add_question` raise.
    """
    with transaction.atomic():
        survey = draft(survey, by)
        wanted = _with_conditions(keys)
        there = keys_in(survey)
        areas = {area.key: area for area in Area.objects.filter(survey=survey).select_related("survey")}
        inserted = 0
        for shelf in library():
            for item in shelf.items:
                if item.key not in wanted or item.key in there:
                    continue
                if shelf.key not in areas:
                    areas[shelf.key] = add_area(
                        survey,
                        key=shelf.key,
                        titles=_in_languages(shelf.titles, survey),
                        introductions=_in_languages(shelf.introductions, survey),
                        by=by,
                        now=now,
                    )
                _insert(areas[shelf.key], item, survey, by=by, now=now)
                inserted += 1
    return inserted


def _with_conditions(keys: Iterable[str]) -> set[str]:
    """Return `keys` and those they depend on. Raises NothingChosen, NotInLibrary."""
    known, wanted = library_items(), set(keys)
    if not wanted:
        raise NothingChosen
    for key in list(wanted):
        if key not in known:
            raise NotInLibrary(key=key)
        while (condition := known[key][1].show_if) is not None:
            key = condition[0]
            wanted.add(key)
    return wanted


def _in_languages(texts: Texts, survey: Survey) -> dict[str, str]:
    chosen = {code + easy for code in {*survey.languages, "nb"} for easy in ("", EASY)}
    return {code: text for code, text in texts.items() if code in chosen}


def _insert(area: Area, item: Item, survey: Survey, *, by: Person | None, now: datetime) -> None:
    add_question(
        area,
        key=item.key,
        kind=item.kind,
        texts=_in_languages(item.texts, survey),
        helps=_in_languages(item.help, survey),
        options=[{"key": option.key, "texts": _in_languages(option.texts, survey)} for option in item.options],
        background=item.background,
        dont_know=item.dont_know,
        at_most=item.at_most,
        show_if={"question": item.show_if[0], "values": sorted(item.show_if[1])} if item.show_if else None,
        by=by,
        now=now,
    )
