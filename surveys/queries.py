"""Reads on surveys and their questionnaires."""

from __future__ import annotations

from django.db.models import Count, Prefetch, QuerySet

from surveys.models import Area, Draft, Invitation, Question, SpentCode, Survey
from surveys.questionnaires import Item, Stage


def all_surveys() -> QuerySet[Survey]:
    """Return every survey, the newest first, each with `question_count` and its unit."""
    return Survey.objects.select_related("unit", "previous").annotate(
        question_count=Count("areas__questions", distinct=True)
    )


def questions_of(survey: Survey) -> QuerySet[Question]:
    """Return the survey's questions with their areas, in the order in which they are asked."""
    return (
        Question.objects.filter(area__survey=survey)
        .select_related("area")
        .order_by("area__position", "area_id", "position", "id")
    )


def items_of(survey: Survey) -> list[Item]:
    """Return the survey's questions without the database, in the order in which they are asked (one query)."""
    return [question.item for question in questions_of(survey)]


def areas_of(survey: Survey) -> list[Area]:
    """Return the survey's areas in their order, each with its questions (two queries)."""
    questions = Prefetch("questions", Question.objects.select_related("area").order_by("position", "id"))
    return list(survey.areas.order_by("position", "id").prefetch_related(questions))


def fielded_surveys() -> QuerySet[Survey]:
    return Survey.objects.filter(stage=Stage.FIELDED)


def survey_for_answers(code: str) -> Survey | None:
    """Return the survey of that code if people may know of it: one that is fielded, closed or published."""
    return Survey.objects.exclude(stage=Stage.DRAFT).filter(code=code).first()


def invitation_of_code(code: str) -> Invitation | None:
    """Return the invitation to a fielded, closed or published survey by its code, with the survey and the resident."""
    found = Invitation.objects.select_related("survey", "resident").filter(code=code)
    return found.exclude(survey__stage=Stage.DRAFT).first()


def draft_of(invitation: Invitation) -> Draft | None:
    return Draft.objects.filter(pk=invitation.pk).first()


def is_spent(invitation: Invitation) -> bool:
    """Whether the invitation was answered, as it stands in the database now."""
    return (
        SpentCode.objects.filter(pk=invitation.pk).exists()
        or Invitation.objects.filter(pk=invitation.pk, answered=True).exists()
    )
