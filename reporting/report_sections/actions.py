"""What is done about weak results: the actions that were planned, went on or ended in the period."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from organisation.queries import municipality
from reporting.documents import Cell, Row, Section, Table, alike, in_all
from reporting.effects import Figure, Line, action_plan
from reporting.models import Indicator
from reporting.plans import Status
from reporting.report_material import Material
from reporting.report_sections.said import day


def actions(material: Material) -> Section | None:
    """Each action with its unit, where it stands, and the figure before and after."""
    period = material.scope.period
    plan = action_plan(municipality(), material.scope.today)
    lines = [
        line
        for line in plan.lines
        if line.initiative.made_on <= period.last
        and (line.initiative.ended_on is None or line.initiative.ended_on >= period.first)
    ]
    if not lines:
        return None
    table = Table(
        "actions",
        in_all(_("Actions")),
        in_all(_("Action")),
        (
            in_all(_("Unit")),
            in_all(_("Status")),
            in_all(_("Deadline")),
            in_all(_("Before")),
            in_all(_("After")),
        ),
        tuple(_row(line) for line in lines),
        (
            in_all(
                _("As they stood on %(day)s. The figures are of the action's indicator; they do not say that the one came of "
                  "the other."),
                day=day(material.scope.today),
            ),
        ),
    )  # fmt: skip
    return Section("actions", in_all(_("What is done about it")), (table,))


def _row(line: Line) -> Row:
    row, effect = line.initiative, line.effect
    status = in_all(Status(row.status).label)
    said = in_all(_("%(status)s, late"), status=status) if line.late else status
    before, after = (effect.before, effect.after) if effect is not None else (None, None)
    return Row(
        alike(row.title),
        (
            Cell(text=alike(row.unit.name)),
            Cell(text=said),
            Cell(text=in_all("%(day)s", day=day(row.due_on))),
            _figure(before, row.indicator),
            _figure(after, row.indicator),
        ),
        key=str(row.pk),
    )


def _figure(figure: Figure | None, indicator: Indicator | None) -> Cell:
    if figure is None or indicator is None:
        return Cell()
    return Cell(figure.value, indicator.scale, indicator.decimals, n=figure.n)
