"""Cards of the last twelve months by category, beside those of the twelve before: counted each hour, and kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from django.db.models import Count, F, Min, Q
from django.db.models.functions import TruncDate

from feedback.counts import NOT_REACHED, PROMISED
from feedback.models import Card
from feedback.workflow import NEGATIVE_KINDS, Kind
from organisation.replica import read_figures
from reporting.figures import complete_months, month_after
from reporting.keeping import found, keep
from reporting.weakness import CardCounts, Year

YEAR = 12


@dataclass(frozen=True)
class ByCategory:
    """Counts by the category's code, empty for none, as they stood at `counted_at`. `first` and `last` are the first and
    the last day of the twelve months; `before` is None where cards do not go back through the twelve before."""

    counted_at: datetime
    first: date
    last: date
    now: Mapping[str, CardCounts]
    before: Mapping[str, CardCounts] | None

    def of(self, codes: Collection[str]) -> Year:
        """Return the counts of some categories together."""
        return Year(_sum(self.now, codes), None if self.before is None else _sum(self.before, codes))

    @property
    def everything(self) -> Year:
        return Year(
            _sum(self.now, self.now.keys()), None if self.before is None else _sum(self.before, self.before.keys())
        )


def _sum(counts: Mapping[str, CardCounts], codes: Collection[str]) -> CardCounts:
    total = CardCounts()
    for code in codes:
        total = total.plus(counts.get(code, CardCounts()))
    return total


def cards_by_category(*, now: datetime, zone: tzinfo) -> ByCategory:
    """Return the counts of the twelve months that have passed on the clock of `zone`, as they were counted last."""
    months = complete_months(now.astimezone(zone).date(), 2 * YEAR)
    return found(_key(months), ByCategory) or count_cards_by_category(now=now, zone=zone)


def count_cards_by_category(*, now: datetime, zone: tzinfo) -> ByCategory:
    """Count and keep them for those who come after (three queries)."""
    months = complete_months(now.astimezone(zone).date(), 2 * YEAR)
    made = read_figures(lambda: _count(months, now, zone))
    keep(_key(months), made)
    return made


def _count(months: list[date], now: datetime, zone: tzinfo) -> ByCategory:
    first, last = months[YEAR], month_after(months[-1]) - timedelta(days=1)
    earliest = Card.objects.aggregate(first=Min("received_on"))["first"]
    before = None
    if earliest is not None and earliest < month_after(months[0]):
        before = _counted(months[0], first - timedelta(days=1), zone)
    return ByCategory(now, first, last, _counted(first, last, zone), before)


def _key(months: list[date]) -> str:
    return f"cards-by-category:{months[0]:%Y-%m}"


def _counted(first: date, last: date, zone: tzinfo) -> dict[str, CardCounts]:
    received, due = Q(received_on__range=(first, last)), PROMISED & Q(due_on__range=(first, last))
    kept = NOT_REACHED | Q(completed_day__lte=F("due_on"))
    rows = (
        Card.objects.filter(received | due)
        .annotate(completed_day=TruncDate("completed_at", tzinfo=zone))
        .values_list("category__code")
        .annotate(
            cards=Count("pk", filter=received),
            of_a_kind=Count("pk", filter=received & ~Q(kind="")),
            negative=Count("pk", filter=received & Q(kind__in=sorted(NEGATIVE_KINDS))),
            praise=Count("pk", filter=received & Q(kind=Kind.PRAISE)),
            owed=Count("pk", filter=due),
            kept=Count("pk", filter=due & kept),
        )
        .order_by()
    )
    return {
        code or "": CardCounts(cards, kinds, negative, praise, owed, owed - in_time)
        for code, cards, kinds, negative, praise, owed, in_time in rows
    }
