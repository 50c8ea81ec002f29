"""How many to invite for a wanted margin. By the same interval that results are shown with: t, and N where it is known.

The margin of n answers is t(n − 1)·sd/√n·√(1 − n/N), half the interval's width. Source: Cochran, Sampling Techniques,
3rd ed., section 4.6; with t instead of the normal quantile, which asks for about two answers more. sd is a guess from
earlier rounds; scales of 1–6 usually have 1.0–1.5, and 2.5 is the largest there can be in a large sample. For a share
give 0.5.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from surveys.statistics.errors import CannotCompute
from surveys.statistics.estimates import CONFIDENCE, unsampled_share
from surveys.statistics.students_t import two_sided_quantile

LARGEST = 10_000_000


@dataclass(frozen=True, slots=True)
class Plan:
    """`answers` needed for the margin; `invitations` to send to get them; the `margin` that so many answers give.

    `enough_people` is False where more invitations are needed than the population has people: then ask everybody, and
    expect a wider margin.
    """

    answers: int
    invitations: int
    margin: float
    enough_people: bool


def margin_of(answers: int, *, sd: float, population: int | None = None, confidence: float = CONFIDENCE) -> float:
    """Return half the interval's width, in the scale's points, to expect of so many answers (at least two).

    Raises CannotCompute `no_such_number`, `more_answers_than_people`.
    """
    if answers < 2:
        raise CannotCompute("no_such_number", name="answers", value=answers)
    if not (sd >= 0 and math.isfinite(sd)):
        raise CannotCompute("no_such_number", name="sd", value=sd)
    unsampled = unsampled_share(answers, population)
    return two_sided_quantile(confidence, answers - 1) * sd * math.sqrt(unsampled / answers)


def plan_sample(
    *, margin: float, sd: float, response: float, population: int | None = None, confidence: float = CONFIDENCE
) -> Plan:
    """Return the smallest number of answers whose margin is at most `margin` points, and the invitations for it.

    `response` is the share expected to answer, above 0 up to 1. Raises CannotCompute `no_such_number`, and
    `not_within_reach` where the population is too small for any interval, or ten million answers would not do.
    """
    if not (margin > 0 and math.isfinite(margin)):
        raise CannotCompute("no_such_number", name="margin", value=margin)
    if not 0 < response <= 1:
        raise CannotCompute("no_such_number", name="response", value=response)
    low, high = 2, LARGEST if population is None else population
    if high < 2:
        raise CannotCompute("not_within_reach", margin=margin)

    def enough(answers: int) -> bool:
        return margin_of(answers, sd=sd, population=population, confidence=confidence) <= margin

    if not enough(high):
        raise CannotCompute("not_within_reach", margin=margin)
    while low < high:
        middle = (low + high) // 2
        if enough(middle):
            high = middle
        else:
            low = middle + 1
    invitations = math.ceil(round(low / response, 9))
    return Plan(
        answers=low,
        invitations=invitations if population is None else min(invitations, population),
        margin=margin_of(low, sd=sd, population=population, confidence=confidence),
        enough_people=population is None or invitations <= population,
    )
