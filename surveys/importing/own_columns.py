"""Answers from a file whose columns are called as the questions are keyed, so that no mapping is to be written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _

from feedback.importing.columns import Columns, UnreadableFile, first_line
from feedback.importing.mapping import FileForm
from feedback.importing.templates import Template
from surveys.importing.mapping import Column, RoundMapping
from surveys.questionnaires import DONT_KNOW, SCALE, THREE_POINTS, Item, QuestionKind

ROW = {"nr": "row", "nummer": "row", "number": "row", "id": "row"}
SEVERAL = "+"
"""Stands between the choices where several can be made."""


def template(items: Sequence[Item]) -> Template:
    """Return the file to begin with: a number, then a column a question, and one made-up answer."""
    asked = [item for item in items if item.kind != QuestionKind.TEXT]
    return Template(["nr", *(item.key for item in asked)], [["1", *map(_example, asked)]])


def _example(item: Item) -> str:
    if item.options:
        chosen = [option.key for option in item.options]
        if item.kind == QuestionKind.RANKING:
            return SEVERAL.join(chosen[: item.at_most or len(chosen)])
        return chosen[0]
    return str((SCALE if item.kind == QuestionKind.SCALE else THREE_POINTS)[-1])


def own_round(
    path: Path, items: Sequence[Item], *, opened: date, closed: date, invited: int | None, population: int | None
) -> RoundMapping:
    """Return the mapping that the first line says. Days are local.

    Raises UnreadableFile where a column is no question, stands twice, or none is there; CannotImport for a file that cannot
    be read.
    """
    header, delimiter, encoding = first_line(path)
    columns = Columns(header, ROW | {item.key.casefold(): item.key for item in items})
    if columns.unknown:
        raise UnreadableFile(
            _("There is a column «%(name)s». These are read: %(columns)s.")
            % {"name": columns.unknown[0][:60], "columns": ", ".join(["nr", *(item.key for item in items)])}
        )
    there = [(item, header[place]) for item in items if (place := columns.place(item.key)) is not None]
    if not there:
        raise UnreadableFile(_("The first line must name the questions by their keys."))
    row = columns.place("row")
    return RoundMapping(
        file=FileForm(encoding=encoding, delimiter=delimiter, empty=frozenset(["-", "–"]), notes=True),
        columns=[_column(item, name) for item, name in there],
        new=None,
        opened=opened,
        closed=closed,
        row_key=header[row] if row is not None else "",
        invited=invited,
        population=population,
    )


def _column(item: Item, name: str) -> Column:
    words = {text.casefold(): option.key for option in item.options for text in option.texts.values()}
    return Column(
        key=item.key, column=name, values=words, dont_know=frozenset([DONT_KNOW.casefold(), "vet ikke", "?"]),
        separator=SEVERAL,
    )  # fmt: skip
