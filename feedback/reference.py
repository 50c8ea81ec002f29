"""References that people can say on the phone: year, number, check digit, as in 26-004217-5."""

from __future__ import annotations

import re

from stdnum import verhoeff

_SHAPE = re.compile(r"(\d{2})[\s.–-]*(\d{1,9})[\s.–-]*(\d)")


def reference(year: int, number: int) -> str:
    """Return the reference of the `number`-th card of `year` (four digits).

    The last digit is Verhoeff's check digit over the others (J. Verhoeff, «Error Detecting Decimal Codes», 1969): it
    finds every single wrong digit and every swap of two neighbours, the faults made when a number is read aloud.
    """
    digits = f"{year % 100:02d}{number:06d}"
    return f"{digits[:2]}-{digits[2:]}-{verhoeff.calc_check_digit(digits)}"


# Verhoeff's tables in one row each, for the database: two turns and mirrorings of a pentagon after each other, which digit
# stands for which at each of eight places, and what brings a turn back.
_AFTER = [(a + b) % 5 if a < 5 and b < 5 else (a + b) % 5 + 5 if a < 5 else (a - b) % 5 + 5 if b < 5 else (a - b) % 5
          for a in range(10) for b in range(10)]  # fmt: skip
_BACK = [_AFTER[10 * a : 10 * a + 10].index(0) for a in range(10)]
_AT = [*range(10)]
for _place in range(7):
    _AT += [(1, 5, 7, 6, 2, 8, 3, 0, 9, 4)[digit] for digit in _AT[-10:]]


def _array(numbers: list[int]) -> str:
    return f"('{{{','.join(map(str, numbers))}}}'::int[])"


def as_references(taken: str) -> str:
    """Return the parts of a WITH RECURSIVE that make `reference` of what the part `taken` gives: its rows are `numbered`,
    each with its `id` and the `reference` of its `year` (four digits) and `last`.

    For who does not know the number when it writes: the counter's row is then held for no longer than the database needs.
    """
    return f"""
summed (id, year, number, at, sum) AS (
    SELECT id, lpad((year %% 100)::text, 2, '0'), lpad(last::text, greatest(6, length(last::text)), '0'), 1, 0 FROM {taken}
    UNION ALL
    SELECT id, year, number, at + 1, {_array(_AFTER)}[
        sum * 10 + {_array(_AT)}[at %% 8 * 10 + substr(reverse(year || number), at, 1)::int + 1] + 1
    ] FROM summed WHERE at <= length(number) + 2
), numbered AS (
    SELECT id, year || '-' || number || '-' || {_array(_BACK)}[sum + 1] AS reference
    FROM summed WHERE at > length(number) + 2
)"""  # noqa: S608 -- names of our own


def parse_reference(text: str) -> str | None:
    """Return the reference that `text` holds in its proper form, or None where the check digit or shape is wrong.

    Spaces, dots and missing dashes are let through: «26 004217 5» and «260042175» are the same card.
    """
    match = _SHAPE.fullmatch(text.strip())
    if match is None:
        return None
    if not re.search(r"\D", text.strip()):
        match = re.fullmatch(r"(\d{2})(\d{6,9})(\d)", text.strip())
        if match is None:
            return None
    year, number, digit = match.groups()
    number = number.zfill(6)
    if not verhoeff.is_valid(f"{year}{number}{digit}"):
        return None
    return f"{year}-{number}-{digit}"
