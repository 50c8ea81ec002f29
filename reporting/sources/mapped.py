"""A CSV file with columns of its own, turned into the columns that are read here by a mapping in TOML.

source = "KOSTRA 2024"
[columns]                      # ours = theirs, or { value = "…" } for one value on all lines
indicator = "Nøkkeltall"
municipality = "Kommune"
year = "År"
value = "Verdi"
[indicators]                   # their words = our keys
"Sykefravær" = "sick-leave"
[wide]                         # a table with a column for each year, or for each indicator
columns = "year"
take = { "2023" = "2023", "2024" = "2024" }
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from feedback.importing.columns import UnreadableFile
from feedback.importing.reading import Line

OURS = ("indicator", "year", "value", "municipality", "unit", "n", "margin", "source", "date")
_TABLES = {"source", "columns", "indicators", "wide"}
_WIDE = ("year", "indicator")


@dataclass(frozen=True)
class ColumnMap:
    """Checked. `columns` are theirs by ours, `fixed` what is alike on all lines, `take` ours by theirs of a wide table."""

    source: str
    columns: dict[str, str]
    fixed: dict[str, str]
    indicators: dict[str, str]
    wide: str
    take: dict[str, str]


def read_mapping(text: str) -> ColumnMap:
    """Raises UnreadableFile, naming what is wrong."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UnreadableFile(_("The mapping is no TOML: %(why)s.") % {"why": str(error)[:150]}) from None
    columns, indicators, wide = (data.get(name, {}) for name in ("columns", "indicators", "wide"))
    for name in (*(set(data) - _TABLES), *(set(columns) - set(OURS) if isinstance(columns, dict) else {"columns"})):
        raise _wrong(name)
    named, fixed = {}, {}
    for ours, theirs in columns.items():
        if isinstance(theirs, dict) and set(theirs) == {"value"} and isinstance(theirs["value"], str | int | float):
            fixed[ours] = str(theirs["value"])
        elif isinstance(theirs, str):
            named[ours] = theirs
        else:
            raise _wrong(f"columns.{ours}")
    if not _is_texts(indicators):
        raise _wrong("indicators")
    take, kind = (wide.get("take", {}), wide.get("columns", "")) if isinstance(wide, dict) else (None, "")
    if take is None or not _is_texts(take) or (wide and (kind not in _WIDE or not take)):
        raise _wrong("wide")
    source = data.get("source", "")
    if not isinstance(source, str) or len(source) > 250:
        raise _wrong("source")
    given = {*named, *fixed, *((kind, "value") if wide else ())}
    for needed in ("indicator", "year", "value"):
        if needed not in given:
            raise UnreadableFile(_("The mapping does not say where «%(name)s» comes from.") % {"name": needed})
    return ColumnMap(source, named, fixed, {key.casefold(): value for key, value in indicators.items()}, kind, take)


def _is_texts(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(each, str) for each in value.values())


def _wrong(name: str) -> UnreadableFile:
    return UnreadableFile(_("The mapping has «%(name)s» that cannot be read.") % {"name": name[:60]})


class MappedFile:
    """Lines of our columns, out of lines of theirs. A line of a wide table becomes several with one number."""

    def __init__(self, header: Sequence[str], lines: Iterator[Line], mapping: ColumnMap) -> None:
        """Raises UnreadableFile for a column that the mapping names and the file lacks."""
        self.header = [*OURS]
        self._lines, self._mapping = lines, mapping
        places = {name.strip().casefold(): place for place, name in enumerate(header)}
        self._places: dict[str, int] = {}
        for ours, theirs in mapping.columns.items():
            self._places[ours] = _place(theirs, places)
        self._take: list[tuple[int, str]] = [(_place(theirs, places), ours) for theirs, ours in mapping.take.items()]

    def __iter__(self) -> Iterator[Line]:
        for line in self._lines:
            if line.torn:
                yield line
                continue
            plain = self._mapping.fixed | {ours: line.values[place] for ours, place in self._places.items()}
            if not self._mapping.wide:
                yield self._line(line.number, plain)
                continue
            for place, ours in self._take:
                if line.values[place].strip():
                    yield self._line(line.number, plain | {self._mapping.wide: ours, "value": line.values[place]})

    def _line(self, number: int, values: Mapping[str, Any]) -> Line:
        words = self._mapping.indicators
        named = str(values.get("indicator", "")).strip()
        key = words.get(named.casefold(), named)
        return Line(number, [key if ours == "indicator" else str(values.get(ours, "")) for ours in OURS])


def _place(theirs: str, places: Mapping[str, int]) -> int:
    if theirs.strip().casefold() not in places:
        raise UnreadableFile(
            _("The mapping names the column «%(name)s», which the file does not have.") % {"name": theirs[:60]}
        )
    return places[theirs.strip().casefold()]
