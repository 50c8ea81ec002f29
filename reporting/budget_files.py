"""The actions with a note for the budget: by unit with sums, and as a table for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _

from organisation.cells import Cell, as_text
from organisation.models import Unit
from organisation.workbooks import workbook
from reporting.models import Initiative

WIDTHS = (26, 44, 20, 14, 12, 12, 16, 60)


@dataclass(frozen=True)
class OfUnit:
    unit: Unit
    rows: tuple[Initiative, ...]

    @property
    def total(self) -> int:
        return sum(row.budget_amount or 0 for row in self.rows)


@dataclass(frozen=True)
class Budget:
    """`total` counts the amounts that are written; `without` is how many actions name none."""

    units: tuple[OfUnit, ...]
    currency: str

    @property
    def rows(self) -> Iterator[Initiative]:
        return (row for each in self.units for row in each.rows)

    @property
    def total(self) -> int:
        return sum(each.total for each in self.units)

    @property
    def without(self) -> int:
        return sum(row.budget_amount is None for row in self.rows)


def budget_of(found: Iterable[Initiative], currency: str) -> Budget:
    """Return the actions by unit, in the order given."""
    by_unit: dict[int, list[Initiative]] = {}
    for row in found:
        by_unit.setdefault(row.unit_id, []).append(row)
    return Budget(tuple(OfUnit(rows[0].unit, tuple(rows)) for rows in by_unit.values()), currency)


def headings(currency: str) -> list[str]:
    return [
        _("Responsible unit"), _("Action"), _("Theme"), _("Status"), _("Deadline"), _("Budget year"),
        _("Amount (%(currency)s)") % {"currency": currency}, _("Note for the budget"),
    ]  # fmt: skip


def cells(row: Initiative, language: str) -> list[Cell]:
    return [
        row.unit.name,
        row.title,
        row.theme.name_in(language) if row.theme else "",
        str(row.get_status_display()),
        row.due_on,
        row.budget_year,
        row.budget_amount,
        row.budget_note,
    ]


def write_csv(budget: Budget, *, language: str) -> bytes:
    """Return a CSV file as Excel in the Nordic countries opens it: UTF-8 with its mark, semicolons, CRLF."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";")
    writer.writerow(headings(budget.currency))
    for row in budget.rows:
        writer.writerow(as_text(cell, language=language, yes="", no="") for cell in cells(row, language))
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def write_xlsx(budget: Budget, to: IO[bytes], *, language: str, title: str) -> None:
    """Write an Excel file: amounts as numbers, days as days, words never as formulas."""
    with workbook(to) as book:
        bold, wrapped = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True})
        day, amount = book.add_format({"num_format": 14}), book.add_format({"num_format": "#,##0"})
        sheet = book.add_worksheet(title[:31])
        columns: Sequence[str] = headings(budget.currency)
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column, bold)
            sheet.set_column(place, place, WIDTHS[place])
        sheet.freeze_panes(1, 0)
        last = 0
        for last, row in enumerate(budget.rows, start=1):
            for place, cell in enumerate(cells(row, language)):
                if cell is None or cell == "":
                    continue
                if isinstance(cell, str):
                    sheet.write_string(last, place, cell, wrapped)
                elif isinstance(cell, int):
                    sheet.write_number(last, place, cell, amount if place == len(columns) - 2 else None)
                else:
                    sheet.write_datetime(last, place, cell, day)
        sheet.autofilter(0, 0, max(last, 1), len(columns) - 1)
