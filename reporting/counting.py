"""What the house counts by itself: message cards, contacts at the desk, and what surveys have published.

Cards are counted in the database, a row for each unit and month, however many there are: five queries. The formulas stand in
`reporting/measures.py`. Days are local dates; a period that is not over is counted through the day before `today`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Count, DateField, DurationField, ExpressionWrapper, F, Max, Min, Q, Sum
from django.db.models.functions import Coalesce, TruncDate, TruncMonth

from feedback.counts import NOT_REACHED, promised
from feedback.models import Callback, Card, OverdueEntry, OverdueRun
from feedback.workflow import NEGATIVE_KINDS, REQUESTS_AND_SUGGESTIONS, Kind
from organisation.calendar import IsoWeek
from organisation.models import Unit
from reporting.measures import Counts
from reporting.models import DeskContact
from reporting.periods import Every, Period, period_of
from surveys.models import Publication
from surveys.questionnaires import SurveyKind

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


def counts_of_cards(first: date, through: date, zone: tzinfo) -> dict[tuple[Place, Period], Counts]:
    """Return what was counted from the day `first` to the day `through`, both included, of the whole municipality, each
    sector and each unit, by year and, for the last three years, by quarter and month.

    A card counts for the unit that holds it now. A unit that is closed keeps what it had.
    """
    by_month = _by_unit_and_month(first, through, zone)
    weeks = _weeks_by_month(first, through)
    above = _above()
    detailed = through.year - DETAILED_YEARS + 1
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
    found: dict[tuple[int, date], Counts] = defaultdict(Counts)
    received = (
        Card.objects.filter(received_on__range=(first, through))
        .annotate(month=TruncMonth("received_on"), registered_on=TruncDate("registered_at", tzinfo=zone))
        .values("unit", "month")
        .annotate(
            cards=Count("pk"),
            same_day=Count("pk", filter=Q(registered_on=F("received_on"))),
            of_a_kind=Count("pk", filter=~Q(kind="")),
            negative=Count("pk", filter=Q(kind__in=sorted(NEGATIVE_KINDS))),
            praise=Count("pk", filter=Q(kind=Kind.PRAISE)),
            wishes=Count("pk", filter=Q(kind__in=sorted(REQUESTS_AND_SUGGESTIONS))),
        )
        .order_by()
    )
    kept = (
        promised(first, through)
        .annotate(month=TruncMonth("due_on"), completed_on=TruncDate("completed_at", tzinfo=zone))
        .values("unit", "month")
        .annotate(
            owed=Count("pk"),
            in_time=Count("pk", filter=Q(completed_on__lte=F("due_on")) & ~NOT_REACHED),
            not_reached=Count("pk", filter=NOT_REACHED),
        )
        .order_by()
    )
    midnight = datetime.combine(through + timedelta(days=1), time(), zone)
    reactions = (
        Callback.objects.filter(
            held_at__gte=datetime.combine(first, time(), zone), held_at__lt=midnight, reaction__isnull=False
        )
        .annotate(month=TruncMonth("held_at", tzinfo=zone, output_field=DateField()))
        .values("month", unit=F("card__unit"))
        .annotate(reactions=Count("pk"), reaction_sum=Sum("reaction"))
        .order_by()
    )
    for query in (received, kept, reactions):
        for row in query:
            numbers: dict[str, Any] = dict(row)
            counts = found[numbers.pop("unit"), numbers.pop("month")]
            for name, number in numbers.items():
                setattr(counts, name, number)
    for unit, month, days, number in _callbacks(first, through, zone, midnight):
        counts = found[unit, month]
        counts.days[days.days] += number
        counts.reached += number
    for unit, year, week, number in _entries(first, through):
        found[unit, IsoWeek(year, week).monday.replace(day=1)].entries += number
    return found


def _callbacks(
    first: date, through: date, zone: tzinfo, midnight: datetime
) -> Iterable[tuple[int, date, timedelta, int]]:
    """Of the cards that were promised a callback: how many got it after how many days, from the registration or the
    reopening, as `feedback.counts.days_to_callback` counts them."""
    began = Coalesce("card__reopened_at", "card__registered_at")
    days = ExpressionWrapper(
        TruncDate("held_at", tzinfo=zone) - TruncDate(began, tzinfo=zone), output_field=DurationField()
    )
    return (
        Callback.objects.filter(card__in=promised(first, through), cycle=F("card__cycle"), held_at__lt=midnight)
        .annotate(month=TruncMonth("card__due_on"), took=days)
        .values_list("card__unit", "month", "took")
        .annotate(number=Count("pk"))
        .order_by()
    )


def _entries(first: date, through: date) -> Iterable[tuple[int, int, int, int]]:
    weeks = OverdueEntry.objects.values_list("overdue_list__unit", "iso_year", "iso_week").annotate(number=Count("pk"))
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
    midnight = datetime.combine(through + timedelta(days=1), time(), zone)
    rows = (
        DeskContact.objects.filter(at__lt=midnight)
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

    What a publication holds back is not here either. Citizen surveys are of the whole municipality, user surveys of their
    unit; where two of one year ask the same, the later stands.
    """
    shown = Publication.objects.filter(publish_on__lte=today)
    newest = shown.values("survey").annotate(newest=Max("version")).values_list("survey", "newest")
    versions = dict(newest)
    found: dict[str, dict[tuple[Place, int], FromSurvey]] = defaultdict(dict)
    for publication in shown.filter(survey__in=versions).select_related("survey").order_by("survey__closes_at", "pk"):
        survey = publication.survey
        if publication.version != versions[survey.pk] or survey.kind == SurveyKind.EMPLOYEE or survey.closes_at is None:
            continue
        place = survey.unit_id if survey.kind == SurveyKind.USER else None
        for one in (*publication.figures.get("areas", ()), *publication.figures.get("items", ())):
            result = _from_survey(one, place, survey.closes_at.date(), survey.code)
            found[one["key"]][place, result.year] = result
    return {key: list(results.values()) for key, results in found.items()}


def _from_survey(one: Mapping[str, Any], place: Place, closed_on: date, code: str) -> FromSurvey:
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
