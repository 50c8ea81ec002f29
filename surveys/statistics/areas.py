"""The figures of an area: several questions that ask about one theme.

A respondent's score is the mean over the questions that this respondent answered, at least one; the area's figures
are those of the scores (`means`). Who answered one question counts as much as who answered all. Source: the domain's
«Definitions for survey figures». R: `rowMeans(x, na.rm = TRUE)`, then as for a question. (The mean of the questions'
means is another figure where answers are missing.)
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from surveys.statistics.answers import ONE_TO_SIX, Answer, Scale, same_length, valid
from surveys.statistics.estimates import CONFIDENCE, Estimate
from surveys.statistics.means import by_group, mean_of_values
from surveys.statistics.reliability import Alpha, alpha_of_valid

Group = TypeVar("Group", bound=Hashable)


@dataclass(frozen=True, slots=True)
class AreaFigures:
    """An area's mean with its interval, and how well its questions hang together. `n` is respondents with a score."""

    n: int
    estimate: Estimate
    alpha: Alpha

    def as_json(self) -> dict[str, object]:
        """Return the figures at full precision under the names that `survey_results` prints."""
        found = self.estimate
        return {
            "n": self.n,
            "mean": found.mean,
            "se": found.se,
            "ci_low": found.ci_low,
            "ci_high": found.ci_high,
            "alpha": self.alpha.value,
        }


def area_scores(columns: Sequence[Sequence[Answer]], *, scale: Scale = ONE_TO_SIX) -> list[float | None]:
    """Return each respondent's score, or None for those without a valid answer in the area.

    Raises CannotCompute `not_on_scale`, `lengths_differ`.
    """
    same_length(columns)
    return _scores([valid(column, scale) for column in columns])


def _scores(columns: Sequence[Sequence[int | None]]) -> list[float | None]:
    scores: list[float | None] = []
    for row in zip(*columns, strict=True):
        answered = [answer for answer in row if answer is not None]
        scores.append(sum(answered) / len(answered) if answered else None)
    return scores


def area_figures(
    columns: Sequence[Sequence[Answer]],
    *,
    scale: Scale = ONE_TO_SIX,
    population: int | None = None,
    confidence: float = CONFIDENCE,
) -> AreaFigures:
    """Return the area's figures and its alpha. `columns` holds one column a question, respondents in the same order.

    Raises CannotCompute `not_on_scale`, `lengths_differ`, `more_answers_than_people`.
    """
    same_length(columns)
    answered = [valid(column, scale) for column in columns]
    estimate = mean_of_values(_scores(answered), population=population, confidence=confidence)
    return AreaFigures(n=estimate.n, estimate=estimate, alpha=alpha_of_valid(answered))


def area_figures_by_group(
    columns: Sequence[Sequence[Answer]],
    groups: Sequence[Group],
    *,
    scale: Scale = ONE_TO_SIX,
    populations: Mapping[Group, int] | None = None,
    confidence: float = CONFIDENCE,
) -> dict[Group, AreaFigures]:
    """Return each group's figures; the finite population factor only with the group's own N.

    Raises CannotCompute as `area_figures`.
    """
    known = populations or {}
    split = [by_group(column, groups) for column in columns]
    return {
        group: area_figures(
            [parts[group] for parts in split], scale=scale, population=known.get(group), confidence=confidence
        )
        for group in dict.fromkeys(groups)
    }
