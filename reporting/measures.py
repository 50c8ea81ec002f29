"""The indicators that the house knows by itself: what each counts, in words and as a formula over counts. Pure.

A computed figure is defined here and nowhere else. `Counts` are sums over cards, callbacks and lists, so that a sector's
figure comes from its units' counts and a year's from its months', never from averages of averages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _

from reporting.scales import Direction, Origin, Perspective, Scale

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass
class Counts:
    """What was counted of one unit (or several) in one period.

    `days` holds how many callbacks took so many days. `owed`, `in_time`, `reached` and `not_reached` are of cards owed a
    callback whose deadline lay in the period, withdrawn ones and duplicates left out (`feedback/counts.py`). `repeats` are
    the entries of cards that were on a list before, which the chief executive is told of.
    """

    cards: int = 0
    same_day: int = 0
    of_a_kind: int = 0
    negative: int = 0
    praise: int = 0
    wishes: int = 0
    owed: int = 0
    in_time: int = 0
    reached: int = 0
    not_reached: int = 0
    reactions: int = 0
    reaction_sum: int = 0
    entries: int = 0
    repeats: int = 0
    weeks: int = 0
    days: Counter[int] = field(default_factory=Counter)

    def add(self, other: Counts) -> None:
        for name in _NUMBERS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.days.update(other.days)


_NUMBERS = [name for name in Counts.__dataclass_fields__ if name != "days"]


class Result(NamedTuple):
    """A figure at full precision, None where nothing was there to measure, and of how many."""

    value: Decimal | None
    n: int


def percent(part: int, base: int) -> Result:
    """Return part of base as 0–100."""
    return Result(Decimal(100 * part) / base if base else None, base)


def ratio(part: int, base: int, n: int) -> Result:
    return Result(Decimal(part) / base if base else None, n)


def median(numbers: Counter[int]) -> Result:
    """Return the middle of whole numbers given with how often each is there; between the two middle ones, their mean."""
    total = numbers.total()
    if not total:
        return Result(None, 0)
    wanted = [(total - 1) // 2, total // 2]
    found: list[int] = []
    passed = 0
    for number in sorted(numbers):
        passed += numbers[number]
        while len(found) < 2 and wanted[len(found)] < passed:
            found.append(number)
    return Result(Decimal(sum(found)) / 2, total)


@dataclass(frozen=True)
class Measure:
    """One indicator of ours. `formula` is None for those that are typed in, or computed from another indicator.

    `of` is the key of that other indicator.
    """

    key: str
    name: _StrPromise
    explanation: _StrPromise
    scale: Scale
    direction: Direction
    origin: Origin
    formula: Callable[[Counts], Result] | None = None
    decimals: int | None = None
    of: str = ""
    perspective: Perspective = Perspective.USERS


POPULATION = "population"
DESK_CONTACTS = "service-centre-contacts"


def _counted(
    key: str, name: _StrPromise, explanation: _StrPromise, scale: Scale, direction: Direction,
    formula: Callable[[Counts], Result], decimals: int | None = None,
) -> Measure:  # fmt: skip
    return Measure(key, name, explanation, scale, direction, Origin.FEEDBACK, formula, decimals)


# The figures of Larvik's routine and evaluation (`domain/README.md`).
FROM_FEEDBACK = (
    _counted(
        "called-back-in-time", _("Called back in time"),
        _("Of the cards owed a callback whose deadline lay in the period: the share whose submitter was called back, or "
          "told otherwise as agreed, on the day of the deadline at the latest. Withdrawn cards and duplicates do not count."),
        Scale.PER_CENT, Direction.HIGHER, lambda c: percent(c.in_time, c.owed),
    ),
    _counted(
        "median-days-to-contact", _("Days until the callback"),
        _("Of the same cards, those that were called back: the middle number of days from the registration, or the "
          "reopening, to the conversation. Half took as long or longer."),
        Scale.DAYS, Direction.LOWER, lambda c: median(c.days),
    ),
    _counted(
        "reached", _("Submitters reached"),
        _("Of the same cards, those that were called back or ended with a posted contact card: the share that was "
          "called back."),
        Scale.PER_CENT, Direction.HIGHER, lambda c: percent(c.reached, c.reached + c.not_reached),
    ),
    _counted(
        "registered-same-day", _("Registered the same day"),
        _("Of the cards received in the period: the share registered on the day they were received."),
        Scale.PER_CENT, Direction.HIGHER, lambda c: percent(c.same_day, c.cards),
    ),
    _counted(
        "mean-reaction", _("How the answer was taken"),
        _("The mean of the submitters' reactions in the callbacks held in the period, 1 to 6 with 6 the best, as staff wrote "
          "them down. Who would not answer does not count."),
        Scale.ONE_TO_SIX, Direction.HIGHER, lambda c: ratio(c.reaction_sum, c.reactions, c.reactions), 2,
    ),
    _counted(
        "complaints-to-praise", _("Complaints for each praise"),
        _("Of the cards received in the period: complaints and criticism together, divided by praise."),
        Scale.RATIO, Direction.LOWER, lambda c: ratio(c.negative, c.praise, c.negative + c.praise),
    ),
    _counted(
        "requests-and-suggestions", _("Requests and suggestions"),
        _("Of the cards received in the period whose kind is known: the share of requests, fault reports and suggestions."),
        Scale.PER_CENT, Direction.NEITHER, lambda c: percent(c.wishes, c.of_a_kind),
    ),
    _counted(
        "overdue-a-week", _("Overdue a week"),
        _("The cards on the weekly overdue lists of the period, divided by the number of weeks in which lists were run."),
        Scale.COUNT, Direction.LOWER, lambda c: ratio(c.entries, c.weeks, c.weeks), 1,
    ),
    _counted(
        "cards-received", _("Messages received"), _("The cards received in the period, whatever way they came."),
        Scale.COUNT, Direction.NEITHER, lambda c: Result(Decimal(c.cards), c.cards),
    ),
)  # fmt: skip

# Kristiansund's «Tilgjengelighet», and the population that it is divided by.
STATISTICS = (
    Measure(
        DESK_CONTACTS, _("Contacts at the service centre"),
        _("Visits, calls and messages at the service centre: counted at the desk, or typed in where that was not done."),
        Scale.COUNT, Direction.NEITHER, Origin.DESK,
    ),
    Measure(
        "website-visits", _("Visits to the website"), _("From the website's own statistics."),
        Scale.COUNT, Direction.HIGHER, Origin.TYPED,
    ),
    Measure(
        "page-views", _("Page views on the website"), _("From the website's own statistics."),
        Scale.COUNT, Direction.HIGHER, Origin.TYPED,
    ),
    Measure(
        "website-visits-per-inhabitant", _("Visits to the website per inhabitant"),
        _("Visits to the website in the year, divided by the population of the same year."),
        Scale.PER_INHABITANT, Direction.HIGHER, Origin.PER_INHABITANT, of="website-visits",
    ),
    Measure(
        "social-media-followers", _("Followers in social media"), _("At the end of the year."),
        Scale.COUNT, Direction.HIGHER, Origin.TYPED,
    ),
    Measure(
        POPULATION, _("Population"), _("Inhabitants at the beginning of the year, by the national statistics."),
        Scale.COUNT, Direction.NEITHER, Origin.TYPED, perspective=Perspective.COMMUNITY,
    ),
)  # fmt: skip

KNOWN = (*FROM_FEEDBACK, *STATISTICS)
FORMULAS = {measure.key: measure.formula for measure in FROM_FEEDBACK if measure.formula is not None}
