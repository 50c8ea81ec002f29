"""Cronbach's alpha, raw, listwise: how well the questions of an area measure one thing.

alpha = k/(k − 1) · (1 − Σ var(question)/var(sum of questions)), over the respondents who gave every question a valid
answer. Source: Cronbach, Coefficient alpha and the internal structure of tests, Psychometrika 16 (1951). R:
`psych::alpha(na.omit(x))$total$raw_alpha`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from surveys.statistics.answers import ONE_TO_SIX, Answer, Scale, same_length, valid


@dataclass(frozen=True, slots=True)
class Alpha:
    """`value` is at most 1 and may be negative (questions that contradict each other; psych does not turn them, nor do we).

    It is None with fewer than two questions that vary, fewer than two complete respondents, or where the sum does not
    vary. `n` is complete respondents, `items` the questions counted, `constant` the places of questions that
    everybody answered alike: these are left out, as psych leaves them out.
    """

    value: float | None
    n: int
    items: int
    constant: tuple[int, ...] = ()


def cronbach_alpha(columns: Sequence[Sequence[Answer]], *, scale: Scale = ONE_TO_SIX) -> Alpha:
    """Return alpha of the questions in `columns`, turned the same way beforehand.

    Raises CannotCompute `not_on_scale`, `lengths_differ`.
    """
    same_length(columns)
    return alpha_of_valid([valid(column, scale) for column in columns])


def alpha_of_valid(columns: Sequence[Sequence[int | None]]) -> Alpha:
    """The same for columns that hold valid answers and None only."""
    complete = [row for row in zip(*columns, strict=True) if None not in row]
    n = len(complete)
    varying: list[tuple[int, ...]] = []
    constant: list[int] = []
    for place, column in enumerate(zip(*complete, strict=True)):
        if min(column) == max(column):
            constant.append(place)
        else:
            varying.append(column)
    k = len(varying)
    if n < 2 or k < 2:
        return Alpha(None, n, k, tuple(constant))
    of_sum = _variance_times_n([sum(row) for row in zip(*varying, strict=True)])
    if of_sum == 0:
        return Alpha(None, n, k, tuple(constant))
    of_items = sum(_variance_times_n(column) for column in varying)
    return Alpha(k * (of_sum - of_items) / ((k - 1) * of_sum), n, k, tuple(constant))


def _variance_times_n(numbers: Sequence[int]) -> int:
    """n(n − 1) times the variance, a whole number: the factor is the same above and below the line."""
    return len(numbers) * sum(number * number for number in numbers) - sum(numbers) ** 2
