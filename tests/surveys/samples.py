"""What tests of a sample are made of: a survey with questions, and a register read in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from surveys.actions.fielding import field_survey
from surveys.actions.sampling import Wanted, draw_sample
from surveys.importing.population import import_population
from surveys.models import Area, Population, Question, Survey
from tests.factories import MONDAY, oslo

OPENS, CLOSES = oslo(2026, 11, 9, 8), oslo(2026, 11, 30, 23, 59)
WHILE_OPEN = oslo(2026, 11, 16, 12)
LANGUAGES = ["nb", "nn", "sv", "en"]


def a_survey(code: str = "innbygger-2026", *, questions: int = 2, **fields: Any) -> Survey:
    titles = {"nb": "Innbyggerundersøkelsen 2026", "nn": "Innbyggjarundersøkinga 2026", "en": "Citizen survey 2026"}
    survey = Survey.objects.create(code=code, titles=titles, created_at=MONDAY, **fields)
    if questions:
        area = Area.objects.create(survey=survey, key="omdomme", titles={"nb": "Omdømme"})
        for number in range(1, questions + 1):
            Question.objects.create(area=area, key=f"q{number}", texts={"nb": f"Påstand {number}"}, position=number)
    return survey


def register_rows(people: int) -> list[str]:
    """People of three districts (one of them small), four languages; every second has an e-mail, every tenth is reserved."""
    rows = ["id;navn;adresse;fødselsår;kjønn;bydel;e-post;telefon;språk;reservasjon"]
    for n in range(1, people + 1):
        district = "Øya" if n <= 3 else ("Nord", "Sør")[n % 2]
        rows.append(
            f"{n};Åse Ørjasæter {n};Bråtaveien {n}, 6480 Sandøy;{1940 + n % 60};{'KM'[n % 2]};{district};"
            f"{f'p{n}@example.test' if n % 2 else ''};;{LANGUAGES[n % 4]};{'ja' if n % 10 == 0 else ''}"
        )
    return rows


def a_population(people: int = 100, name: str = "Registeret") -> Population:
    content = "\n".join(register_rows(people)).encode()
    assert import_population(content, name=name, by=None, now=MONDAY).was_read
    return Population.objects.get(name=name)


def a_fielded_survey(
    *,
    people: int = 100,
    wanted: Wanted | None = None,
    opens: datetime = OPENS,
    closes: datetime = CLOSES,
    fielded: datetime = MONDAY,
    **fields: Any,
) -> Survey:
    survey = a_survey(**fields)
    draw_sample(survey, a_population(people), wanted or Wanted("simple", 40, seed="2026"), by=None, now=MONDAY)
    return field_survey(survey, opens, closes, by=None, now=fielded)
