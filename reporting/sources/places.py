"""Lists of municipalities: SSB's Klass (JSON of codes or of changes, or CSV), and Kolada's list of municipalities."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from feedback.importing.columns import Columns, UnreadableFile, opened
from feedback.importing.report import Problem
from reporting.sources.answers import looks_like_json, read_json

MUNICIPALITY, REGION, COUNTRY = "municipality", "region", "country"
NOT_GIVEN = "9999"
"""Klass' code for what is not stated: no municipality."""
MOST_MB = 10

_COLUMNS = {"code": "code", "kode": "code", "name": "name", "navn": "name", "validfrom": "from", "validto": "to",
            "gyldigfra": "from", "gyldigtil": "to"}  # fmt: skip
_CHANGE = ("oldCode", "oldName", "newCode", "newName", "changeOccurred")


@dataclass(frozen=True)
class Named:
    """One municipality. `since` and `until` are the first day and the last on which it has this number, where told."""

    entry: int
    code: str
    name: str
    kind: str = MUNICIPALITY
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Renumbered:
    """From the day `on` the municipality `old` is (a part of) the one with the number `new`."""

    entry: int
    old: str
    old_name: str
    new: str
    new_name: str
    on: date


@dataclass
class PlaceList:
    country: str
    named: list[Named] = field(default_factory=list)
    renumbered: list[Renumbered] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_places(content: bytes) -> PlaceList:
    """Read a list, whichever of them it is. Raises UnreadableFile for what is none, or one that is empty."""
    if looks_like_json(content) or content.lstrip()[:1] in (b"<", b""):
        data = read_json(content)
        if not isinstance(data, dict):
            raise _no_list()
        found = _read(data)
    else:
        found = _from_csv(content)
    if not (found.named or found.renumbered or found.problems):
        raise UnreadableFile(_("The list is empty."))
    _refuse_contradictions(found)
    return found


def _no_list() -> UnreadableFile:
    return UnreadableFile(_("This is no list of municipalities from Klass or Kolada."))


def _read(data: dict[str, Any]) -> PlaceList:
    if isinstance(rows := data.get("codes"), list):
        found = PlaceList("NO")
        for number, row in enumerate(rows, start=1):
            given = row if isinstance(row, dict) else {}
            since = given.get("validFromInRequestedRange") or given.get("validFrom")
            until = given.get("validToInRequestedRange") or given.get("validTo")
            _add(found, number, given.get("code"), given.get("name"), since, until)
    elif isinstance(rows := data.get("codeChanges"), list):
        found = PlaceList("NO")
        for number, row in enumerate(rows, start=1):
            _add_change(found, number, row if isinstance(row, dict) else {})
    elif isinstance(rows := data.get("values"), list):
        found = PlaceList("SE")
        for number, row in enumerate(rows, start=1):
            given = row if isinstance(row, dict) else {}
            kind = REGION if given.get("type") == "L" else COUNTRY if given.get("id") == "0000" else MUNICIPALITY
            _add(found, number, given.get("id"), given.get("title"), None, None, kind)
    else:
        raise _no_list()
    return found


def _from_csv(content: bytes) -> PlaceList:
    file = opened(content, most_mb=MOST_MB)
    columns = Columns(file.header, _COLUMNS)
    if columns.lacks("code", "name"):
        raise _no_list()
    found = PlaceList("NO")
    for line in file:
        if line.torn:
            found.problems.append(Problem(line.number, "", "torn_row", _("The line cannot be read.")))
            continue
        cells = [columns.cell(line, name, 1000) for name in ("code", "name", "from", "to")]
        _add(found, line.number, *cells)
    return found


def _add(found: PlaceList, entry: int, code: Any, name: Any, since: Any, until: Any, kind: str = MUNICIPALITY) -> None:
    if code == NOT_GIVEN:
        return
    days = _day(since), _day(until)
    digits = isinstance(code, str) and code.isascii() and code.isdigit() and len(code) == 4
    if not digits or not isinstance(name, str) or not 0 < len(name.strip()) <= 100 or "bad" in days:
        sentence = _(
            "A municipality has a number of four digits, a name and, where given, days: «%(code)s», «%(name)s»."
        )
        found.problems.append(
            Problem(entry, str(code)[:20], "no_place", sentence % {"code": str(code)[:20], "name": str(name)[:40]})
        )
        return
    first, last = (None if isinstance(day, str) else day for day in days)
    found.named.append(Named(entry, code, name.strip(), kind, first, last))


def _add_change(found: PlaceList, entry: int, row: dict[str, Any]) -> None:
    old, old_name, new, new_name, on = (row.get(name) for name in _CHANGE)
    day = _day(on)
    if not (isinstance(day, date) and all(isinstance(each, str) and each for each in (old, old_name, new, new_name))):
        sentence = _("A change has an old number and a new one with their names, and a day.")
        found.problems.append(Problem(entry, str(old)[:20], "no_change", sentence))
    elif NOT_GIVEN not in (old, new):
        found.renumbered.append(Renumbered(entry, str(old), str(old_name), str(new), str(new_name), day))


def _day(value: Any) -> date | str | None:
    """Return the day, None where none is given, «bad» for what is none."""
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return "bad"


def _refuse_contradictions(found: PlaceList) -> None:
    """Two names for one number at one time cannot both be right."""
    seen: dict[tuple[str, date | None], Named] = {}
    for one in found.named:
        before = seen.setdefault((one.code, one.since), one)
        if before.name != one.name:
            found.problems.append(
                Problem(
                    one.entry, one.code, "contradiction",
                    _("Entry %(entry)s gives the number %(code)s another name: %(name)s.")
                    % {"entry": before.entry, "code": one.code, "name": before.name},
                )
            )  # fmt: skip
