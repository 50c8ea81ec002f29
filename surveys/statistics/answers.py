"""What an answer is. A column holds one question's answers, a respondent a place, in the same order in every column.

Source: the domain's «Definitions for survey figures»: «don't know» and missing are no valid answers, and are kept
apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from surveys.statistics.errors import CannotCompute

DONT_KNOW: Final = -1
"""The answer «don't know / not relevant». `None` is missing: not answered, or not asked."""

Answer = int | None
"""A point of the scale, DONT_KNOW or None."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The points of a rating question, `low` to `high` in whole steps, `high` the best. The house's is 1–6."""

    low: int = 1
    high: int = 6

    def __post_init__(self) -> None:
        if not 0 <= self.low < self.high:
            raise CannotCompute("no_such_number", name="scale", value=(self.low, self.high))

    @property
    def points(self) -> range:
        return range(self.low, self.high + 1)

    @property
    def top2(self) -> tuple[int, int] | None:
        """The two best points (5–6), or None where the scale has fewer than four: two of three would be most of it."""
        return (self.high - 1, self.high) if len(self.points) >= 4 else None

    @property
    def bottom2(self) -> tuple[int, int] | None:
        """The two worst points (1–2), or None where the scale has fewer than four."""
        return (self.low, self.low + 1) if len(self.points) >= 4 else None

    def check(self, found: Iterable[Answer]) -> None:
        """Raise CannotCompute `not_on_scale` for an answer that is neither a point, nor DONT_KNOW, nor None."""
        for value in found:
            if value is not None and value != DONT_KNOW and value not in self.points:
                raise CannotCompute("not_on_scale", value=value, low=self.low, high=self.high)


ONE_TO_SIX: Final = Scale()


def tally(column: Sequence[Answer], scale: Scale = ONE_TO_SIX) -> Counter[Answer]:
    """Return how often each answer occurs. Raises CannotCompute `not_on_scale`."""
    found = Counter(column)
    scale.check(found)
    return found


def valid(column: Sequence[Answer], scale: Scale = ONE_TO_SIX) -> list[int | None]:
    """Return the column with None for whatever is no valid answer. Raises CannotCompute `not_on_scale`."""
    scale.check(set(column))
    return [None if answer is None or answer == DONT_KNOW else answer for answer in column]


def same_length(columns: Iterable[Sequence[object]]) -> None:
    """Raise CannotCompute `lengths_differ` unless all columns have one length."""
    if len({len(column) for column in columns}) > 1:
        raise CannotCompute("lengths_differ")
