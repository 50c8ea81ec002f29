"""Solvik's citizen survey: the questionnaires of two rounds, taken from the library. Fielding and answers come elsewhere."""

from __future__ import annotations

from datetime import datetime

from organisation.models import Person
from surveys.actions.building import copy_survey, create_survey
from surveys.actions.building_library import insert_from_library
from surveys.library import library
from surveys.models import Survey

FIRST_CODE, SECOND_CODE = "citizens-2022", "citizens-2026"
EVERY_YEARS = 4

# The areas of user and employee surveys, and the question for its groups, stay on the shelf.
NOT_ASKED = frozenset({"service-users", "work"})
NOT_ASKED_ITEMS = frozenset({"respondent-group"})

TITLES = {
    "nb": "Innbyggerundersøkelsen 2022", "nn": "Innbyggjarundersøkinga 2022", "sv": "Medborgarundersökningen 2022",
    "en": "Citizen survey 2022",
}  # fmt: skip
INTRODUCTIONS = {
    "nb": "Hva synes du om Solvik som sted å bo, og om tjenestene du får? Svarene viser oss hva vi skal gjøre bedre. Ingen kan se hva du har svart.",
    "nb-easy": "Vi vil vite hva du synes om Solvik. Svarene hjelper oss å bli bedre. Ingen kan se hva du svarer.",
    "nn": "Kva synest du om Solvik som stad å bu, og om tenestene du får? Svara viser oss kva vi skal gjere betre. Ingen kan sjå kva du har svart.",
    "sv": "Vad tycker du om Solvik som plats att bo på, och om den service du får? Svaren visar oss vad vi ska göra bättre. Ingen kan se vad du har svarat.",
    "en": "What do you think of Solvik as a place to live, and of the services you get? The answers show us what to do better. Nobody can see what you answered.",
}
THANKS = {
    "nb": "Takk for at du svarte! Resultatene blir lagt ut på kommunens nettsider.",
    "nn": "Takk for at du svarte! Resultata blir lagde ut på nettsidene til kommunen.",
    "sv": "Tack för att du svarade! Resultaten läggs ut på kommunens webbplats.",
    "en": "Thank you for answering! The results will be published on the municipality's website.",
}


def survey_questionnaires(*, by: Person, first_made: datetime, second_made: datetime) -> tuple[Survey, Survey]:
    """Write both rounds as drafts: 2022 from the library, 2026 as its next round with the same item keys."""
    first = create_survey(
        code=FIRST_CODE,
        titles=TITLES,
        introductions=INTRODUCTIONS,
        thanks=THANKS,
        repeats_every_years=EVERY_YEARS,
        by=by,
        now=first_made,
    )
    keys = [
        item.key
        for area in library()
        if area.key not in NOT_ASKED
        for item in area.items
        if item.key not in NOT_ASKED_ITEMS
    ]
    insert_from_library(first, keys, by=by, now=first_made)
    titles = {code: title.replace("2022", "2026") for code, title in TITLES.items()}
    return first, copy_survey(first, titles=titles, code=SECOND_CODE, by=by, now=second_made)
