"""What the house counts by itself: message cards, contacts at the desk, and what surveys have published.

Cards are counted in the database, a row for each unit and month, however many there are: five queries, two of them over the
cards. The formulas stand in `reporting/measures.py`. Days are local dates; a period that is not over is counted through the
day before `today`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import (
    Case,
    Count,
    DateField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    Q,
    Subquery,
    Sum,
    When,
)
from django.db.models.functions import Coalesce, TruncDate, TruncMonth

from feedback.counts import NOBODY_WAITS, NOT_REACHED, promised
from feedback.models import Callback, Card, OverdueEntry, OverdueRun
from feedback.workflow import NEGATIVE_KINDS, REQUESTS_AND_SUGGESTIONS, Kind
from organisation.calendar import IsoWeek
from organisation.models import Unit
from reporting.measures import Counts
from reporting.models import DeskContact
from reporting.periods import Every, Period, period_of
from reporting.published import Shown, shown_publications

YEARS = 10
"""So many years back figures are computed by year,"""
DETAILED_YEARS = 3
"""and so many by quarter and month."""

FIRST_WEEK = timedelta(days=6)

Place = int | None
"""A unit's or a sector's id; None is the whole municipality."""


def first_year(today: date) -> int | None:
    """Return the first year that cards are counted of; None where there is no card."""
    earliest: date | None = Card.objects.filter(received_on__lte=today).aggregate(first=Min("received_on"))["first"]
    return None if earliest is None else max(earliest.year, today.year - YEARS + 1)


def counts_of_cards(
    first: date, through: date, zone: tzinfo, *, detailed: int | None = None
) -> dict[tuple[Place, Period], Counts]:
    """Return what was counted from the day `first` to the day `through`, both included, of the whole municipality, each
    sector and each unit, by year and, from the year `detailed` (the last three years without it), by quarter and month.

    A card counts for the unit that holds it now. A unit that is closed keeps what it had.
    """
    by_month = _by_unit_and_month(first, through, zone)
    weeks = _weeks_by_month(first, through)
    above = _above()
    detailed = through.year - DETAILED_YEARS + 1 if detailed is None else detailed
    found: dict[tuple[Place, Period], Counts] = defaultdict(Counts)
    for (unit, month), counts in by_month.items():
        for place in (None, *above[unit]):
            for period in _periods(month, detailed):
                found[place, period].add(counts)
    run: dict[Period, int] = defaultdict(int)
    for month, number in weeks.items():
        for period in _periods(month, detailed):
            run[period] += number
    for (_place, period), counts in found.items():
        counts.weeks = run[period]
    return dict(found)


def is_counted(period: Period, first: int, through: date) -> bool:
    """Whether `counts_of_cards` counts the period, from the year `first`: not older quarters and months."""
    return period.year >= (first if period.every == Every.YEAR else max(first, through.year - DETAILED_YEARS + 1))


def _periods(month: date, detailed: int) -> Iterable[Period]:
    return (period_of(month, every) for every in Every if every == Every.YEAR or month.year >= detailed)


def _above() -> Mapping[int, tuple[int, ...]]:
    """Each unit with itself and the sectors above it."""
    parents = dict(Unit.objects.values_list("pk", "parent_id"))
    found: dict[int, tuple[int, ...]] = {}
    for unit in parents:
        way: list[int] = []
        step: int | None = unit
        while step is not None and step not in way:
            way.append(step)
            step = parents[step]
        found[unit] = tuple(way)
    return found


def _by_unit_and_month(first: date, through: date, zone: tzinfo) -> dict[tuple[int, date], Counts]:
    """Each part is read along an index of its own: of a million cards a report sees those of its months."""
    found: dict[tuple[int, date], Counts] = defaultdict(Counts)
    window = (first, through)
    received = (
        Card.objects.filter(received_on__range=window)
        .annotate(month=TruncMonth("received_on"), registered_day=TruncDate("registered_at", tzinfo=zone))
        .values_list("unit", "month")
        .annotate(
            cards=Count("pk"),
            same_day=Count("pk", filter=Q(registered_day=F("received_on"))),
            of_a_kind=Count("pk", filter=~Q(kind="")),
            negative=Count("pk", filter=Q(kind__in=sorted(NEGATIVE_KINDS))),
            praise=Count("pk", filter=Q(kind=Kind.PRAISE)),
            wishes=Count("pk", filter=Q(kind__in=sorted(REQUESTS_AND_SUGGESTIONS))),
        )
        .order_by()
    )
    for unit, month, *numbers in received:
        found[unit, month].add(Counts(*numbers))
    owed = (
        promised(first, through)
        .annotate(month=TruncMonth("due_on"), completed_day=TruncDate("completed_at", tzinfo=zone))
        .values_list("unit", "month")
        .annotate(
            owed=Count("pk"),
            in_time=Count("pk", filter=Q(completed_day__lte=F("due_on")) & ~NOT_REACHED),
            not_reached=Count("pk", filter=NOT_REACHED),
        )
        .order_by()
    )
    for unit, month, number, in_time, not_reached in owed:
        found[unit, month].add(Counts(owed=number, in_time=in_time, not_reached=not_reached))
    for unit, due_month, held_month, days, number, reactions, total in _callbacks(first, through, zone):
        # Tens of thousands of rows: counted up in place.
        if days is not None:
            counts = found[unit, due_month]
            counts.reached += number
            counts.days[days.days] += number
        if reactions and held_month >= first:
            counts = found[unit, held_month]
            counts.reactions += reactions
            counts.reaction_sum += total
    for unit, held_month, reaction in _reactions_elsewhere(first, through, zone):
        counts = found[unit, held_month]
        counts.reactions += 1
        counts.reaction_sum += reaction
    for unit, year, week, number, again in _entries(first, through):
        counts = found[unit, IsoWeek(year, week).monday.replace(day=1)]
        counts.entries += number
        counts.repeats += again
    return found


def _callbacks(
    first: date, through: date, zone: tzinfo
) -> Iterable[tuple[int, date, date, timedelta | None, int, int, int]]:
    """Callbacks to the end of the day `through` of the cards with a deadline in the window: unit, month of the deadline and
    of the callback, the days that it took, how many, and of how many reactions which sum.

    The days are from the registration or the reopening, as `feedback.counts.days_to_callback` counts them; None where no
    callback was promised, and for what was said in earlier cycles.
    """
    began = Coalesce("card__reopened_at", "card__registered_at")
    took = ExpressionWrapper(
        TruncDate("held_at", tzinfo=zone) - TruncDate(began, tzinfo=zone), output_field=DurationField()
    )
    waited = Q(card__callback_owed=True, cycle=F("card__cycle")) & ~Q(card__close_result__in=NOBODY_WAITS)
    return (
        Callback.objects.filter(held_at__lt=_midnight_after(through, zone), card__due_on__range=(first, through))
        .annotate(
            due_month=TruncMonth("card__due_on"),
            held_month=TruncMonth("held_at", tzinfo=zone, output_field=DateField()),
            took=Case(When(waited, then=took)),
        )
        .values_list("card__unit", "due_month", "held_month", "took")
        .annotate(number=Count("pk"), reactions=Count("reaction"), total=Sum("reaction"))
        .order_by()
    )


def _reactions_elsewhere(first: date, through: date, zone: tzinfo) -> Iterable[tuple[int, date, Any]]:
    """The reactions of callbacks held in the window on cards whose deadline lies outside it: unit, month, reaction. Few:
    those called back late before it, or early at its end."""
    # Of the cards only the units, and one by one: joined, each of all the cards would be read.
    its_card = Card.objects.filter(pk=OuterRef("card"))
    return (
        Callback.objects.filter(held_at__gte=datetime.combine(first, time(), zone), reaction__isnull=False)
        .filter(~Exists(its_card.filter(due_on__range=(first, through))), held_at__lt=_midnight_after(through, zone))
        .annotate(
            unit=Subquery(its_card.values("unit")[:1]),
            month=TruncMonth("held_at", tzinfo=zone, output_field=DateField()),
        )
        .values_list("unit", "month", "reaction")
        .order_by()
    )


def _midnight_after(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), zone)


def _entries(first: date, through: date) -> Iterable[tuple[int, int, int, int, int]]:
    weeks = OverdueEntry.objects.values_list("overdue_list__unit", "iso_year", "iso_week").annotate(
        number=Count("pk"), again=Count("pk", filter=Q(times__gte=2))
    )
    return (row for row in weeks.order_by() if first <= IsoWeek(row[1], row[2]).monday <= through)


def _weeks_by_month(first: date, through: date) -> dict[date, int]:
    """In how many weeks lists were run, by the month of their Monday."""
    found: dict[date, int] = defaultdict(int)
    for year, week in OverdueRun.objects.values_list("iso_year", "iso_week"):
        if first <= (monday := IsoWeek(year, week).monday) <= through:
            found[monday.replace(day=1)] += 1
    return found


def desk_contacts(through: date, zone: tzinfo) -> dict[Period, int]:
    """Return how many contacts the desk counted, by year, quarter and month, to the end of the day `through`.

    A period of which the first week had passed when counting began is not whole, and is left out.
    """
    began = DeskContact.objects.aggregate(first=Min("at"))["first"]
    if began is None:
        return {}
    since = began.astimezone(zone).date() - FIRST_WEEK
    rows = (
        DeskContact.objects.filter(at__lt=_midnight_after(through, zone))
        .annotate(month=TruncMonth("at", tzinfo=zone, output_field=DateField()))
        .values_list("month")
        .annotate(number=Count("pk"))
        .order_by()
    )
    found: dict[Period, int] = defaultdict(int)
    for month, number in rows:
        for every in Every:
            if (period := period_of(month, every)).first >= since:
                found[period] += number
    return dict(found)


class FromSurvey(NamedTuple):
    """What a publication says of one area or question. `mean` is None where too few had answered."""

    place: Place
    year: int
    mean: Decimal | None
    n: int | None
    margin: Decimal | None
    survey: str
    closed_on: date | None


def published_results(today: date) -> dict[str, list[FromSurvey]]:
    """Return, by the key of each area and question, what the surveys' publications say that everybody can see today.

    What a publication holds back is not here either, and nothing of one that was withdrawn. Citizen surveys are of the whole
    municipality, user surveys of their unit; where two of one year ask the same, the later stands.
    """
    found: dict[str, dict[tuple[Place, int], FromSurvey]] = defaultdict(dict)
    for shown in shown_publications(today):
        for one in shown.figures:
            result = from_survey(one, shown)
            found[one["key"]][shown.unit, result.year] = result
    return {key: list(results.values()) for key, results in found.items()}


def from_survey(one: Mapping[str, Any], shown: Shown) -> FromSurvey:
    """Return one area or question of a publication as a figure."""
    place, closed_on, code = shown.unit, shown.closed_on, shown.survey
    if one.get("suppressed") or one.get("mean") is None:
        return FromSurvey(place, closed_on.year, None, None, None, code, closed_on)
    low, high = one.get("ci_low"), one.get("ci_high")
    return FromSurvey(
        place,
        closed_on.year,
        Decimal(one["mean"]),
        one.get("n", one.get("n_valid")),
        None if low is None or high is None else Decimal(high - low) / 2,
        code,
        closed_on,
    )
