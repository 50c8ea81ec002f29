"""A small survey in the field, with people who are asked: what tests of answering stand on."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from surveys.codes import new_code
from surveys.models import Area, Draw, Invitation, Population, Question, Resident, Survey
from surveys.questionnaires import QuestionKind, Stage
from tests.factories import MONDAY, oslo
from tests.surveys.making import make_survey

CLOSES = oslo(2026, 11, 30, 23, 59)
ANSWERED = {"road": "5", "used": "yes", "library": "4", "words": "Fin by"}


@dataclass
class Round:
    survey: Survey
    invited: list[Invitation]


def texts(nb: str, en: str, **others: str) -> dict[str, str]:
    return {"nb": nb, "en": en, **others}


def survey_of_every_kind(**fields: Any) -> Survey:
    """Make a survey in the field from MONDAY on: two areas, all kinds of questions, one filter on a page and one across."""
    given = {
        "code": "citizens-2026", "titles": texts("Innbyggerundersøkelsen", "Citizen survey"),
        "introductions": texts("Hva synes du om kommunen?", "What do you think of the municipality?"),
        "languages": ["nb", "en"], "stage": Stage.FIELDED, "opens_at": MONDAY, "closes_at": CLOSES,
        "fielded_at": MONDAY, "created_at": MONDAY,
    }  # fmt: skip
    survey = make_survey(**{"areas": {}} | given | fields)
    streets = Area.objects.create(survey=survey, key="streets", titles=texts("Vei", "Streets"), position=1)
    culture = Area.objects.create(survey=survey, key="culture", titles=texts("Kultur", "Culture"), position=2)
    yes_no = [{"key": "yes", "texts": texts("Ja", "Yes")}, {"key": "no", "texts": texts("Nei", "No")}]
    themes = (("school", "Skole", "School"), ("roads", "Vei", "Roads"), ("care", "Omsorg", "Care"))
    some = [{"key": key, "texts": texts(nb, en)} for key, nb, en in themes]
    easy = {"nb-easy": "Er veiene bra?", "en-easy": "Are the roads good?"}
    asked = {"show_if": {"question": "used", "values": ["yes"]}}
    for position, (area, key, kind, words, more) in enumerate((
        (streets, "road", QuestionKind.SCALE, texts("Veiene er gode", "The roads are good", **easy), {}),
        (streets, "lights", QuestionKind.THREE_POINTS, texts("Gatelys", "Street lights"), {}),
        (streets, "used", QuestionKind.SINGLE, texts("Bruker du biblioteket?", "Do you use the library?"),
         {"options": yes_no}),
        (streets, "often", QuestionKind.SINGLE, texts("Hver uke?", "Every week?"), {"options": yes_no} | asked),
        (culture, "library", QuestionKind.SCALE, texts("Biblioteket er bra", "The library is good"), asked),
        (culture, "which", QuestionKind.MULTIPLE, texts("Hva bruker du?", "What do you use?"),
         {"options": some, "at_most": 2}),
        (culture, "most", QuestionKind.RANKING, texts("Hva er viktigst?", "What matters most?"),
         {"options": some, "at_most": 2}),
        (culture, "words", QuestionKind.TEXT, texts("Noe mer?", "Anything else?"), {"dont_know": False}),
    )):  # fmt: skip
        Question.objects.create(area=area, key=key, kind=kind, texts=words, position=position, **more)
    return survey


def make_round(people: int = 3, *, strata: tuple[str, ...] = ("",), now: datetime = MONDAY, **fields: Any) -> Round:
    """Make the survey and invite `people`, in turn from `strata`."""
    survey = survey_of_every_kind(**fields)
    population = Population.objects.create(name="Solvik", size=people, read_at=now)
    Draw.objects.create(
        survey=survey, population=population, method=Draw.Method.SIMPLE, seed="1", population_size=people,
        eligible=people, drawn=people, drawn_at=now,
    )  # fmt: skip
    chance = random.SystemRandom()
    residents = Resident.objects.bulk_create(
        Resident(
            population=population,
            number=str(n),
            name=f"Ola Etternavn{chr(97 + n % 26)}",
            address=f"Storgata {n}",
            language="en",
        )
        for n in range(people)
    )
    invited = Invitation.objects.bulk_create(
        Invitation(survey=survey, resident=one, code=new_code(chance), stratum=strata[n % len(strata)])
        for n, one in enumerate(residents)
    )
    return Round(survey, list(invited))
