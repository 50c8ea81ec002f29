"""Files to begin with: the names of the columns in the reader's language, and examples that reading passes over."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.utils.translation import get_language

from feedback.importing.reading import NOTE

NameOf = tuple[str, str, str, str]
"""What a column is called in bokmål, nynorsk, Swedish and English."""


def header_of(names: Iterable[NameOf]) -> list[str]:
    """Return the columns' names in the active language."""
    place = {"nb": 0, "nn": 1, "sv": 2}.get(get_language() or "nb", 3)
    return [name[place] for name in names]


class Template(NamedTuple):
    """`header` is the first line as people read it; each example is a row of cells, made up."""

    header: Sequence[str]
    examples: Iterable[Sequence[str]]

    def content(self) -> bytes:
        """Return the file as spreadsheets open it here: UTF-8 with its mark, semicolons, examples behind «#»."""
        text = io.StringIO()
        writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
        writer.writerow(self.header)
        for first, *others in self.examples:
            writer.writerow([f"{NOTE} {first}", *others])
        return codecs.BOM_UTF8 + text.getvalue().encode()
