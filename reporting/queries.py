"""Reads on indicators, values and scorecards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from django.db.models import Count, Prefetch, Q, QuerySet

from organisation.models import Unit
from reporting.models import (
    Counting,
    DeskContact,
    Goal,
    Indicator,
    Scorecard,
    ScorecardRow,
    SuccessFactor,
    Theme,
    Value,
)
from reporting.periods import Every
from reporting.scales import TYPEABLE


def indicators() -> QuerySet[Indicator]:
    return Indicator.objects.order_by("perspective", "pk")


def indicator_called(key: str) -> Indicator | None:
    return Indicator.objects.filter(key=key).first()


def typeable_indicators() -> QuerySet[Indicator]:
    """Return those whose values people write."""
    return indicators().filter(origin__in=sorted(TYPEABLE))


def scorecards() -> QuerySet[Scorecard]:
    """Return all, in their order, each with the number of its indicators as `indicator_count`."""
    return Scorecard.objects.select_related("unit").annotate(indicator_count=Count("goals__factors__rows"))


def scorecard_called(key: str) -> Scorecard | None:
    return Scorecard.objects.select_related("unit").filter(key=key).first()


def goals_of(scorecard: Scorecard) -> list[Goal]:
    """Return the goals with factors, rows, indicators and thresholds, in order (four queries)."""
    rows = ScorecardRow.objects.select_related("indicator").prefetch_related("thresholds")
    factors = SuccessFactor.objects.prefetch_related(Prefetch("rows", rows))
    return list(Goal.objects.filter(scorecard=scorecard).prefetch_related(Prefetch("factors", factors)))


def standing_values(indicator_ids: Collection[int], place: int | None, *, every: str = Every.YEAR) -> QuerySet[Value]:
    """Return the values that stand, of our whole municipality (`place` None) or of a unit, by time."""
    return Value.objects.filter(
        indicator__in=indicator_ids, unit=place, elsewhere=None, every=every, replaced_at=None
    ).order_by("indicator", "year", "number")


def values_by_year(indicator_ids: Collection[int], place: int | None) -> dict[int, dict[int, Value]]:
    """Return the standing values of years, by indicator and year (one query)."""
    found: dict[int, dict[int, Value]] = defaultdict(dict)
    for value in standing_values(indicator_ids, place):
        found[value.indicator_id][value.year] = value
    return found


def revisions(indicator: Indicator, place: int | None) -> list[Value]:
    """Return every revision of every figure that has more than one, by period and then the newest first."""
    several = (
        Value.objects.filter(indicator=indicator, unit=place, elsewhere=None, revision__gt=1)
        .values_list("year", "every", "number")
        .distinct()
    )
    which = Q()
    for year, every, number in several:
        which |= Q(year=year, every=every, number=number)
    if not which:
        return []
    found = Value.objects.filter(which, indicator=indicator, unit=place, elsewhere=None).select_related("recorded_by")
    return list(found.order_by("-year", "every", "-number", "-revision"))


class PlaceOffered(NamedTuple):
    """A sector or unit of which there are figures."""

    unit: Unit
    depth: int


def places_with_values(indicator_ids: Collection[int]) -> list[PlaceOffered]:
    """Return the sectors and units that have a figure of one of these indicators: each sector, then its units."""
    known = set(
        Value.objects.filter(indicator__in=indicator_ids, unit__isnull=False, replaced_at=None)
        .values_list("unit", flat=True)
        .distinct()
    )
    units = list(Unit.objects.filter(pk__in=known))
    sectors = {unit.pk for unit in units if unit.kind == Unit.Kind.SECTOR}
    found: list[PlaceOffered] = []
    for unit in units:
        if unit.parent_id not in sectors:
            found.append(PlaceOffered(unit, 0))
            found += [PlaceOffered(below, 1) for below in units if below.parent_id == unit.pk and unit.pk in sectors]
    return found


def unit_of_code(code: str) -> Unit | None:
    return None if "\x00" in code else Unit.objects.filter(code=code).first()


def units_by_code() -> dict[str, Unit]:
    return {unit.code.casefold(): unit for unit in Unit.objects.all()}


def latest_counting() -> datetime | None:
    """Return when figures were computed last."""
    return Counting.objects.order_by("-counted_at").values_list("counted_at", flat=True).first()


def contacts_on(day: date, zone: tzinfo) -> dict[str, int]:
    """Return how many contacts the desk counted on a local day, by way."""
    start = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    rows = DeskContact.objects.filter(at__gte=start, at__lt=end).values_list("way").annotate(n=Count("pk")).order_by()
    return dict(rows)


def rows_with(indicator: Indicator) -> Iterable[ScorecardRow]:
    """Return where the indicator stands on scorecards."""
    return indicator.rows.select_related("factor__goal__scorecard").prefetch_related("thresholds")


def themes() -> QuerySet[Theme]:
    """Return all in their order, each with what is laid on it (two queries)."""
    return Theme.objects.prefetch_related("links")


def theme_called(key: str) -> Theme | None:
    return Theme.objects.filter(key=key).first()
