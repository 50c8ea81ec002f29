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
