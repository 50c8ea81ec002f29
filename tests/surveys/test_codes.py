"""The codes of invitations: easy to type, and a slip of the finger is told from a code that nobody has."""

from __future__ import annotations

from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.codes import LETTERS
from surveys.codes import new_code, parse_code

seeds = st.integers(0, 2**32)


@given(seeds)
def test_a_code_is_read_back_however_it_is_typed(seed: int) -> None:
    code = new_code(Random(seed))
    assert [len(part) for part in code.split("-")] == [4, 4, 1]
    assert parse_code(code) == code
    assert parse_code(code.lower().replace("-", " ")) == code
    assert parse_code(code.replace("0", "O").replace("1", "l").replace("V", "u")) == code


@given(seeds)
def test_every_single_wrong_letter_is_found(seed: int) -> None:
    letters = new_code(Random(seed)).replace("-", "")
    for place, letter in enumerate(letters):
        for other in set(LETTERS) - {letter}:
            assert parse_code(letters[:place] + other + letters[place + 1 :]) is None


@given(seeds)
def test_every_two_letters_that_changed_places_are_found(seed: int) -> None:
    letters = new_code(Random(seed)).replace("-", "")
    for one, other in combinations(range(len(letters)), 2):
        if letters[one] != letters[other]:
            swapped = list(letters)
            swapped[one], swapped[other] = swapped[other], swapped[one]
            assert parse_code("".join(swapped)) is None


@pytest.mark.parametrize("typed", ["", "K7QM", "K7QM-2XPD", "ÆØÅÆ-ØÅÆØ-Å", "K7QM-2XPD-44", "K7QM-2XPD-²", "\x00" * 9])
def test_what_no_code_looks_like_is_none(typed: str) -> None:
    assert parse_code(typed) is None


def test_codes_are_spread_over_all_letters() -> None:
    random = Random(4)
    codes = {new_code(random) for _ in range(2000)}
    assert len(codes) == 2000
    assert {letter for code in codes for letter in code} == {*LETTERS, "-"}
