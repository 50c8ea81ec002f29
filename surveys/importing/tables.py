"""A small CSV file with named columns, read as a whole: comma or semicolon, whichever its first line has more of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from feedback.importing.faults import CannotImport
from feedback.importing.reading import CsvFile, check_encoding


def rows_of(path: Path, *, required: Sequence[str], known: Sequence[str] = ()) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each row with its line. Raises CannotImport for a column that lacks or, with `known`, one that is not known,
    and for a torn row."""
    check_encoding(path, "utf-8-sig")
    with path.open(encoding="utf-8-sig", newline="") as file:
        first = file.readline()
        file.seek(0)
        delimiter = ";" if first.count(";") > first.count(",") else ","
        read = CsvFile(file, delimiter=delimiter, quote='"')
        header = [name.casefold() for name in read.header]
        for column in required:
            if column not in header:
                raise CannotImport(f"{path.name} has no column «{column}». Its columns are: {', '.join(read.header)}.")
        for column in header:
            if header.count(column) > 1:
                raise CannotImport(f"{path.name} has the column «{column}» more than once.")
            if known and column not in known:
                raise CannotImport(f"{path.name} has a column «{column}». The columns are: {', '.join(known)}.")
        for line in read:
            if line.torn:
                raise CannotImport(f"{path.name}, line {line.number}: {line.torn}")
            values = [value.strip() for value in line.values]
            if any(values):
                yield line.number, dict(zip(header, values, strict=True))
