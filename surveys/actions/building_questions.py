"""The questions of a questionnaire: added, changed, moved, taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organisation.actions.base import check_row
from organisation.actions.changes import log_changed, log_created, log_removed, values_of
from organisation.errors import Refused
from organisation.models import Person
from organisation.queries import municipality
from surveys.actions.building_areas import KeyTaken, swap
from surveys.actions.building_base import (
    LONGEST_PROSE,
    LONGEST_QUESTION,
    STEP,
    GoneMeanwhile,
    Texts,
    check_conditions,
    clean_texts,
    draft,
    keys_in,
    still_there,
)
from surveys.keys import key_from
from surveys.models import Area, Question
from surveys.queries import keys_of_earlier_rounds
from surveys.questionnaires import DONT_KNOW, WITH_OPTIONS, QuestionKind, text_in

LONGEST_OPTION = 200
MOST_OPTIONS = 60


class OptionsMissing(Refused):
    code = "options_missing"
    field = "options"
    message = _("Write at least two choices.")


class TooManyOptions(Refused):
    code = "too_many_options"
    field = "options"
    message = _("At most %(most)s choices.")


class OptionTaken(Refused):
    code = "option_taken"
    field = "options"
    message = _("Two choices have the key «%(key)s».")


class ImpossibleAtMost(Refused):
    code = "impossible_at_most"
    field = "at_most"
    message = _("Write a number from 1 to %(choices)s, the number of choices.")


class AnotherKindBefore(Refused):
    """The key stands for a question of another type in an earlier round: the two could not be compared."""

    code = "another_kind_before"
    field = "kind"
    message = _(
        "In an earlier round «%(key)s» is a question of the type «%(kind)s». Give a new type a question of its own."
    )


class AreaOfAnotherSurvey(Refused):
    code = "area_of_another_survey"
    field = "area"
    message = _("That area is not in this survey. Choose another.")


def add_question(
    area: Area,
    *,
    texts: Texts,
    kind: str = QuestionKind.SCALE,
    key: str = "",
    helps: Texts | None = None,
    options: Sequence[Mapping[str, Any]] = (),
    background: bool = False,
    dont_know: bool = True,
    at_most: int | None = None,
    show_if: Mapping[str, Any] | None = None,
    by: Person | None,
    now: datetime,
) -> Question:
    """Add a question, the last of its area.

    `key` is made of the text where none is given, and then differs from those of earlier rounds too: a key that comes
    back means the same question. `options` and `show_if` as `Question` holds them; an option without a key gets one.

    Raises NotAllowed, SurveyFrozen, GoneMeanwhile, KeyTaken, AnotherKindBefore, OptionsMissing, TooManyOptions, OptionTaken,
    ImpossibleAtMost, ConditionBroken, ConditionHalf, TextMissing, TextTooLong, LanguageUnknown, Unfit.
    """
    with transaction.atomic():
        survey = draft(area.survey, by)
        area = still_there(area)
        question = Question(area=area)
        _fill(question, texts, kind, helps or {}, options, background, dont_know, at_most, show_if)
        taken, before = keys_in(survey), keys_of_earlier_rounds(survey)
        first = municipality().language
        question.key = key.strip() or key_from(
            text_in(question.texts, first), taken | set(before), otherwise="question"
        )
        if question.key in taken:
            raise KeyTaken(key=question.key)
        _compare_with(before, question)
        last = area.questions.order_by("-position").values_list("position", flat=True).first() or 0
        question.position = last + STEP
        check_row(question)
        question.save(force_insert=True)
        check_conditions(survey, changed=question.key)
        log_created(question, by=by, now=now)
    return question


def change_question(
    question: Question,
    *,
    texts: Texts,
    kind: str,
    helps: Texts,
    options: Sequence[Mapping[str, Any]],
    background: bool,
    dont_know: bool,
    at_most: int | None,
    show_if: Mapping[str, Any] | None,
    area: Area | None = None,
    by: Person | None,
    now: datetime,
) -> Question:
    """Change a question. Its key stays. In another `area` it becomes the last.

    Raises NotAllowed, SurveyFrozen, GoneMeanwhile, AreaOfAnotherSurvey, AnotherKindBefore, OptionsMissing,
    TooManyOptions, OptionTaken, ImpossibleAtMost, ConditionBroken, ConditionHalf, ConditionOfOther, TextMissing,
    TextTooLong, LanguageUnknown, Unfit.
    """
    with transaction.atomic():
        survey = draft(question.area.survey, by)
        found = Question.objects.select_related("area").filter(pk=question.pk).first()
        if found is None:
            raise GoneMeanwhile
        before = values_of(found)
        _fill(found, texts, kind, helps, options, background, dont_know, at_most, show_if)
        _compare_with(keys_of_earlier_rounds(survey), found)
        if area is not None and area.pk != found.area_id:
            if still_there(area).survey_id != survey.pk:
                raise AreaOfAnotherSurvey
            last = area.questions.order_by("-position").values_list("position", flat=True).first() or 0
            found.area, found.position = area, last + STEP
        check_row(found)
        found.save()
        check_conditions(survey, changed=found.key)
        log_changed(found, before, by=by, now=now)
    return found


def move_question(question: Question, *, up: bool, by: Person | None, now: datetime) -> None:
    """Let a question change places within its area; at the end nothing happens.

    Raises NotAllowed, SurveyFrozen, ConditionBroken.
    """
    with transaction.atomic():
        survey = draft(question.area.survey, by)
        rows = list(Question.objects.filter(area=question.area_id).order_by("position", "id"))
        if swap(rows, question.pk, up=up, by=by, now=now):
            check_conditions(survey)


def remove_question(question: Question, *, by: Person | None, now: datetime) -> None:
    """Take a question away. Raises NotAllowed, SurveyFrozen, and ConditionBroken where another waits for its answer."""
    with transaction.atomic():
        survey = draft(question.area.survey, by)
        log_removed(question, by=by, now=now)
        Question.objects.filter(pk=question.pk).delete()
        check_conditions(survey)


def _fill(
    question: Question,
    texts: Texts,
    kind: str,
    helps: Texts,
    options: Sequence[Mapping[str, Any]],
    background: bool,
    dont_know: bool,
    at_most: int | None,
    show_if: Mapping[str, Any] | None,
) -> None:
    question.kind = kind
    question.texts = clean_texts(texts, field="text", longest=LONGEST_QUESTION)
    question.helps = clean_texts(helps, field="help", longest=LONGEST_PROSE, needed=False, one_line=False)
    question.options = _options(options) if kind in WITH_OPTIONS else []
    question.background = background
    question.dont_know = dont_know and kind != QuestionKind.TEXT
    question.at_most = at_most if kind in (QuestionKind.MULTIPLE, QuestionKind.RANKING) else None
    if question.at_most is not None and not 1 <= question.at_most <= len(question.options):
        raise ImpossibleAtMost(choices=len(question.options))
    question.show_if = (
        {"question": show_if["question"], "values": list(dict.fromkeys(show_if["values"]))} if show_if else {}
    )


def _options(options: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the choices with clean texts and a key each. Raises OptionsMissing, TooManyOptions, OptionTaken, TextMissing."""
    if len(options) > MOST_OPTIONS:
        raise TooManyOptions(most=MOST_OPTIONS)
    if len(options) < 2:
        raise OptionsMissing
    taken = {DONT_KNOW, *(str(option["key"]) for option in options if option.get("key"))}
    clean: list[dict[str, Any]] = []
    for number, option in enumerate(options):
        texts = clean_texts(option["texts"], field=f"option_{number}", longest=LONGEST_OPTION)
        key = str(option.get("key") or "") or key_from(
            text_in(texts, municipality().language), taken, otherwise="choice"
        )
        if key == DONT_KNOW or key in {one["key"] for one in clean}:
            raise OptionTaken(key=key)
        taken.add(key)
        clean.append({"key": key, "texts": texts})
    return clean


def _compare_with(before: Mapping[str, str], question: Question) -> None:
    """Raise AnotherKindBefore where an earlier round asks something of another type under this key."""
    if (kind := before.get(question.key, question.kind)) != question.kind:
        raise AnotherKindBefore(key=question.key, kind=QuestionKind(kind).label)
