"""Mean, quarters, rank and difference of municipalities: against numpy and R, and by what must always hold."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_ind_from_stats

from reporting.benchmark_profiles import profiles
from reporting.comparing import (
    Known,
    Quartiles,
    Rank,
    against_group,
    against_one,
    mean_of,
    quarter_of,
    quartiles,
    rank_of,
    spread_of,
)
from reporting.scales import Direction, Scale
from surveys.statistics.wording import Saying, saying

D = Decimal
HIGHER, LOWER, NEITHER = Direction.HIGHER, Direction.LOWER, Direction.NEITHER
values = st.lists(st.decimals(0, 1000, places=3), min_size=1, max_size=40)
several = st.lists(st.decimals(0, 1000, places=3), min_size=4, max_size=40)
directions = st.sampled_from([HIGHER, LOWER, NEITHER])


@given(values, st.randoms())
def test_the_mean_lies_between_and_order_does_not_matter(found: list[Decimal], random: Any) -> None:
    mean = mean_of(found)
    assert mean is not None
    assert min(found) <= mean <= max(found)
    shuffled = list(found)
    random.shuffle(shuffled)
    assert mean_of(shuffled) == mean
    assert quartiles(shuffled) == quartiles(found)


def test_each_municipality_counts_the_same() -> None:
    assert mean_of([D(10), D(20), D(90)]) == 40
    assert mean_of([]) is None


@given(several)
def test_quartiles_are_those_of_numpy(found: list[Decimal]) -> None:
    cut = quartiles(found)
    assert cut is not None
    expected = numpy.percentile([float(value) for value in found], [25, 50, 75], method="linear")
    assert [float(each) for each in cut] == pytest.approx(list(expected))
    assert min(found) <= cut.lower <= cut.median <= cut.upper <= max(found)


def test_quartiles_by_hand() -> None:
    """Of six sorted from 0 to 5 they lie at 1.25, 2.5 and 3.75: 2 + 0.25·2, 4 + 0.5·4, 8 + 0.75·8."""
    assert quartiles([D(each) for each in (32, 1, 16, 2, 8, 4)]) == (D("2.5"), D(6), D(14))
    assert quartiles([D(1), D(2), D(3)]) is None


@pytest.mark.parametrize(
    ("value", "direction", "quarter"),
    [
        (8, HIGHER, 1), (6, HIGHER, 1), (5, HIGHER, 2), (4, HIGHER, 2), (3, HIGHER, 3), (2, HIGHER, 3), (1, HIGHER, 4),
        (8, LOWER, 4), (6, LOWER, 3), (4, LOWER, 2), (3, LOWER, 2), (2, LOWER, 1), (1, LOWER, 1),
        (8, NEITHER, 1), (1, NEITHER, 4),
    ],
)  # fmt: skip
def test_a_figure_on_the_boundary_is_in_the_better_quarter(value: int, direction: str, quarter: int) -> None:
    assert quarter_of(D(value), Quartiles(D(2), D(4), D(6)), direction) == quarter


def test_where_most_are_alike_only_the_others_are_told_apart() -> None:
    cut = Quartiles(D(100), D(100), D(100))
    assert [quarter_of(D(each), cut, HIGHER) for each in (100, 90)] == [None, 4]


@given(values, st.decimals(0, 1000, places=3), directions)
def test_ranks_count_those_that_are_ahead(others: list[Decimal], value: Decimal, direction: str) -> None:
    rank = rank_of(value, others, direction)
    ahead = [other for other in others if (other < value if direction == LOWER else other > value)]
    assert (rank.place, rank.of) == (len(ahead) + 1, len(others) + 1)
    assert 1 <= rank.place <= rank.place + rank.tied - 1 <= rank.of
    assert rank_of(value, others[::-1], direction) == rank


@given(values)
def test_ranks_of_all_add_up(found: list[Decimal]) -> None:
    """Everybody behind one is ahead of nobody that is ahead of it: best place 1, and the shared places fill the row."""
    ranks = [rank_of(each, found[:at] + found[at + 1 :], HIGHER) for at, each in enumerate(found)]
    assert min(rank.place for rank in ranks) == 1
    assert {place for rank in ranks for place in range(rank.place, rank.place + rank.tied)} == set(
        range(1, len(found) + 1)
    )


def test_ties_share_the_best_place() -> None:
    assert rank_of(D(5), [D(5), D(9), D(1)], HIGHER) == Rank(2, 4, 2)
    assert rank_of(D(5), [D(5), D(9), D(1)], LOWER) == Rank(2, 4, 2)
    assert rank_of(D(1), [], HIGHER) == Rank(1, 1, 1)


def test_welchs_test_from_margins() -> None:
    """Two groups of 10 whose se is 0.3 and 0.4, 1 apart: t = 1/0.5, df = 0.25²/(0.09²/9 + 0.16²/9); p as scipy's own test."""
    t = D("2.262157162740992")  # the 0.975 quantile at 9 df
    found = against_one(Known(D(5), 10, t * D("0.3")), Known(D(4), 10, t * D("0.4")))
    assert found.df == pytest.approx(0.0625 / ((0.0081 + 0.0256) / 9))
    expected = ttest_ind_from_stats(5, 0.3 * 10**0.5, 10, 4, 0.4 * 10**0.5, 10, equal_var=False)
    assert (found.t, found.p) == (pytest.approx(2), pytest.approx(expected.pvalue))


def test_a_margin_without_n_is_of_the_normal_distribution() -> None:
    """95 % intervals of ±1.96 and ±0: z = 2 / 1, p = 0.0455."""
    found = against_one(Known(D(5), None, D("1.959964")), Known(D(3), None, D(0)))
    assert found.p == pytest.approx(0.0455, abs=5e-5)


def test_the_mean_of_a_group_has_the_error_of_its_municipalities() -> None:
    """Four with se 1 each: the mean's is √4/4 = 0.5; ours 0.5; z = 2/√0.5 = 2.828, p = 0.00468."""
    ours, others = Known(D(12), None, D("0.979982")), [Known(D(10), None, D("1.959964"))] * 4
    found = against_group(ours, others)
    assert (found.difference, found.se) == (pytest.approx(2), pytest.approx(0.70711, abs=1e-5))
    assert found.p == pytest.approx(0.00468, abs=1e-5)
    assert saying(found) == Saying.CLEARLY_HIGHER


def test_without_margins_nothing_is_said() -> None:
    sure, unsure = Known(D(12), 400, D(1)), Known(D(10), 400)
    for found in (
        against_group(unsure, [sure, sure]),
        against_group(sure, [sure, unsure]),
        against_one(sure, unsure),
        against_one(unsure, sure),
        against_one(unsure, unsure, exact=True),
    ):
        assert (found.p, saying(found)) == (None, Saying.NOT_TESTED)
        assert found.difference is not None
    assert against_one(sure, unsure, exact=True).p is not None


def test_spread_is_between_municipalities() -> None:
    assert spread_of([D(1), D(3)]) == pytest.approx(2**0.5)
    assert spread_of([D(1)]) is None
    assert spread_of([D(2), D(2)]) is None


def test_profiles_are_whole() -> None:
    """Each measure has a name in every language, a scale and a direction that there are, and one key."""
    found = profiles()
    assert list(found) == ["kkik-2019", "kkik-2007"]
    assert [part.titles["sv"] for part in found["kkik-2007"].parts] == [
        "Tillgänglighet", "Trygghet", "Information och delaktighet", "Effektivitet", "Kommunen som samhällsutvecklare",
    ]  # fmt: skip
    assert [part.titles["sv"] for part in found["kkik-2019"].parts] == [
        "Barn och unga", "Stöd och omsorg", "Samhälle och miljö",
    ]  # fmt: skip
    known: dict[str, Any] = {}
    for profile in found.values():
        keys = [measure.key for measure in profile.measures]
        assert len(keys) == len(set(keys))
        for measure in profile.measures:
            assert set(measure.names) == {"nb", "nn", "sv", "en"}
            assert all(0 < len(name) <= 150 for name in measure.names.values())
            assert measure.scale in Scale.values
            assert measure.direction in Direction.values
            assert known.setdefault(measure.key, measure) == measure
