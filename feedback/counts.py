"""Numbers of cards for figures, counted in the database: no card is read, however many there are.

Days are the local dates that the rows hold (`received_on`, `due_on`); moments become dates on the clock of `zone`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from django.db.models import Aggregate, Count, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate, TruncMonth

from feedback.models import Callback, Card, OverdueEntry
from feedback.queries import in_weeks
from feedback.workflow import CloseResult, State
from organisation.calendar import IsoWeek

# Nobody waits for an answer to these any more.
NOBODY_WAITS = (CloseResult.WITHDRAWN, CloseResult.DUPLICATE)
PROMISED = Q(callback_owed=True) & ~Q(close_result__in=NOBODY_WAITS)
"""A callback is owed, and the card is neither withdrawn nor a duplicate."""
NOT_REACHED = Q(state=State.CONTACT_CARD_POSTED) | Q(close_result=CloseResult.NOT_REACHED)
"""The submitter was called in vain, and a contact card posted."""


class Kept(NamedTuple):
    """How a promise was kept. Of `owed` cards, `answered` within the deadline, and of how many the submitter could not be
    reached within it, so that a contact card was posted; the rest were late or wait still."""

    owed: int
    answered: int
    not_reached: int


def received_by_month(first: date, last: date) -> dict[date, int]:
    """Return how many cards were received on the days from `first` to `last`, by the first day of the month."""
    found = _received(first, last).annotate(month=TruncMonth("received_on")).values("month")
    return {row["month"]: row["number"] for row in found.annotate(number=Count("pk")).order_by("month")}


def received_by_category(first: date, last: date) -> dict[int | None, int]:
    """Return how many cards were received, by the category's id; None are those without one."""
    found = _received(first, last).values("category")
    return {row["category"]: row["number"] for row in found.annotate(number=Count("pk")).order_by()}


def received_by_area(first: date, last: date) -> dict[str, int]:
    """Return how many cards were received, by area; the empty name is those without one.

    Areas are typed by hand: «sentrum » is «Sentrum», written as most have written it.
    """
    written: dict[str, dict[str, int]] = defaultdict(dict)
    for area, number in _received(first, last).values_list("area").annotate(number=Count("pk")).order_by("area"):
        name = " ".join(area.split())
        spellings = written[name.casefold()]
        spellings[name] = spellings.get(name, 0) + number
    return {max(spellings, key=lambda name: spellings[name]): sum(spellings.values()) for spellings in written.values()}


def _received(first: date, last: date) -> QuerySet[Card]:
    return Card.objects.filter(received_on__range=(first, last))


def kept_by_month(first: date, last: date, zone: tzinfo) -> dict[date, Kept]:
    """Return how the promise of a callback was kept, by the first day of the month in which the deadline lay.

    By the deadline and not by the arrival: of a month that has passed, each deadline has passed. A card counts that is
    owed a callback and was neither withdrawn nor a duplicate; it is in time where it was completed on its deadline at the
    latest (`domain/README.md`, «Completed», «Deadline»). A reopened card counts by its present deadline.
    """
    in_time = Q(completed_on__lte=F("due_on"))
    found = (
        promised(first, last)
        .annotate(month=TruncMonth("due_on"), completed_on=TruncDate("completed_at", tzinfo=zone))
        .values("month")
        .annotate(
            owed=Count("pk"),
            answered=Count("pk", filter=in_time & ~NOT_REACHED),
            not_reached=Count("pk", filter=in_time & NOT_REACHED),
        )
    )
    return {row["month"]: Kept(row["owed"], row["answered"], row["not_reached"]) for row in found.order_by("month")}


def promised(first: date, last: date) -> QuerySet[Card]:
    """Return the cards owed a callback with the deadline on these days, without withdrawn ones and duplicates."""
    return Card.objects.filter(PROMISED, due_on__range=(first, last))


def in_time(cards: QuerySet[Card], zone: tzinfo) -> QuerySet[Card]:
    """Return of promised cards those that were completed on their deadline at the latest."""
    return cards.alias(completed_on=TruncDate("completed_at", tzinfo=zone)).filter(completed_on__lte=F("due_on"))


def late(cards: QuerySet[Card], zone: tzinfo) -> QuerySet[Card]:
    """Return of promised cards the others: completed after their deadline, or not yet."""
    after = Q(completed_at=None) | Q(completed_on__gt=F("due_on"))
    return cards.alias(completed_on=TruncDate("completed_at", tzinfo=zone)).filter(after)


def held(
    first: date | None, last: date | None, zone: tzinfo, *, present: bool = False, with_reaction: bool = False
) -> Exists:
    """Whether a card was called back on the days from `first` to `last` (None: without that end).

    `present`: since it was registered or reopened last. `with_reaction`: the submitter said how the answer was taken.
    """
    callbacks = Callback.objects.filter(card=OuterRef("pk"))
    if first is not None:
        callbacks = callbacks.filter(held_at__gte=datetime.combine(first, time(), zone))
    if last is not None:
        callbacks = callbacks.filter(held_at__lt=datetime.combine(last + timedelta(days=1), time(), zone))
    if present:
        callbacks = callbacks.filter(cycle=OuterRef("cycle"))
    return Exists(callbacks.filter(reaction__isnull=False) if with_reaction else callbacks)


def listed(first: date, last: date, units: Collection[int] | None = None) -> Exists:
    """Whether a card was on an overdue list of a Monday from `first` to `last`, of one of `units` where they are given."""
    monday = first + timedelta(days=-first.weekday() % 7)
    weeks = [IsoWeek.of(monday + timedelta(weeks=n)) for n in range((last - monday).days // 7 + 1)]
    entries = OverdueEntry.objects.filter(in_weeks(weeks), card=OuterRef("pk"))
    return Exists(entries if units is None else entries.filter(overdue_list__unit__in=units))


class _Median(Aggregate):
    """PostgreSQL's continuous median."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


def days_to_callback(first: date, last: date, zone: tzinfo) -> tuple[int, float | None]:
    """Return of how many callbacks, and their median in days: from the registration, or the reopening, to the
    conversation. Of the cards that `kept_by_month` counts, those that were called back since."""
    began = Coalesce("card__reopened_at", "card__registered_at")
    days = ExpressionWrapper(
        TruncDate("held_at", tzinfo=zone) - TruncDate(began, tzinfo=zone), output_field=DurationField()
    )
    found = Callback.objects.filter(card__in=promised(first, last), cycle=F("card__cycle")).aggregate(
        number=Count("pk"), median=_Median(days)
    )
    median: timedelta | None = found["median"]
    return found["number"], None if median is None else median / timedelta(days=1)
