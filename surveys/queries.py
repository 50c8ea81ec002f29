"""Reads on surveys and their questionnaires."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from surveys.models import Question, Survey
from surveys.questionnaires import Item


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
