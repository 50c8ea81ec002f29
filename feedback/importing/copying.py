"""Rows on their way into PostgreSQL: kept in a file without a name, then sent by COPY.

COPY is several times as fast as INSERT and takes the rows as a stream, so that memory does not grow with the file. The
file is unlinked from the start: when the process ends, however it ends, the personal data in it is gone.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from enum import Enum
from types import TracebackType
from typing import IO, Any

from django.db import connection
from django.db.models import Model

_SPECIAL = re.compile(r"[\\\n\r\t]")
_ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t"})


class _Writers(dict[type, Callable[[Any], str]]):
    """How COPY's text format has a value, by the value's type: a hundred thousand cards have millions of values."""

    def __missing__(self, kind: type) -> Callable[[Any], str]:
        writer: Callable[[Any], str]
        if issubclass(kind, Enum):  # a choice: a code of ours
            writer = lambda value: copy_text(value.value)  # noqa: E731
        elif issubclass(kind, str):
            writer = _WRITERS[str]
        elif issubclass(kind, (int, Decimal)):
            writer = str
        elif issubclass(kind, date):  # an instant too
            writer = lambda value: value.isoformat()  # noqa: E731
        else:
            writer = lambda value: json.dumps(value, ensure_ascii=False).translate(_ESCAPES)  # noqa: E731
        self[kind] = writer
        return writer


_WRITERS = _Writers(
    {
        type(None): lambda value: r"\N",
        bool: lambda value: "t" if value else "f",
        str: lambda value: value.translate(_ESCAPES) if _SPECIAL.search(value) else value,
        dict: lambda value: json.dumps(value, ensure_ascii=False).translate(_ESCAPES) if value else "{}",
    }
)


def copy_text(value: object) -> str:
    """Return a value as COPY's text format has it."""
    return _WRITERS[type(value)](value)


class Copied:
    """The rows of one table. Columns of `leave_out` are left to the database; `last` names one that is known only when
    the rows are sent."""

    def __init__(self, model: type[Model], *, leave_out: tuple[str, ...] = (), last: str = "") -> None:
        skip = {*leave_out, last}
        columns = [field for field in model._meta.concrete_fields if not field.generated and field.attname not in skip]
        # In the order of the columns, as COPY writes them: a row is a copy in which some are replaced.
        self._defaults = {field.attname: copy_text(field.get_default()) for field in columns}
        self._width = len(columns)
        self._columns = [str(field.column) for field in columns] + ([last] if last else [])
        self._table = model._meta.db_table
        self._file: IO[bytes] = tempfile.TemporaryFile(prefix="innspill-import-")  # noqa: SIM115  (closed in __exit__)
        self.rows = 0

    def __enter__(self) -> Copied:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, row: dict[str, Any]) -> None:
        """Keep a row: the values of its columns where they are not the defaults."""
        values = self._defaults.copy()
        for name, value in row.items():
            values[name] = _WRITERS[type(value)](value)
        if len(values) != self._width:
            raise KeyError(f"{self._table} has no columns {sorted(values.keys() - self._defaults.keys())}")
        line = "\t".join(values.values())
        self._file.write(f"{line}\n".encode())
        self.rows += 1

    def send(self, lasts: Iterator[str] | None = None, sent: Callable[[], None] | None = None) -> None:
        """Send the rows to the database in the present transaction; `lasts` gives each row's last value. `sent` is called
        now and then, for a display of progress."""
        if not self.rows:
            return
        self._file.seek(0)
        columns = ", ".join(connection.ops.quote_name(column) for column in self._columns)
        sql = f"COPY {connection.ops.quote_name(self._table)} ({columns}) FROM STDIN"
        source = self._file if lasts is None else _WithLast(self._file, lasts)
        with connection.cursor() as cursor, connection.wrap_database_errors:
            cursor.copy_expert(sql, _Watched(source, sent))


class _WithLast:
    """A file of rows, each with one value more at its end."""

    def __init__(self, file: IO[bytes], lasts: Iterator[str]) -> None:
        self._file, self._lasts = file, lasts

    def read(self, size: int) -> bytes:
        parts, length = [], 0
        while length < size and (line := self._file.readline()):
            part = line[:-1] + b"\t" + next(self._lasts).encode() + b"\n"
            parts.append(part)
            length += len(part)
        return b"".join(parts)


class _Watched:
    def __init__(self, file: IO[bytes] | _WithLast, seen: Callable[[], None] | None) -> None:
        self._file, self._seen = file, seen

    def read(self, size: int) -> bytes:
        if self._seen is not None:
            self._seen()
        return self._file.read(1 << 16)


class Ids:
    """Ids of a table's rows-to-be, taken from its sequence a block at a time; in a dry run made-up ones below zero."""

    def __init__(self, model: type[Model], *, pretend: bool = False, block: int = 5000) -> None:
        self._table, self._column = model._meta.db_table, model._meta.pk.column
        self._pretend, self._block = pretend, block
        self._numbers: Iterator[int] = iter(())
        self._pretended = 0

    def next(self) -> int:
        if self._pretend:
            self._pretended -= 1
            return self._pretended
        number = next(self._numbers, None)
        if number is None:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                    [self._table, self._column, self._block],
                )
                self._numbers = iter([row[0] for row in cursor.fetchall()])
            number = next(self._numbers)
        return number
