"""What reports tell of cards beyond the indicators: how they came, what they were about, how often somebody was called.

Counted in the database, a row for each combination that there is. Days are local dates, and a time is its first and last;
`units` are the ids of a place and what is below it, None for the whole municipality. A card counts for the unit that holds
it now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, NamedTuple

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import TruncDate

from feedback.counts import NOT_REACHED, promised
from feedback.models import Callback, Card, ContactCard, Referral
from feedback.workflow import HIGHEST_NEGATIVE, OPEN_STATES

Units = Collection[int] | None


class Days(NamedTuple):
    """A time: from the day `first` to the day `last`, both included."""

    first: date
    last: date


class Received(NamedTuple):
    """So many cards received in the `span`-th of the times, of one unit, channel, kind (empty) and category (None)."""

    span: int
    unit: int
    channel: str
    kind: str
    category: int | None
    number: int


def received(times: Sequence[Days], units: Units) -> list[Received]:
    """Return the cards received in these times, each combination once (one query)."""
    rows = (
        _of(Card.objects.all(), units)
        .filter(_within("received_on", times))
        .annotate(span=_span("received_on", times))
        .values_list("span", "unit", "channel", "kind", "category")
        .annotate(number=Count("pk"))
        .order_by()
    )
    return [Received(*row) for row in rows]


def received_by_day(when: Days, units: Units) -> dict[date, int]:
    """Return how many cards were received on each day that had any (one query)."""
    rows = (
        _of(Card.objects.filter(received_on__range=(when.first, when.last)), units)
        .values_list("received_on")
        .annotate(number=Count("pk"))
        .order_by("received_on")
    )
    return dict(rows)


@dataclass(frozen=True)
class Handled:
    """What was done in one period: contact cards posted, cards referred outside, cards opened again (those opened again
    since then counted by the last time)."""

    contact_cards: int
    referred: int
    reopened: int


def handled(times: Sequence[Days], units: Units, zone: tzinfo) -> list[Handled]:
    """Return what was done in each time (three queries)."""

    def numbers(rows: QuerySet[Any], day: Any) -> Counter[int]:
        found = (
            rows.annotate(day=day)
            .filter(_within("day", times))
            .annotate(span=_span("day", times))
            .values_list("span")
            .annotate(number=Count("pk"))
            .order_by()
        )
        return Counter(dict(found))

    def local(name: str) -> TruncDate:
        return TruncDate(name, tzinfo=zone)

    begin = datetime.combine(min(when.first for when in times), time(), zone)
    posted = numbers(_of(ContactCard.objects.all(), units, "card__"), F("posted_on"))
    referred = numbers(_of(Referral.objects.filter(recorded_at__gte=begin), units, "card__"), local("recorded_at"))
    reopened = numbers(_of(Card.objects.filter(reopened_at__gte=begin), units), local("reopened_at"))
    return [Handled(posted[place], referred[place], reopened[place]) for place in range(len(times))]


@dataclass(frozen=True)
class Reactions:
    """How the answers of one period were taken. `numbers` by reaction 1–6; `why` of those taken badly, where the submitter
    said why."""

    numbers: Counter[int]
    would_not_answer: int
    negative: int
    why: int


def reactions(times: Sequence[Days], units: Units, zone: tzinfo) -> list[Reactions]:
    """Return the reactions of the callbacks held in each time (one query)."""
    begin = datetime.combine(min(when.first for when in times), time(), zone)
    rows = (
        _of(Callback.objects.filter(held_at__gte=begin), units, "card__")
        .annotate(day=TruncDate("held_at", tzinfo=zone))
        .filter(_within("day", times))
        .annotate(span=_span("day", times))
        .values_list("span", "reaction", "reason_not_given")
        .annotate(number=Count("pk"))
        .order_by()
    )
    by_span: list[list[tuple[int | None, bool, int]]] = [[] for _when in times]
    for span, reaction, not_given, number in rows:
        by_span[span].append((reaction, not_given, number))
    return [_reactions(found) for found in by_span]


def _reactions(rows: Iterable[tuple[int | None, bool, int]]) -> Reactions:
    numbers: Counter[int] = Counter()
    would_not = negative = why = 0
    for reaction, not_given, number in rows:
        if reaction is None:
            would_not += number
            continue
        numbers[reaction] += number
        if reaction <= HIGHEST_NEGATIVE:
            negative += number
            why += 0 if not_given else number
    return Reactions(numbers, would_not, negative, why)


class Calls(NamedTuple):
    """By how many calls in vain (0, 1, 2 …) the submitters were reached, or not reached."""

    reached: Counter[int]
    not_reached: Counter[int]


def calls(when: Days, through: date, units: Units, zone: tzinfo, *, reached: int, not_reached: int) -> Calls:
    """Return the calls in vain for the cards that `reached` and `not_reached` count: owed a callback whose deadline lay in
    the period (one query). Those without any such call are what is left of the two numbers."""
    midnight = datetime.combine(through + timedelta(days=1), time(), zone)
    spoken = Callback.objects.filter(card=OuterRef("pk"), cycle=OuterRef("cycle"), held_at__lt=midnight)
    rows = (
        _of(promised(when.first, when.last), units)
        .filter(contactattempts__undone_at__isnull=True, contactattempts__cycle=F("cycle"))
        .annotate(
            in_vain=Case(When(NOT_REACHED, then=Value(1)), default=Value(0), output_field=IntegerField()),
            spoken=Exists(spoken),
        )
        .values_list("pk", "in_vain", "spoken")
        .annotate(number=Count("contactattempts"))
        .order_by()
    )
    found = Calls(Counter(), Counter())
    for _card, in_vain, was_spoken, number in rows:
        if was_spoken:
            found.reached[number] += 1
        if in_vain:
            found.not_reached[number] += 1
    found.reached[0] = max(0, reached - found.reached.total())
    found.not_reached[0] = max(0, not_reached - found.not_reached.total())
    return found


def late_now(today: date, units: Units) -> int:
    """Return how many open cards are past their deadline on the local day `today` (one query)."""
    return _of(Card.objects.filter(state__in=sorted(OPEN_STATES), due_on__lt=today), units).count()


def _of(rows: QuerySet[Any], units: Units, way: str = "") -> QuerySet[Any]:
    return rows if units is None else rows.filter(**{f"{way}unit__in": list(units)})


def _within(name: str, times: Sequence[Days]) -> Q:
    found = Q()
    for when in times:
        found |= Q(**{f"{name}__range": (when.first, when.last)})
    return found


def _span(name: str, times: Sequence[Days]) -> Case:
    """Which of the times a day lies in, counted from 0."""
    whens = [When(**{f"{name}__range": (when.first, when.last)}, then=Value(place)) for place, when in enumerate(times)]
    return Case(*whens, output_field=IntegerField())
