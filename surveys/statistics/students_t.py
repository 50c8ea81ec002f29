"""Student's t distribution, for any df > 0, also a broken one (Welch). R: `qt`, `pt`.

By the regularised incomplete beta function: with x = df/(df + t²), P(|T| ≥ t) = I_x(df/2, 1/2). Source: Abramowitz
and Stegun, Handbook of Mathematical Functions, 26.7.1 and 26.7.5. Figures agree with R's to twelve digits and more, in the
tails too.
"""

from __future__ import annotations

import math
from functools import cache, lru_cache
from statistics import NormalDist
from threading import Lock
from typing import Any

from surveys.statistics.errors import CannotCompute

DIGITS_LEFT = 32
"""Bits beyond those of a float: df/(df + t²) loses some where df is large and t small."""
_ONE_AT_A_TIME = Lock()
"""mpmath raises the precision of its context while it works, for whoever uses the context."""


@lru_cache(maxsize=4096)
def two_sided_quantile(confidence: float, df: float) -> float:
    """Return the t that |T| stays below with probability `confidence`: R's `qt((1 + confidence)/2, df)`."""
    if not 0 < confidence < 1:
        raise CannotCompute("no_such_number", name="confidence", value=confidence)
    normal = -NormalDist().inv_cdf((1 - confidence) / 2)
    if math.isinf(df):
        return normal
    with _ONE_AT_A_TIME:
        mp = _context()
        t, outside = mp.mpf(_near(normal, df)), 1 - mp.mpf(confidence)
        half, scale = mp.mpf(df) / 2, 2 / (mp.sqrt(df) * mp.beta(mp.mpf(df) / 2, 0.5))
        # Newton's steps: P falls ever slower, so from below they climb to the t, and none passes it.
        for _step in range(1000):
            step = (_outside(mp, t, df) - outside) * mp.exp((half + 0.5) * mp.log1p(t * t / df)) / scale
            t += step
            if abs(step) <= t * 1e-8:  # the next one is of its square
                break
        return float(t)


def two_sided_p(t: float, df: float) -> float:
    """Return P(|T| ≥ |t|): R's `2 * pt(-abs(t), df)`. Infinite df is the normal distribution."""
    if math.isinf(df):
        return math.erfc(abs(t) / math.sqrt(2))
    with _ONE_AT_A_TIME:
        return float(_outside(_context(), t, df))


def _near(normal: float, df: float) -> float:
    """The normal distribution's quantile, which is below that of t; for more than a few df the first of the terms between."""
    if df < 10:
        return normal
    return normal + (normal**3 + normal) / (4 * df) + (5 * normal**5 + 16 * normal**3 + 3 * normal) / (96 * df * df)


def _outside(mp: Any, t: Any, df: float) -> Any:
    return mp.betainc(mp.mpf(df) / 2, 0.5, 0, df / (df + mp.mpf(t) ** 2), regularized=True)


@cache
def _context() -> Any:
    import mpmath

    context = mpmath.mp.clone()
    context.prec += DIGITS_LEFT
    return context
