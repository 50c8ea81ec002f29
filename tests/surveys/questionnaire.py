"""Surveys as the actions make them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from organisation.models import Person
from surveys.actions.building import create_survey
from surveys.actions.building_areas import add_area
from surveys.actions.building_questions import add_question
from surveys.models import Area, Question, Survey
from tests.factories import MONDAY


@pytest.fixture
def survey(adviser: Person) -> Survey:
    return create_survey(titles={"nb": "Innbyggerundersøkelsen 2026"}, code="citizens-2026", by=adviser, now=MONDAY)


def an_area(survey: Survey, title: str = "Trygghet", **fields: Any) -> Area:
    return add_area(survey, titles={"nb": title}, **fields, by=None, now=MONDAY)


def a_question(area: Area, text: str = "Jeg er trygg.", **fields: Any) -> Question:
    return add_question(area, texts={"nb": text}, **fields, by=None, now=MONDAY)


def field_it(survey: Survey, **fields: Any) -> Survey:
    """Let the survey be sent out, as the row stands afterwards."""
    values = {"stage": "fielded", "fielded_at": MONDAY, "opens_at": MONDAY, "closes_at": MONDAY + timedelta(days=21)}
    Survey.objects.filter(pk=survey.pk).update(**(values | fields))
    return Survey.objects.get(pk=survey.pk)
