"""A closed survey with comments, for tests of what is done with them."""

from __future__ import annotations

from typing import Any

from surveys.models import Answer, Comment, Question, Survey
from tests.surveys.making import make_survey


def make_commented(*texts: str, answers: int = 20, held: tuple[str, ...] = (), **fields: Any) -> Survey:
    """Make a closed survey that `answers` people answered, with a comment for each text; those in `held` are held."""
    survey = make_survey(areas={"roads": ["r1", "r2"], "schools": ["s1"], "end": []}, **fields)
    areas = {area.key: area for area in survey.areas.all()}
    for key, nb, en in (
        ("roads", "Vei og gate", "Roads"),
        ("schools", "Skole", "Schools"),
        ("end", "Til slutt", "At last"),
    ):
        areas[key].titles = {"nb": nb, "en": en}
        areas[key].save()
    for area, key, text in (("roads", "about-roads", "What about the roads?"), ("end", "more", "Anything else?")):
        Question.objects.create(area=areas[area], key=key, kind="text", texts={"nb": text, "en": text}, position=9)
    Answer.objects.bulk_create(Answer(survey=survey, values={"r1": 4}) for _number in range(answers))
    for text in texts:
        Comment.objects.create(survey=survey, question="more", text=text)
    for text in held:
        Comment.objects.create(survey=survey, question="more", text=text, state="held", found=["phone"])
    return survey


def the_comment(survey: Survey, beginning: str = "") -> Comment:
    """Return the one comment that begins so, as its row stands now."""
    return Comment.objects.select_related("area", "unit", "category", "card", "survey").get(
        survey=survey, text__startswith=beginning
    )
