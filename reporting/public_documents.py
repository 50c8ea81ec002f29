"""What everybody may see of a report: numbers of messages through the rules for small groups, everything else as it is. Pure.

docs/decisions/0012-small-groups.md has the rules, 0023-reports.md how they are laid on tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from reporting.documents import Cell, Document, Guard, Row, Section, Table, in_all
from reporting.scales import Scale, Standing
from reporting.small_groups import SMALLEST, SMALLEST_BASE, joined, rounded


def for_everybody(document: Document) -> Document:
    """Return the document as it may be published. Where something is held back, it says so."""
    sections = [_section(section) for section in document.sections]
    if not any(table.guard for section in document.sections for table in section.tables):
        return document
    return document.with_sections(
        sections,
        in_all(
            _(
                "Numbers of messages are rounded to the nearest five. Groups of fewer than five, and shares and means of "
                "fewer than ten, are not shown (*). Whole per cent and numbers that are rounded need not add up."
            )
        ),
    )


def _section(section: Section) -> Section:
    return replace(section, tables=tuple(_table(table) for table in section.tables))


def _table(table: Table) -> Table:
    if table.guard == Guard.GROUPS:
        return replace(table, rows=_groups(table.rows))
    if table.guard == Guard.FIGURES:
        return replace(
            table, rows=tuple(replace(row, cells=tuple(_figure(cell) for cell in row.cells)) for row in table.rows)
        )
    return table


def _figure(cell: Cell) -> Cell:
    """One figure by itself. Of how many it is, is not told."""
    if cell.value is None:
        return replace(cell, n=None, base=None)
    if cell.scale == Scale.COUNT and cell.base is None:
        if 0 < cell.value < SMALLEST:
            return _held_back(cell)
        return replace(cell, value=Decimal(rounded(int(cell.value))), n=None)
    base = cell.n if cell.base is None else cell.base
    if cell.scale == Scale.COUNT and not cell.value:
        return replace(cell, n=None, base=None)
    return _held_back(cell) if base is None or base < SMALLEST_BASE else replace(cell, n=None, base=None)


def _held_back(cell: Cell) -> Cell:
    return Cell(scale=cell.scale, decimals=cell.decimals, standing=Standing.TOO_FEW)


def _groups(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows whose first cell is a number of messages, with parts of them where there are rows of level 1.

    Rows that are held back stand as one, «others together»; where that is all of them, their sum is held back too.
    """
    top = [row for row in rows if row.level == 0 and not row.is_total]
    found = list(_with_others(top, 0, rows))
    all_away = bool(top) and not found
    return (
        *found,
        *(
            replace(row, cells=tuple(_held_back(cell) if all_away else _figure(cell) for cell in row.cells))
            for row in rows
            if row.is_total
        ),
    )


def _with_others(group: Sequence[Row], level: int, rows: Sequence[Row]) -> Iterator[Row]:
    """The rows of one group that may be shown, each with its parts, and the others together."""
    hidden = _hidden(group)
    for row in group:
        if id(row) not in hidden:
            yield replace(row, cells=tuple(_figure(cell) for cell in row.cells))
            if level == 0:
                yield from _with_others(_below(rows, row), 1, rows)
    if hidden and len(hidden) < len(group):
        away = [row for row in group if id(row) in hidden]
        yield Row(
            in_all(_("Others together")),
            tuple(_together(cells) for cells in zip(*(row.cells for row in away), strict=True)),
            level,
            "others",
        )


def _together(cells: Sequence[Cell]) -> Cell:
    """Numbers of messages added up. No share and no mean follows from those of several."""
    first = cells[0]
    if first.scale != Scale.COUNT or first.base is not None:
        return Cell(scale=first.scale, decimals=first.decimals)
    return _figure(replace(first, value=Decimal(sum(int(cell.value or 0) for cell in cells))))


def _below(rows: Sequence[Row], above: Row) -> list[Row]:
    place = next(number for number, row in enumerate(rows) if row is above)
    found = []
    for row in rows[place + 1 :]:
        if row.level == 0:
            break
        found.append(row)
    return found


def _hidden(rows: Sequence[Row]) -> set[int]:
    """The rows that are not to be shown, by `id`: by any of their columns of numbers, as each is a table of groups."""
    found: set[int] = set()
    for column in range(len(rows[0].cells) if rows else 0):
        counts = {
            id(row): int(cell.value)
            for row in rows
            if (cell := row.cells[column]).scale == Scale.COUNT and cell.base is None and cell.value is not None
        }
        away = joined(counts)
        found |= set(counts) if away is None and any(counts.values()) else away or set()
    return found
