"""The draw: done again from population, method and seed; the reserved never in it; nobody alone in a group."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organisation.errors import NotAllowed, Refused
from organisation.models import Person
from surveys.actions.sampling import (
    AlreadyFielded,
    ImpossibleSeed,
    MoreThanThereAre,
    NoStrata,
    NotEnoughForGroups,
    TooFew,
    Wanted,
    draw_sample,
)
from surveys.codes import parse_code
from surveys.models import Draw, Invitation, Resident, Survey
from surveys.strata import FEWEST, JOINED, age_band, joins
from tests.factories import MONDAY, Solvik
from tests.surveys.samples import a_fielded_survey, a_population, a_survey


def numbers(survey: Survey) -> set[str]:
    return set(Invitation.objects.filter(survey=survey).values_list("resident__number", flat=True))


@pytest.fixture
def survey(solvik: Solvik) -> Survey:
    return a_survey()


def test_a_draw_keeps_all_that_does_it_again(survey: Survey, adviser: Person) -> None:
    population = a_population(100)
    draw = draw_sample(survey, population, Wanted("simple", 30, seed="2026"), by=adviser, now=MONDAY)
    assert (draw.population_size, draw.eligible, draw.drawn, draw.seed, draw.attempt) == (100, 90, 30, "2026", 1)
    assert (draw.drawn_at, draw.drawn_by, draw.strata) == (MONDAY, adviser, [])
    first = numbers(survey)
    assert len(first) == 30
    assert not Invitation.objects.filter(resident__reserved=True).exists()
    codes = list(Invitation.objects.values_list("code", flat=True))
    assert all(parse_code(code) == code for code in codes)
    survey.refresh_from_db()
    assert survey.population_size == 100

    other = a_survey("en-annen")
    draw_sample(other, population, Wanted("simple", 30, seed="2026"), by=adviser, now=MONDAY)
    assert numbers(other) == first
    again = draw_sample(other, population, Wanted("simple", 30, seed="2027"), by=adviser, now=MONDAY)
    assert (again.attempt, Draw.objects.filter(survey=other).count()) == (2, 1)
    assert numbers(other) != first
    assert Invitation.objects.filter(survey=other).count() == 30
    assert not set(codes) & set(Invitation.objects.filter(survey=other).values_list("code", flat=True))


def test_without_a_seed_one_is_drawn_by_lot(survey: Survey) -> None:
    population = a_population(30)
    seeds = {draw_sample(survey, population, Wanted("simple", 5), by=None, now=MONDAY).seed for _ in range(3)}
    assert len(seeds) == 3
    assert all(len(seed) == 16 for seed in seeds)


def test_the_order_of_invitations_is_not_that_of_the_tickets(survey: Survey) -> None:
    population, wanted, orders = a_population(60), Wanted("simple", 40, seed="2026"), set()
    for _ in range(2):
        draw_sample(survey, population, wanted, by=None, now=MONDAY)
        orders.add(tuple(Invitation.objects.order_by("id").values_list("resident_id", flat=True)))
    assert len(orders) == 2


def test_proportional_strata_join_the_small_and_keep_at_least_five(survey: Survey) -> None:
    draw = draw_sample(survey, a_population(100), Wanted("proportional", 40, "district", "2026"), by=None, now=MONDAY)
    # Øya has three people: it is joined with the smaller of the others.
    assert [row["key"] for row in draw.strata] == ["Sør", JOINED] or [row["key"] for row in draw.strata] == [
        JOINED,
        "Sør",
    ]
    assert sum(row["population"] for row in draw.strata) == 100
    assert sum(row["eligible"] for row in draw.strata) == 90
    counted = Counter(Invitation.objects.values_list("stratum", flat=True))
    assert {row["key"]: row["drawn"] for row in draw.strata} == counted
    assert sum(counted.values()) == 40


def test_fixed_strata_take_the_same_number_from_each(survey: Survey) -> None:
    draw = draw_sample(survey, a_population(100), Wanted("fixed", 12, "age", "2026"), by=None, now=MONDAY)
    assert {row["drawn"] for row in draw.strata} <= set(range(FEWEST, 13))
    assert all(row["drawn"] == min(12, row["eligible"]) for row in draw.strata)
    assert draw.drawn == Invitation.objects.count() == sum(row["drawn"] for row in draw.strata)


def test_everybody_is_everybody_but_the_reserved(survey: Survey) -> None:
    draw = draw_sample(survey, a_population(50), Wanted("full"), by=None, now=MONDAY)
    assert (draw.population_size, draw.drawn) == (50, 45)
    assert numbers(survey) == set(Resident.objects.filter(reserved=False).values_list("number", flat=True))


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        (Wanted("simple", 4), TooFew),
        (Wanted("simple", 46), MoreThanThereAre),
        (Wanted("proportional", 20), NoStrata),
        (Wanted("proportional", 20, "shoe size"), NoStrata),
        (Wanted("proportional", 6, "gender"), NotEnoughForGroups),
        (Wanted("fixed", 4, "gender"), TooFew),
        (Wanted("simple", 10, seed="x" * 61), ImpossibleSeed),
        (Wanted("simple", 10, seed="a\nb"), ImpossibleSeed),
    ],
)
def test_what_cannot_be_drawn_is_refused_and_nothing_is_lost(
    survey: Survey, wanted: Wanted, refusal: type[Refused]
) -> None:
    population = a_population(50)
    draw_sample(survey, population, Wanted("simple", 10), by=None, now=MONDAY)
    before = numbers(survey)
    with pytest.raises(refusal):
        draw_sample(survey, population, wanted, by=None, now=MONDAY)
    assert numbers(survey) == before


def test_after_fielding_nothing_is_drawn(solvik: Solvik) -> None:
    survey = a_fielded_survey()
    with pytest.raises(AlreadyFielded):
        draw_sample(survey, survey.draw.population, Wanted("simple", 10), by=None, now=MONDAY)
    assert Invitation.objects.count() == 40


def test_only_who_manages_surveys_draws(survey: Survey, solvik: Solvik) -> None:
    with pytest.raises(NotAllowed):
        draw_sample(survey, a_population(20), Wanted("simple", 10), by=solvik.clerk, now=MONDAY)


def test_a_draw_of_many_takes_few_queries(survey: Survey, django_assert_max_num_queries) -> None:
    population = a_population(2500)
    with django_assert_max_num_queries(22):
        draw_sample(survey, population, Wanted("proportional", 500, "district"), by=None, now=MONDAY)


@pytest.mark.parametrize(("age", "band"), [(0, "0–17"), (18, "18–29"), (29, "18–29"), (74, "60–74"), (104, "75+")])
def test_age_bands(age: int, band: str) -> None:
    assert age_band(age) == band


@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(0, 30), min_size=1))
def test_joined_groups_have_five_people_wherever_there_are_five(sizes: dict[str, int]) -> None:
    under = joins(sizes)
    assert under.keys() == sizes.keys()
    joined: Counter[str] = Counter()
    for group, key in under.items():
        assert key in (group, JOINED)
        joined[key] += sizes[group]
    if sum(sizes.values()) >= FEWEST:
        assert min(joined.values()) >= FEWEST
