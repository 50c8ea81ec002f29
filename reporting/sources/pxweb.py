"""JSON-stat 2 as SSB's PxWeb gives it: one measure or several, by municipality and time, in whatever order of dimensions,
with values as a list or only where there are any. SSB's terms ask for «SSB» and the table as the source."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import prod
from typing import Any

from django.utils.translation import gettext as _

from feedback.importing.columns import UnreadableFile
from feedback.importing.faults import RowRefused
from reporting.periods import Period, read_period
from reporting.sources.answers import Answer, Found, as_decimal, as_period, read_json

TIME = ("tid", "time", "år", "year")
PLACE = ("region", "kokkommuneregion0000", "kommune", "kommuner")
MEASURE = ("contentscode", "statistikkvariabel", "contents")
HELD_BACK = ":"
"""SSB's sign for a figure that is not shown, as it is of few. «.» and «..» are figures that cannot be, or are not there."""
MOST_CELLS = 1_000_000

_PERIOD = re.compile(r"([0-9]{4})([KkQqMm])([0-9]{1,2})")


def read_pxweb(content: bytes, *, last_year: int, source: str = "SSB") -> Answer:
    """Read a data set. A dimension that is neither time, municipality nor measure must have one value in it.

    Raises UnreadableFile for what is no data set, or whose values are fewer or more than its dimensions say.
    """
    data = read_json(content)
    if not isinstance(data, dict) or data.get("class") != "dataset" or not str(data.get("version", "")).startswith("2"):
        raise UnreadableFile(_("This is no data set in JSON-stat 2. Ask the source for the format «json-stat2»."))
    names, sizes = _names_and_sizes(data)
    codes = [_codes(data, name, size) for name, size in zip(names, sizes, strict=True)]
    place, time, measure = (_which(data, names, role, known) for role, known in _ROLES)
    if time is None or place is None:
        raise UnreadableFile(_("The data set must have a dimension for time and one for municipalities."))
    for number, name in enumerate(names):
        if number not in (time, place, measure) and sizes[number] != 1:
            raise UnreadableFile(
                _("The dimension «%(name)s» has %(n)s values. Choose one of them in the query.")
                % {"name": name[:60], "n": sizes[number]}
            )
    cells = prod(sizes)
    values, status = _sparse(data.get("value"), cells), _statuses(data.get("status"), cells)
    answer = Answer(_named(source, data))
    for cell in range(cells):
        where = _where(cell, sizes)
        what = codes[measure][where[measure]] if measure is not None else ""
        region, written = codes[place][where[place]].removeprefix("K-"), codes[time][where[time]]
        try:
            period = as_period(_period(written, last_year), written, last_year)
            raw, sign = values.get(cell), status.get(cell, "")
            value = None if raw is None else as_decimal(raw)
        except RowRefused as fault:
            answer.refuse(cell + 1, f"{what} {region} {written}", fault.code, str(fault))
            continue
        answer.add(Found(cell + 1, what, region, period, value, too_few=value is None and sign == HELD_BACK))
    return answer


_ROLES = (("geo", PLACE), ("time", TIME), ("metric", MEASURE))


def _no_data_set() -> UnreadableFile:
    return UnreadableFile(_("The data set's dimensions, sizes and values do not go together. It may be cut short."))


def _names_and_sizes(data: Mapping[str, Any]) -> tuple[list[str], list[int]]:
    names, sizes = data.get("id"), data.get("size")
    sound = (
        isinstance(names, list)
        and isinstance(sizes, list)
        and len(names) == len(sizes) == len({str(name) for name in names})
        and all(isinstance(name, str) for name in names)
        and all(isinstance(size, int) and not isinstance(size, bool) and size > 0 for size in sizes)
    )
    if not sound or not isinstance(data.get("dimension"), dict):
        raise _no_data_set()
    assert isinstance(names, list)  # noqa: S101  (for the type)
    assert isinstance(sizes, list)  # noqa: S101
    if prod(sizes) > MOST_CELLS:
        raise UnreadableFile(_("The data set has more than %(most)s cells. Divide it.") % {"most": MOST_CELLS})
    return names, sizes


def _codes(data: Mapping[str, Any], name: str, size: int) -> list[str]:
    """Return a dimension's codes in their order: a list, or each code with its place."""
    dimension = data["dimension"].get(name)
    category = dimension.get("category") if isinstance(dimension, dict) else None
    index = category.get("index") if isinstance(category, dict) else None
    if index is None and isinstance(category, dict) and isinstance(category.get("label"), dict) and size == 1:
        index = list(category["label"])
    if isinstance(index, dict):
        order: dict[str, Any] = index
        if not all(isinstance(at, int) for at in order.values()) or sorted(order.values()) != list(range(len(order))):
            raise _no_data_set()
        index = sorted(order, key=lambda code: order[code])
    if not isinstance(index, list) or len(index) != size or not all(isinstance(code, str) for code in index):
        raise _no_data_set()
    return list(index)


def _which(data: Mapping[str, Any], names: list[str], role: str, known: tuple[str, ...]) -> int | None:
    """Return the number of the dimension that has this role, said so or by its name; None where there is none."""
    roles = data.get("role")
    said = roles.get(role) if isinstance(roles, dict) else None
    if isinstance(said, list) and len(said) == 1 and said[0] in names:
        return names.index(said[0])
    return next((number for number, name in enumerate(names) if name.casefold() in known), None)


def _sparse(values: object, cells: int) -> dict[int, Any]:
    if isinstance(values, list):
        if len(values) != cells:
            raise _no_data_set()
        return dict(enumerate(values))
    if isinstance(values, dict):
        return {_cell(key, cells): value for key, value in values.items()}
    raise _no_data_set()


def _cell(key: str, cells: int) -> int:
    if not (key.isascii() and key.isdigit() and len(key) < 10 and int(key) < cells):
        raise _no_data_set()
    return int(key)


def _statuses(status: object, cells: int) -> dict[int, str]:
    """Return the sign of each cell: given one by one, for all in one, or for some."""
    if status is None:
        return {}
    if isinstance(status, str):
        return dict.fromkeys(range(cells), status)
    if isinstance(status, list) and len(status) == 1:
        return dict.fromkeys(range(cells), str(status[0]))
    return {cell: str(sign).strip() for cell, sign in _sparse(status, cells).items() if sign is not None}


def _where(cell: int, sizes: list[int]) -> list[int]:
    """Return a cell's place in each dimension: the last dimension goes round fastest."""
    found = []
    for size in reversed(sizes):
        cell, place = divmod(cell, size)
        found.append(place)
    return found[::-1]


def _period(written: str, last_year: int) -> Period | None:
    """«2024», «2024K3» and «2024M07» as SSB writes them."""
    match = _PERIOD.fullmatch(written)
    if match is None:
        return read_period(written, last_year=last_year)
    year, kind, number = match[1], match[2].upper(), int(match[3])
    return read_period(f"{year}-{number:02d}" if kind == "M" else f"{year}-Q{number}", last_year=last_year)


def _named(source: str, data: Mapping[str, Any]) -> str:
    """«SSB, tabell 07459»: the source and the table as the answer names it."""
    px = data.get("extension", {}).get("px", {}) if isinstance(data.get("extension"), dict) else {}
    table = px.get("tableid") if isinstance(px, dict) else None
    return f"{source}, {table}"[:250] if isinstance(table, str) and table and table not in source else source[:250]
