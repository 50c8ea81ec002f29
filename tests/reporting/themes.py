"""Themes with what is laid on them: a survey that was published twice, an assessment, an indicator, cards."""

from __future__ import annotations

from datetime import datetime

from feedback.models import Category
from reporting.actions.assessments import Judged, record_assessment
from reporting.actions.themes import create_theme
from reporting.models import Indicator, Theme
from surveys.actions.publishing import publish_results
from surveys.models import Answer, Survey
from tests.surveys.making import make_survey


def published_round(code: str, answers: dict[str, list[int]], now: datetime, previous: Survey | None = None) -> Survey:
    """A survey with one area, «transport», of these questions, answered and published. Each list has an answer a person."""
    survey = make_survey(code, areas={"transport": list(answers)}, previous=previous)
    sheets = [dict(zip(answers, given, strict=True)) for given in zip(*answers.values(), strict=True)]
    Answer.objects.bulk_create(Answer(survey=survey, values=sheet) for sheet in sheets)
    publish_results(survey, publish_on=now.date(), words={}, by=None, now=now)
    return survey


def weak_from_several_sides(indicator: Indicator, now: datetime) -> Theme:
    """«Roads»: a survey where it fell to below the middle, an assessment of few points, an indicator, and cards."""
    first = published_round("round-1", {"roads": [5, 4] * 15, "cycling": [4, 5] * 15}, now)
    published_round("round-2", {"roads": [2, 3] * 15, "cycling": [5, 4] * 15}, now, first)
    judged = Judged(version="kommunekompasset-2020", year=2020, points={"users": 41})
    record_assessment(judged, by=None, now=now, this_year=now.year)
    laid = {
        "survey": ["roads", "cycling"], "assessment": ["users"], "indicator": [indicator.key],
        "cards": list(Category.objects.values_list("code", flat=True)),
    }  # fmt: skip
    return create_theme(names={"nb": "Veier", "en": "Roads"}, laid=laid, key="roads", by=None, now=now)
