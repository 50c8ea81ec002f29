"""Any filtered list of cards as a stream, in memory that does not grow with it: for other systems.

Read in batches by where the last one stopped, not by a cursor of the database: one that outlives its transaction is written
out as a whole before the first row, one within it keeps the database from tidying up for as long as a slow reader reads,
and neither goes through PgBouncer. A card that is there from beginning to end comes once.
"""

from __future__ import annotations

import csv
import json
import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, tzinfo
from typing import Any

from django.db.models import Q, QuerySet

from feedback.masking import masked
from feedback.models import Card
from feedback.queries import with_attempts
from feedback.rules import needs_contact
from organisation.cells import EachLine, safe_text
from organisation.models import Person

logger = logging.getLogger(__name__)

FIRST, BATCH = 100, 2000
"""Cards read at a time: few before the first byte goes out, many after it."""

Row = dict[str, Any]

_PLAIN = (
    "state", "channel", "kind", "category__code", "unit__code", "handler__name", "handler__email", "text", "language",
    "political", "place", "area", "latitude", "longitude", "received_on", "registered_at", "callback_owed", "due_on",
    "expected_on", "attempts", "completed_at", "closed_at", "close_result",
)  # fmt: skip
_SUBMITTER = ("name", "address", "phone", "email", "other_way", "other_way_note")
_READ = ("pk", "reference", "unit_id", *_PLAIN, "submitter__card_id", *(f"submitter__{name}" for name in _SUBMITTER))


def rows_of(cards: QuerySet[Card]) -> Iterator[Row]:
    """Yield the cards' values, the newest first, in one statement a batch."""
    newest = with_attempts(cards).order_by("-registered_at", "-id").values(*_READ)
    rows, size = list(newest[:FIRST]), FIRST
    while rows:
        yield from rows
        if len(rows) < size:
            return
        at, pk = rows[-1]["registered_at"], rows[-1]["pk"]
        size = BATCH
        rows = list(newest.filter(Q(registered_at__lt=at) | Q(pk__lt=pk), registered_at__lte=at)[:size])


class Shape:
    """A card as the API has it (`feedback.api.serializers.CardSerializer`), made of values. `at` is the list's address."""

    def __init__(self, *, at: str, zone: tzinfo, with_texts: bool, whose: Person | None = None) -> None:
        self.at, self.zone, self.with_texts, self.whose = at, zone, with_texts, whose
        names = [name.replace("__code", "").replace("__", ".") for name in ("reference", "url", *_PLAIN)]
        submitter = [f"submitter.{name}" for name in _SUBMITTER]
        # Of a table: the API's names, with a dot before what lies inside.
        self.headings = [*names, *submitter] if with_texts else [name for name in names if name != "text"]

    def card(self, row: Row) -> dict[str, Any]:
        """Return the card for JSON; without `text` and `submitter` where they are not asked for."""
        reference, latitude, longitude = row["reference"], row["latitude"], row["longitude"]
        handler = row["handler__email"]
        card = {
            "reference": reference,
            "url": f"{self.at}{reference}/",
            "state": row["state"],
            "channel": row["channel"],
            "kind": row["kind"],
            "category": row["category__code"],
            "unit": row["unit__code"],
            "handler": None if handler is None else {"name": row["handler__name"], "email": handler},
            "text": row["text"],
            "language": row["language"],
            "political": row["political"],
            "place": row["place"],
            "area": row["area"],
            "latitude": None if latitude is None else float(latitude),
            "longitude": None if longitude is None else float(longitude),
            "received_on": row["received_on"].isoformat(),
            "registered_at": self._moment(row["registered_at"]),
            "callback_owed": row["callback_owed"],
            "due_on": row["due_on"].isoformat(),
            "expected_on": row["expected_on"].isoformat() if row["expected_on"] else None,
            "attempts": row["attempts"],
            "completed_at": self._moment(row["completed_at"]),
            "closed_at": self._moment(row["closed_at"]),
            "close_result": row["close_result"],
            "submitter": None
            if row["submitter__card_id"] is None
            else {name: self._contact(row, name) for name in _SUBMITTER},
        }
        if not self.with_texts:
            del card["text"], card["submitter"]
        return card

    def _contact(self, row: Row, field: str) -> str:
        """A submitter's detail, masked for `whose` file it is where that person does not ring."""
        value: str = row[f"submitter__{field}"]
        return value if self.whose is None or needs_contact(self.whose, row["unit_id"]) else masked(field, value)

    def cells(self, card: dict[str, Any]) -> list[str]:
        """Return the cells of a card in the order of the headings: codes, ISO dates, true and false, as in JSON."""
        cells = []
        for heading in self.headings:
            whole, _dot, part = heading.partition(".")
            value = card[whole]
            cells.append(_cell((value or {}).get(part) if part else value))
        return cells

    def _moment(self, at: datetime | None) -> str | None:
        if at is None:
            return None
        text = at.astimezone(self.zone).isoformat()
        return f"{text[:-6]}Z" if text.endswith("+00:00") else text


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return safe_text(value) if isinstance(value, str) else str(value)


def ndjson_lines(shape: Shape, rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield a JSON object a line, and a last one that says how many cards there were: without it, it is not whole."""
    cards = 0
    for row in rows:
        yield _json(shape.card(row))
        cards += 1
    yield _json({"end": True, "cards": cards})


def csv_lines(shape: Shape, rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield a CSV file by RFC 4180 in UTF-8. Its last line is `#end` and the number of cards: without it, it is not whole."""
    writer = csv.writer(EachLine())

    def line(cells: Iterable[object]) -> bytes:
        return str(writer.writerow(cells)).encode()

    yield line(shape.headings)
    cards = 0
    for row in rows:
        yield line(shape.cells(shape.card(row)))
        cards += 1
    yield line(["#end", cards])


LINES: dict[str, Callable[[Shape, Iterable[Row]], Iterator[bytes]]] = {"csv": csv_lines, "ndjson": ndjson_lines}


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def in_parts(lines: Iterable[bytes], size: int = 64 * 1024) -> Iterator[bytes]:
    """Join lines to parts of about `size` bytes, so that not each goes over the wire by itself. The first goes at once."""
    part: list[bytes] = []
    length, least = 0, 1
    for line in lines:
        part.append(line)
        length += len(line)
        if length >= least:
            yield b"".join(part)
            part, length, least = [], 0, size
    yield b"".join(part)
