"""Read a CSV file row by row, with the line on which each row begins. Pure."""

from __future__ import annotations

import codecs
import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from feedback.importing.faults import CannotImport

_CHUNK = 1 << 20


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
                    hint = " It looks like UTF-16."
                raise CannotImport(
                    f"The file is not {_name(encoding)}: line {line}, byte {byte} of the file is 0x{found:02X}.{hint} "
                    "Name its encoding in the mapping (file.encoding), for example «cp1252» or «latin-1»."
                )
            if non_ascii and _takes_everything(encoding):
                file.seek(0)
                _line, _byte, found, first = _trial(file, "utf-8-sig")
                if found is None and first is not None:
                    line, byte = first
                    raise CannotImport(
                        f"The file is UTF-8 and not {_name(encoding)}, as letters such as the one in line {line}, byte "
                        f"{byte} of the file show. Name its encoding in the mapping (file.encoding)."
                    )
    except OSError as error:
        raise CannotImport(f"The file {path} cannot be read: {error.strerror}.") from None


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
    reading goes on with the line after the one on which it began: it takes no others with it.
    """

    def __init__(self, file: IO[str], *, delimiter: str, quote: str) -> None:
        self._file = file
        self._delimiter, self._quote = delimiter, quote
        self._back: deque[str] = deque()
        self._taken: list[str] = []
        self._next_line = 1
        first = next(self._records(), None)
        if first is None:
            raise CannotImport("The file is empty.")
        if first.torn:
            raise CannotImport(f"The first line, which names the columns, cannot be read: {first.torn}")
        self.header = [name.strip() for name in first.values]

    def __iter__(self) -> Iterator[Line]:
        wanted = len(self.header)
        for row in self._records():
            if not row.torn and len(row.values) != wanted:
                columns = f"{len(row.values)} column{'' if len(row.values) == 1 else 's'}"
                yield Line(row.number, row.values, f"The row has {columns}, the file's first line {wanted}.")
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
            if values:
                yield Line(number, values)


def _sentence(error: str) -> str:
    if "unexpected end of data" in error or "field larger" in error:
        return "A quotation mark is opened in this row and never closed."
    if "expected after" in error:
        return "A quotation mark is opened in this row and not closed where its column ends."
    return f"The row is not valid CSV ({error})."
