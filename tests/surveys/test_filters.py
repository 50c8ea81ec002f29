"""Filters beside each other: when the difference of two figures would be somebody's answers."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.statistics.errors import CannotCompute
from surveys.statistics.filters import Refusal, filter_refusal

EVERYBODY = range(100)


@pytest.mark.parametrize(
    ("label", "wanted", "shown", "refusal"),
    [
        ("four", range(4), [EVERYBODY], Refusal.TOO_FEW),
        ("nobody", [], [EVERYBODY], Refusal.TOO_FEW),
        ("five", range(5), [EVERYBODY], None),
        ("all but one", range(99), [EVERYBODY], Refusal.DIFFERS_BY_FEW),
        ("all but four", range(96), [EVERYBODY], Refusal.DIFFERS_BY_FEW),
        ("all but five", range(95), [EVERYBODY], None),
        ("one more than was shown", range(21), [EVERYBODY, range(20)], Refusal.DIFFERS_BY_FEW),
        ("one exchanged", [*range(19), 30], [EVERYBODY, range(20)], Refusal.DIFFERS_BY_FEW),
        ("five exchanged", [*range(15), *range(30, 35)], [EVERYBODY, range(20)], None),
        ("the same again", range(20), [EVERYBODY, range(20)], None),
        (
            "the last third, all but two",
            range(60, 98),
            [EVERYBODY, range(30), range(30, 60)],
            Refusal.FOLLOWS_FROM_OTHERS,
        ),
        ("the last third", range(60, 100), [EVERYBODY, range(30), range(30, 60)], None),
        ("crossing, few in both", range(27, 60), [EVERYBODY, range(30)], None),
    ],
)
def test_filter(label, wanted, shown, refusal):
    assert filter_refusal(wanted, shown) is refusal, label


def test_a_question_that_fewer_answered_decides():
    """Ninety of a hundred answered it: all but six of the respondents are all but one of those who answered."""
    column = [4] * 85 + [None] * 10 + [5] * 5
    wanted = [*range(85), *range(90, 94), 95, 96, 97, 98]
    assert filter_refusal(wanted, [EVERYBODY]) is None
    assert filter_refusal(wanted, [EVERYBODY], [column]) is Refusal.DIFFERS_BY_FEW


def test_answers_tell_what_numbers_do_not():
    """Three women live in Nord, and nobody else gave a six: the sixes of Nord and of the women are those three."""
    women, nord = range(40), [*range(37, 40), *range(50, 60)]
    assert filter_refusal(nord, [EVERYBODY, women]) is None
    column: list[int | None] = [5] * 100
    for place in nord:
        column[place] = 6 if place < 40 else 4
    assert filter_refusal(nord, [EVERYBODY, women], [column]) is Refusal.FOLLOWS_FROM_OTHERS


@pytest.mark.parametrize("least", [0, 4])
def test_no_setting_lowers_the_limit(least):
    with pytest.raises(CannotCompute):
        filter_refusal(range(20), [EVERYBODY], least=least)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.frozensets(st.integers(0, 15)), max_size=5))
def test_no_row_of_accepted_filters_adds_up_to_a_few(filters):
    """Ask for one after the other; of those shown no sum and difference of up to three may be a group of one to four."""
    everybody = frozenset(range(16))
    shown = [everybody]
    for wanted in filters:
        if filter_refusal(wanted, shown) is None:
            shown.append(wanted)
    vectors = [tuple(int(place in places) for place in range(16)) for places in shown]
    signs = [(1,), (1, -1), (1, 1, -1), (1, -1, -1)]
    for pattern in signs:
        for chosen in _choices(vectors, len(pattern)):
            sums = [
                sum(sign * value for sign, value in zip(pattern, place, strict=True))
                for place in zip(*chosen, strict=True)
            ]
            assert not (set(sums) <= {0, 1} and 0 < sum(sums) < 5)


def _choices(vectors, length):
    if length == 0:
        return [[]]
    return [[*rest, vector] for rest in _choices(vectors, length - 1) for vector in vectors]
