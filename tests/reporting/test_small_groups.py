"""No published number tells of fewer than five: attacked with all that is published, and with the rule itself in hand."""

from __future__ import annotations

from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.small_groups import SMALLEST, SMALLEST_BASE, joined, rounded, share, shown

COUNTS = st.dictionaries(st.sampled_from("abcdefghij"), st.integers(0, 40), max_size=10)


@pytest.mark.parametrize(
    ("counts", "groups", "others"),
    [
        pytest.param({"a": 12, "b": 30}, {"a": 10, "b": 30}, 0, id="all large"),
        pytest.param({"a": 12, "b": 30, "c": 0}, {"a": 10, "b": 30}, 0, id="nobody is no group"),
        pytest.param({"a": 12, "b": 30, "c": 3, "d": 4}, {"a": 10, "b": 30}, 5, id="small ones joined"),
        pytest.param({"a": 12, "b": 30, "c": 3}, {"b": 30}, 15, id="one alone takes the next along"),
        pytest.param({"a": 12, "b": 30, "c": 2, "d": 1}, {"b": 30}, 15, id="too few together"),
        pytest.param({"a": 12, "b": 30, "c": 4, "d": 4}, {"b": 30}, 20, id="alike: their sum would tell each"),
        pytest.param({"a": 12, "b": 12, "c": 3, "d": 30}, {"d": 30}, 25, id="all of one size go along"),
    ],
)
def test_what_is_shown(counts: dict[str, int], groups: dict[str, int], others: int) -> None:
    published = shown(counts)
    assert published is not None
    assert (published.groups, published.others) == (groups, others)


@pytest.mark.parametrize(
    "counts",
    [{}, {"a": 0}, {"a": 4}, {"a": 2, "b": 2}, {"a": 3, "b": 12}, {"a": 3, "b": 4}, {"a": 4, "b": 4, "c": 4}],
)
def test_nothing_is_shown_where_all_would_be_joined(counts: dict[str, int]) -> None:
    assert shown(counts) is None


@given(COUNTS)
def test_the_rule(counts: dict[str, int]) -> None:
    hidden, published = joined(counts), shown(counts)
    if hidden is None:
        assert published is None
        return
    assert published is not None
    small = {group for group, count in counts.items() if 0 < count < SMALLEST}
    assert small <= hidden
    assert all(number >= SMALLEST for number in published.groups.values())
    assert published.others == 0 or published.others >= SMALLEST
    assert bool(published.others) == bool(hidden)


@given(COUNTS, st.permutations("abcdefghij"))
def test_which_groups_are_joined_depends_on_their_numbers_alone(counts: dict[str, int], names: list[str]) -> None:
    """So nobody can tell two joined groups from each other, though they know the rule."""
    other = dict(zip("abcdefghij", names, strict=True))
    renamed = joined({other[group]: count for group, count in counts.items()})
    hidden = joined(counts)
    assert renamed == (None if hidden is None else {other[group] for group in hidden})


@given(COUNTS)
def test_an_attacker_with_the_published_numbers_bounds_no_small_group_below_five(counts: dict[str, int]) -> None:
    """Unknowns are whole numbers, each published number is its sum within two, all groups together the total within two."""
    published = shown(counts)
    if published is None:
        return
    total = rounded(sum(counts.values()))
    most_others = published.others + 2
    least_shown = sum(max(SMALLEST, number - 2) for number in published.groups.values())
    for group, count in counts.items():
        if 0 < count < SMALLEST:
            highest = min(most_others, total + 2 - least_shown)
            assert highest >= SMALLEST, (group, published)


@pytest.mark.parametrize("zeros_are_known", [False, True], ids=["categories", "months"])
def test_an_attacker_who_knows_the_rule_and_unrounded_numbers_finds_no_small_group(zeros_are_known: bool) -> None:
    """Every table of four groups is tried: the tables that look alike from outside must differ in each small group."""
    alike: dict[object, list[tuple[int, ...]]] = defaultdict(list)
    for table in product(range(12), repeat=4):
        counts = dict(enumerate(table))
        hidden = joined(counts)
        if hidden is None:
            continue
        seen = tuple(count if count and group not in hidden else None for group, count in counts.items())
        zeros = tuple(count == 0 for count in table) if zeros_are_known else ()
        alike[seen, zeros, sum(table)].append(table)
    assert len(alike) > 100
    for tables in alike.values():
        for group in range(4):
            values = {table[group] for table in tables}
            assert len(values) > 1 or not 0 < min(values) < SMALLEST, tables


@given(st.integers(SMALLEST, 500), st.integers(1, 4))
def test_what_two_months_pages_differ_by_is_no_number_of_messages(before: int, came: int) -> None:
    """The twelve months move on by one: a category's number may then change by a few messages alone."""
    explained = {
        after - earlier
        for earlier in range(max(SMALLEST, before - 4), before + 5)
        for after in range(earlier, before + came + 5)
        if (rounded(earlier), rounded(after)) == (rounded(before), rounded(before + came))
    }
    assert len(explained) > 1


@given(st.integers(0, 10_000))
def test_rounding(number: int) -> None:
    assert rounded(number) % 5 == 0
    assert abs(rounded(number) - number) <= 2


def test_shares_of_few_are_not_shown() -> None:
    assert share(SMALLEST_BASE - 1, SMALLEST_BASE - 1) is None
    assert share(2, 3) is None
    assert share(7, SMALLEST_BASE) == 0.7
    assert share(2, 300) == 0.01
