"""What a report is made from: what it is of, and what was counted for it, each read once however many sections use it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import cached_property

from feedback.models import Category, Mailing
from feedback.queries import mailings_between
from organisation.models import Unit
from reporting import card_details
from reporting.card_details import Days
from reporting.counting import counts_of_cards
from reporting.documents import Cell, Texts, alike
from reporting.measures import Counts, Measure
from reporting.models import Assessment, Group, Indicator, Scorecard
from reporting.periods import Every, Period, before, year_before
from reporting.published import Shown, shown_publications
from reporting.scales import DECIMALS, Scale


@dataclass(frozen=True)
class Scope:
    """What a report is of. `place` is None for the whole municipality; `today` is the local day of `now`."""

    kind: str
    name: str
    period: Period
    place: Unit | None
    scorecard: Scorecard | None
    assessment: Assessment | None
    group: Group | None
    municipality: str
    now: datetime
    zone: tzinfo

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @property
    def through(self) -> date:
        """The last day that is counted: yesterday, in a period that goes on."""
        return min(self.period.last, self.today - timedelta(days=1))


class Material:
    """What was counted. Times are, in this order, the period, the one before, and for a quarter the same of last year."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    @cached_property
    def periods(self) -> list[Period]:
        period = self.scope.period
        earlier = [before(period)] if period.every == Every.YEAR else [before(period), year_before(period)]
        return [period, *earlier]

    @cached_property
    def times(self) -> list[Days]:
        return [Days(period.first, min(period.last, self.scope.through)) for period in self.periods]

    @cached_property
    def units(self) -> list[Unit]:
        return list(Unit.objects.all())

    @cached_property
    def below(self) -> dict[int | None, list[Unit]]:
        """The units by the id of what is above them."""
        found: dict[int | None, list[Unit]] = {}
        for unit in self.units:
            found.setdefault(unit.parent_id, []).append(unit)
        return found

    @cached_property
    def within(self) -> set[int] | None:
        """The ids of the place and of all below it; None for the whole municipality."""
        place = self.scope.place
        if place is None:
            return None
        found, queue = {place.pk}, [place.pk]
        while queue:
            for unit in self.below.get(queue.pop(), []):
                if unit.pk not in found:
                    found.add(unit.pk)
                    queue.append(unit.pk)
        return found

    @cached_property
    def counted(self) -> dict[tuple[int | None, Period], Counts]:
        """Counted to yesterday, not to the end of the period, as the indicators are: a callback that came late is one."""
        first = min(period.first for period in self.periods)
        yesterday = self.scope.today - timedelta(days=1)
        return counts_of_cards(first, max(first, yesterday), self.scope.zone, detailed=first.year)

    def counts(self, period: Period, place: int | None = None) -> Counts:
        """Return what was counted of the report's place, or of another."""
        own = self.scope.place
        return self.counted.get((place or (own.pk if own else None), period), Counts(weeks=self.weeks(period)))

    def weeks(self, period: Period) -> int:
        return next((counts.weeks for (_place, when), counts in self.counted.items() if when == period), 0)

    @cached_property
    def received(self) -> list[card_details.Received]:
        return card_details.received(self.times, self.within)

    def received_by(self, name: str, *, of_a_kind: bool = False) -> list[Counter[str | int | None]]:
        """Return how many cards were received in each time, by channel, kind, category or unit."""
        found: list[Counter[str | int | None]] = [Counter() for _time in self.times]
        for row in self.received:
            if row.kind or not of_a_kind:
                found[row.span][getattr(row, name)] += row.number
        return found

    @cached_property
    def by_day(self) -> dict[date, int]:
        return card_details.received_by_day(self.times[0], self.within)

    @cached_property
    def handled(self) -> list[card_details.Handled]:
        return card_details.handled(self.times, self.within, self.scope.zone)

    @cached_property
    def reactions(self) -> list[card_details.Reactions]:
        return card_details.reactions(self.times, self.within, self.scope.zone)

    @cached_property
    def calls(self) -> card_details.Calls:
        counts = self.counts(self.scope.period)
        return card_details.calls(
            self.times[0], self.scope.today - timedelta(days=1), self.within, self.scope.zone,
            reached=counts.reached, not_reached=counts.not_reached,
        )  # fmt: skip

    @cached_property
    def late_now(self) -> int:
        return card_details.late_now(self.scope.today, self.within)

    @cached_property
    def categories(self) -> dict[int, Texts]:
        return {row.pk: alike(row.name) | dict(row.names) for row in Category.objects.all()}

    @cached_property
    def _decimals(self) -> dict[str, int]:
        return dict(Indicator.objects.values_list("key", "decimals"))

    def measured(self, measure: Measure, counts: Counts) -> Cell:
        """One of our indicators, by its own formula, with as many decimals as it is shown with everywhere."""
        if measure.formula is None:
            raise ValueError(f"«{measure.key}» is not counted.")
        result = measure.formula(counts)
        usual = DECIMALS[measure.scale] if measure.decimals is None else measure.decimals
        base = counts.entries if measure.key == "overdue-a-week" else None
        return Cell(result.value, measure.scale, self._decimals.get(measure.key, usual), n=result.n, base=base)

    @cached_property
    def mailings(self) -> list[Mailing]:
        return mailings_between(self.times[0].first, self.times[0].last)

    @cached_property
    def surveys(self) -> list[Shown]:
        """Published surveys that closed in the period: all, or of the report's place and what is below it."""
        period = self.scope.period
        return [
            shown
            for shown in shown_publications(self.scope.today)
            if period.first <= shown.closed_on <= period.last
            and (self.within is None or (shown.unit is not None and shown.unit in self.within))
        ]


def number(count: int, *, base: int | None = None) -> Cell:
    """A number of messages; with `base` a number of something else, behind which so many messages stand."""
    return Cell(Decimal(count), Scale.COUNT, 0, base=base)


def share(part: int, whole: int) -> Cell:
    """Part of whole in per cent; nothing where there is no whole."""
    return Cell(Decimal(100 * part) / whole if whole else None, Scale.PER_CENT, 0, n=whole)
