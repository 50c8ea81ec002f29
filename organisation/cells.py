"""Cells of a table that a spreadsheet opens. Pure: no database, no clock."""

from __future__ import annotations

from datetime import date, datetime

Cell = str | int | bool | date | datetime | None

_BEGINS_A_FORMULA = ("=", "+", "-", "@")
_DAY_FIRST = ("nb", "nn")


def safe_text(text: str) -> str:
    """Return `text` so that no spreadsheet takes it for a formula: with an apostrophe before what begins like one.

    Source: OWASP, «CSV Injection». White space before the sign does not hide it.
    """
    starts = text.lstrip().startswith(_BEGINS_A_FORMULA) or text.startswith(("\t", "\r", "\n"))
    return f"'{text}" if starts else text


def as_text(cell: Cell, *, language: str, yes: str, no: str) -> str:
    """Return a cell as CSV holds it: dates as Excel reads them where that language is written, moments to the minute.

    A moment must be in the reader's time zone already.
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return yes if cell else no
    if isinstance(cell, date):
        day = "%d.%m.%Y" if language in _DAY_FIRST else "%Y-%m-%d"
        return cell.strftime(f"{day} %H:%M" if isinstance(cell, datetime) else day)
    return safe_text(cell) if isinstance(cell, str) else str(cell)


class EachLine:
    """What `csv.writer` writes to where a file is streamed: keeps nothing, and `writerow` returns the line."""

    def write(self, line: str) -> str:
        return line
