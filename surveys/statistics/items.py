"""The figures of one question. Shares are 0–1 of valid answers; see `means` for mean, sd, se and interval."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from surveys.statistics.answers import DONT_KNOW, ONE_TO_SIX, Answer, Scale, tally
from surveys.statistics.estimates import CONFIDENCE, Estimate
from surveys.statistics.means import by_group, mean_of_counts

Group = TypeVar("Group", bound=Hashable)


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """What was answered to one question. `counts` and `shares` have every point of the scale, best last.

    Shares are None where nobody gave a valid answer; `share_top2` (5–6) and `share_bottom2` (1–2) also on scales
    under four points.
    """

    n_valid: int
    n_dont_know: int
    n_missing: int
    counts: dict[int, int]
    shares: dict[int, float] | None
    share_top2: float | None
    share_bottom2: float | None
    estimate: Estimate

    def as_json(self) -> dict[str, object]:
        """Return the figures at full precision under the names that `survey_results` prints."""
        found = self.estimate
        return {
            "n_valid": self.n_valid,
            "n_dont_know": self.n_dont_know,
            "n_missing": self.n_missing,
            "mean": found.mean,
            "sd": found.sd,
            "se": found.se,
            "ci_low": found.ci_low,
            "ci_high": found.ci_high,
            "share_top2": self.share_top2,
            "share_bottom2": self.share_bottom2,
            "counts": {str(point): count for point, count in self.counts.items()},
        }


def item_figures(
    column: Sequence[Answer],
    *,
    scale: Scale = ONE_TO_SIX,
    population: int | None = None,
    confidence: float = CONFIDENCE,
) -> ItemFigures:
    """Return the figures of one question in a simple random sample or a full survey.

    `population` is the number of people that the sample stands for, where known. Raises CannotCompute `not_on_scale`,
    `more_answers_than_people`, `no_such_number`.
    """
    found = tally(column, scale)
    counts = {point: found[point] for point in scale.points}
    n = sum(counts.values())

    def share(points: tuple[int, int] | None) -> float | None:
        return sum(counts[point] for point in points) / n if n and points else None

    return ItemFigures(
        n_valid=n,
        n_dont_know=found[DONT_KNOW],
        n_missing=found[None],
        counts=counts,
        shares={point: count / n for point, count in counts.items()} if n else None,
        share_top2=share(scale.top2),
        share_bottom2=share(scale.bottom2),
        estimate=mean_of_counts(counts, population=population, confidence=confidence),
    )


def item_figures_by_group(
    column: Sequence[Answer],
    groups: Sequence[Group],
    *,
    scale: Scale = ONE_TO_SIX,
    populations: Mapping[Group, int] | None = None,
    confidence: float = CONFIDENCE,
) -> dict[Group, ItemFigures]:
    """Return the figures of each group, small ones too: what may be shown of them is for `suppression` to say.

    `populations` holds the groups' own N, where known. Raises CannotCompute as `item_figures`, and `lengths_differ`.
    """
    known = populations or {}
    return {
        group: item_figures(part, scale=scale, population=known.get(group), confidence=confidence)
        for group, part in by_group(column, groups).items()
    }
