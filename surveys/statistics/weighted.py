"""Means with weights, their error by linearisation. R: `survey::svymean(~q, design, na.rm = TRUE)` with `degf(design)`.

mean = Σw·x/Σw over the valid answers. Each respondent's share in the error is u = w·(x − mean)/Σw, and 0 without a
valid answer: whether somebody answers this question is taken as chance too. Weights that were fitted to the
population take out of u what the fitting explains: its mean in each group. Then se² = Σ_h (1 − n_h/N_h)·n_h/(n_h −
1)·Σ(u − mean of u in h)², df = respondents − strata. Source: Binder, On the variances of asymptotically normal
estimators from complex surveys, International Statistical Review 51 (1983); Särndal, Swensson and Wretman, Model
Assisted Survey Sampling (1992), chapters 5 to 7; Lumley's `survey`, whose ten passes over raked margins are
kept. A stratum with one respondent: as in `stratified`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from surveys.statistics.answers import ONE_TO_SIX, Answer, Scale, same_length, valid
from surveys.statistics.estimates import CONFIDENCE, Estimate, root, unsampled_share
from surveys.statistics.weighting import Design, Weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PASSES = 10
"""As often `survey` goes over the margins of raked weights when it takes the groups' means out."""


def weighted_mean(values: Sequence[float | None], weights: Weights, *, confidence: float = CONFIDENCE) -> Estimate:
    """Return the weighted mean of one column; see `weighted_means`."""
    return weighted_means([values], weights, confidence=confidence)[0]


def weighted_means(
    columns: Sequence[Sequence[float | None]], weights: Weights, *, confidence: float = CONFIDENCE
) -> list[Estimate]:
    """Return the weighted mean of each column: valid answers, area scores, or 0 and 1 for a share; None is no valid answer.

    For a group give None for everybody outside it: that is `svymean` on `subset(design, group)`. `n` counts valid
    answers; `sd` is R's `sqrt(svyvar(~q, subset(design, !is.na(q)), na.rm = TRUE))`. Raises CannotCompute
    `lengths_differ`.
    """
    import numpy as np

    same_length((weights.values, *columns))
    if not columns or not weights.values:
        return [Estimate(n=0) for _ in columns]
    x = np.array([[np.nan if value is None else value for value in column] for column in columns], dtype=np.float64).T
    here = ~np.isnan(x)
    w = np.asarray(weights.values, dtype=np.float64)[:, None]
    n = here.sum(axis=0)
    sums = (w * here).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.where(here, w * x, 0.0).sum(axis=0) / sums
        distance = np.where(here, x - means, 0.0)
        distance[:, _all_alike(x, here)] = 0.0
        spread = (w * distance**2).sum(axis=0) / sums * n / (n - 1)
        influence = w * distance / sums
    influence[:, n == 0] = 0.0
    variances, lonely = _variances(_unexplained(influence, weights), weights.design)
    df = len(weights.values) - len(set(weights.design.strata))
    return [
        Estimate.around(
            float(means[j]),
            n=int(n[j]),
            sd=root(float(spread[j])) if n[j] > 1 else None,
            se=root(float(variances[j])) if n[j] > 1 else None,
            df=df,
            confidence=confidence,
            lonely=lonely,
        )
        if n[j]
        else Estimate(n=0)
        for j in range(len(columns))
    ]


def _all_alike(x: NDArray[np.float64], here: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether a column's answers are all the same, which rounding of the mean must not make a spread of."""
    import numpy as np

    highest: NDArray[np.float64] = np.where(here, x, -np.inf).max(axis=0)
    lowest: NDArray[np.float64] = np.where(here, x, np.inf).min(axis=0)
    return highest <= lowest


def weighted_shares(
    column: Sequence[Answer], weights: Weights, *, scale: Scale = ONE_TO_SIX
) -> dict[int, float] | None:
    """Return the weighted share of each point among the valid answers, or None where there is none.

    R: `svymean(~factor(q), design, na.rm = TRUE)`. Raises CannotCompute `not_on_scale`, `lengths_differ`.
    """
    same_length((weights.values, column))
    sums = dict.fromkeys(scale.points, 0.0)
    for answer, weight in zip(valid(column, scale), weights.values, strict=True):
        if answer is not None:
            sums[answer] += weight
    whole = sum(sums.values())
    return {point: weight / whole for point, weight in sums.items()} if whole else None


def _unexplained(influence: NDArray[np.float64], weights: Weights) -> NDArray[np.float64]:
    """Take out of each respondent's share in the error what the fitted margins explain."""
    import numpy as np

    if (post := weights.post) is not None:
        before = np.asarray(post.before)[:, None]
        after = np.asarray(post.after)[:, None]
        groups = np.asarray(post.groups)
        influence = influence - after * _group_means(influence * before / after, groups, before)
    return _unraked(influence, weights) if weights.raking else influence


def _unraked(influence: NDArray[np.float64], weights: Weights) -> NDArray[np.float64]:
    """Pass over the raked margins, taking out of u/w its plain mean in each group.

    Respondents of one cell of the cross table who began with one weight lose the same, so that sums by cell are all it takes.
    """
    import numpy as np

    numbers: dict[tuple[float, ...], int] = {}
    keys = zip(weights.design.base, *(step.groups for step in weights.raking), strict=True)
    cells = np.array([numbers.setdefault(key, len(numbers)) for key in keys])
    _, first, size = np.unique(cells, return_index=True, return_counts=True)
    order = np.argsort(cells, kind="stable")
    sums = np.add.reduceat(influence[order], np.concatenate(([0], np.cumsum(size)[:-1])), axis=0)
    people = size.astype(np.float64)[:, None]
    lost = np.zeros_like(sums)
    for _ in range(PASSES):
        for step in weights.raking:
            after = np.asarray(step.after)[first][:, None]
            loses = after * _group_means(sums / after, np.asarray(step.groups)[first], people)
            sums = sums - people * loses
            lost = lost + loses
    left: NDArray[np.float64] = influence - lost[cells]
    return left


def _group_means(x: NDArray[np.float64], groups: NDArray[np.int_], size: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for each row the sum of its group's rows over the sum of the group's `size`."""
    import numpy as np

    member = (groups[None, :] == np.arange(groups.max() + 1)[:, None]).astype(np.float64)
    found: NDArray[np.float64] = ((member @ x) / (member @ size))[groups]
    return found


def _variances(u: NDArray[np.float64], design: Design) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Return each column's variance, and the strata with a single respondent."""
    import numpy as np

    found = np.zeros(u.shape[1])
    lonely: list[str] = []
    strata = np.asarray(design.strata)
    for stratum in sorted(set(design.strata)):
        rows = u[strata == stratum]
        size = rows.shape[0]
        unsampled = 1.0 if design.populations is None else unsampled_share(size, design.populations[stratum])
        if size > 1:
            found += unsampled * size / (size - 1) * ((rows - rows.mean(axis=0)) ** 2).sum(axis=0)
        elif unsampled:
            found += unsampled * (rows**2).sum(axis=0)
            lonely.append(stratum)
    return found, tuple(lonely)
