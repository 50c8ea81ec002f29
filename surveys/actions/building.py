"""Make a survey, change what it is called and for whom it is, copy it as the next round, throw a draft away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from organisation.actions.base import check_row
from organisation.actions.changes import log_changed, log_created, log_removed, values_of
from organisation.errors import Refused
from organisation.models import Person, Unit
from organisation.queries import municipality
from surveys.actions.building_base import (
    LANGUAGES,
    LONGEST_PROSE,
    LONGEST_TITLE,
    LanguageUnknown,
    Texts,
    clean_texts,
    draft,
)
from surveys.keys import key_from
from surveys.models import Area, Draw, Question, Survey
from surveys.models.questionnaire import SMALLEST_GROUP
from surveys.questionnaires import SurveyKind, text_in
from surveys.rules import require_manager

RESERVED_CODES = frozenset({"new"})
"""Codes that are pages of their own among the addresses."""
LONGEST_INTERVAL = 20


class SurveyCodeTaken(Refused):
    code = "survey_code_taken"
    field = "code"
    message = _("There is a survey with the code «%(code)s» already.")


class UnitMissing(Refused):
    code = "unit_missing"
    field = "unit"
    message = _("Choose the unit whose users are asked.")


class LanguageMissing(Refused):
    code = "language_missing"
    field = "languages"
    message = _("Choose at least one language.")


class ImpossibleInterval(Refused):
    code = "impossible_interval"
    field = "repeats_every_years"
    message = _("Write a number of years from 1 to %(longest)s, or nothing.")


class HasNextRound(Refused):
    code = "has_next_round"
    message = _("«%(survey)s» is the next round already. Work on that one.")


class SurveyInUse(Refused):
    code = "survey_in_use"
    message = _("There is a draw from it or a later round of it: it cannot be thrown away.")


def create_survey(
    *,
    titles: Texts,
    kind: str = SurveyKind.CITIZEN,
    unit: Unit | None = None,
    code: str = "",
    introductions: Texts | None = None,
    thanks: Texts | None = None,
    languages: Sequence[str] = (),
    repeats_every_years: int | None = None,
    smallest_group: int = SMALLEST_GROUP,
    by: Person | None,
    now: datetime,
) -> Survey:
    """Make a survey without questions. `code` is made of the title where none is given; no languages: the municipality's.

    Raises NotAllowed, SurveyCodeTaken, UnitMissing, LanguageMissing, LanguageUnknown, ImpossibleInterval, TextMissing,
    TextTooLong, Unfit.
    """
    require_manager(by)
    with transaction.atomic():
        survey = Survey(created_at=now, created_by=by)
        _fill(survey, titles, kind, unit, introductions or {}, thanks or {}, languages, smallest_group)
        survey.repeats_every_years = _interval(repeats_every_years)
        survey.code = _free_code(code, survey.titles)
        check_row(survey)
        _insert(survey)
        log_created(survey, by=by, now=now)
    return survey


def change_survey(
    survey: Survey,
    *,
    titles: Texts,
    kind: str,
    unit: Unit | None,
    introductions: Texts,
    thanks: Texts,
    languages: Sequence[str],
    repeats_every_years: int | None,
    smallest_group: int,
    by: Person | None,
    now: datetime,
) -> Survey:
    """Change a survey that is not sent out. Its code stays.

    Raises NotAllowed, SurveyFrozen, UnitMissing, LanguageMissing, LanguageUnknown, ImpossibleInterval, TextMissing,
    TextTooLong, Unfit.
    """
    with transaction.atomic():
        found = draft(survey, by)
        before = values_of(found)
        _fill(found, titles, kind, unit, introductions, thanks, languages, smallest_group)
        found.repeats_every_years = _interval(repeats_every_years)
        check_row(found)
        found.save()
        log_changed(found, before, by=by, now=now)
    return found


def set_interval(survey: Survey, *, repeats_every_years: int | None, by: Person | None, now: datetime) -> Survey:
    """Say how often the survey is held: the one thing that can be changed at any stage, as no answer depends on it.

    Whoever was told of the next round is told again, of the new day. Raises NotAllowed, ImpossibleInterval.
    """
    require_manager(by)
    with transaction.atomic():
        found = Survey.objects.select_for_update().get(pk=survey.pk)
        before = values_of(found)
        if found.repeats_every_years != _interval(repeats_every_years):
            found.repeats_every_years, found.next_round_told_at = repeats_every_years, None
            found.save(update_fields=["repeats_every_years", "next_round_told_at"])
            log_changed(found, before, by=by, now=now)
    return found


def copy_survey(survey: Survey, *, titles: Texts, code: str = "", by: Person | None, now: datetime) -> Survey:
    """Make the next round of `survey`: the same questions under the same keys, to be changed where that is needed.

    Whatever its stage is. Neither draw, times nor answers come along. Raises NotAllowed, HasNextRound, SurveyCodeTaken,
    TextMissing, TextTooLong.
    """
    require_manager(by)
    with transaction.atomic():
        old = Survey.objects.select_for_update().get(pk=survey.pk)
        if (later := old.later.first()) is not None:
            raise HasNextRound(survey=later.title(municipality().language))
        new_titles = clean_texts(titles, field="title", longest=LONGEST_TITLE)
        new = Survey(
            code=_free_code(code, new_titles),
            titles=new_titles,
            previous=old,
            created_at=now,
            created_by=by,
            **{
                name: getattr(old, name)
                for name in (
                    "kind", "unit", "introductions", "thanks", "languages", "repeats_every_years", "smallest_group",
                    "reminders_at_most", "open_to_all", "kiosk",
                )
            },
        )  # fmt: skip
        check_row(new)
        _insert(new)
        _copy_questions(old, new)
        log_created(new, by=by, now=now)
    return new


def remove_survey(survey: Survey, *, by: Person | None, now: datetime) -> None:
    """Throw a draft away with its questions. Raises NotAllowed, SurveyFrozen, SurveyInUse."""
    with transaction.atomic():
        found = draft(survey, by)
        if Draw.objects.filter(survey=found).exists() or found.later.exists():
            raise SurveyInUse
        log_removed(found, by=by, now=now)
        found.delete()


def _fill(
    survey: Survey,
    titles: Texts,
    kind: str,
    unit: Unit | None,
    introductions: Texts,
    thanks: Texts,
    languages: Sequence[str],
    smallest_group: int,
) -> None:
    survey.titles = clean_texts(titles, field="title", longest=LONGEST_TITLE)
    survey.introductions = clean_texts(
        introductions, field="introduction", longest=LONGEST_PROSE, needed=False, one_line=False
    )
    survey.thanks = clean_texts(thanks, field="thanks", longest=LONGEST_PROSE, needed=False, one_line=False)
    for language in languages:
        if language not in LANGUAGES:
            raise LanguageUnknown(language=language)
    if not (chosen := [code for code in LANGUAGES if code in (languages or municipality().languages)]):
        raise LanguageMissing
    if kind == SurveyKind.USER and unit is None:
        raise UnitMissing
    survey.kind, survey.unit, survey.languages, survey.smallest_group = kind, unit, chosen, smallest_group


def _interval(years: int | None) -> int | None:
    if years is not None and not 1 <= years <= LONGEST_INTERVAL:
        raise ImpossibleInterval(longest=LONGEST_INTERVAL)
    return years


def _free_code(code: str, titles: Texts) -> str:
    """Return `code`, or one made of the title. Raises SurveyCodeTaken for one that is another's or a page's."""
    code = code.strip().lower()
    if not code:
        taken = RESERVED_CODES | set(Survey.objects.values_list("code", flat=True))
        return key_from(text_in(titles, municipality().language), taken, otherwise="survey")
    if code in RESERVED_CODES or Survey.objects.filter(code=code).exists():
        raise SurveyCodeTaken(code=code)
    return code


def _insert(survey: Survey) -> None:
    """Write the new row. Raises SurveyCodeTaken where somebody took the code in the same moment."""
    try:
        with transaction.atomic():
            survey.save(force_insert=True)
    except IntegrityError as error:
        raise SurveyCodeTaken(code=survey.code) from error


def _copy_questions(old: Survey, new: Survey) -> None:
    areas = list(Area.objects.filter(survey=old))
    copies = Area.objects.bulk_create(
        Area(
            survey=new, key=area.key, titles=area.titles, introductions=area.introductions, position=area.position
        )
        for area in areas
    )  # fmt: skip
    to = {area.pk: copied for area, copied in zip(areas, copies, strict=True)}
    questions = list(Question.objects.filter(area__survey=old).order_by("position", "id"))
    for question in questions:
        question.pk, question._state.adding, question.area = None, True, to[question.area_id]
    Question.objects.bulk_create(questions)
