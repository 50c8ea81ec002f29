"""When a theme is weak or falling, seen from each of four sides. Pure: figures in, a judgement out; no words, no clock.

A side of which there are too few to say anything, or nothing at all, is never weak and never falling. The rules and why they
are so: docs/decisions/0021-the-same-weakness-from-several-sides.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from reporting.judging import Change, Status, Turn
from reporting.scales import BOUNDS
from surveys.statistics.wording import Saying

FEWEST = 20
"""Of fewer answers or cards nothing is said: one household more or less would turn it."""

MIDDLE = Decimal("3.5")
"""The middle of the scale 1–6. Half of what people think is good lies above it."""

FEW_POINTS = 50
"""Per cent of an area's points: below that, less than half of what is asked for is in place."""

POINTS_FALLEN = 5
"""Per cent of an area's points from one assessment to the next: less is how assessors differ."""

MORE_NEGATIVE = 20
"""Per cent by which the share of complaints and criticism is larger than among all other cards. What is usual differs from
one municipality to the next: in Larvik a third or more complained."""

LATE_SHARE = 20
"""Per cent of the promised callbacks that came late or have not come: eight of ten in time is what may be accepted."""

WORSE_OF_SCALE = 2
"""Per cent of a scale that has two ends: less is how a figure goes up and down,"""
WORSE_OF_VALUE = 5
"""and per cent of the value before, where the scale has no upper end."""

GROWTH = 25
"""Per cent by which cards grew more than all other cards, praise left out of both."""

SEVERAL = 2
"""From so many sides a theme is the same weakness, and no single measurement's."""


class Reason(StrEnum):
    """What makes a side weak,"""

    BELOW_MIDDLE = "below_middle"
    BELOW_COUNTRY = "below_country"
    FEW_POINTS = "few_points"
    OUTSIDE_LIMITS = "outside_limits"
    NEGATIVE = "negative"
    LATE = "late"
    # … and what makes it falling.
    LOWER_THAN_BEFORE = "lower_than_before"
    POINTS_LOST = "points_lost"
    WORSE = "worse"
    MORE_CARDS = "more_cards"


FALLING = frozenset({Reason.LOWER_THAN_BEFORE, Reason.POINTS_LOST, Reason.WORSE, Reason.MORE_CARDS})
LOWER = frozenset({Saying.CLEARLY_LOWER, Saying.SLIGHTLY_LOWER})


@dataclass(frozen=True)
class Judgement:
    """`too_few`: there is something, but of so few that nothing is said of it."""

    reasons: tuple[Reason, ...] = ()
    too_few: bool = False

    @property
    def weak(self) -> bool:
        return any(reason not in FALLING for reason in self.reasons)

    @property
    def falling(self) -> bool:
        return any(reason in FALLING for reason in self.reasons)


TOO_FEW = Judgement(too_few=True)


def _judged(**found: bool) -> Judgement:
    return Judgement(tuple(Reason(name) for name, holds in found.items() if holds))


def judge_survey(mean: Decimal | None, n: int | None, *, country: str = "", before: str = "") -> Judgement:
    """`country` and `before` are what the survey's own test says of the difference (`Saying`), empty without one.

    A difference that is not certain makes nothing weak and nothing falling. `mean` is None where it was held back.
    """
    if mean is None or (n is not None and n < FEWEST):
        return TOO_FEW
    return _judged(below_middle=mean < MIDDLE, below_country=country in LOWER, lower_than_before=before in LOWER)


def judge_points(points: int, most: int, *, before: Decimal | None = None) -> Judgement:
    """Of `most` points; `before` is the share of the points, 0–1, in the assessment of the same kind before."""
    share = Decimal(points) / most
    return _judged(
        few_points=100 * share < FEW_POINTS, points_lost=before is not None and 100 * (before - share) >= POINTS_FALLEN
    )


def judge_indicator(
    statuses: Collection[Status], change: Change | None, n: int | None, *, latest: Decimal, scale: str
) -> Judgement:
    """`statuses` are how the `latest` result stands on the scorecards that have limits for it; `change` leads up to it."""
    if n is not None and n < FEWEST:
        return TOO_FEW
    return _judged(
        outside_limits=bool({Status.UNACCEPTABLE, Status.OUTSIDE} & set(statuses)),
        worse=change is not None and change.turn is Turn.WORSE and _is_noticed(change.amount, latest, scale),
    )


def _is_noticed(amount: Decimal, latest: Decimal, scale: str) -> bool:
    ends = BOUNDS.get(scale)
    if ends is not None:
        return 100 * abs(amount) >= WORSE_OF_SCALE * (ends[1] - ends[0])
    return 100 * abs(amount) >= WORSE_OF_VALUE * abs(latest - amount)


class CardCounts(NamedTuple):
    """Cards of twelve months. `late` of `owed`: promised callbacks that came after the deadline, or have not come."""

    cards: int = 0
    of_a_kind: int = 0
    negative: int = 0
    praise: int = 0
    owed: int = 0
    late: int = 0

    def plus(self, other: CardCounts) -> CardCounts:
        return CardCounts(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))

    def minus(self, other: CardCounts) -> CardCounts:
        return CardCounts(*(mine - theirs for mine, theirs in zip(self, other, strict=True)))

    @property
    def unpraising(self) -> int:
        return self.cards - self.praise

    @property
    def negative_share(self) -> Decimal | None:
        """Per cent; None of too few."""
        return Decimal(100 * self.negative) / self.of_a_kind if self.of_a_kind >= FEWEST else None

    @property
    def late_share(self) -> Decimal | None:
        """Per cent; None of too few."""
        return Decimal(100 * self.late) / self.owed if self.owed >= FEWEST else None


class Year(NamedTuple):
    """The last twelve months and the twelve before; `before` is None where cards were not kept so long."""

    now: CardCounts
    before: CardCounts | None

    def minus(self, other: Year) -> Year:
        before = None if self.before is None or other.before is None else self.before.minus(other.before)
        return Year(self.now.minus(other.now), before)


def judge_cards(theme: Year, others: Year) -> Judgement:
    """Judge the cards of a theme beside `others`, all cards of no category of it: that the scheme becomes known, or is used
    to complain, is no fault of one theme."""
    now, before = theme.now, theme.before
    usual = others.now.negative_share
    if max(now.cards, before.cards if before else 0) < FEWEST:
        return TOO_FEW
    return _judged(
        negative=now.negative > 0
        and now.negative_share is not None
        and usual is not None
        and 100 * now.negative_share >= (100 + MORE_NEGATIVE) * usual,
        late=now.late_share is not None and now.late_share >= LATE_SHARE,
        more_cards=_grew(theme, others),
    )


def _grew(theme: Year, others: Year) -> bool:
    if theme.before is None or others.before is None or not others.before.unpraising:
        return False
    if min(theme.now.unpraising, theme.before.unpraising) < FEWEST:
        return False
    ours = Decimal(theme.now.unpraising) / theme.before.unpraising
    return ours >= (1 + Decimal(GROWTH) / 100) * others.now.unpraising / others.before.unpraising


class Standing(NamedTuple):
    """From how many sides a theme is weak, falling, and the one or the other."""

    weak: int
    falling: int
    marked: int

    @property
    def several(self) -> bool:
        return self.marked >= SEVERAL


def standing_of(sides: Iterable[Collection[Judgement]]) -> Standing:
    """Return how a theme stands. A side is weak or falling where one of the things seen from it is."""
    found = [(any(one.weak for one in side), any(one.falling for one in side)) for side in sides]
    return Standing(
        sum(weak for weak, _falling in found),
        sum(falling for _weak, falling in found),
        sum(weak or falling for weak, falling in found),
    )


def place_in_order(standing: Standing, cards: int) -> tuple[bool, int, int, int]:
    """Return what themes sort by, the most pressing first: weak or falling from several sides, then from how many sides
    weak, from how many falling, and of how many cards of the last twelve months."""
    return not standing.several, -standing.weak, -standing.falling, -cards
