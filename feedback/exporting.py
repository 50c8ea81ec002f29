"""The cards of a list as a table: which columns, and the rows one by one, so that memory does not grow with them."""

from __future__ import annotations

import csv
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import IO, Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from feedback.masking import masked
from feedback.models import Callback, Card, Category
from feedback.queries import with_attempts
from feedback.rules import needs_contact
from feedback.workflow import OPEN_STATES, Channel, CloseResult, Kind, State
from organisation.cells import Cell, EachLine, as_text
from organisation.models import Person
from organisation.workbooks import workbook

logger = logging.getLogger(__name__)

CHUNK = 2000
"""Cards read at a time."""

MOST_ROWS_XLSX = 100_000
"""Cards in one Excel file: it is written as a whole before the first byte goes out, in about half a minute."""


@dataclass(frozen=True)
class Column:
    """`width` is in characters, as Excel counts them; `value` makes the cell of a row of values by name."""

    heading: str
    width: int
    value: Callable[[dict[str, Any]], Cell]


class Table:
    """The columns in the reader's language, made before the first row: a streamed answer is written later."""

    def __init__(
        self, *, today: date, zone: tzinfo, language: str, with_texts: bool, whose: Person | None = None
    ) -> None:
        self.today, self.zone, self.language, self.whose = today, zone, language, whose
        self.yes, self.no = _("Yes"), _("No")
        self.columns = self._columns() + (self._texts() if with_texts else [])

    def _columns(self) -> list[Column]:
        states, results = _labels(State), _labels(CloseResult)
        channels, kinds = _labels(Channel), _labels(Kind)
        categories = {category.pk: str(category) for category in Category.objects.all()}
        return [
            Column(_("Reference"), 13, lambda row: row["reference"]),
            Column(_("Received"), 11, lambda row: row["received_on"]),
            Column(_("Registered"), 16, lambda row: self._local(row["registered_at"])),
            Column(_("Channel"), 15, lambda row: channels.get(row["channel"], "")),
            Column(_("Kind"), 14, lambda row: kinds.get(row["kind"], "")),
            Column(_("Category"), 22, lambda row: categories.get(row["category_id"], "")),
            Column(_("Place"), 28, lambda row: row["place"]),
            Column(_("Area"), 16, lambda row: row["area"]),
            Column(_("Unit"), 24, lambda row: row["unit__name"]),
            Column(_("Case handler"), 22, lambda row: row["handler__name"]),
            Column(_("State"), 20, lambda row: states.get(row["state"], "")),
            Column(_("Deadline"), 11, lambda row: row["due_on"]),
            Column(_("Days over"), 10, self._days_over),
            Column(_("Attempts"), 9, lambda row: row["attempts"]),
            Column(_("Callback owed"), 14, lambda row: row["callback_owed"]),
            Column(_("Completed"), 16, lambda row: self._local(row["completed_at"])),
            Column(_("Closed"), 16, lambda row: self._local(row["closed_at"])),
            Column(_("Result"), 20, lambda row: results.get(row["close_result"], "")),
            Column(_("Reaction"), 9, lambda row: row["reaction"]),
            Column(_("Times reopened"), 14, lambda row: row["cycle"] - 1),
            Column(_("Political"), 10, lambda row: row["political"]),
        ]

    def _texts(self) -> list[Column]:
        return [
            Column(_("Message"), 60, lambda row: row["text"]),
            Column(_("What was said"), 60, lambda row: row["said"]),
            Column(_("Name"), 24, lambda row: row["submitter__name"]),
            Column(_("Address"), 28, lambda row: self._contact(row, "address")),
            Column(_("Phone"), 16, lambda row: self._contact(row, "phone")),
            Column(_("E-mail"), 28, lambda row: self._contact(row, "email")),
        ]

    def _contact(self, row: dict[str, Any], field: str) -> str | None:
        """A submitter's detail, masked for `whose` file it is where that person does not ring."""
        value: str | None = row[f"submitter__{field}"]
        if value is None or self.whose is None or needs_contact(self.whose, row["unit_id"]):
            return value
        return masked(field, value)

    def _local(self, instant: datetime | None) -> datetime | None:
        """On the clock of the municipality, without a zone, to the second: what a spreadsheet can hold."""
        return instant.astimezone(self.zone).replace(tzinfo=None, microsecond=0) if instant else None

    def _days_over(self, row: dict[str, Any]) -> int | None:
        """Whole days past the deadline until today, or until the day it was completed; empty where it is in time."""
        done = row["completed_at"]
        until = self.today if row["state"] in OPEN_STATES or done is None else done.astimezone(self.zone).date()
        return max(0, (until - row["due_on"]).days) or None

    def rows(self, cards: QuerySet[Card]) -> Iterator[list[Cell]]:
        """Yield each card's cells in the order of `cards`, reading CHUNK of them at a time (one query)."""
        names = [
            "reference", "received_on", "registered_at", "channel", "kind", "category_id", "place", "area", "unit__name",
            "unit_id",
            "handler__name", "state", "due_on", "attempts", "callback_owed", "completed_at", "closed_at", "close_result",
            "reaction", "cycle", "political", "text", "said", "submitter__name", "submitter__address",
            "submitter__phone", "submitter__email",
        ]  # fmt: skip
        for row in _with_contact(cards).values(*names).iterator(chunk_size=CHUNK):
            yield [column.value(row) for column in self.columns]


def _labels(choices: Any) -> dict[str, str]:
    return {str(code): str(label) for code, label in choices.choices}


def _with_contact(cards: QuerySet[Card]) -> QuerySet[Card]:
    """Add the calls that count and the present cycle's conversation."""
    talked = Callback.objects.filter(card=OuterRef("pk"), cycle=OuterRef("cycle"))
    return with_attempts(cards).annotate(
        reaction=Subquery(talked.values("reaction")[:1]), said=Subquery(talked.values("summary")[:1])
    )


def write_down(person: Person, form: str, filters: Iterable[str], *, with_texts: bool) -> None:
    """Write to the log who took which file. The names of filters, not their values: one may be searched for by name."""
    by = ", ".join(sorted(name[:50] for name in filters)) or "none"
    words = "with texts and contact details" if with_texts else "without texts"
    logger.info("Cards taken as %s by person %s, %s; filters: %s", form, person.pk, words, by)


def csv_lines(table: Table, cards: QuerySet[Card]) -> Iterator[bytes]:
    """Yield a CSV file as Excel in the Nordic countries opens it: UTF-8 with its mark, semicolons, CRLF."""
    writer = csv.writer(EachLine(), delimiter=";")

    def line(cells: Iterable[str]) -> bytes:
        return str(writer.writerow(cells)).encode()

    yield b"\xef\xbb\xbf" + line(column.heading for column in table.columns)
    for row in table.rows(cards):
        yield line(as_text(cell, language=table.language, yes=table.yes, no=table.no) for cell in row)


def write_xlsx(table: Table, cards: QuerySet[Card], to: IO[bytes], *, title: str) -> int:
    """Write an Excel file: real dates, a heading that stays, a filter on each column. Return how many cards it holds."""
    with workbook(to, constant_memory=True) as book:
        sheet = book.add_worksheet(title[:31])
        heading = book.add_format({"bold": True, "bottom": 1})
        # Built-in formats 14 and 22 are drawn as the reader's own Excel writes dates.
        day, moment = book.add_format({"num_format": 14}), book.add_format({"num_format": 22})
        for number, column in enumerate(table.columns):
            sheet.set_column(number, number, column.width)
            sheet.write_string(0, number, column.heading, heading)
        sheet.freeze_panes(1, 1)
        last = 0
        for last, row in enumerate(table.rows(cards), start=1):
            for number, cell in enumerate(row):
                if cell is None or cell == "":
                    continue
                if isinstance(cell, bool):
                    sheet.write_string(last, number, table.yes if cell else table.no)
                elif isinstance(cell, str):
                    sheet.write_string(last, number, cell)
                elif isinstance(cell, int):
                    sheet.write_number(last, number, cell)
                else:
                    sheet.write_datetime(last, number, cell, moment if isinstance(cell, datetime) else day)
        sheet.autofilter(0, 0, last, len(table.columns) - 1)
    return last
