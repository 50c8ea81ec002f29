"""One indicator's figures of several municipalities in one year: mean, quarters, rank, and what may be said of a difference.

What is seen is what is judged: figures are placed as they are shown (`as_shown`), so that two that read «4,6» share their
rank. The mean is of the figures as they are kept, and is rounded once. Pure: no database, no words.

Differences are tested as surveys test them (`surveys.statistics`): a margin is half the width of a 95 % interval, so that
se = margin/t(0.975; n − 1), and margin/1.96 where n is not known. The mean of k municipalities, each counting alike, has
se = √(Σ seᵢ²)/k with df = (Σ seᵢ²)²/Σ(seᵢ⁴/dfᵢ) (Satterthwaite, Biometrics Bulletin 2, 1946); then Welch's test. Ours needs a
margin, and so does each municipality of the mean: where one is not known, nothing is tested. The country's mean without a
margin is taken as exactly known, as in surveys: it is of so many.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from statistics import stdev
from typing import NamedTuple

from reporting.scales import Direction
from surveys.statistics.comparing import Comparator, Comparison, compare
from surveys.statistics.estimates import CONFIDENCE, Estimate
from surveys.statistics.students_t import two_sided_quantile

FEWEST_FOR_QUARTERS = 4


class Known(NamedTuple):
    """A figure with what is known of its error: `n` answers, and `margin`, half the width of a 95 % interval."""

    value: Decimal
    n: int | None = None
    margin: Decimal | None = None


class Quartiles(NamedTuple):
    lower: Decimal
    median: Decimal
    upper: Decimal


class Rank(NamedTuple):
    """`place` among `of`, from 1; `tied` are those that share it, this one included."""

    place: int
    of: int
    tied: int


def mean_of(values: Sequence[Decimal]) -> Decimal | None:
    """Return the mean in which each municipality counts alike, whatever its size. None of none."""
    return sum(values, Decimal(0)) / len(values) if values else None


def quartiles(values: Sequence[Decimal]) -> Quartiles | None:
    """Return the quartiles by the definition that R, numpy and spreadsheets take by default; None of fewer than four.

    Hyndman and Fan's type 7: with the values sorted from x₀ to xₙ₋₁, the p-quantile lies at (n − 1)·p, straight between the
    neighbours. R: `quantile(x, type = 7)`; numpy: `percentile(x, method="linear")`; spreadsheets: QUARTILE.INC. Source:
    Hyndman and Fan, Sample quantiles in statistical packages, The American Statistician 50 (1996).
    """
    if len(values) < FEWEST_FOR_QUARTERS:
        return None
    ordered = sorted(values)

    def at(quarters: int) -> Decimal:
        whole, rest = divmod((len(ordered) - 1) * quarters, 4)
        if not rest:
            return ordered[whole]
        return ordered[whole] + (ordered[whole + 1] - ordered[whole]) * rest / 4

    return Quartiles(at(1), at(2), at(3))


def quarter_of(value: Decimal, cut: Quartiles, direction: str) -> int | None:
    """Return the quarter that a figure is in: 1 is the best, 4 the weakest; by size from the highest where neither is better.

    A figure on a boundary is in the better of its two quarters. None where the lower and the upper quartile are both this
    figure: then half of all have it, and there is nothing to tell them apart by.
    """
    if cut.lower == value == cut.upper:
        return None
    if direction == Direction.LOWER:
        return 1 if value <= cut.lower else 2 if value <= cut.median else 3 if value <= cut.upper else 4
    return 1 if value >= cut.upper else 2 if value >= cut.median else 3 if value >= cut.lower else 4


def rank_of(value: Decimal, others: Sequence[Decimal], direction: str) -> Rank:
    """Return the place of a figure among itself and `others`; equals share the best place they have together.

    Where neither is better, 1 is the highest.
    """
    ahead = sum(other < value if direction == Direction.LOWER else other > value for other in others)
    return Rank(ahead + 1, len(others) + 1, 1 + sum(other == value for other in others))


def spread_of(values: Sequence[Decimal]) -> float | None:
    """Return the standard deviation between municipalities (n − 1); None where there is none."""
    return float(stdev(values)) or None if len(values) > 1 else None


def against_group(ours: Known, others: Sequence[Known]) -> Comparison:
    """Return ours minus the others' mean, tested where ours and each of theirs has a margin. `others` are one or more."""
    errors = [_error(other) for other in others]
    mean = float(mean_of([other.value for other in others]) or 0)
    known = [error for error in errors if error is not None]
    if len(known) < len(others):
        return _untested(ours, mean)
    squares = [se**2 for se, _df in known]
    part = sum(square**2 / df for square, (_se, df) in zip(squares, known, strict=True))
    df = sum(squares) ** 2 / part if part else math.inf
    return compare(_estimate(ours), Comparator(mean, math.sqrt(sum(squares)) / len(others), df))


def against_one(ours: Known, theirs: Known, *, exact: bool = False) -> Comparison:
    """Return ours minus theirs. Without a margin of theirs it is tested only where `exact` says that theirs has none."""
    error = _error(theirs)
    if error is None and not exact:
        return _untested(ours, float(theirs.value))
    se, df = error or (None, None)
    return compare(_estimate(ours), Comparator(float(theirs.value), se, df))


def _untested(ours: Known, mean: float) -> Comparison:
    return Comparison(float(ours.value) - mean)


def _error(known: Known) -> tuple[float, float] | None:
    """The standard error and its df, from the margin; None where that is not known."""
    if known.margin is None:
        return None
    df = float(known.n - 1) if known.n is not None and known.n > 1 else math.inf
    return float(known.margin) / two_sided_quantile(CONFIDENCE, df), df


def _estimate(known: Known) -> Estimate:
    se, df = _error(known) or (None, None)
    return Estimate(n=known.n or 0, mean=float(known.value), se=se, df=df)
