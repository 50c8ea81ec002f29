"""The audit log as a file: codes and ids as they are stored, and with each entry the text that its hash was made of."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator

from organisation.audit_log import Told, sealed_parts
from organisation.cells import EachLine, safe_text
from organisation.chain import canonical

HEADINGS = (
    "number", "at", "written_at", "person", "name", "api_key", "system", "action", "kind", "row", "reference", "fields",
    "was", "became", "shown", "hash", "sealed_text",
)  # fmt: skip


def csv_lines(entries: Iterable[Told]) -> Iterator[bytes]:
    """Yield a CSV file by RFC 4180 in UTF-8, moments in UTC. Its last line is `#end` and the number of entries: without it,
    it is not whole."""
    writer = csv.writer(EachLine())

    def line(cells: Iterable[object]) -> bytes:
        safe = [safe_text(cell) if isinstance(cell, str) else "" if cell is None else cell for cell in cells]
        return str(writer.writerow(safe)).encode()

    yield line(HEADINGS)
    number = 0
    for told in entries:
        entry = told.entry
        sealed = canonical(sealed_parts(entry, entry.number)) if entry.number is not None else ""
        cells = [
            entry.number, entry.at.isoformat(), entry.written_at.isoformat(), entry.person_id, told.who, entry.api_key_id,
            told.system, entry.action, entry.kind, entry.row, entry.reference, " ".join(entry.fields), entry.was,
            entry.became, entry.shown, entry.hash, sealed,
        ]  # fmt: skip
        yield line(cells)
        number += 1
    yield line(["#end", number])
