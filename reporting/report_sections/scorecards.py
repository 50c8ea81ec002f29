"""Scorecards as they stand at the end of the period, of the whole or of one unit."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from organisation.models import Unit
from reporting.documents import Cell, Row, Section, Table, in_all, in_each
from reporting.judging import Range
from reporting.models import Scorecard
from reporting.queries import scorecards as all_scorecards
from reporting.report_material import Material
from reporting.report_sections.said import day
from reporting.scales import Standing
from reporting.tables import Cell as Result
from reporting.tables import GoalPart, Line, table_of, years_until
from reporting.wording import STATUS_WORDS, TURN_WORDS, change_said, range_said


def one_scorecard(material: Material) -> Section | None:
    """The scorecard that the report is of, goal by goal."""
    found = material.scope.scorecard
    return None if found is None else _section(found, found.unit, material, found.years)


def scorecards(material: Material) -> list[Section]:
    """Each scorecard of the whole municipality."""
    made = (_section(found, None, material, 2) for found in all_scorecards() if found.unit_id is None)
    return [section for section in made if section is not None]


def indicators_of_unit(material: Material) -> list[Section]:
    """The scorecards seen for one unit: those rows of which it has figures."""
    place = material.scope.place
    made = (
        _section(found, place, material, 2)
        for found in all_scorecards()
        if found.unit_id is None or (place is not None and found.unit_id == place.pk)
    )
    return [section for section in made if section is not None]


def _section(found: Scorecard, place: Unit | None, material: Material, years: int) -> Section | None:
    table = table_of(found, place=place, years=years_until(material.scope.period.year, years), language="nb")
    only_known = place is not None and found.unit_id is None
    tables = tuple(
        made for goal in table.goals if (made := _goal(goal, table.years, only_known=only_known)) is not None
    )
    if not tables:
        return None
    notes = [in_all(_("Status by the limits of the year. The change is since the year measured before."))]
    if table.counted_at is not None:
        counted = table.counted_at.astimezone(material.scope.zone).date()
        notes.append(in_all(_("Computed figures are from %(day)s."), day=day(counted)))
    if table.so_far is not None:
        notes.append(in_all(_("So far: counted to %(day)s, that day included."), day=day(table.so_far)))
    return Section(f"scorecard-{found.key}", in_each(found.names, found.key), tables, tuple(notes))


def _goal(goal: GoalPart, years: tuple[int, ...], *, only_known: bool) -> Table | None:
    rows: list[Row] = []
    for factor in goal.factors:
        for line in factor.lines:
            if not only_known or any(cell.is_measured for cell in line.cells):
                rows.append(_line(line))
    if not rows:
        return None
    return Table(
        f"goal-{goal.goal.pk}",
        in_each(goal.goal.texts),
        in_all(_("Indicator")),
        (
            in_all(_("Desired")),
            *(in_all(str(year)) for year in years),
            in_all(_("Change in result")),
            in_all(_("Status")),
        ),
        tuple(rows),
    )


def _line(line: Line) -> Row:
    indicator = line.indicator
    status = line.status
    words = Cell() if status is None else Cell(text=in_all(STATUS_WORDS[status]))
    return Row(
        in_each(indicator.names, indicator.key),
        (_asked(line), *(_result(cell, line) for cell in line.cells), _change(line), words),
        key=indicator.key,
    )


def _result(cell: Result, line: Line) -> Cell:
    indicator = line.indicator
    if cell.is_measured:
        return Cell(cell.value, indicator.scale, indicator.decimals, n=cell.n)
    if cell.standing == Standing.NOT_MEASURED:
        return Cell(scale=indicator.scale, standing=Standing.NOT_MEASURED, text=in_all(_("Not measured")))
    return Cell(scale=indicator.scale, decimals=indicator.decimals, standing=cell.standing)


def _asked(line: Line) -> Cell:
    if line.limits is None:
        return Cell()
    desired: Range = line.limits.desired
    return Cell(text=in_all("%(range)s", range=lambda language: _range(desired, line, language)))


def _range(desired: Range, line: Line, language: str) -> str:
    return range_said(desired, line.indicator.scale, line.indicator.decimals, language)


def _change(line: Line) -> Cell:
    change = line.change
    if change is None:
        return Cell()
    amount: Decimal = change.amount
    return Cell(
        text=in_all(
            _("%(amount)s since %(year)s, %(turn)s"),
            amount=lambda language: change_said(amount, line.indicator.decimals, language),
            year=str(change.since),
            turn=in_all(TURN_WORDS[change.turn]),
        )
    )
