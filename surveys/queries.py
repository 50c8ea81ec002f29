"""Reads on surveys and their questionnaires."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import (
    BooleanField,
    Count,
    ExpressionWrapper,
    Func,
    JSONField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import JSONObject

from organisation.gathering import InOne
from organisation.kept_queries import KeptQuery
from organisation.models import Person
from surveys.intervals import next_round_on
from surveys.models import Answer, Area, Draft, Invitation, Publication, Question, Survey
from surveys.questionnaires import Item, Option, QuestionKind, Stage, condition_of
from surveys.rules import visible_surveys


def all_surveys() -> QuerySet[Survey]:
    """Return every survey, the newest first, each with `question_count`, its unit, and its earlier and later rounds."""
    return (
        Survey.objects.select_related("unit", "previous")
        .prefetch_related("later")
        .annotate(question_count=Count("areas__questions", distinct=True))
        .order_by("-created_at", "-id")
    )


def areas_of(survey: Survey) -> list[Area]:
    """Return the survey's areas in their order, each with its questions (two queries)."""
    questions = Prefetch("questions", Question.objects.select_related("area").order_by("position", "id"))
    return list(survey.areas.order_by("position", "id").prefetch_related(questions))


def questions_of(survey: Survey | OuterRef) -> QuerySet[Question]:
    """Return the survey's questions with their areas, in the order in which they are asked."""
    return (
        Question.objects.filter(area__survey=survey)
        .select_related("area")
        .order_by("area__position", "area_id", "position", "id")
    )


def items_of(survey: Survey) -> list[Item]:
    """Return the survey's questions without the database, in the order in which they are asked (one query)."""
    return [question.item for question in questions_of(survey)]


def survey_as_it_is(pk: int) -> Survey:
    """Return the survey as it stands in the database now (one query). Raises Survey.DoesNotExist."""
    return _only(_AS_IT_IS.rows(str(pk)))


def survey_to_check(pk: int) -> tuple[Survey, list[Item]]:
    """Return the survey as it stands in the database now, and of its questions, in their order, what tells whether an
    answer is possible: no words (one query). Raises Survey.DoesNotExist.

    An answer comes every few milliseconds, and what sixty questions say in four languages takes longer to read than all
    that is done with it.
    """
    survey = _only(_TO_CHECK.rows(str(pk)))
    asked: list[dict[str, Any]] = survey.asked  # type: ignore[attr-defined]
    return survey, [
        Item(one["key"], one["kind"], {}, options=[Option(key, {}) for key in one["options"]],
             dont_know=one["dont_know"], at_most=one["at_most"], show_if=condition_of(one["show_if"]))
        for one in asked
    ]  # fmt: skip


def _by_id(pk: str) -> QuerySet[Survey]:
    return Survey.objects.filter(pk=RawSQL("%s::bigint", [pk])).order_by()


def _to_check(pk: str) -> QuerySet[Survey]:
    names = ("key", "kind", "dont_know", "at_most", "show_if")
    options = Func("options", Value("$[*].key"), function="jsonb_path_query_array", output_field=JSONField(),
                   template="%(function)s(%(expressions)s::jsonpath)")  # fmt: skip
    asked = questions_of(OuterRef("pk")).values(row=JSONObject(options=options, **{name: name for name in names}))
    return _by_id(pk).annotate(asked=InOne(asked))


_AS_IT_IS, _TO_CHECK = KeptQuery(_by_id), KeptQuery(_to_check)


def _only(found: list[Survey]) -> Survey:
    if not found:
        raise Survey.DoesNotExist
    return found[0]


def group_questions(survey: Survey) -> list[Item]:
    """Return the background questions that tell which group a respondent belongs to: those with one choice (one query)."""
    return [item for item in items_of(survey) if item.background and item.kind == QuestionKind.SINGLE]


def earlier_rounds(survey: Survey) -> list[Survey]:
    """Return the rounds before this one, the latest first (one query a round)."""
    found: list[Survey] = []
    step = survey.previous
    while step is not None and step not in found:
        found.append(step)
        step = step.previous
    return found


def keys_of_earlier_rounds(survey: Survey) -> dict[str, str]:
    """Return the type of each question of the earlier rounds by its key; of several rounds the latest counts."""
    kinds: dict[str, str] = {}
    for earlier in earlier_rounds(survey):
        for key, kind in Question.objects.filter(area__survey=earlier).values_list("key", "kind"):
            kinds.setdefault(key, kind)
    return kinds


def next_round(survey: Survey, zone: ZoneInfo) -> date | None:
    """Return the local day on which the next round is due, or None where the survey has no interval or was not held.

    Counted from the day it opened. What already has a later round has had its turn; `later` must be prefetched for many.
    """
    if not survey.repeats_every_years or survey.opens_at is None or not survey.is_frozen or survey.later.all():
        return None
    return next_round_on(survey.opens_at.astimezone(zone).date(), survey.repeats_every_years)


def question_in(survey: Survey, key: str) -> Question | None:
    """Return the survey's question with this key, with its area and survey."""
    return Question.objects.select_related("area__survey").filter(area__survey=survey, key=key).first()


def rounds_to_come() -> QuerySet[Survey]:
    """Return the surveys that are held again, have no later round yet, and of which nobody has been told."""
    return Survey.objects.filter(
        repeats_every_years__isnull=False, next_round_told_at=None, opens_at__isnull=False, later=None
    ).exclude(stage=Stage.DRAFT)


def fielded_surveys() -> QuerySet[Survey]:
    return Survey.objects.filter(stage=Stage.FIELDED)


def survey_for_answers(code: str) -> Survey | None:
    """Return the survey of that code if people may know of it: one that is fielded, closed or published."""
    return Survey.objects.exclude(stage=Stage.DRAFT).filter(code=code).first()


def surveys_as_told(*, now: datetime, today: date) -> QuerySet[Survey]:
    """Return every survey as `all_surveys` does, with `is_open`: whether answers are taken at `now`; `published_on`: the day
    on which the results that stand on the local day `today` came out; `withdrawn_at`: when they were withdrawn, if they were.
    """
    latest = Publication.objects.filter(survey=OuterRef("pk"), publish_on__lte=today).order_by("-version")
    opened = Q(stage=Stage.FIELDED, opens_at__lte=now, closes_at__gt=now)
    return all_surveys().annotate(
        is_open=ExpressionWrapper(opened, BooleanField()),
        published_on=Subquery(latest.values("publish_on")[:1]),
        withdrawn_at=Subquery(latest.values("withdrawn_at")[:1]),
    )


def surveys_known_to(person: Person | None, *, now: datetime, today: date) -> QuerySet[Survey]:
    """Return the surveys that `person` may know of, as `surveys_as_told` has them; None is everybody, who know of those that
    are open to all and of those whose results were published."""
    every = surveys_as_told(now=now, today=today)
    known = Q(published_on__isnull=False) | Q(open_to_all=True) & ~Q(stage=Stage.DRAFT)
    if person is None:
        return every.filter(known)
    own = visible_surveys(person)
    return every.filter(known | own) if own else every


def open_invitation(survey: Survey | None, code: str) -> Invitation | None:
    """Return the invitation with that code, as it is stored, that can still be answered; where `survey` is named, only one to
    it. Whether the survey takes answers now is not asked."""
    found = invitation_of_code(code)
    if found is None or is_spent(found) or (survey is not None and found.survey_id != survey.pk):
        return None
    return found


def invitation_of_code(code: str) -> Invitation | None:
    """Return the invitation to a fielded, closed or published survey by its code, with the survey and the resident."""
    found = Invitation.objects.select_related("survey", "resident").filter(code=code)
    return found.exclude(survey__stage=Stage.DRAFT).first()


def typed_in(survey: Survey) -> int:
    """Return how many answers came on paper."""
    return Answer.objects.filter(survey=survey, source=Answer.Source.PAPER).count()


def draft_of(invitation: Invitation) -> Draft | None:
    return Draft.objects.filter(pk=invitation.pk).first()


def is_spent(invitation: Invitation) -> bool:
    """Whether the invitation was answered, as it stands in the database now (one query)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM surveys_spentcode WHERE invitation_id = %(pk)s)"
            " OR EXISTS (SELECT FROM surveys_invitation WHERE id = %(pk)s AND answered)",
            {"pk": invitation.pk},
        )
        return bool(cursor.fetchone()[0])
