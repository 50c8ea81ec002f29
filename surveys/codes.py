"""The code of an invitation, as in «K7QM-2XPD-4»: eight random letters and one that checks them. Pure.

The check letter tells a slip of the finger from a code that nobody has: it is the sum of the letters, each times its
own power of two in the field of 32 elements (x⁵ + x² + 1). Every single wrong letter and every two letters that
changed places give another sum. It is the Reed–Solomon code of distance two.
"""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from feedback.codes import LENGTH, LETTERS, typed_letters


def new_code(random: Random) -> str:
    """Return a new code. `random` is `random.SystemRandom()` wherever the code is to open anything."""
    return _grouped("".join(random.choice(LETTERS) for _ in range(LENGTH)))


def parse_code(typed: str) -> str | None:
    """Return the code meant by `typed` as it is stored, or None where no code is written so: somebody typed wrong.

    Case, dashes, spaces and letters that look alike do not matter.
    """
    letters = typed_letters(typed)
    if len(letters) != LENGTH + 1 or not set(letters) <= set(LETTERS):
        return None
    code = _grouped(letters[:LENGTH])
    return code if code.endswith(letters[-1]) else None


def _grouped(letters: str) -> str:
    return f"{letters[:4]}-{letters[4:]}-{LETTERS[_check(LETTERS.index(letter) for letter in letters)]}"


def _check(numbers: Iterable[int]) -> int:
    """Return the sum with its powers, by Horner: doubled after each letter, so that the last of them counts double too."""
    total = 0
    for number in numbers:
        total = _doubled(total ^ number)
    return total


def _doubled(number: int) -> int:
    return (number << 1) ^ (0b100101 if number & 0b10000 else 0)
