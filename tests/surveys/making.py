"""Surveys with answers, for tests of what they come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from surveys.models import Answer, Area, Question, Survey
from tests.factories import MONDAY


def make_survey(
    code: str = "people-2026",
    *,
    areas: Mapping[str, Sequence[str]] | None = None,
    background: Mapping[str, Sequence[str]] | None = None,
    stage: str = "closed",
    **fields: Any,
) -> Survey:
    """A survey of rated questions in areas, with background questions; closed unless said otherwise."""
    times: dict[str, Any] = {}
    if stage != "draft":
        times = {
            "opens_at": MONDAY - timedelta(days=30),
            "closes_at": MONDAY - timedelta(days=1),
            "fielded_at": MONDAY - timedelta(days=31),
        }
    if stage in ("closed", "published"):
        times["closed_at"] = MONDAY
    survey = Survey.objects.create(
        **{
            "code": code,
            "titles": {"nb": "Innbyggerundersøkelsen", "en": "Citizen survey"},
            "stage": stage,
            "created_at": MONDAY - timedelta(days=60),
            **times,
            **fields,
        }
    )
    for place, (key, items) in enumerate(({"services": ["q1", "q2"]} if areas is None else areas).items()):
        area = Area.objects.create(
            survey=survey, key=key, position=place, titles={"nb": f"Område {key}", "en": f"Area {key}"}
        )
        for position, item in enumerate(items):
            Question.objects.create(
                area=area, key=item, position=position, texts={"nb": f"Spørsmål {item}", "en": f"Question {item}"}
            )
    if background:
        about = Area.objects.create(survey=survey, key="about", position=99, titles={"nb": "Om deg", "en": "About you"})
        for position, (key, values) in enumerate(background.items()):
            Question.objects.create(
                area=about,
                key=key,
                kind="single",
                background=True,
                position=position,
                texts={"nb": key, "en": key},
                options=[{"key": value, "texts": {"nb": value, "en": value}} for value in values],
            )
    return survey


def answer_all(survey: Survey, columns: Mapping[str, Sequence[Any]], strata: Sequence[str] | None = None) -> None:
    """Write the answers of many: a column a question, -1 for «don't know», None for missing."""
    size = len(next(iter(columns.values())))
    Answer.objects.bulk_create(
        Answer(
            survey=survey,
            stratum=strata[place] if strata else "",
            values={
                key: "dk" if column[place] == -1 else column[place]
                for key, column in columns.items()
                if column[place] is not None
            },
        )
        for place in range(size)
    )
