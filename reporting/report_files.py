"""A report as a document that archives keep (PDF/A-2a, PDF/UA-1), as a spreadsheet, and as JSON: of the page's figures."""

from __future__ import annotations

import io
import json
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from organisation.cells import safe_text
from organisation.charts import Chart
from organisation.letterhead import letterhead
from organisation.models import Municipality
from organisation.pdf import render_pdf
from organisation.workbooks import workbook
from reporting.documents import Cell, Section, Table
from reporting.report_pages import Edition, Shown, ShownTable, shown
from reporting.scales import Scale, Standing
from surveys.questionnaires import text_in

LONGEST_SHEET_NAME = 31
_NOT_IN_SHEET_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


def report_data(edition: Edition) -> dict[str, Any]:
    """Return the report with exact and shown figures, and the words in all languages, as JSON has them."""
    return edition.document.as_json() | {
        "version": edition.number,
        "published_on": edition.publish_on.isoformat() if edition.publish_on else None,
        "reason": edition.reason,
        "texts": {section: dict(words) for section, words in edition.texts.items()},
    }


def report_json(edition: Edition) -> str:
    """Return it as a file."""
    return json.dumps(report_data(edition), ensure_ascii=False, allow_nan=False, indent=2)


def report_pdf(edition: Edition, house: Municipality, language: str, *, made_at: datetime) -> bytes:
    """Return the report as a document. Raises FontMissing."""
    read = shown(edition, language)
    with translation.override(language):
        data = {
            "municipality": letterhead(house),
            "title": read.title,
            "place": read.place,
            "about": [part for part in (read.days, read.counted, read.version) if part],
            "reason": _("A new version: %(reason)s") % {"reason": edition.reason} if edition.reason else "",
            "so_far": _so_far(read),
            "contents": _("Contents"),
            "summary": list(read.summary),
            "notes_title": _("About the figures"),
            "notes": list(read.notes),
            "page": _("Page {page} of {pages}"),
            "sections": [
                {
                    "heading": section.heading,
                    "paragraphs": list(section.paragraphs),
                    "tables": [_drawn_table(table) for table in section.tables],
                    "notes": list(section.notes),
                }
                for section in read.sections
            ],
        }
        return render_pdf("report", data, language=language, title=read.title, made_at=made_at)


def _so_far(read: Shown) -> str:
    return _("So far: counted to %(day)s, that day included.") % {"day": read.so_far} if read.so_far else ""


def _drawn_table(table: ShownTable) -> dict[str, Any]:
    return {
        "title": table.title,
        "head": table.head,
        "columns": [{"title": title, "number": is_number} for title, is_number in table.columns],
        "rows": [
            {
                "label": row.label,
                "cells": [cell.said for cell in row.cells],
                "level": row.level,
                "total": row.is_total,
                "bar": row.bar,
            }
            for row in table.rows
        ],
        "notes": list(table.notes),
        "bars": table.has_bars,
        "chart": _drawing(table.chart) if table.chart else None,
        "alt": table.alt,
    }


def _drawing(chart: Chart) -> dict[str, Any]:
    line = chart.lines[0]
    parts: list[list[list[int]]] = []
    places = {label: place for place, (label, _values) in enumerate(chart.table)}
    before = None
    for dot in line.dots:
        place = places[dot.label]
        if before is None or place != before + 1:
            parts.append([])
        parts[-1].append([dot.x, dot.y])
        before = place
    return {
        "width": chart.width,
        "height": chart.height,
        "right": chart.right,
        "grid": [{"text": str(tick.text), "x": tick.x, "y": tick.y} for tick in chart.grid],
        "labels": [{"text": str(tick.text), "x": tick.x, "y": tick.y} for tick in chart.labels],
        "lines": parts,
        "dots": [[dot.x, dot.y] for dot in line.dots],
    }


class _Book:
    """A spreadsheet: a sheet for each section, with title, period and source above its tables."""

    def __init__(self, edition: Edition, language: str) -> None:
        self.edition, self.language = edition, language
        self.read = shown(edition, language)
        self.names: set[str] = set()
        self.out = io.BytesIO()
        self.book = workbook(self.out, in_memory=True)
        self.book.set_properties({"title": self.read.title, "company": self.read.place})
        # Files of the same figures are the same bytes.
        self.book.set_properties(
            {"title": self.read.title, "created": edition.document.counted_at.replace(tzinfo=None)}
        )
        self.bold = self.book.add_format({"bold": True})
        self.head = self.book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.title = self.book.add_format({"bold": True, "font_size": 14})
        self.wrapped = self.book.add_format({"text_wrap": True, "valign": "top"})
        self.indented = self.book.add_format({"indent": 1})
        self.right = self.book.add_format({"align": "right"})
        self.formats: dict[tuple[str, int, bool], Any] = {}

    def write(self) -> bytes:
        self._front()
        for section, words in zip(self.edition.document.sections, self.read.sections, strict=True):
            self._section(section, words.heading, words.notes)
        self.book.close()
        return self.out.getvalue()

    def _front(self) -> None:
        read = self.read
        sheet = self._sheet(_("About"))
        sheet.set_column(0, 0, 100)
        lines = [read.place, read.days, read.counted, read.version, self.edition.reason, _so_far(read)]
        sheet.write_string(0, 0, safe_text(read.title), self.title)
        row = 1
        for line in (*lines, *read.summary, *read.notes):
            if line:
                sheet.write_string(row, 0, safe_text(line), self.wrapped)
                row += 1

    def _section(self, section: Section, heading: str, notes: tuple[str, ...]) -> None:
        sheet = self._sheet(heading)
        sheet.set_column(0, 0, 46)
        sheet.set_column(1, 12, 16)
        sheet.write_string(0, 0, safe_text(heading), self.title)
        sheet.write_string(1, 0, safe_text(f"{self.read.title}. {self.read.place}"))
        sheet.write_string(2, 0, safe_text(f"{self.read.days}. {self.read.counted}. {self.read.version}"))
        row = 4
        for table in section.tables:
            row = self._table(sheet, table, row) + 1
        for note in (*notes, self.edition.text(section.key, self.language)):
            if note:
                sheet.write_string(row, 0, safe_text(note))
                row += 1

    def _table(self, sheet: Any, table: Table, row: int) -> int:
        """Write a table from `row` on, and return the row after it."""
        sheet.write_string(row, 0, safe_text(text_in(table.title, self.language)), self.bold)
        row += 1
        sheet.write_string(row, 0, safe_text(text_in(table.head, self.language)), self.head)
        for place, column in enumerate(table.columns, start=1):
            sheet.write_string(row, place, safe_text(text_in(column, self.language)), self.head)
        for each in table.rows:
            row += 1
            form = self.bold if each.is_total else self.indented if each.level else None
            sheet.write_string(row, 0, safe_text(text_in(each.label, self.language)), form)
            for place, cell in enumerate(each.cells, start=1):
                self._cell(sheet, row, place, cell, is_bold=each.is_total)
        for note in table.notes:
            row += 1
            sheet.write_string(row, 0, safe_text(text_in(note, self.language)))
        return row + 1

    def _cell(self, sheet: Any, row: int, place: int, cell: Cell, *, is_bold: bool) -> None:
        value = cell.shown
        if cell.text is not None:
            sheet.write_string(row, place, safe_text(cell.text.get(self.language, "")))
        elif value is not None:
            sheet.write_number(row, place, float(value), self._format(cell, is_bold=is_bold))
        elif cell.standing == Standing.TOO_FEW:
            sheet.write_string(row, place, "*", self.right)

    def _format(self, cell: Cell, *, is_bold: bool) -> Any:
        key = (cell.scale, cell.decimals, is_bold)
        if key not in self.formats:
            unit = {Scale.PER_CENT: '" %"', Scale.RATIO: '" : 1"'}.get(Scale(cell.scale), "")
            pattern = "#,##0" + (f".{'0' * cell.decimals}" if cell.decimals else "") + unit
            self.formats[key] = self.book.add_format({"num_format": pattern, "bold": is_bold})
        return self.formats[key]

    def _sheet(self, heading: str) -> Any:
        """A sheet whose name Excel takes: short, without some signs, and like no other."""
        clean = " ".join(heading.translate(_NOT_IN_SHEET_NAMES).split()) or "–"
        name, number = clean[:LONGEST_SHEET_NAME].strip(), 2
        while name.casefold() in self.names:
            ending = f" {number}"
            name, number = clean[: LONGEST_SHEET_NAME - len(ending)].strip() + ending, number + 1
        self.names.add(name.casefold())
        return self.book.add_worksheet(name)


def report_xlsx(edition: Edition, language: str) -> bytes:
    """Return the report as a spreadsheet: the figures that are shown, as numbers."""
    with translation.override(language):
        return _Book(edition, language).write()
