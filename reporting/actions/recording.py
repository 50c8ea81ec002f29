"""Write figures down. What stood before stays, with who wrote it and when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organisation.actions.changes import log_changed, log_created, values_of
from organisation.errors import Refused
from organisation.models import Person
from reporting.measures import POPULATION
from reporting.models import Indicator, Value
from reporting.periods import Every, Period
from reporting.rules import require_manager
from reporting.scales import TYPEABLE, Origin, Standing, bounds, fits, kept

BATCH = 1000


class Computed(Refused):
    code = "computed"
    field = "indicator"
    message = _("«%(indicator)s» is computed by the house, and is not typed in.")


class OutsideScale(Refused):
    code = "outside_scale"
    field = "value"
    message = _("The scale goes from %(low)s to %(high)s. %(value)s is outside it.")


class NegativeMargin(Refused):
    code = "negative_margin"
    field = "margin"
    message = _("A margin of error is 0 or more.")


class YearToCome(Refused):
    code = "year_to_come"
    field = "year"
    message = _("%(year)s has not come yet.")


class CellsRefused(Refused):
    """Some figures of a grid cannot be: `cells` has a sentence for each, by the name the grid gave it. None was written."""

    code = "cells_refused"
    message = _("Nothing was saved yet: put the figures right that are marked.")

    def __init__(self, cells: Mapping[str, str]) -> None:
        super().__init__()
        self.cells = dict(cells)


_MEANWHILE = _("Somebody else has written here meanwhile: %(value)s. Look at it, and save again.")
_WAS_THERE = _("There is a figure here. Write – if it was not measured.")


@dataclass(frozen=True)
class Figure:
    """One figure to write. `value` is None where it was not measured, or where too few had answered (`too_few`).

    `unit` and `elsewhere` are ids. `counted_through` is the last day counted of a period that is not over.
    """

    period: Period
    value: Decimal | None
    unit: int | None = None
    elsewhere: int | None = None
    n: int | None = None
    margin: Decimal | None = None
    source: str = ""
    measured_on: date | None = None
    counted_through: date | None = None
    too_few: bool = False

    @property
    def standing(self) -> str:
        if self.value is not None:
            return Standing.MEASURED
        return Standing.TOO_FEW if self.too_few else Standing.NOT_MEASURED

    @property
    def where(self) -> Where:
        return Where(self.unit, self.elsewhere, self.period)


class Where(NamedTuple):
    """What there is one standing figure of."""

    unit: int | None
    elsewhere: int | None
    period: Period


class Written(NamedTuple):
    new: int
    changed: int


def check_figure(indicator: Indicator, figure: Figure, *, this_year: int) -> None:
    """Raise Computed, OutsideScale, NegativeMargin, YearToCome for a figure that nobody can have.

    What the house computes of us is written down of others.
    """
    if indicator.origin not in TYPEABLE and figure.elsewhere is None:
        raise Computed(indicator=indicator.key)
    if figure.period.year > this_year:
        raise YearToCome(year=figure.period.year)
    if figure.value is not None and not fits(figure.value, indicator.scale):
        low, high = bounds(indicator.scale)
        raise OutsideScale(low=low, high=high, value=figure.value)
    if figure.margin is not None and figure.margin < 0:
        raise NegativeMargin


def record_values(
    indicator: Indicator,
    figures: Sequence[Figure],
    *,
    by: Person | None,
    now: datetime,
    this_year: int,
    how: str = Value.How.TYPED,
) -> Written:
    """Write figures that somebody typed or brought in a file. What is as it was stays untouched.

    Figures per inhabitant that are made of them are computed anew with them. Those of others, which come by the thousand, are
    not in the administrator's log: who wrote them stands in their rows. Raises NotAllowed, Computed, OutsideScale,
    NegativeMargin, YearToCome.
    """
    require_manager(by)
    with transaction.atomic():
        indicator = Indicator.objects.select_for_update().get(pk=indicator.pk)
        for figure in figures:
            check_figure(indicator, figure, this_year=this_year)
        ours = [figure for figure in figures if figure.elsewhere is None]
        theirs = [figure for figure in figures if figure.elsewhere is not None]
        written = _record_of_others(indicator, theirs, how, by=by, now=now)
        standing = standing_by_place(indicator, ours)
        for figure in ours:
            current = standing.get(figure.where)
            if current is not None and _is_same(current, figure):
                continue
            before = values_of(current) if current is not None else None
            value = _row(indicator, figure, how, current, by=by, now=now)
            if current is not None:
                _replace([current], now)
            value.save(force_insert=True)
            standing[figure.where] = value
            if before is None:
                log_created(value, by=by, now=now)
                written = Written(written.new + 1, written.changed)
            else:
                log_changed(value, before, by=by, now=now)
                written = Written(written.new, written.changed + 1)
        if ours and (written.new or written.changed):
            compute_per_inhabitant(now=now, of=indicator)
    return written


def _record_of_others(
    indicator: Indicator, figures: Sequence[Figure], how: str, *, by: Person | None, now: datetime
) -> Written:
    """Write figures of municipalities elsewhere, a batch at a time."""
    new = changed = 0
    for start in range(0, len(figures), BATCH):
        batch = figures[start : start + BATCH]
        rows = Value.objects.filter(
            indicator=indicator,
            elsewhere__in={figure.elsewhere for figure in batch},
            year__in={figure.period.year for figure in batch},
            replaced_at=None,
        )
        standing = {Where(row.unit_id, row.elsewhere_id, row.period): row for row in rows}
        replaced = [
            row for figure in batch if (row := standing.get(figure.where)) is not None and not _is_same(row, figure)
        ]
        made = [
            _row(indicator, figure, how, row, by=by, now=now)
            for figure in batch
            if (row := standing.get(figure.where)) is None or not _is_same(row, figure)
        ]
        _replace(replaced, now)
        Value.objects.bulk_create(made)
        new, changed = new + len(made) - len(replaced), changed + len(replaced)
    return Written(new, changed)


@dataclass(frozen=True)
class GridCell:
    """What was typed in one cell: `seen` is the revision that the person had before the eyes, 0 for none. A cell that was
    emptied has no figure."""

    name: str
    indicator: Indicator
    figure: Figure | None
    where: Where
    seen: int


def record_grid(cells: Sequence[GridCell], *, by: Person | None, now: datetime, this_year: int) -> Written:
    """Write the cells of a grid that were changed: all of them, or none. Raises NotAllowed, CellsRefused."""
    require_manager(by)
    refused: dict[str, str] = {}
    figures: dict[int, list[Figure]] = {}
    indicators = {cell.indicator.pk: cell.indicator for cell in cells}
    with transaction.atomic():
        locked = list(Indicator.objects.select_for_update().filter(pk__in=indicators).order_by("pk"))
        rows = Value.objects.filter(indicator__in=locked, replaced_at=None)
        standing = {(row.indicator_id, Where(row.unit_id, row.elsewhere_id, row.period)): row for row in rows}
        for cell in cells:
            current = standing.get((cell.indicator.pk, cell.where))
            try:
                if cell.figure is not None:
                    check_figure(cell.indicator, cell.figure, this_year=this_year)
            except Refused as refusal:
                refused[cell.name] = str(refusal)
                continue
            if cell.figure is None:
                refused[cell.name] = str(_WAS_THERE)
            elif (current.revision if current else 0) != cell.seen:
                shown = current.shown(cell.indicator.decimals) if current else None
                refused[cell.name] = str(_MEANWHILE) % {"value": "–" if shown is None else shown}
            else:
                figures.setdefault(cell.indicator.pk, []).append(cell.figure)
        if refused:
            raise CellsRefused(refused)
        done = [
            record_values(indicators[pk], written, by=by, now=now, this_year=this_year)
            for pk, written in figures.items()
        ]
    return Written(sum(each.new for each in done), sum(each.changed for each in done))


def standing_by_place(indicator: Indicator, figures: Iterable[Figure]) -> dict[Where, Value]:
    """Return the values that stand, in the years that `figures` are of (one query)."""
    years = {figure.period.year for figure in figures}
    rows = Value.objects.filter(indicator=indicator, year__in=years, replaced_at=None)
    return {Where(row.unit_id, row.elsewhere_id, row.period): row for row in rows}


def _is_same(row: Value, figure: Figure) -> bool:
    return (row.standing, row.value, row.n, row.margin, row.source, row.measured_on, row.counted_through) == (
        figure.standing,
        None if figure.value is None else kept(figure.value),
        figure.n,
        None if figure.margin is None else kept(figure.margin),
        figure.source,
        figure.measured_on,
        figure.counted_through,
    )


def _row(
    indicator: Indicator, figure: Figure, how: str, before: Value | None, *, by: Person | None, now: datetime
) -> Value:
    period = figure.period
    return Value(
        indicator=indicator,
        unit_id=figure.unit,
        elsewhere_id=figure.elsewhere,
        year=period.year,
        every=period.every,
        number=period.number,
        standing=figure.standing,
        value=None if figure.value is None else kept(figure.value),
        n=figure.n,
        margin=None if figure.margin is None else kept(figure.margin),
        source=figure.source,
        measured_on=figure.measured_on,
        counted_through=figure.counted_through,
        how=how,
        revision=1 if before is None else before.revision + 1,
        recorded_at=now,
        recorded_by=by,
    )


def _replace(rows: Sequence[Value], now: datetime) -> None:
    Value.objects.filter(pk__in=[row.pk for row in rows]).update(replaced_at=now)


_COUNTED_ON = ["standing", "value", "n", "margin", "source", "measured_on", "counted_through", "recorded_at"]


def record_computed(
    indicator: Indicator,
    figures: Sequence[Figure],
    *,
    now: datetime,
    covers: Callable[[Period], bool] = lambda _period: True,
) -> Written:
    """Write what the house computed of one indicator; `figures` are all that there are of it in the periods it `covers`.

    A figure of a period that is over and comes out otherwise becomes a new revision; one that was «so far» is counted on in
    its row. A figure that somebody typed stands. One that is not computed any more was not measured.
    """
    with transaction.atomic():
        indicator = Indicator.objects.select_for_update().get(pk=indicator.pk)
        rows = Value.objects.filter(indicator=indicator, replaced_at=None, elsewhere=None)
        standing = {Where(row.unit_id, row.elsewhere_id, row.period): row for row in rows}
        known = {figure.where for figure in figures}
        gone = [
            Figure(where.period, None, unit=where.unit)
            for where, row in standing.items()
            if where not in known
            and covers(where.period)
            and row.how == Value.How.COMPUTED
            and row.standing != Standing.NOT_MEASURED
        ]
        new: list[Value] = []
        counted_on: list[Value] = []
        replaced: list[Value] = []
        for figure in (*figures, *gone):
            current = standing.get(figure.where)
            if current is not None and (current.how != Value.How.COMPUTED or _is_same(current, figure)):
                continue
            made = _row(indicator, figure, Value.How.COMPUTED, current, by=None, now=now)
            if current is not None and current.counted_through is not None:
                for name in _COUNTED_ON:
                    setattr(current, name, getattr(made, name))
                counted_on.append(current)
                continue
            if current is not None:
                replaced.append(current)
            new.append(made)
        _replace(replaced, now)
        Value.objects.bulk_create(new, batch_size=BATCH)
        Value.objects.bulk_update(counted_on, _COUNTED_ON, batch_size=BATCH)
    return Written(len(new) - len(replaced), len(replaced) + len(counted_on))


def compute_per_inhabitant(*, now: datetime, of: Indicator | None = None) -> Written:
    """Compute what is per inhabitant: another indicator's value of a year, divided by the same year's population.

    With `of` only what is made of that indicator; all of it where that is the population itself.
    """
    derived = Indicator.objects.filter(origin=Origin.PER_INHABITANT)
    if of is not None and of.key != POPULATION:
        derived = derived.filter(formula=of.key)
    written = Written(0, 0)
    if not (found := list(derived)):
        return written
    population = _years_of(POPULATION)
    for indicator in found:
        figures = [
            Figure(Period(year), kept(value / people), n=int(people))
            for year, value in _years_of(indicator.formula).items()
            if value is not None and (people := population.get(year))
        ]
        done = record_computed(indicator, figures, now=now)
        written = Written(written.new + done.new, written.changed + done.changed)
    return written


def _years_of(key: str) -> dict[int, Decimal | None]:
    rows = Value.objects.filter(
        indicator__key=key, unit=None, elsewhere=None, every=Every.YEAR, replaced_at=None, counted_through=None
    )
    return dict(rows.values_list("year", "value"))
