"""A draw is uniform, the same everywhere, and can be checked by hand."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.statistics.errors import CannotCompute
from surveys.statistics.planning import margin_of, plan_sample
from surveys.statistics.sampling import allocate, draw_full, draw_simple, draw_stratified, ticket

REGISTER = [str(number) for number in range(10_000, 13_000)]


def test_draw_stays_the_same_over_versions():
    """The three lowest tickets, as `for id in ...; do printf '%s' "røros-2017|$id" | sha256sum` and sorting give them."""
    draw = draw_simple([str(number) for number in range(1, 21)], 3, seed="røros-2017")
    assert draw.ids == ("15", "6", "9")
    assert (draw.population, draw.n, draw.kind, draw.seed, draw.method) == (
        20,
        3,
        "simple",
        "røros-2017",
        "sha256-rank/1",
    )
    assert ticket("røros-2017", "15") == sha256("røros-2017|15".encode()).hexdigest()


@settings(max_examples=30, deadline=None)
@given(st.randoms(), st.text(min_size=1, max_size=20))
def test_order_of_the_register_does_not_matter(chance, seed):
    mixed = REGISTER[:200]
    chance.shuffle(mixed)
    assert draw_simple(mixed, 50, seed=seed) == draw_simple(REGISTER[:200], 50, seed=seed)


def test_larger_draw_contains_the_smaller():
    assert draw_simple(REGISTER, 600, seed="s").ids[:500] == draw_simple(REGISTER, 500, seed="s").ids


def chi_square(counts: list[int], expected: float) -> float:
    return sum((count - expected) ** 2 / expected for count in counts)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**64))
def test_each_pair_is_drawn_as_often_as_any_other(start):
    """4,000 draws of two out of five: ten pairs, 9 degrees of freedom. 50 is passed by chance once in ten million times."""
    drawn = Counter(tuple(sorted(draw_simple("abcde", 2, seed=f"{start}/{number}").ids)) for number in range(4_000))
    assert chi_square([drawn[pair] for pair in combinations("abcde", 2)], 400) < 50


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**64))
def test_each_part_of_the_register_gets_its_share(start):
    """One draw in tenths of the register; drawing without replacement makes them more even than chi-square, never less."""
    draw = draw_simple(REGISTER, 1_000, seed=str(start))
    tenths = Counter((int(person) - 10_000) // 300 for person in draw.ids)
    assert chi_square([tenths[tenth] for tenth in range(10)], 100) < 50


def test_stratified_draw():
    strata = {"Sør": REGISTER[:50], "Nord": REGISTER[50:250]}
    draw = draw_stratified(strata, {"Sør": 10, "Nord": 25}, seed="s")
    assert (draw.populations, draw.drawn) == ({"Nord": 200, "Sør": 50}, {"Nord": 25, "Sør": 10})
    assert len(set(draw.ids) & set(strata["Sør"])) == 10
    assert (draw.n, draw.population, draw.kind) == (35, 250, "stratified")
    assert set(draw.ids) == {
        *draw_simple(strata["Sør"], 10, seed="s").ids,
        *draw_simple(strata["Nord"], 25, seed="s").ids,
    }


def test_full_draw_has_everybody():
    assert sorted(draw_full(REGISTER).ids) == REGISTER


@pytest.mark.parametrize(
    ("draw", "code"),
    [
        (lambda: draw_simple(["1", "2", "1"], 1, seed="s"), "same_id_twice"),
        (lambda: draw_full(["1", "1"]), "same_id_twice"),
        (lambda: draw_simple(["1", "2"], 3, seed="s"), "more_than_there_are"),
        (lambda: draw_simple(["1", "2"], -1, seed="s"), "no_such_number"),
        (lambda: draw_stratified({"a": ["1"], "b": ["1"]}, {"a": 1, "b": 1}, seed="s"), "same_id_twice"),
        (lambda: draw_stratified({"a": ["1"], "b": ["2"]}, {"a": 1}, seed="s"), "unknown_group"),
        (lambda: draw_stratified({"a": ["1"]}, {"a": 2}, seed="s"), "more_than_there_are"),
        (lambda: allocate({"a": 3, "b": 4}, 8), "more_than_there_are"),
        (lambda: allocate({"a": 30, "b": 40}, 3, least=2), "no_such_number"),
        (lambda: allocate({"a": 30, "b": 40}, -1), "no_such_number"),
    ],
)
def test_impossible_draws_are_refused(draw, code):
    with pytest.raises(CannotCompute) as refused:
        draw()
    assert refused.value.code == code


def test_allocation_by_largest_remainder():
    assert allocate({"a": 500, "b": 300, "c": 200}, 7) == {"a": 4, "b": 2, "c": 1}, (
        "3.5, 2.1 and 1.4: the spare one to a"
    )
    assert allocate({"a": 10, "b": 10}, 1) == {"a": 1, "b": 0}
    assert allocate({"a": 900, "b": 90, "c": 10}, 100, least=2) == {"a": 89, "b": 9, "c": 2}
    assert allocate({"a": 900, "b": 1}, 100, least=2) == {"a": 99, "b": 1}


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.text(min_size=1, max_size=3), st.integers(0, 500), min_size=1, max_size=8), st.data())
def test_allocation_adds_up_and_fits(populations, data):
    n = data.draw(st.integers(0, sum(populations.values())))
    sizes = allocate(populations, n)
    assert sum(sizes.values()) == n
    assert all(0 <= sizes[stratum] <= people for stratum, people in populations.items())
    whole = sum(populations.values()) or 1
    assert all(abs(sizes[stratum] - n * people / whole) < 1 for stratum, people in populations.items())


def test_plan_is_the_smallest_that_holds():
    plan = plan_sample(margin=0.15, sd=1.3, response=0.4, population=5_600)
    assert margin_of(plan.answers, sd=1.3, population=5_600) == plan.margin <= 0.15
    assert margin_of(plan.answers - 1, sd=1.3, population=5_600) > 0.15
    assert (plan.answers, plan.invitations, plan.enough_people) == (277, 693, True)


def test_plan_agrees_with_the_formula_of_the_books():
    """Cochran's n0/(1 + n0/N) with the normal quantile, n0 = (1.96·sd/margin)²: t asks for one or two more."""
    n0 = (1.959963984540054 * 1.3 / 0.15) ** 2
    assert 0 <= plan_sample(margin=0.15, sd=1.3, response=1, population=5_600).answers - n0 / (1 + n0 / 5_600) < 3


def test_plan_says_when_there_are_too_few_people():
    plan = plan_sample(margin=0.15, sd=1.3, response=0.3, population=400)
    assert (plan.invitations, plan.enough_people) == (400, False)
    with pytest.raises(CannotCompute) as refused:
        plan_sample(margin=0.0001, sd=1.3, response=0.3)
    assert refused.value.code == "not_within_reach"


@pytest.mark.parametrize(
    "wrong", [{"margin": 0}, {"response": 0}, {"response": 1.2}, {"sd": -1}, {"confidence": 1}, {"population": 0}]
)
def test_impossible_plans_are_refused(wrong):
    with pytest.raises(CannotCompute):
        plan_sample(**{"margin": 0.1, "sd": 1.0, "response": 0.5, **wrong})
