"""The interval of a share, such as of those who chose something. R: `svyciprop(~chosen, design, method = "logit")`.

The share is the mean of ones and zeros, with that mean's standard error (finite population, strata and weights as they
are). The interval is made where the scale has no ends, logit(p) ± t(df)·se/(p(1 − p)), and brought back: so it stays
between 0 and 1 and is right for small shares, where p ± t·se is not. Source: Korn and Graubard, Analysis of Health
Surveys (1999), section 2.7; Lumley, Complex Surveys (2010), section 2.3.
"""

from __future__ import annotations

import math

from surveys.statistics.estimates import CONFIDENCE, Estimate
from surveys.statistics.students_t import two_sided_quantile


def share_interval(estimate: Estimate, *, confidence: float = CONFIDENCE) -> tuple[float, float] | None:
    """Return the interval of a mean of ones and zeros; None where nobody or everybody chose it, or there is no error."""
    share = estimate.mean
    if share is None or estimate.se is None or estimate.df is None or estimate.df <= 0 or not 0 < share < 1:
        return None
    if not estimate.se:
        return share, share
    middle = math.log(share / (1 - share))
    half = two_sided_quantile(confidence, estimate.df) * estimate.se / (share * (1 - share))
    return _logistic(middle - half), _logistic(middle + half)


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x))
