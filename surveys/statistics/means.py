"""The mean of a simple random sample, with its standard error and interval. R: `sd`, `t.test`, `svymean` with `fpc`.

mean = Σx/n; sd² = Σ(x − mean)²/(n − 1); se = sd/√n · √(1 − n/N); interval mean ± t(n − 1)·se. N is the population,
and n the valid answers; without N the last factor is 1. Source: Cochran, Sampling Techniques, 3rd ed., sections
2.5–2.8; the domain's «Definitions for survey figures». Sums are exact or correctly
rounded, so the order of answers does not matter.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

from surveys.statistics.answers import same_length
from surveys.statistics.estimates import CONFIDENCE, Estimate, root, unsampled_share

Group = TypeVar("Group", bound=Hashable)
Value = TypeVar("Value")


def mean_of_values(
    values: Sequence[float | None], *, population: int | None = None, confidence: float = CONFIDENCE
) -> Estimate:
    """Return the mean of those values that are not None.

    Raises CannotCompute `more_answers_than_people`, `no_such_number`.
    """
    numbers = [value for value in values if value is not None]
    n = len(numbers)
    unsampled = unsampled_share(n, population)
    if n == 0:
        return Estimate(n=0)
    mean = math.fsum(numbers) / n
    if n == 1:
        return Estimate(n=1, mean=mean)
    variance = math.fsum((number - mean) ** 2 for number in numbers) / (n - 1)
    if min(numbers) == max(numbers):
        mean, variance = float(numbers[0]), 0.0
    return _estimate(n, mean, variance, unsampled, confidence)


def mean_of_counts(
    counts: Mapping[int, int], *, population: int | None = None, confidence: float = CONFIDENCE
) -> Estimate:
    """Return the same from how often each whole number occurs. The sums are whole numbers, so nothing is rounded on the way.

    Raises CannotCompute `more_answers_than_people`, `no_such_number`.
    """
    n = sum(counts.values())
    unsampled = unsampled_share(n, population)
    if n == 0:
        return Estimate(n=0)
    total = sum(point * count for point, count in counts.items())
    if n == 1:
        return Estimate(n=1, mean=float(total))
    squares = sum(point * point * count for point, count in counts.items())
    return _estimate(n, total / n, (n * squares - total * total) / (n * (n - 1)), unsampled, confidence)


def _estimate(n: int, mean: float, variance: float, unsampled: float, confidence: float) -> Estimate:
    se = root(variance * unsampled / n)
    return Estimate.around(mean, n=n, sd=root(variance), se=se, df=n - 1, confidence=confidence)


def by_group(column: Sequence[Value], groups: Sequence[Group]) -> dict[Group, list[Value]]:
    """Return each group's part of the column. Who gave no group (None) is a group of its own, so that the parts add up.

    Raises CannotCompute `lengths_differ`.
    """
    same_length((column, groups))
    parts: dict[Group, list[Value]] = {}
    for value, group in zip(column, groups, strict=True):
        parts.setdefault(group, []).append(value)
    return parts


def means_by_group(
    values: Sequence[float | None],
    groups: Sequence[Group],
    *,
    populations: Mapping[Group, int] | None = None,
    confidence: float = CONFIDENCE,
) -> dict[Group, Estimate]:
    """Return each group's mean, with the finite population factor only for groups whose own N is in `populations`.

    The municipality's N says nothing about how much of a group was asked, so it is never used here. R: `svymean` on a
    `svydesign` of the group's answers alone. Raises CannotCompute as `mean_of_values`.
    """
    known = populations or {}
    return {
        group: mean_of_values(part, population=known.get(group), confidence=confidence)
        for group, part in by_group(values, groups).items()
    }
