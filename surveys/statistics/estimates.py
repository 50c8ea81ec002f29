"""A mean with its uncertainty, however it was come by."""

from __future__ import annotations

import math
from dataclasses import dataclass

from surveys.statistics.errors import CannotCompute
from surveys.statistics.students_t import two_sided_quantile

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean, on the unit of what was asked (the scale's points). None is «does not exist», never zero.

    `n`: valid answers behind it. `sd`: spread of single answers, n − 1. `se`: standard error of the mean. `df`:
    degrees of freedom of the interval and of tests. `ci_low`, `ci_high`: mean ± t·se; not cut at the ends of the
    scale, as R does not. `lonely`: strata with a single answer, whose spread could not be measured (see
    `stratified`).

    | answers | mean | sd | se | interval |
    | --- | --- | --- | --- | --- |
    | none | – | – | – | – |
    | one | yes | – | – | – (also where the population is one person) |
    | all alike | yes | 0 | 0 | the mean itself: says that the answers did not differ, not that all would answer so |
    | everybody answered (n = N) | yes | yes | 0 | the mean itself: there is nobody left to be uncertain about |
    """

    n: int
    mean: float | None = None
    sd: float | None = None
    se: float | None = None
    df: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    lonely: tuple[str, ...] = ()

    @classmethod
    def around(
        cls,
        mean: float,
        *,
        n: int,
        sd: float | None,
        se: float | None,
        df: float | None,
        confidence: float = CONFIDENCE,
        lonely: tuple[str, ...] = (),
    ) -> Estimate:
        """Return the estimate with its interval mean ± t(df)·se. Without an error or a df above 0 there is none."""
        if not 0 < confidence < 1:
            raise CannotCompute("no_such_number", name="confidence", value=confidence)
        if se is None or df is None or df <= 0:
            return cls(n=n, mean=mean, sd=sd, se=se, df=df, lonely=lonely)
        half = two_sided_quantile(confidence, df) * se if se else 0.0
        return cls(n, mean, sd, se, df, mean - half, mean + half, lonely)


def unsampled_share(n: int, population: int | None) -> float:
    """Return 1 − n/N, the finite population correction of a variance; 1 where N is not known.

    Source: Cochran, Sampling Techniques, 3rd ed., section 2.6. Raises CannotCompute `more_answers_than_people`,
    `no_such_number`.
    """
    if population is None:
        return 1.0
    if population < 1:
        raise CannotCompute("no_such_number", name="population", value=population)
    if n > population:
        raise CannotCompute("more_answers_than_people", answers=n, population=population)
    return (population - n) / population


def root(variance: float) -> float:
    """Return the square root, and 0 for what rounding left below it."""
    return math.sqrt(variance) if variance > 0 else 0.0
