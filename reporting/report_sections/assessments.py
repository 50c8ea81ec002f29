"""Assessments in points: the one that the report is of, or our latest by the end of the period."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from reporting.assessment_pages import Line, Page, assessments, lines, page_of
from reporting.documents import Cell, Drawn, Row, Section, Table, alike, in_all, in_each
from reporting.models import Assessment
from reporting.report_material import Material


def assessment(material: Material) -> Section | None:
    """Area by area, beside our own before it, and the totals over the years."""
    found = material.scope.assessment or _latest(material)
    if found is None:
        return None
    ours = lines(assessments().filter(version=found.version, elsewhere=None))
    earlier = [line for line in ours if line.assessment.year < found.year]
    beside = max(earlier, key=lambda line: (line.assessment.kind == found.kind, line.assessment.year), default=None)
    page = page_of(found, beside, language="nb", names=(str(found.year), str(beside.assessment.year) if beside else ""))
    tables = [_areas(page)]
    if len(ours) > 1:
        tables.append(_totals(ours))
    return Section("assessment", in_each(found.form.names, found.version), tuple(tables))


def _latest(material: Material) -> Assessment | None:
    by_then = assessments().filter(elsewhere=None, year__lte=material.scope.period.year)
    return by_then.order_by("-year", "kind", "-pk").first()


def _points(value: int | None) -> Cell:
    return Cell() if value is None else Cell(Decimal(value))


def _areas(page: Page) -> Table:
    found, beside = page.assessment, page.beside
    rows = [
        Row(
            in_each(row.part.titles, row.part.key),
            (
                _points(row.change.points),
                *(
                    (_points(row.change.before), _points(_difference(row.change.points, row.change.before)))
                    if beside
                    else ()
                ),
            ),
            key=row.part.key,
        )
        for row in page.rows
    ]
    total: tuple[Cell, ...] = (_points(page.total.points),)
    if beside:
        total += (_points(beside.total.points), _points(_difference(page.total.points, beside.total.points)))
    rows.append(Row(in_all(_("Total")), total, key="total", is_total=True))
    notes = [
        in_all(
            _("%(count)s areas of up to %(most)s points, %(highest)s in all."),
            count=str(len(page.form.areas)), most=str(page.form.most), highest=str(page.form.highest),
        ),
        in_all("%(kind)s. %(source)s", kind=in_all(Assessment.Kind(found.kind).label), source=found.source),
    ]  # fmt: skip
    if found.note:
        notes.append(alike(found.note))
    columns = [in_all(_("Points %(year)s"), year=str(found.year))]
    if beside:
        columns += [in_all(_("Points %(year)s"), year=str(beside.assessment.year)), in_all(_("Change in points"))]
    return Table(
        "areas",
        in_all(_("Points by area")),
        in_all(_("Area")),
        tuple(columns),
        tuple(rows),
        tuple(notes),
    )


def _difference(now: int | None, before: int | None) -> int | None:
    return None if now is None or before is None else now - before


def _totals(ours: list[Line]) -> Table:
    by_year = sorted(ours, key=lambda line: (line.assessment.year, line.assessment.kind))
    return Table(
        "totals",
        in_all(_("Total points by year")),
        in_all(_("Year")),
        (in_all(_("Points")), in_all(_("Made"))),
        tuple(
            Row(
                alike(str(line.assessment.year)),
                (_points(line.total.points), Cell(text=in_all(Assessment.Kind(line.assessment.kind).label))),
                key=f"{line.assessment.year}-{line.assessment.kind}",
            )
            for line in by_year
        ),
        drawn=Drawn.BARS,
    )
