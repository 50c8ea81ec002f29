"""One mean out of several municipalities' published ones, and what it weighs: municipalities or people.

The two answer different questions and can differ by tenths of a point. A small municipality counts as much as a large
one in the first and hardly at all in the others. Whoever shows such a mean says which it is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from surveys.statistics.comparing import Comparator
from surveys.statistics.errors import CannotCompute


@dataclass(frozen=True, slots=True)
class Published:
    """One municipality's published figures of a question: mean, sd of single answers (n − 1), valid answers."""

    mean: float
    sd: float
    n: int

    def __post_init__(self) -> None:
        if self.n < 1:
            raise CannotCompute("no_such_number", name="n", value=self.n)
        if not (math.isfinite(self.mean) and math.isfinite(self.sd) and self.sd >= 0):
            raise CannotCompute("no_such_number", name="mean or sd", value=(self.mean, self.sd))


def mean_of_municipalities(means: Sequence[float]) -> Comparator:
    """Return the plain mean of the means: each municipality counts once.

    se = sd of the means/√k, df = k − 1, for k municipalities taken as drawn from many; with one there is no error to
    state. R: `t.test(means)`. Raises CannotCompute `no_such_number` where there are none.
    """
    k = len(means)
    if k == 0:
        raise CannotCompute("no_such_number", name="municipalities", value=0)
    mean = math.fsum(means) / k
    if k == 1:
        return Comparator(mean)
    between = math.fsum((value - mean) ** 2 for value in means) / (k - 1)
    return Comparator.of_sample(mean, math.sqrt(between), k)


def pooled_mean(municipalities: Sequence[Published]) -> Comparator:
    """Return the mean of all answers as if they lay in one heap: each answer counts once.

    mean = Σ n·mean/Σ n; sd² = (Σ (n − 1)·sd² + Σ n·(mean − pooled)²)/(Σ n − 1); se = sd/√Σ n, df = Σ n − 1. R:
    `t.test(c(x1, x2, …))`. Raises CannotCompute `no_such_number` where there are none.
    """
    n = sum(one.n for one in municipalities)
    if n == 0:
        raise CannotCompute("no_such_number", name="municipalities", value=0)
    mean = math.fsum(one.n * one.mean for one in municipalities) / n
    if n == 1:
        return Comparator(mean)
    squares = math.fsum((one.n - 1) * one.sd**2 + one.n * (one.mean - mean) ** 2 for one in municipalities)
    return Comparator.of_sample(mean, math.sqrt(squares / (n - 1)), n)


def mean_of_people(municipalities: Sequence[Published], populations: Sequence[int]) -> Comparator:
    """Return the mean of the municipalities weighed by their people: each inhabitant counts once.

    Each municipality is a stratum: mean = Σ W·mean; se² = Σ W²·(1 − n/N)·sd²/n, W = N/Σ N; df = Σ n − municipalities.
    R: `svymean` on `svydesign(strata = ~municipality, fpc = ~N)`. Raises CannotCompute `lengths_differ`,
    `no_such_number`, `more_answers_than_people`.
    """
    if len(municipalities) != len(populations):
        raise CannotCompute("lengths_differ")
    if not municipalities:
        raise CannotCompute("no_such_number", name="municipalities", value=0)
    for one, people in zip(municipalities, populations, strict=True):
        if one.n > people:
            raise CannotCompute("more_answers_than_people", answers=one.n, population=people)
    whole = sum(populations)
    mean = math.fsum(people / whole * one.mean for one, people in zip(municipalities, populations, strict=True))
    if any(one.n < 2 for one in municipalities):
        return Comparator(mean)
    variance = math.fsum(
        (people / whole) ** 2 * (1 - one.n / people) * one.sd**2 / one.n
        for one, people in zip(municipalities, populations, strict=True)
    )
    return Comparator(mean, math.sqrt(variance), sum(one.n for one in municipalities) - len(municipalities))
