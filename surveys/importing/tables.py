"""A small CSV file with named columns, read as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from feedback.importing.columns import UnreadableFile, opened

MOST_MB = 10


def rows_of(
    content: bytes, *, required: Sequence[str], known: Sequence[str] = ()
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each row with its line, each value stripped.

    Raises UnreadableFile for a column that lacks or, with `known`, one that is not known, and for a torn row.
    """
    file = opened(content, most_mb=MOST_MB)
    header = [name.casefold() for name in file.header]
    for column in required:
        if column not in header:
            raise UnreadableFile(
                _("The file has no column «%(column)s». Its columns are: %(header)s.")
                % {"column": column, "header": ", ".join(file.header)}
            )
    for column in header:
        if header.count(column) > 1:
            raise UnreadableFile(_("The file has the column «%(column)s» more than once.") % {"column": column})
        if known and column not in known:
            raise UnreadableFile(
                _("There is a column «%(name)s». These are read: %(columns)s.")
                % {"name": column[:60], "columns": ", ".join(known)}
            )
    for line in file:
        if line.torn:
            raise UnreadableFile(_("line %(number)s: %(torn)s") % {"number": line.number, "torn": line.torn})
        values = [value.strip() for value in line.values]
        if any(values):
            yield line.number, dict(zip(header, values, strict=True))
