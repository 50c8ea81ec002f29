"""CSV files with named columns that people choose in a page: opened, their columns found by name in any order, their cells.

Sentences are in the active language, for whoever chose the file.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from django.utils.translation import gettext as _

from feedback.importing.faults import CannotImport, RowRefused
from feedback.importing.reading import CsvFile, Line, guess_encoding
from organisation.errors import Refused


class UnreadableFile(Refused):
    """The file as a whole cannot be read."""

    code = "unreadable"
    field = "file"
    message = "%(why)s"

    def __init__(self, why: str) -> None:
        super().__init__(why=why)


def opened(content: bytes, *, most_mb: int) -> CsvFile:
    """Return the file: UTF-8 where it is that, else Latin-1 as Windows writes it; comma, semicolon or tab.

    Raises UnreadableFile for one that is larger than `most_mb` megabytes, empty, or no CSV.
    """
    if len(content) > most_mb * 1024 * 1024:
        raise UnreadableFile(_("The file is larger than %(most)s MB.") % {"most": most_mb})
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = _delimiter_of(first, is_text=b"\x00" not in content)
    try:
        return CsvFile(io.StringIO(text, newline=""), delimiter=delimiter, quote='"', notes=True)
    except CannotImport:
        raise UnreadableFile(_("The first line, which names the columns, cannot be read.")) from None


def first_line(path: Path) -> tuple[list[str], str, str]:
    """Return the names of the columns of a file of any size, what stands between them, and its encoding.

    Raises UnreadableFile for what is no CSV, CannotImport for a file that cannot be read.
    """
    encoding = guess_encoding(path)
    with path.open(encoding=encoding, newline="", errors="replace") as text:
        first = text.readline()
        delimiter = _delimiter_of(first, is_text="\x00" not in first)
        text.seek(0)
        return CsvFile(text, delimiter=delimiter, quote='"').header, delimiter, encoding


def _delimiter_of(first: str, *, is_text: bool) -> str:
    """Return what stands between the columns of a first line. Raises UnreadableFile where it is none."""
    if not is_text or first.lstrip().startswith(("<", "{", "[", "PK\x03")):
        raise UnreadableFile(_("This is no CSV file. Save it from the spreadsheet as CSV (UTF-8)."))
    if not first.strip():
        raise UnreadableFile(_("The file is empty. Choose another."))
    return max(";,\t", key=first.count)


class Columns:
    """Where each column of ours stands in a file. `unknown` are the names that mean none of ours."""

    def __init__(self, header: Sequence[str], names: Mapping[str, str]) -> None:
        """`names`: our column for a casefolded name, blanks as underscores. Raises UnreadableFile for one named twice."""
        self.unknown: list[str] = []
        self._places: dict[str, int] = {}
        for place, named in enumerate(header):
            plain = named.strip().casefold()
            column = names.get(re.sub(r"\s+", "_", plain)) or names.get(re.sub(r"\s+", "", plain))
            if column is None:
                self.unknown.append(named)
            elif column in self._places:
                raise UnreadableFile(_("Two columns mean the same: «%(name)s». Remove one of them.") % {"name": named})
            else:
                self._places[column] = place

    def place(self, column: str) -> int | None:
        """Return where the column stands, from 0; None where the file does not have it."""
        return self._places.get(column)

    def lacks(self, *columns: str) -> bool:
        """Whether one of `columns` is not in the file."""
        return any(column not in self._places for column in columns)

    def raw(self, line: Line, column: str) -> str:
        """Return what stands there, for the report of a line that is wrong; nothing where the line is too short."""
        place = self._places[column]
        return line.values[place][:60] if len(line.values) > place else ""

    def check_whole(self, line: Line) -> None:
        """Raises RowRefused for a line that has more or fewer columns than the first, or an open quotation mark."""
        if line.torn:
            raise RowRefused("torn_row", line.torn)

    def cell(self, line: Line, column: str, longest: int = 100) -> str:
        """Return the cell without white space around it, empty where there is no such column. Raises RowRefused."""
        place = self._places.get(column)
        value = "" if place is None else " ".join(line.values[place].split())
        if len(value) > longest:
            raise RowRefused(
                "too_long",
                _("«%(value)s …» is longer than %(most)s characters.") % {"value": value[:30], "most": longest},
            )
        return value
