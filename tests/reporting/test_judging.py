"""The pure rules of scorecards: status against limits, change since last measured, periods, numbers as people write them."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from statistics import median as middle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.judging import Change, Limits, Measured, Range, Status, Turn, change_since_last, judge, limits_in
from reporting.measures import median
from reporting.periods import Every, Period, period_of, read_period
from reporting.scales import Direction, as_shown, read_number, says_not_measured

D = Decimal
values = st.decimals(min_value=0, max_value=100, places=1)
ONLY_DESIRED = Limits(2013, Range(D(75), D(100)))
BOTH = Limits(2020, Range(D("4.6"), D("6")), Range(D("4"), D("4.5")))


@pytest.mark.parametrize(
    ("value", "limits", "status"),
    [
        ("34.9", ONLY_DESIRED, Status.OUTSIDE),
        ("75", ONLY_DESIRED, Status.DESIRED),
        ("100", ONLY_DESIRED, Status.DESIRED),
        ("4.6", BOTH, Status.DESIRED),
        ("4.5", BOTH, Status.ACCEPTABLE),
        ("4.55", BOTH, Status.ACCEPTABLE),  # between the two ranges
        ("4", BOTH, Status.ACCEPTABLE),
        ("3.9", BOTH, Status.UNACCEPTABLE),
        ("12", Limits(2020, Range(D(0), D(7)), Range(D(8), D(10))), Status.UNACCEPTABLE),
        ("9", Limits(2020, Range(D(0), D(7)), Range(D(8), D(10))), Status.ACCEPTABLE),
        ("92", Limits(2020, Range(D(95), D(105)), Range(D(90), D(110))), Status.ACCEPTABLE),
    ],
)
def test_status(value: str, limits: Limits, status: Status) -> None:
    assert judge(D(value), limits) == status


@given(value=values, ends=st.tuples(values, values, values, values))
def test_status_is_desired_exactly_in_the_desired_range_and_never_worse_nearer_to_it(
    value: Decimal, ends: tuple[Decimal, ...]
) -> None:
    a, b, c, d = sorted(ends)
    lower_is_worse = Limits(2020, Range(c, d), Range(a, b))
    found = judge(value, lower_is_worse)
    assert (found == Status.DESIRED) == (c <= value <= d)
    assert (found == Status.UNACCEPTABLE) == (value < a or value > d)
    assert judge(value, Limits(2020, Range(c, d))) in (Status.DESIRED, Status.OUTSIDE)


def test_limits_hold_until_later_ones() -> None:
    old, new = Limits(2019, Range(D(1), D(2))), Limits(2022, Range(D(2), D(3)))
    assert [limits_in(year, [new, old]) for year in (2018, 2019, 2021, 2022, 2030)] == [None, old, old, new, new]


def test_change_skips_what_was_not_measured() -> None:
    results = [Measured(2013, D("4.7")), Measured(2015, D("4.9")), Measured(2014, None), Measured(2016, None)]
    assert change_since_last(results, Direction.HIGHER) == Change(D("0.2"), 2013, 2015, Turn.BETTER)
    assert change_since_last(results, Direction.LOWER).turn == Turn.WORSE  # type: ignore[union-attr]
    assert change_since_last(results, Direction.NEITHER).turn == Turn.UP  # type: ignore[union-attr]
    assert change_since_last(results[:1], Direction.HIGHER) is None
    assert change_since_last([Measured(2013, D("34.9")), Measured(2014, None)], Direction.HIGHER) is None


@given(before=values, after=values, gap=st.lists(st.none(), max_size=4))
def test_change_is_the_difference_whatever_lies_between(before: Decimal, after: Decimal, gap: list[None]) -> None:
    results = [Measured(year, value) for year, value in enumerate([before, *gap, after], start=2000)]
    change = change_since_last(results, Direction.HIGHER)
    assert change is not None
    assert (change.amount, change.since, change.until) == (after - before, 2000, 2001 + len(gap))
    assert (change.turn == Turn.UNCHANGED) == (before == after)
    turned = change_since_last(results, Direction.LOWER)
    opposite = {Turn.BETTER: Turn.WORSE, Turn.WORSE: Turn.BETTER, Turn.UNCHANGED: Turn.UNCHANGED}
    assert turned is not None
    assert turned.turn == opposite[change.turn]


@given(numbers=st.lists(st.integers(0, 60), min_size=1, max_size=30))
def test_median_from_how_often_is_the_median(numbers: list[int]) -> None:
    found = median(Counter(numbers))
    assert (found.value, found.n) == (D(str(middle(numbers))), len(numbers))


@given(day=st.dates(date(1990, 1, 1), date(2100, 1, 1)), every=st.sampled_from(list(Every)))
def test_a_day_lies_in_its_period_and_the_next_begins_the_day_after(day: date, every: Every) -> None:
    period = period_of(day, every)
    assert period.first <= day <= period.last
    assert period_of(period.last + timedelta(days=1), every) > period
    assert read_period(str(period), last_year=2100) == period


@pytest.mark.parametrize(
    "text", ["20225", "225", "0215", "2027", "1949", "2025-Q5", "2025-13", "2025-00", "i fjor", "", "²025"]
)
def test_no_period(text: str) -> None:
    assert read_period(text, last_year=2026) is None


def test_periods_as_people_write_them() -> None:
    assert read_period(" 2025 ", last_year=2026) == Period(2025)
    assert read_period("2025-k3", last_year=2026) == Period(2025, Every.QUARTER, 3)
    assert read_period("2025-07", last_year=2026) == Period(2025, Every.MONTH, 7)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1 018 671", "1018671"), ("34,9", "34.9"), ("4.6 %", "4.6"), ("1\u00a0000,5", "1000.5"), ("−2", "-2"),
        ("1.018.671", None), ("4,6,1", None), ("fire", None), ("", None), ("1e5", None), ("½", None), ("NaN", None),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(text: str, number: str | None) -> None:
    assert read_number(text) == (None if number is None else D(number))


def test_not_measured_in_all_our_languages() -> None:
    said = ["–", "-", "Ikke målt", "ikkje målt", "Ej mätt", "not measured", " IKKE  MÅLT "]
    assert [text for text in said if not says_not_measured(text)] == []
    assert [text for text in ("", "0", "ikke", "målt") if says_not_measured(text)] == []


def test_halves_go_up_as_shown() -> None:
    assert [as_shown(D(text), 1) for text in ("4.55", "4.549", "15.05")] == [D("4.6"), D("4.5"), D("15.1")]
    assert as_shown(D("86.5"), 0) == D(87)
