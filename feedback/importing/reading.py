"""Read a CSV file row by row, with the line on which each row begins. Pure."""

from __future__ import annotations

import codecs
import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from feedback.importing.faults import CannotImport

_CHUNK = 1 << 20

NOTE = "#"


@dataclass(frozen=True)
class Line:
    """One row: the physical line on which it begins, and its values; or, where it is torn, what is wrong with it."""

    number: int
    values: list[str]
    torn: str = ""


def text_encoding(name: str) -> str | None:
    """Return the encoding as Python opens it (a byte order mark before UTF-8 is let through), or None for no encoding."""
    try:
        found = codecs.lookup(name)
        "".encode(name)  # refuses what is a codec but no text encoding, such as hex
    except (LookupError, ValueError):
        return None
    return "utf-8-sig" if found.name == "utf-8" else found.name


def guess_encoding(path: Path) -> str:
    """Return UTF-8 where the whole file is that, else what Windows writes here. Raises CannotImport."""
    try:
        with path.open("rb") as file:
            _line, _byte, wrong, _first = _trial(file, "utf-8-sig")
    except OSError as error:
        raise CannotImport(
            _("The file %(path)s cannot be read: %(strerror)s.") % {"path": path, "strerror": error.strerror}
        ) from None
    return "utf-8-sig" if wrong is None else "cp1252"


def check_encoding(path: Path, encoding: str) -> None:
    """Read the whole file once, before anything else is done. Raises CannotImport with line and byte of what is wrong.

    An encoding of single bytes, such as Latin-1, takes every file. One that is UTF-8 throughout and holds more than
    English letters is refused too: every «ø» in it would have become «Ã¸».
    """
    try:
        with path.open("rb") as file:
            start = file.read(4)
            file.seek(0)
            line, byte, found, non_ascii = _trial(file, encoding)
            if found is not None:
                hint = ""
                if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                    hint = " " + _("It looks like UTF-16.")
                raise CannotImport(
                    _(
                        "The file is not %(name)s: line %(line)s, byte %(byte)s of the file is "
                        "0x%(found)s.%(hint)s Name its encoding in the mapping (file.encoding), for example "
                        "«cp1252» or «latin-1»."
                    )
                    % {"name": _name(encoding), "line": line, "byte": byte, "found": f"{found:02X}", "hint": hint}
                )
            if non_ascii and _takes_everything(encoding):
                file.seek(0)
                _line, _byte, found, first = _trial(file, "utf-8-sig")
                if found is None and first is not None:
                    line, byte = first
                    raise CannotImport(
                        _(
                            "The file is UTF-8 and not %(name)s, as letters such as the one in line %(line)s, byte "
                            "%(byte)s of the file show. Name its encoding in the mapping (file.encoding)."
                        )
                        % {"name": _name(encoding), "line": line, "byte": byte}
                    )
    except OSError as error:
        raise CannotImport(
            _("The file %(path)s cannot be read: %(strerror)s.") % {"path": path, "strerror": error.strerror}
        ) from None


def _name(encoding: str) -> str:
    return {"utf-8-sig": "UTF-8", "iso8859-1": "Latin-1 (iso8859-1)"}.get(encoding, encoding)


def _takes_everything(encoding: str) -> bool:
    return len("ø".encode(encoding, errors="ignore")) <= 1 and not encoding.startswith(("utf", "ascii"))


def _trial(file: IO[bytes], encoding: str) -> tuple[int, int, int | None, tuple[int, int] | None]:
    """Decode a file. Return line and byte (both from 1) and value of the first byte that is wrong (value None: all is
    well), and line and byte of the first that is not ASCII."""
    decoder = codecs.getincrementaldecoder(encoding)()
    offset, line = 0, 1
    non_ascii: tuple[int, int] | None = None
    while True:
        chunk = file.read(_CHUNK)
        if non_ascii is None and not chunk.isascii():
            at = next(position for position, byte in enumerate(chunk) if byte > 127)
            non_ascii = (line + chunk.count(b"\n", 0, at), offset + at + 1)
        try:
            decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            # The decoder tells the place in what it was working on, which may begin in the chunk before.
            at = len(chunk) - len(error.object) + error.start
            return line + chunk.count(b"\n", 0, max(at, 0)), offset + at + 1, error.object[error.start], non_ascii
        if not chunk:
            return line, offset, None, non_ascii
        offset += len(chunk)
        line += chunk.count(b"\n")


class CsvFile:
    """A CSV file that is being read: `header` first, then its rows.

    A row that breaks the rules of CSV, above all a quote that is opened and never closed, is given back as torn, and
    reading goes on with the line after the one on which it began: it takes no others with it. With `notes` a row that begins
    with «#» is a note to people, as the examples in our templates are, and is passed over.
    """

    def __init__(self, file: IO[str], *, delimiter: str, quote: str, notes: bool = False) -> None:
        self._file = file
        self._notes = notes
        self._delimiter, self._quote = delimiter, quote
        self._back: deque[str] = deque()
        self._taken: list[str] = []
        self._next_line = 1
        first = next(self._records(), None)
        if first is None:
            raise CannotImport(_("The file is empty."))
        if first.torn:
            raise CannotImport(
                _("The first line, which names the columns, cannot be read: %(torn)s") % {"torn": first.torn}
            )
        self.header = [name.strip() for name in first.values]

    def __iter__(self) -> Iterator[Line]:
        wanted = len(self.header)
        for row in self._records():
            if not row.torn and len(row.values) != wanted:
                torn = _("The line has %(n)s columns, the first line %(wanted)s.")
                yield Line(row.number, row.values, torn % {"n": len(row.values), "wanted": wanted})
            else:
                yield row

    def _lines(self) -> Iterator[str]:
        while True:
            line = self._back.popleft() if self._back else self._file.readline()
            if not line:
                return
            self._taken.append(line)
            yield line

    def _reader(self) -> Iterator[list[str]]:
        return csv.reader(self._lines(), delimiter=self._delimiter, quotechar=self._quote, strict=True)

    def _records(self) -> Iterator[Line]:
        reader = self._reader()
        while True:
            self._taken.clear()
            number = self._next_line
            try:
                values = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                # All but the line on which the row began is read anew.
                self._back.extendleft(reversed(self._taken[1:]))
                self._next_line = number + 1
                reader = self._reader()
                yield Line(number, [], _sentence(str(error)))
                continue
            self._next_line = number + len(self._taken)
            if values and not (self._notes and values[0].lstrip().startswith(NOTE)):
                yield Line(number, values)


def _sentence(error: str) -> str:
    if "unexpected end of data" in error or "field larger" in error:
        return _("A quotation mark is opened in this row and never closed.")
    if "expected after" in error:
        return _("A quotation mark is opened in this row and not closed where its column ends.")
    return _("The row is not valid CSV (%(error)s).") % {"error": error}
