"""How a result stands against its limits, and what changed since it was last measured. Pure.

A limit is a range with both ends in it. What lies in the desired range is desired. Where there is an acceptable range too,
what lies in it, or between it and the desired one, is acceptable and everything else unacceptable; without one, what is not
desired is «outside the desired» (Kristiansund's scorecard publishes the desired range alone).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from reporting.scales import Direction


class Status(StrEnum):
    DESIRED = "desired"
    ACCEPTABLE = "acceptable"
    UNACCEPTABLE = "unacceptable"
    OUTSIDE = "outside_desired"


class Range(NamedTuple):
    low: Decimal
    high: Decimal

    def __contains__(self, value: object) -> bool:
        return isinstance(value, Decimal) and self.low <= value <= self.high


@dataclass(frozen=True)
class Limits:
    """What is asked of a result. `since` is the first year for which it holds."""

    since: int
    desired: Range
    acceptable: Range | None = None


def limits_in(year: int, known: Sequence[Limits]) -> Limits | None:
    """Return what was asked in `year`: the latest of `known` that held by then."""
    return max((limits for limits in known if limits.since <= year), key=lambda limits: limits.since, default=None)


def judge(value: Decimal, limits: Limits) -> Status:
    """Return how `value`, rounded as it is shown, stands against the limits."""
    if value in limits.desired:
        return Status.DESIRED
    if limits.acceptable is None:
        return Status.OUTSIDE
    whole = Range(min(limits.desired.low, limits.acceptable.low), max(limits.desired.high, limits.acceptable.high))
    return Status.ACCEPTABLE if value in whole else Status.UNACCEPTABLE


class Turn(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    UNCHANGED = "unchanged"
    UP = "up"
    DOWN = "down"


class Measured(NamedTuple):
    """A year's result, rounded as it is shown; None where it was not measured."""

    year: int
    value: Decimal | None


@dataclass(frozen=True)
class Change:
    """From the year measured before to the year measured last."""

    amount: Decimal
    since: int
    until: int
    turn: Turn


def change_since_last(results: Sequence[Measured], direction: str) -> Change | None:
    """Return the change between the two last years that were measured, whatever lies between them; None where fewer were."""
    measured = sorted((result.year, result.value) for result in results if result.value is not None)
    if len(measured) < 2:
        return None
    (since, before), (until, after) = measured[-2:]
    amount = after - before
    return Change(amount, since, until, turn_of(amount, direction))


def turn_of(amount: Decimal, direction: str) -> Turn:
    """Return what a difference of `amount` is, ours minus what it is held against: better, worse, or only up or down."""
    if not amount:
        return Turn.UNCHANGED
    if direction == Direction.NEITHER:
        return Turn.UP if amount > 0 else Turn.DOWN
    return Turn.BETTER if (amount > 0) == (direction == Direction.HIGHER) else Turn.WORSE
