"""A mean against another: the country's, another municipality's, an earlier round's.

Against a mean that is known without an error of its own: one-sample t, t = d/se, df of the estimate. Against one with
an error: Welch, se = √(se₁² + se₂²), df = (se₁² + se₂²)²/(se₁⁴/df₁ + se₂⁴/df₂). Each se has its finite population
factor where its N is known, so that test and interval say the same. Sources: Student, The probable error of a mean,
Biometrika 6 (1908); Welch, The generalization of «Student's» problem, Biometrika 34 (1947); Satterthwaite, Biometrics
Bulletin 2 (1946). R: `t.test(x, mu = m)`, `t.test(x, y)`; with N known `survey::svymean` for the se and `2 *
pt(-abs(t), df)`.

The two are taken as independent. A national mean that our own answers are part of is not quite that; the error is
small where we are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from surveys.statistics.adjusting import holm
from surveys.statistics.errors import CannotCompute
from surveys.statistics.estimates import CONFIDENCE, Estimate
from surveys.statistics.students_t import two_sided_p, two_sided_quantile


@dataclass(frozen=True, slots=True)
class Comparator:
    """What is compared with. Without `se` the mean is taken as exactly known; with `se` and no `df` the se is."""

    mean: float
    se: float | None = None
    df: float | None = None

    def __post_init__(self) -> None:
        for name, value in (("mean", self.mean), ("se", self.se), ("df", self.df)):
            if value is not None and (math.isnan(value) or value == -math.inf or (name != "df" and math.isinf(value))):
                raise CannotCompute("no_such_number", name=name, value=value)
        if self.se is not None and self.se < 0:
            raise CannotCompute("no_such_number", name="se", value=self.se)
        if self.df is not None and self.df <= 0:
            raise CannotCompute("no_such_number", name="df", value=self.df)

    @classmethod
    def of_sample(cls, mean: float, sd: float, n: int) -> Comparator:
        """From a published mean, sd (n − 1) and n: se = sd/√n, df = n − 1.

        Where the mean weighs municipalities alike, n is municipalities and sd the spread between them. Raises
        CannotCompute `no_such_number` for n under 2 or a negative sd.
        """
        if n < 2:
            raise CannotCompute("no_such_number", name="n", value=n)
        if not sd >= 0:
            raise CannotCompute("no_such_number", name="sd", value=sd)
        return cls(mean, sd / math.sqrt(n), n - 1)

    @classmethod
    def of_estimate(cls, estimate: Estimate) -> Comparator | None:
        """From our own figures of another round or group; None where they have no mean or no error."""
        if estimate.mean is None or estimate.se is None or not estimate.df or estimate.df <= 0:
            return None
        return cls(estimate.mean, estimate.se, estimate.df)


@dataclass(frozen=True, slots=True)
class Comparison:
    """`difference` is ours minus theirs. `p` is two-sided; `p_holm` is set by `compare_all`. None is «cannot be tested»."""

    difference: float | None = None
    se: float | None = None
    df: float | None = None
    t: float | None = None
    p: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    p_holm: float | None = None

    def as_json(self) -> dict[str, float | None]:
        """Return the figures at full precision under the names that `survey_results` prints."""
        return {"difference": self.difference, "se": self.se, "df": self.df, "p": self.p, "p_holm": self.p_holm}


def compare(ours: Estimate, theirs: Comparator, *, confidence: float = CONFIDENCE) -> Comparison:
    """Return the difference with its error, p-value and interval.

    There is a difference wherever we have a mean, and no test where the error is unknown (fewer than two answers) or
    0: when all gave the same answer, or everybody answered, against a mean taken as exactly known.
    """
    if ours.mean is None:
        return Comparison()
    difference = ours.mean - theirs.mean
    if ours.se is None or ours.df is None or ours.df <= 0:
        return Comparison(difference)
    mine, other = ours.se**2, (theirs.se or 0.0) ** 2
    se = math.sqrt(mine + other)
    if se == 0:
        return Comparison(difference, se)
    spoken_for = mine**2 / ours.df + (other**2 / theirs.df if theirs.df is not None else 0.0)
    df = (mine + other) ** 2 / spoken_for if spoken_for and other else (ours.df if not other else math.inf)
    t = difference / se
    half = two_sided_quantile(confidence, df) * se
    return Comparison(difference, se, df, t, two_sided_p(t, df), ci_low=difference - half, ci_high=difference + half)


def compare_all(
    pairs: Sequence[tuple[Estimate, Comparator | None]], *, confidence: float = CONFIDENCE
) -> list[Comparison]:
    """Return the comparisons of one survey's items, shown together, with one comparator, Holm's correction over them.

    An item that the comparator has no mean for (None) is compared with nothing and counts for nothing in the
    correction.
    """
    found = [Comparison() if theirs is None else compare(ours, theirs, confidence=confidence) for ours, theirs in pairs]
    return [
        replace(comparison, p_holm=p)
        for comparison, p in zip(found, holm([comparison.p for comparison in found]), strict=True)
    ]
