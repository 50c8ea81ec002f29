"""The overview: few figures, each with value, status, change and course. All is read from what is kept, nothing counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q

from organisation.charts import Chart
from organisation.models import Person, Unit
from organisation.queries import led_by
from reporting.courses import course, thousands_for
from reporting.judging import Change, Limits, limits_in
from reporting.measures import FROM_FEEDBACK
from reporting.models import Indicator, OverviewFigure, ScorecardRow, Value
from reporting.periods import Every
from reporting.queries import indicators, latest_counting, places_with_values, standing_values, values_by_year
from reporting.scales import Scale
from reporting.tables import Cell, cell_of, change_of

MOST = 8
"""Figures on the overview: so many can be taken in, and fit on a sheet of A4."""

QUARTERS = 8
YEARS = 8
FEWEST_QUARTERS = 3


@dataclass(frozen=True)
class Figure:
    """One figure. `value` and `cell` are the latest year's, None and empty where nothing was measured; `limits` what was
    asked of that year. The chart is by `every`; `thousand` is what its numbers are divided by."""

    indicator: Indicator
    name: str
    value: Value | None
    cell: Cell | None
    change: Change | None
    limits: Limits | None
    chart: Chart | None
    every: str
    thousand: int

    @property
    def scale_ends(self) -> tuple[str | float, str | float] | None:
        """From where to where the drawing goes."""
        return None if self.chart is None else (self.chart.grid[0].text, self.chart.grid[-1].text)

    def as_json(self) -> dict[str, Any]:
        cell, change = self.cell, self.change
        return {
            "key": self.indicator.key,
            "name": self.name,
            "year": cell.year if cell else None,
            "value": float(cell.value) if cell and cell.value is not None else None,
            "n": cell.n if cell else None,
            "so_far": cell.so_far.isoformat() if cell and cell.so_far else None,
            "status": cell.status if cell else None,
            "change": None
            if change is None
            else {"amount": float(change.amount), "since": change.since, "until": change.until, "turn": change.turn},
        }


@dataclass(frozen=True)
class Overview:
    """`place` is None for the whole municipality; `counted_at` is when computed figures were computed last."""

    place: Unit | None
    figures: tuple[Figure, ...]
    counted_at: datetime | None

    @property
    def measured(self) -> list[Figure]:
        return [figure for figure in self.figures if figure.cell is not None]

    @property
    def missing(self) -> list[Figure]:
        """Those of which nothing is known of the place."""
        return [figure for figure in self.figures if figure.cell is None]

    def as_json(self) -> dict[str, Any]:
        return {
            "unit": self.place.code if self.place else None,
            "counted_at": self.counted_at.isoformat() if self.counted_at else None,
            "figures": [figure.as_json() for figure in self.figures],
        }


def shown_indicators() -> list[Indicator]:
    """Return the indicators of the overview: those chosen, else the first of the scorecards, else our own measures."""
    chosen = [row.indicator for row in OverviewFigure.objects.select_related("indicator")]
    if chosen:
        return chosen[:MOST]
    rows = (
        ScorecardRow.objects.filter(factor__goal__scorecard__unit=None)
        .select_related("indicator")
        .order_by("factor__goal__scorecard__position", "factor__goal__position", "factor__position", "position", "pk")
    )
    found = list({row.indicator_id: row.indicator for row in rows}.values())
    if not found:
        order = {measure.key: place for place, measure in enumerate(FROM_FEEDBACK)}
        found = sorted(indicators().filter(key__in=order), key=lambda one: order[one.key])
    return found[:MOST]


class Place(NamedTuple):
    """A place whose figures can be seen. `is_own`: the person leads it."""

    unit: Unit
    is_own: bool


def places_for(person: Person, shown: Sequence[Indicator]) -> list[Place]:
    """Return the person's own units that have figures here, then the sectors."""
    own = {unit.pk for unit in led_by(person)}
    there = places_with_values([indicator.pk for indicator in shown])
    mine = [Place(place.unit, True) for place in there if place.unit.pk in own]
    others = [
        Place(place.unit, False) for place in there if place.unit.pk not in own and place.unit.kind == Unit.Kind.SECTOR
    ]
    return [*mine, *others]


def overview_of(shown: Sequence[Indicator], place: Unit | None, language: str) -> Overview:
    """Return the overview of a place (four queries)."""
    ids, pk = [indicator.pk for indicator in shown], place.pk if place else None
    years = values_by_year(ids, pk)
    quarters: dict[int, list[Value]] = defaultdict(list)
    for value in standing_values(ids, pk, every=Every.QUARTER):
        quarters[value.indicator_id].append(value)
    limits = _limits(ids, pk)
    figures = [_figure(one, years.get(one.pk, {}), quarters[one.pk], limits.get(one.pk, []), language) for one in shown]
    return Overview(place, tuple(figures), latest_counting())


def _limits(ids: Sequence[int], place: int | None) -> dict[int, list[Limits]]:
    """What is asked of each: by the place's own scorecard, else by the first of the municipality's."""
    rows = (
        ScorecardRow.objects.filter(
            Q(factor__goal__scorecard__unit=None) | Q(factor__goal__scorecard__unit=place), indicator__in=ids
        )
        .filter(thresholds__isnull=False)
        .distinct()
        .select_related("factor__goal__scorecard")
        .prefetch_related("thresholds")
    )
    found: dict[int, list[Limits]] = {}
    ranked = sorted(
        rows, key=lambda row: (row.factor.goal.scorecard.unit_id is None, row.factor.goal.scorecard.position, row.pk)
    )
    for row in ranked:
        found.setdefault(row.indicator_id, [threshold.limits for threshold in row.thresholds.all()])
    return found


def _figure(
    indicator: Indicator,
    by_year: Mapping[int, Value],
    quarters: Sequence[Value],
    limits: Sequence[Limits],
    language: str,
) -> Figure:
    years = [by_year[year] for year in sorted(by_year)]
    latest = next((value for value in reversed(years) if value.value is not None), None)
    grows = indicator.scale in (Scale.COUNT, Scale.PER_INHABITANT)
    # A number that grows with the days is no point of a course until its time is over.
    done = [value for value in quarters if not (grows and value.counted_through)]
    measured = [value for value in done if value.value is not None]
    drawn, every = (
        (done[-QUARTERS:], Every.QUARTER) if len(measured) >= FEWEST_QUARTERS else (years[-YEARS:], Every.YEAR)
    )
    if every == Every.YEAR:
        drawn = [value for value in drawn if not (grows and value.counted_through)]
    thousand = thousands_for(drawn)
    return Figure(
        indicator=indicator,
        name=indicator.name_in(language),
        value=latest,
        cell=None if latest is None else cell_of(latest, indicator, limits),
        change=change_of([cell_of(value, indicator) for value in years], indicator),
        limits=None if latest is None else limits_in(latest.year, limits),
        chart=course(indicator, drawn, language, thousand=thousand, whole=False),
        every=every,
        thousand=thousand,
    )
