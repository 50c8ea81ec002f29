"""What a report is made of: sections with tables of figures, each table drawn where that helps. Pure: no database, no clock.

A document holds its words in all our languages and each figure at full precision beside the one that is shown, so that page,
document, spreadsheet and JSON show the same, and a report that was kept reads as it was read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import translation

from reporting.scales import Scale, Standing, as_shown, kept
from reporting.wording import value_said
from surveys.questionnaires import text_in

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Texts = dict[str, str]
"""One text by language."""

STRUCTURE = 1
"""The form in which documents are kept. A change that old ones cannot be read by raises it."""


class Guard(StrEnum):
    """What everybody may not see of a table: nothing, small figures one by one, or small groups of messages (its rows)."""

    NOTHING = ""
    FIGURES = "figures"
    GROUPS = "groups"


class Drawn(StrEnum):
    """How the first column of a table is drawn beside it."""

    NOT = ""
    BARS = "bars"
    TREND = "trend"


def in_all(words: str | _StrPromise, **values: str | Texts | Callable[[str], str]) -> Texts:
    """Return `words` in each of our languages, with `values` put in: each a text, one by language, or a function of it."""
    found = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            put_in = {name: _said_in(value, language) for name, value in values.items()}
            found[language] = str(words) % put_in if put_in else str(words)
    return found


def in_each(texts: Mapping[str, str], otherwise: str = "") -> Texts:
    """Return what somebody wrote in one language or several, for each of ours."""
    return {language: text_in(texts, language) or otherwise for language, _name in settings.LANGUAGES}


def alike(text: str) -> Texts:
    """Return a name that is the same in each language."""
    return {language: text for language, _name in settings.LANGUAGES}


def _said_in(value: str | Texts | Callable[[str], str], language: str) -> str:
    if isinstance(value, str):
        return value
    return value(language) if callable(value) else value[language]


@dataclass(frozen=True)
class Cell:
    """One figure. `value` is exact, `shown` what is read. `n` is of how many; `base` how many messages stand behind it, where
    that is another number. A cell of words has `text`. Without any of them nothing was there to measure."""

    value: Decimal | None = None
    scale: str = Scale.COUNT
    decimals: int = 0
    n: int | None = None
    base: int | None = None
    standing: str = ""
    text: Texts | None = None

    @property
    def shown(self) -> Decimal | None:
        return None if self.value is None else as_shown(self.value, self.decimals)

    def said(self, language: str) -> str:
        """«87 %», «3,2 : 1», «Ønsket», «–» where there is nothing."""
        if self.text is not None:
            return self.text.get(language, "")
        if self.standing == Standing.TOO_FEW:
            return "*"
        return "–" if self.value is None else value_said(self.value, self.scale, self.decimals, language)

    def as_json(self) -> dict[str, Any]:
        shown = self.shown
        found: dict[str, Any] = {"value": _number(self.value), "shown": _number(shown), "scale": self.scale}
        found |= {"decimals": self.decimals, "n": self.n}
        for name in ("base", "text"):
            if getattr(self, name) is not None:
                found[name] = getattr(self, name)
        return found | ({"standing": self.standing} if self.standing else {})


@dataclass(frozen=True)
class Row:
    """`level` is 0, or 1 for a part of the row of level 0 above it. `is_total`: all the others of level 0 together."""

    label: Texts
    cells: tuple[Cell, ...]
    level: int = 0
    key: str = ""
    is_total: bool = False


@dataclass(frozen=True)
class Table:
    """`head` is what the rows are. `notes` say of its figures from what, of when and of how many they are."""

    key: str
    title: Texts
    head: Texts
    columns: tuple[Texts, ...]
    rows: tuple[Row, ...]
    notes: tuple[Texts, ...] = ()
    guard: Guard = Guard.NOTHING
    drawn: Drawn = Drawn.NOT

    def __post_init__(self) -> None:
        if any(len(row.cells) != len(self.columns) for row in self.rows):
            raise ValueError(f"Each row of «{self.key}» has a cell for each column.")


@dataclass(frozen=True)
class Section:
    """`key` is what the staff's text is kept by; it stays the same from version to version."""

    key: str
    heading: Texts
    tables: tuple[Table, ...]
    notes: tuple[Texts, ...] = ()


@dataclass(frozen=True)
class Document:
    """`first` and `last` are the days it is about, `through` the last that is counted: before `last` in a period that goes
    on. `counted_at` is the moment of the figures."""

    name: str
    kind: str
    title: Texts
    period: str
    first: date
    last: date
    through: date
    place: Texts
    counted_at: datetime
    sections: tuple[Section, ...]
    notes: tuple[Texts, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "structure": STRUCTURE,
            "name": self.name,
            "kind": self.kind,
            "title": self.title,
            "period": self.period,
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "through": self.through.isoformat(),
            "place": self.place,
            "counted_at": self.counted_at.isoformat(),
            "notes": list(self.notes),
            "sections": [_section_json(section) for section in self.sections],
        }

    def with_sections(self, sections: Iterable[Section], *notes: Texts) -> Document:
        return replace(self, sections=tuple(sections), notes=(*self.notes, *notes))


def document_of(figures: Mapping[str, Any]) -> Document:
    """Return the document that `as_json` made `figures` of. Raises ValueError for a structure that is not known."""
    if figures.get("structure") != STRUCTURE:
        raise ValueError(f"A document of structure {figures.get('structure')} cannot be read.")
    return Document(
        name=figures["name"],
        kind=figures["kind"],
        title=figures["title"],
        period=figures["period"],
        first=date.fromisoformat(figures["first"]),
        last=date.fromisoformat(figures["last"]),
        through=date.fromisoformat(figures["through"]),
        place=figures["place"],
        counted_at=datetime.fromisoformat(figures["counted_at"]),
        notes=tuple(figures["notes"]),
        sections=tuple(
            Section(
                section["key"],
                section["heading"],
                tuple(_table_of(table) for table in section["tables"]),
                tuple(section["notes"]),
            )
            for section in figures["sections"]
        ),
    )


def _table_of(table: Mapping[str, Any]) -> Table:
    return Table(
        table["key"],
        table["title"],
        table["head"],
        tuple(table["columns"]),
        tuple(
            Row(row["label"], tuple(_cell_of(cell) for cell in row["cells"]), row["level"], row["key"], row["is_total"])
            for row in table["rows"]
        ),
        tuple(table["notes"]),
        Guard(table["guard"]),
        Drawn(table["drawn"]),
    )


def _cell_of(cell: Mapping[str, Any]) -> Cell:
    value = cell["value"]
    return Cell(
        None if value is None else Decimal(str(value)),
        cell["scale"],
        cell["decimals"],
        cell["n"],
        cell.get("base"),
        cell.get("standing", ""),
        cell.get("text"),
    )


def _section_json(section: Section) -> dict[str, Any]:
    return {
        "key": section.key,
        "heading": section.heading,
        "notes": list(section.notes),
        "tables": [
            {
                "key": table.key,
                "title": table.title,
                "head": table.head,
                "columns": list(table.columns),
                "notes": list(table.notes),
                "guard": str(table.guard),
                "drawn": str(table.drawn),
                "rows": [
                    {
                        "key": row.key,
                        "label": row.label,
                        "level": row.level,
                        "is_total": row.is_total,
                        "cells": [cell.as_json() for cell in row.cells],
                    }
                    for row in table.rows
                ],
            }
            for table in section.tables
        ],
    }


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    exact = kept(value)
    return int(exact) if exact == exact.to_integral_value() else float(exact)
