"""Reads on indicators, values and scorecards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery

from organisation.models import Unit
from reporting.models import (
    Counting,
    DeskContact,
    Elsewhere,
    Feed,
    Fetched,
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
    return None if "\x00" in key else Indicator.objects.filter(key=key).first()


def typeable_indicators() -> QuerySet[Indicator]:
    """Return those whose values people write."""
    return indicators().filter(origin__in=sorted(TYPEABLE))


def scorecards() -> QuerySet[Scorecard]:
    """Return all, in their order, each with the number of its indicators as `indicator_count`."""
    return Scorecard.objects.select_related("unit").annotate(indicator_count=Count("goals__factors__rows"))


def scorecard_called(key: str) -> Scorecard | None:
    return None if "\x00" in key else Scorecard.objects.select_related("unit").filter(key=key).first()


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


def places_with_indicators_of(scorecard: Scorecard) -> list[PlaceOffered]:
    """Return the sectors and units that have a figure of one of the scorecard's indicators (three queries)."""
    on_it = ScorecardRow.objects.filter(factor__goal__scorecard=scorecard).values_list("indicator", flat=True)
    return places_with_values(set(on_it))


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


_DAYS = {Feed.Rhythm.WEEKLY: 7, Feed.Rhythm.MONTHLY: 28}


def due_feeds(now: datetime) -> list[Feed]:
    """Return the sources whose time has come: a week or a month since they were last fetched, or never yet (one query)."""
    latest = Fetched.objects.filter(feed=OuterRef("pk")).order_by("-at").values("at")[:1]
    rows = Feed.objects.filter(rhythm__in=list(_DAYS)).annotate(last_at=Subquery(latest))
    return [
        feed
        for feed in rows
        if feed.last_at is None or now - feed.last_at >= timedelta(days=_DAYS[Feed.Rhythm(feed.rhythm)], hours=-1)
    ]


def feeds_with_latest() -> list[tuple[Feed, Fetched | None]]:
    """Return all sources, each with what was fetched last (two queries)."""
    latest = {
        row.feed_id: row
        for row in Fetched.objects.order_by("feed_id", "-at", "-id").distinct("feed_id").defer("content")
    }
    return [(feed, latest.get(feed.pk)) for feed in Feed.objects.select_related("indicator")]


def fetched_of(feed: Feed, how_many: int) -> list[Fetched]:
    """Return the latest answers of a source, without what they hold."""
    return list(Fetched.objects.filter(feed=feed).select_related("by").defer("content")[:how_many])


def places_known() -> dict[str, int]:
    """Return how many municipalities are known, by country."""
    rows = Elsewhere.objects.filter(kind=Elsewhere.Kind.MUNICIPALITY, until=None)
    return dict(rows.values_list("country").annotate(n=Count("pk")).order_by("country"))


def names_of_places(elsewhere: Collection[int], units: Collection[int]) -> dict[tuple[str, int | None], str]:
    """Return names by what it is, «elsewhere» or «unit», and id (two queries)."""
    found: dict[tuple[str, int | None], str] = {}
    for pk, name in Elsewhere.objects.filter(pk__in=elsewhere).values_list("pk", "name"):
        found["elsewhere", pk] = name
    for pk, name in Unit.objects.filter(pk__in=units).values_list("pk", "name"):
        found["unit", pk] = name
    return found


def feed_of(pk: int) -> Feed | None:
    return Feed.objects.select_related("indicator").filter(pk=pk).first()


def fetched_answer(feed: Feed, pk: int) -> Fetched | None:
    """Return one answer with what it holds."""
    return Fetched.objects.filter(feed=feed, pk=pk).first()


def feeds_of(kind: str, external: str) -> list[Feed]:
    """Return the sources of a kind (empty: of all), with `external` only the one with that number."""
    rows = Feed.objects.select_related("indicator")
    rows = rows.filter(kind=kind) if kind else rows
    return list(rows.filter(external=external) if external else rows)


def figures_written(seen: Q) -> QuerySet[Value]:
    """Return every figure there is or was, within `seen`, with what it is of and who wrote it."""
    return Value.objects.filter(seen).select_related("indicator", "unit", "elsewhere", "recorded_by")
