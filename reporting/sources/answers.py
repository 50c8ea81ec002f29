"""What every reader gives back, and JSON read with care: as it is, and in no more memory than it needs."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from feedback.importing.columns import UnreadableFile
from feedback.importing.faults import RowRefused
from feedback.importing.report import Problem
from reporting.periods import FIRST_YEAR, Period

DEEPEST = 2**31
"""A number of answers is kept in 32 bits."""


@dataclass(frozen=True, slots=True)
class Found:
    """One figure as the source has it. `what` is the source's name for what is measured, `place` a municipality's number or
    name there, empty for the reader's own. `entry` counts from 1: a line of a table, an entry of a list.

    `value` is None where nothing was measured, or where the source holds it back because it is of few (`too_few`).
    """

    entry: int
    what: str
    place: str
    period: Period
    value: Decimal | None
    n: int | None = None
    margin: Decimal | None = None
    source: str = ""
    measured_on: date | None = None
    too_few: bool = False


@dataclass
class Answer:
    """All that was read. With problems nothing of it is taken. `source` is the source's name as its terms ask."""

    source: str
    figures: list[Found] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    _seen: dict[tuple[str, str, Period], Found] = field(default_factory=dict)

    def add(self, found: Found) -> None:
        """Take a figure in. One that stands there already is passed over where both are alike, and refused where not."""
        before = self._seen.setdefault((found.what, found.place, found.period), found)
        if before is found:
            self.figures.append(found)
        elif (before.value, before.too_few) != (found.value, found.too_few):
            self.refuse(
                found.entry,
                f"{found.what} {found.place} {found.period}",
                "contradiction",
                _("Entry %(entry)s has another figure for the same: %(before)s there, %(now)s here.")
                % {"entry": before.entry, "before": _said(before.value), "now": _said(found.value)},
            )

    def refuse(self, entry: int, key: str, code: str, sentence: str) -> None:
        self.problems.append(Problem(entry, key[:60], code, sentence))


def _said(value: Decimal | None) -> str:
    return "–" if value is None else f"{value:f}"


def read_json(content: bytes, *, hook: Callable[[dict[str, Any]], Any] | None = None) -> Any:
    """Return the JSON in `content`; numbers with decimals are Decimals. `hook` may make something smaller of each object
    as it is read, the inner ones first.

    Raises UnreadableFile with a sentence for a web page, for what is cut short, and for what is not UTF-8.
    """
    if content[:4].startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableFile(_("This is not written in UTF-8, as JSON is. Nothing of it was read."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            _("This is not written in UTF-8, as JSON is: byte %(byte)s is something else. Nothing of it was read.")
            % {"byte": error.start + 1}
        ) from None
    start = text[:200].lstrip()
    if not start:
        raise UnreadableFile(_("The answer is empty."))
    if start.startswith("<"):
        raise UnreadableFile(_("This is a web page (HTML) and no JSON. The source may be closed for maintenance."))
    try:
        return json.loads(text, object_hook=hook, parse_float=Decimal, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        if not text[error.pos :].strip() or error.msg.startswith("Unterminated"):
            raise UnreadableFile(
                _("The JSON is cut short: it ends in the middle, on line %(line)s.") % {"line": error.lineno}
            ) from None
        raise UnreadableFile(
            _("This is no JSON: line %(line)s, column %(column)s cannot be read.")
            % {"line": error.lineno, "column": error.colno}
        ) from None
    except (ValueError, RecursionError):
        raise UnreadableFile(
            _("This is no JSON that can be read: a number or a list in it is without measure.")
        ) from None


def looks_like_json(content: bytes) -> bool:
    """Whether this begins like JSON, or like a web page that came in its place, and so is no CSV."""
    if content[:4] in (b"\xff\xfe{\x00", b"\xfe\xff\x00{"):
        return True
    return content[:200].decode("latin-1").removeprefix("ï»¿").lstrip().startswith(("{", "["))


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def as_decimal(value: object) -> Decimal:
    """Return a number of JSON. Raises RowRefused for what is none: text, true, a list."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        number = Decimal(value)
        if number.is_finite() and abs(number) < Decimal(10) ** 12:
            return number
    raise RowRefused("no_number", _("«%(value)s» is no number.") % {"value": str(value)[:30]})


def as_count(value: object) -> int | None:
    """Return a number of answers, None where there is none. Raises RowRefused."""
    if value is None:
        return None
    number = as_decimal(value)
    if number != int(number) or not 0 <= number < DEEPEST:
        raise RowRefused("no_count", _("«%(value)s» is no number of answers.") % {"value": str(value)[:30]})
    return int(number)


def as_period(period: Period | None, written: object, last_year: int) -> Period:
    """Return `period`. Raises RowRefused where what was `written` is none."""
    if period is None:
        raise RowRefused(
            "impossible_year",
            _("«%(value)s» is no year from %(first)s to %(last)s, nor a quarter or a month of one.")
            % {"value": str(written)[:20], "first": FIRST_YEAR, "last": last_year},
        )
    return period
