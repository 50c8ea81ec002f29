"""A report in one language, ready to be shown: what the page and the PDF both draw. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, date

from django.utils import translation
from django.utils.translation import gettext as _

from organisation.charts import Chart, Point, trend
from organisation.dates import short_day, short_month
from reporting.documents import Cell, Document, Drawn, Row, Section, Table, Texts
from reporting.models import ReportVersion
from reporting.periods import Every, read_period
from reporting.public_documents import for_everybody
from reporting.scales import Standing
from surveys.questionnaires import text_in

SUMMARY = "summary"
"""The key of the staff's text that stands before the first section."""


@dataclass(frozen=True)
class Edition:
    """A version of a report as somebody reads it. `number` is None of figures that are computed and not kept."""

    document: Document
    texts: Mapping[str, Mapping[str, str]]
    number: int | None = None
    reason: str = ""
    publish_on: date | None = None

    def text(self, section: str, language: str) -> str:
        return text_in(self.texts.get(section, {}), language)


def edition_of(version: ReportVersion, *, public: bool) -> Edition | None:
    """Return a version as the staff read it or, `public`, as everybody does; None before its figures are computed."""
    document = version.document
    if document is None:
        return None
    return Edition(
        for_everybody(document) if public else document,
        version.texts,
        version.number,
        version.reason,
        version.publish_on,
    )


@dataclass(frozen=True)
class ShownCell:
    said: str
    is_number: bool
    is_few: bool


@dataclass(frozen=True)
class ShownRow:
    """`bar` is 0–100, the longest of its table 100; None where nothing is drawn."""

    label: str
    cells: tuple[ShownCell, ...]
    level: int
    is_total: bool
    bar: int | None


@dataclass(frozen=True)
class ShownTable:
    """`columns` are titles, each with whether numbers stand below. `chart` is drawn of the first, `alt` says it in words."""

    key: str
    title: str
    head: str
    columns: tuple[tuple[str, bool], ...]
    rows: tuple[ShownRow, ...]
    notes: tuple[str, ...]
    has_bars: bool
    chart: Chart | None
    alt: str


@dataclass(frozen=True)
class ShownSection:
    key: str
    heading: str
    paragraphs: tuple[str, ...]
    tables: tuple[ShownTable, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """`so_far` is the last day counted of a period that goes on, empty else."""

    title: str
    place: str
    days: str
    counted: str
    so_far: str
    version: str
    summary: tuple[str, ...]
    sections: tuple[ShownSection, ...]
    notes: tuple[str, ...]


def shown(edition: Edition, language: str) -> Shown:
    """Return the report in `language`. `counted_at` is told as a day: figures change with days."""
    document = edition.document
    with translation.override(language):
        return Shown(
            title=_in(document.title, language),
            place=_in(document.place, language),
            days=_("%(first)s to %(last)s")
            % {"first": short_day(document.first, language), "last": short_day(document.last, language)},
            counted=_("Counted %(day)s") % {"day": short_day(document.counted_at.date(), language)},
            so_far=short_day(document.through, language) if document.through < document.last else "",
            version=_version(edition, language),
            summary=paragraphs(edition.text(SUMMARY, language)),
            sections=tuple(_section(section, edition, language) for section in document.sections),
            notes=tuple(_in(note, language) for note in document.notes),
        )


def _version(edition: Edition, language: str) -> str:
    if edition.number is None:
        return ""
    if edition.publish_on is None:
        return _("Version %(number)s, a draft") % {"number": edition.number}
    return _("Version %(number)s, published %(day)s") % {
        "number": edition.number,
        "day": short_day(edition.publish_on, language),
    }


def paragraphs(text: str) -> tuple[str, ...]:
    """Return a text's paragraphs: an empty line divides them."""
    lines = text.replace("\r\n", "\n").split("\n\n")
    return tuple(part.strip() for part in lines if part.strip())


def _section(section: Section, edition: Edition, language: str) -> ShownSection:
    return ShownSection(
        section.key,
        _in(section.heading, language),
        paragraphs(edition.text(section.key, language)),
        tuple(_table(table, language) for table in section.tables),
        tuple(_in(note, language) for note in section.notes),
    )


def _table(table: Table, language: str) -> ShownTable:
    numbers = [_is_numbers(table, column) for column in range(len(table.columns))]
    longest = max((_length(row) or 0 for row in table.rows), default=0)
    has_bars = table.drawn == Drawn.BARS and longest > 0 and len(table.rows) > 1
    chart = _trend(table, language) if table.drawn == Drawn.TREND else None
    title = _in(table.title, language)
    return ShownTable(
        key=table.key,
        title=title,
        head=_in(table.head, language),
        columns=tuple(
            (_in(column, language), is_number) for column, is_number in zip(table.columns, numbers, strict=True)
        ),
        rows=tuple(
            ShownRow(
                _in(row.label, language),
                tuple(_cell(cell, is_number, language) for cell, is_number in zip(row.cells, numbers, strict=True)),
                row.level,
                row.is_total,
                round(100 * length / longest) if has_bars and (length := _length(row)) is not None else None,
            )
            for row in table.rows
        ),
        notes=tuple(_in(note, language) for note in table.notes),
        has_bars=has_bars,
        chart=chart,
        alt=_alt(table, title, language) if chart else "",
    )


def _cell(cell: Cell, is_number: bool, language: str) -> ShownCell:
    return ShownCell(cell.said(language), is_number, cell.standing == Standing.TOO_FEW)


def _is_numbers(table: Table, column: int) -> bool:
    return not any(row.cells[column].text is not None and not row.cells[column].standing for row in table.rows)


def _length(row: Row) -> float | None:
    """How long a row's bar is: by the figure that is shown, so that it tells nothing else."""
    value = None if row.is_total or not row.cells else row.cells[0].shown
    return None if value is None else max(0.0, float(value))


def _trend(table: Table, language: str) -> Chart | None:
    points = [
        Point(_below_chart(row, language), None if row.cells[0].shown is None else float(row.cells[0].shown))
        for row in table.rows
    ]
    known = [point for point in points if point.value is not None]
    return trend(points, name=_in(table.columns[0], language)) if len(known) > 1 else None


def _below_chart(row: Row, language: str) -> str:
    """The row's label, a month in few letters: several stand side by side."""
    month = read_period(row.key, last_year=MAXYEAR)
    if month is None or month.every != Every.MONTH:
        return _in(row.label, language)
    return short_month(month.first, language)


def _alt(table: Table, title: str, language: str) -> str:
    """«Måned for måned: Innkomne meldinger. Flest juli 2026 (118), færrest februar 2026 (41).»"""
    known = [(row, value) for row in table.rows if (value := row.cells[0].shown) is not None]
    most, least = max(known, key=lambda each: each[1])[0], min(known, key=lambda each: each[1])[0]
    return _("%(title)s: %(what)s. Most: %(most)s (%(high)s), fewest: %(least)s (%(low)s). The figures are in the table.") % {
        "title": title,
        "what": _in(table.columns[0], language),
        "most": _in(most.label, language),
        "high": most.cells[0].said(language),
        "least": _in(least.label, language),
        "low": least.cells[0].said(language),
    }  # fmt: skip


def _in(texts: Texts, language: str) -> str:
    return text_in(texts, language)
