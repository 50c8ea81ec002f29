"""The mean of a stratified sample: the register was cut into strata, and each was drawn from on its own.

mean = Σ W_h·mean_h; se² = Σ W_h²·(1 − n_h/N_h)·sd_h²/n_h, with W_h = N_h/N, so that an answer weighs N_h/n_h; df = Σ
n_h − number of strata. n_h counts the valid answers to this question, just as n does in a simple sample, which is the
case of one stratum. Source: Cochran, Sampling Techniques, 3rd ed., sections 5.3 and 5.4. R:
`svymean(~q, svydesign(ids = ~1, strata = ~stratum, fpc = ~N, data = subset(d, !is.na(q))))` with `degf`. For
`svymean(~q, design_of_all, na.rm = TRUE)`, which takes the missing answers as a chance of their own, see `weighted`
with `Design.stratified`.

**A stratum with one answer** has no spread to measure. As with R's `survey.lonely.psu = "adjust"` its answer's
distance from the overall mean stands in, which errs to the wide side, and the estimate names the stratum in `lonely`.
Where that one is the whole stratum (N_h = 1) there is nothing uncertain about it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from surveys.statistics.errors import CannotCompute
from surveys.statistics.estimates import CONFIDENCE, Estimate, root, unsampled_share
from surveys.statistics.means import by_group


def stratified_mean(
    values: Sequence[float | None],
    strata: Sequence[str],
    populations: Mapping[str, int],
    *,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """Return the mean for the whole population. `populations` has N_h of every stratum that the register had.

    `sd` is the weighted spread of single answers, R's `sqrt(svyvar(~q, design))` on the same design. Raises
    CannotCompute `lengths_differ`, `unknown_group` (a stratum without N_h), `empty_cell` (a stratum nobody gave a
    valid answer for: no figure for the whole population follows), `more_answers_than_people`.
    """
    parts: dict[str, list[float]] = {stratum: [] for stratum in populations}
    for stratum, column in by_group(values, strata).items():
        if stratum not in populations:
            raise CannotCompute("unknown_group", group=stratum)
        parts[stratum] = [value for value in column if value is not None]
    n = sum(map(len, parts.values()))
    if n == 0:
        return Estimate(n=0)
    for stratum, part in parts.items():
        if len(part) > populations[stratum]:
            raise CannotCompute("more_answers_than_people", answers=len(part), population=populations[stratum])
        if not part and populations[stratum]:
            raise CannotCompute("empty_cell", group=stratum)
    parts = {stratum: part for stratum, part in parts.items() if part}

    whole = sum(populations[stratum] for stratum in parts)
    mean = math.fsum(populations[stratum] / whole * (math.fsum(part) / len(part)) for stratum, part in parts.items())
    if len({value for part in parts.values() for value in part}) == 1:
        mean = float(next(iter(parts.values()))[0])
    variances: list[float] = []
    squares: list[float] = []
    lonely: list[str] = []
    for stratum, part in parts.items():
        size, share = len(part), populations[stratum] / whole
        unsampled = unsampled_share(size, populations[stratum])
        own = math.fsum(part) / size
        around = math.fsum((value - own) ** 2 for value in part)
        squares.append(share * (around / size + (own - mean) ** 2))
        if size > 1:
            variances.append(share * share * unsampled * around / (size * (size - 1)))
        elif unsampled:
            variances.append(share * share * unsampled * (own - mean) ** 2)
            lonely.append(stratum)
    return Estimate.around(
        mean,
        n=n,
        sd=root(math.fsum(squares) * n / (n - 1)) if n > 1 else None,
        se=root(math.fsum(variances)) if n > 1 else None,
        df=n - len(parts),
        confidence=confidence,
        lonely=tuple(sorted(lonely)),
    )
