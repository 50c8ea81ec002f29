"""Solvik's surveys: two rounds of the citizen survey, closed and published, and a user survey that runs.

Written through the actions that the staff use, except for what comes five hundred at a time: the register that is put
away at closing is not written first, and the answers lie apart from the invitations as decision 0016 says.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from config.demo import texts_surveys as texts
from config.demo.days import DAY, at, monday_on_or_before, working_on_or_before
from config.demo.people_names import FIRST_NAMES, SURNAMES
from config.demo.survey_answers import AREAS, DISTRICTS, ITEMS, SINCE, Mood, answered, respondents
from organisation.models import Person, Unit
from surveys.actions.building import copy_survey, create_survey
from surveys.actions.building_library import insert_from_library
from surveys.actions.closing import close_survey
from surveys.actions.comments import Coding, code_comment
from surveys.actions.fielding import field_survey
from surveys.actions.groups_asked import count_groups, set_groups_asked
from surveys.actions.publishing import publish_results
from surveys.codes import new_code
from surveys.library import library
from surveys.models import (
    Answer,
    Comment,
    Comparator,
    ComparatorValue,
    Draw,
    Invitation,
    Population,
    Question,
    Resident,
    SpentCode,
    Survey,
)
from surveys.queries import items_of
from surveys.questionnaires import QuestionKind, SurveyKind
from surveys.screening import Names, found_in, with_name

EVERY_YEARS = 4
DRAWN = 500
PEOPLE = {1: 9_412, 2: 9_688}
"""Inhabitants of eighteen and older, by round."""

# The areas of user and employee surveys, and the question for its groups, stay on the citizens' shelf.
_USERS = "service-users"
_USER_GROUPS = "respondent-group"
_USER_MEANS = {_USERS: 4.5}
_TEXT = "anything-else"
USERS_ASKED = {"user": 54, "relative": 34, "guardian": 8}
"""Of the 96 users of home care who are asked: who answers for whom, as the service knows."""


@dataclass(frozen=True)
class Days:
    """When a round was open and when its results came out: local days."""

    opened: date
    closed: date
    published: date

    @property
    def year(self) -> int:
        return self.closed.year

    def before(self, years: int) -> Days:
        """The same weeks that many years earlier."""
        back = timedelta(days=7 * round(years * 365.25 / 7))
        return Days(self.opened - back, self.closed - back, self.published - back)

    @classmethod
    def lately(cls, today: date) -> Days:
        """A round whose results came out some days ago."""
        published = working_on_or_before(today - 5 * DAY)
        closed = monday_on_or_before(published - 12 * DAY) - DAY
        return cls(closed - 27 * DAY, closed, published)


def surveys(*, by: Person, units: Mapping[str, Unit], today: date, seed: int) -> None:
    """Write the surveys with their answers, comments, comparisons and publications. In the caller's transaction."""
    chance = Random(f"surveys {seed}")
    second_days = Days.lately(today)
    first_days = second_days.before(EVERY_YEARS)
    first = _questionnaire(first_days.year, by=by, now=at(first_days.opened - 45 * DAY, 9))
    _compare_with(first, second_days.year)
    _hold(chance, first, first_days, PEOPLE[1], AREAS, texts.FIRST_COMMENTS, texts.FIRST_WORDS, by)
    titles = {code: title.format(year=second_days.year) for code, title in texts.TITLES.items()}
    now = at(second_days.opened - 40 * DAY, 9)
    second = copy_survey(first, titles=titles, code=f"citizens-{second_days.year}", by=by, now=now)
    means = {key: mean + SINCE.get(key, 0.0) for key, mean in AREAS.items()}
    _hold(chance, second, second_days, PEOPLE[2], means, texts.SECOND_COMMENTS, texts.SECOND_WORDS, by)
    _code_comments(second, units, by)
    _running(chance, units["HJEM"], today, by)


def _code_comments(survey: Survey, units: Mapping[str, Unit], by: Person) -> None:
    """Half of the round's comments are coded; those that wait are there to be tried."""
    areas = {area.key: area for area in survey.areas.all()}
    for comment in Comment.objects.filter(survey=survey, state=Comment.State.KEPT).order_by("text"):
        for beginning, (area, unit) in texts.CODED.items():
            if comment.text.startswith(beginning):
                code_comment(comment, Coding(area=areas[area], unit=units.get(unit)), by=by)


def _questionnaire(year: int, *, by: Person, now: datetime) -> Survey:
    """The first round from the library, with Solvik's own districts."""
    survey = create_survey(
        code=f"citizens-{year}",
        titles={code: title.format(year=year) for code, title in texts.TITLES.items()},
        introductions=texts.INTRODUCTIONS,
        thanks=texts.THANKS,
        repeats_every_years=EVERY_YEARS,
        by=by,
        now=now,
    )
    insert_from_library(survey, _library_keys(without={_USERS, "work", _USER_GROUPS}), by=by, now=now)
    districts = [{"key": key, "texts": dict.fromkeys(survey.languages, name)} for key, name in DISTRICTS.items()]
    Question.objects.filter(area__survey=survey, key="district").update(options=districts)
    return survey


def _library_keys(*, without: Iterable[str] = (), areas: Iterable[str] = ()) -> list[str]:
    """The library's questions, of all areas or of `areas`, without the areas and questions in `without`."""
    return [
        item.key
        for area in library()
        if area.key not in without and (not areas or area.key in areas)
        for item in area.items
        if item.key not in without
    ]


def _hold(
    chance: Random,
    survey: Survey,
    days: Days,
    people: int,
    means: Mapping[str, float],
    comments: Sequence[tuple[str, str]],
    words: Mapping[str, str],
    by: Person,
) -> None:
    """Draw, field, answer, close and publish a round."""
    opens, closes = at(days.opened, 8), at(days.closed, 23, 59)
    drawn_at = opens - 14 * DAY
    population = Population.objects.create(
        name=f"Folkeregisteret, 18 år og eldre, {days.opened:%m.%Y}", size=people, read_at=drawn_at, read_by=by
    )
    Draw.objects.create(
        survey=survey, population=population, method=Draw.Method.SIMPLE, seed=f"solvik-{days.year}",
        population_size=people, eligible=people - people // 90, drawn=DRAWN, drawn_at=drawn_at, drawn_by=by,
        mailed_at=opens,
    )  # fmt: skip
    Survey.objects.filter(pk=survey.pk).update(population_size=people)
    items = items_of(survey)
    sheets = [answered(chance, items, about, means) for about in respondents(chance, DRAWN)]
    # The register is put away when a survey closes, so that the invitations of one that is closed name nobody.
    Invitation.objects.bulk_create(
        Invitation(
            survey=survey,
            code=new_code(chance),
            answered=number < len(sheets),
            reminders=chance.choices([0, 1, 2], [55, 30, 15])[0] if number < len(sheets) else 2,
            returned=number >= DRAWN - 9,
        )
        for number in _shuffled(chance, range(DRAWN))
    )
    field_survey(survey, opens, closes, by=by, now=opens - 3 * DAY)
    _write_answers(chance, survey, sheets)
    _write_comments(chance, survey, comments)
    close_survey(survey, by=by, now=closes + timedelta(minutes=2))
    survey.refresh_from_db()
    publish_results(survey, publish_on=days.published, words=words, by=by, now=at(days.published, 9))


def _running(chance: Random, unit: Unit, today: date, by: Person) -> None:
    """A user survey in the field, with its register, answers that came in, and some that have begun."""
    opened, year = today - 9 * DAY, today.year
    made = at(opened - 20 * DAY, 9)
    survey = create_survey(
        code=f"home-care-{year}",
        titles={code: title.format(year=year) for code, title in texts.USER_TITLES.items()},
        introductions=texts.USER_INTRODUCTIONS,
        thanks=texts.THANKS,
        kind=SurveyKind.USER,
        unit=unit,
        by=by,
        now=made,
    )
    insert_from_library(survey, [*_library_keys(areas={_USERS}), _USER_GROUPS, _TEXT], by=by, now=made)
    users, opens = 96, at(opened, 8)
    population = Population.objects.create(
        name=f"Brukere av hjemmetjenesten {year}", size=users, read_at=made + DAY, read_by=by
    )
    streets = ("Storgata", "Liaveien", "Nesveien", "Fyrveien", "Bjørkeveien", "Torggata")
    residents = Resident.objects.bulk_create(
        Resident(
            population=population,
            number=f"B{number:03}",
            name=f"{chance.choice(FIRST_NAMES)} {chance.choice(SURNAMES)}",
            address=f"{chance.choice(streets)} {chance.randint(1, 60)}, 0000 Solvik",
            birth_year=year - chance.randint(58, 97),
            gender=chance.choice(["female", "female", "male"]),
            district=chance.choice(list(DISTRICTS.values())),
        )
        for number in range(1, users + 1)
    )
    Draw.objects.create(
        survey=survey, population=population, method=Draw.Method.FULL, seed=f"hjemmetjenesten-{year}",
        population_size=users, eligible=users, drawn=users, drawn_at=made + DAY, drawn_by=by, mailed_at=opens,
    )  # fmt: skip
    Survey.objects.filter(pk=survey.pk).update(population_size=users)
    came, waiting = 43, survey.smallest_group - 1
    residents = _shuffled(chance, residents)
    invited = Invitation.objects.bulk_create(
        Invitation(survey=survey, resident=resident, code=new_code(chance), answered=number < came - waiting)
        for number, resident in enumerate(residents)
    )
    field_survey(survey, opens, at(today + 12 * DAY, 23, 59), by=by, now=opens - DAY)
    # Those of the last day are not written down yet.
    SpentCode.objects.bulk_create(SpentCode(invitation=one) for one in invited[came - waiting : came])
    groups = [{_USER_GROUPS: chance.choices(["user", "relative", "guardian"], [60, 35, 5])[0]} for _each in range(came)]
    items = items_of(survey)
    _write_answers(
        chance, survey, [answered(chance, items, about, _USER_MEANS, Mood(person=0.7, area=0.2)) for about in groups]
    )
    set_groups_asked(survey, question=_USER_GROUPS, invited=USERS_ASKED, by=by)
    count_groups(survey)
    _write_comments(chance, survey, texts.USER_COMMENTS)


def _write_answers(chance: Random, survey: Survey, sheets: Iterable[dict[str, Any]]) -> None:
    """Write the answers in random order with random keys: nothing of the invitations is in them."""
    Answer.objects.bulk_create(
        Answer(id=_key(chance), survey=survey, values=values) for values in _shuffled(chance, sheets) if values
    )


def _write_comments(chance: Random, survey: Survey, comments: Sequence[tuple[str, str]]) -> None:
    """Write what people wrote, held where it may name somebody, as sending and closing do."""
    names = Names([*texts.NAMED, *(f"Anne {name}" for name in SURNAMES[:5] for _each in range(9))])
    rows = []
    for language, text in _shuffled(chance, comments):
        found = found_in(text)
        if names.are_in(text):
            found = with_name(found)
        state = Comment.State.HELD if found else Comment.State.KEPT
        rows.append(
            Comment(
                id=_key(chance), survey=survey, question=_TEXT, text=text, language=language, found=found, state=state
            )
        )
    Comment.objects.bulk_create(rows)


def _compare_with(survey: Survey, year: int) -> None:
    """Write made-up means of the country, of areas and questions, and of three made-up municipalities, of areas."""
    chance = Random("comparisons")
    rated = [item for item in items_of(survey) if item.kind == QuestionKind.SCALE and not item.background]
    values: list[ComparatorValue] = []

    def others(kind: str, name: str, of_year: int, weighs: str, means: Mapping[str, float], answers: int) -> None:
        made = Comparator.objects.create(kind=kind, name=name, year=of_year, source=texts.MADE_UP, weighs=weighs)
        values.extend(
            ComparatorValue(
                comparator=made, key=key, mean=round(mean, 2), sd=round(chance.uniform(0.9, 1.3), 2),
                n=round(answers * chance.uniform(0.75, 1)),
            )
            for key, mean in means.items()
        )  # fmt: skip

    for of_year in (year - EVERY_YEARS - 1, year - 1):
        areas = {key: mean + chance.uniform(-0.25, 0.3) for key, mean in AREAS.items()}
        items = {item.key: areas[item.area] + 0.9 * ITEMS.get(item.key, 0.0) for item in rated}
        others("nation", texts.NATION, of_year, "people", areas | items, 11_800)
    for name in texts.MUNICIPALITIES:
        areas = {key: mean + chance.uniform(-0.4, 0.5) for key, mean in AREAS.items()}
        others("municipality", name, year - 1, "", areas, 430)
    ComparatorValue.objects.bulk_create(values)


def _shuffled(chance: Random, things: Iterable[Any]) -> list[Any]:
    found = list(things)
    chance.shuffle(found)
    return found


def _key(chance: Random) -> uuid.UUID:
    return uuid.UUID(int=chance.getrandbits(128), version=4)
