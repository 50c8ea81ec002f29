"""References that people say on the phone: the check digit finds the faults made when a number is read aloud."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from feedback.reference import as_references, parse_reference, reference

YEARS = st.integers(2000, 2099)
NUMBERS = st.integers(1, 999_999)


@pytest.mark.parametrize(
    ("year", "number", "expected"),
    [
        pytest.param(2026, 1, "26-000001-", id="the first of the year"),
        pytest.param(2026, 4217, "26-004217-", id="as in the issue"),
        pytest.param(2009, 12, "09-000012-", id="a year that begins with zero"),
        pytest.param(2026, 1_234_567, "26-1234567-", id="more than a million"),
    ],
)
def test_reference_is_year_number_and_check_digit(year: int, number: int, expected: str) -> None:
    made = reference(year, number)
    assert made[:-1] == expected
    assert made[-1].isdigit()


def test_check_digit_is_verhoeffs() -> None:
    """The published example: 236 has the check digit 3 (en.wikipedia.org/wiki/Verhoeff_algorithm)."""
    from stdnum import verhoeff

    assert verhoeff.calc_check_digit("236") == "3"
    assert reference(2026, 4217) == f"26-004217-{verhoeff.calc_check_digit('26004217')}"


@given(YEARS, NUMBERS)
def test_what_is_made_is_read(year: int, number: int) -> None:
    made = reference(year, number)
    assert parse_reference(made) == made


@given(YEARS, NUMBERS, st.data())
def test_every_single_wrong_digit_is_found(year: int, number: int, data: st.DataObject) -> None:
    made = reference(year, number)
    place = data.draw(st.sampled_from([n for n, sign in enumerate(made) if sign.isdigit()]))
    for digit in set("0123456789") - {made[place]}:
        assert parse_reference(made[:place] + digit + made[place + 1 :]) is None


@given(YEARS, NUMBERS)
def test_every_swap_of_neighbours_is_found(year: int, number: int) -> None:
    digits = reference(year, number).replace("-", "")
    for place in range(len(digits) - 1):
        first, second = digits[place], digits[place + 1]
        if first != second:
            assert parse_reference(digits[:place] + second + first + digits[place + 2 :]) is None


@given(YEARS, NUMBERS)
def test_spoken_and_typed_forms_are_the_same_card(year: int, number: int) -> None:
    made = reference(year, number)
    year_, digits, check = made.split("-")
    forms = [
        f"{year_}{digits}{check}",
        f"{year_} {digits} {check}",
        f"{year_}.{digits}.{check}",
        f" {year_} - {digits} - {check} ",
        f"{year_}–{digits}–{check}",
        f"{year_}{digits} {check}",
        f"{year_}-{digits.lstrip('0')}-{check}",
        f"{year_} {digits.lstrip('0')} {check}",
    ]
    assert [parse_reference(form) for form in forms] == [made] * len(forms)


@pytest.mark.parametrize(
    "text", ["", "26", "26--", "hull i veien", "33181000", "26-004217", "26-004217-55", "26-4217-a"]
)
def test_what_is_no_reference_is_none(text: str) -> None:
    assert parse_reference(text) is None


@given(st.text(max_size=20))
def test_nothing_that_is_typed_makes_it_stumble(text: str) -> None:
    found = parse_reference(text)
    assert found is None or parse_reference(found) == found


@pytest.mark.django_db
def test_the_database_makes_the_same_references() -> None:
    numbers = [*range(1, 300), 999, 4217, 99_999, 999_999, 1_000_000, 1_234_567, 123_456_789]
    wanted = [(year, number) for year in (2000, 2009, 2026, 2099) for number in numbers]
    taken = "SELECT row_number() OVER () AS id, * FROM unnest(%s::int[], %s::int[]) AS given (year, last)"
    parts = as_references("taken")
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE taken AS ({taken}), {parts} SELECT reference FROM numbered ORDER BY id",  # noqa: S608
            [list(column) for column in zip(*wanted, strict=True)],
        )
        made = [row[0] for row in cursor.fetchall()]
    assert made == [reference(year, number) for year, number in wanted]
