"""The open data document by which two installations exchange figures: version 1. `docs/open-data-benchmarks.schema.json`
says the same to machines, `docs/figures-in-and-out.md` to people."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from feedback.importing.columns import UnreadableFile
from feedback.importing.faults import RowRefused
from feedback.importing.report import Problem
from reporting.periods import read_period
from reporting.scales import Direction, Scale, Standing, fits
from reporting.sources.answers import Answer, Found, as_count, as_decimal, as_period, read_json

FORMAT = "innspill-benchmarks"
VERSION = 1
COUNTRIES = ("NO", "SE", "DK", "FI", "IS")


@dataclass(frozen=True)
class Described:
    """What the document says of one indicator."""

    entry: int
    key: str
    names: dict[str, str]
    scale: str
    direction: str
    decimals: int


@dataclass
class Document:
    """`answer` has the figures; their `place` is empty, as all are of the one municipality."""

    country: str
    number: str
    name: str
    indicators: list[Described] = field(default_factory=list)
    answer: Answer = field(default_factory=lambda: Answer(""))


def read_document(content: bytes, *, last_year: int) -> Document:
    """Read one. Entries of `problems` are the indicators in their order. Raises UnreadableFile for what is none of ours,
    or of a later version."""
    data = read_json(content)
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise UnreadableFile(
            _("This is no document of benchmarks: it does not say «format»: «%(name)s».") % {"name": FORMAT}
        )
    if data.get("version") != VERSION:
        raise UnreadableFile(
            _("The document is version %(theirs)s, and version %(ours)s is read here.")
            % {"theirs": str(data.get("version"))[:10], "ours": VERSION}
        )
    whose = data.get("municipality")
    country, number, name = (
        whose.get(key) if isinstance(whose, dict) else None for key in ("country", "number", "name")
    )
    if country not in COUNTRIES or not _is_text(number, 10) or not _is_text(name, 100) or not (number and name):
        raise UnreadableFile(_("The document does not say whose figures they are: country, number and name."))
    if not isinstance(data.get("indicators"), list):
        raise UnreadableFile(_("The document has no list «indicators»."))
    document = Document(country, number.strip(), name.strip(), answer=Answer(name.strip()))
    seen: set[str] = set()
    for entry, raw in enumerate(data["indicators"], start=1):
        given = raw if isinstance(raw, dict) else {}
        described = _described(entry, given, document.answer.problems)
        if described is None:
            continue
        if described.key in seen:
            document.answer.refuse(entry, described.key, "duplicate", _("This indicator stands further up already."))
            continue
        seen.add(described.key)
        document.indicators.append(described)
        _read_values(described, given["values"], document.answer, last_year)
    return document


def _is_text(value: object, longest: int) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= longest and "\x00" not in value


def _described(entry: int, given: dict[str, Any], problems: list[Problem]) -> Described | None:
    key, names, scale = given.get("key"), given.get("names"), given.get("scale")
    direction, decimals = given.get("direction"), given.get("decimals")
    sound = (
        _is_text(key, 60)
        and isinstance(names, dict)
        and all(_is_text(name, 150) for name in names.values())
        and direction in Direction.values
        and isinstance(decimals, int)
        and 0 <= decimals <= 3
        and isinstance(given.get("values"), list)
    )
    if not sound:
        sentence = _(
            "An indicator has key, names, scale, direction, decimals and values. One of them lacks or is wrong."
        )
        problems.append(Problem(entry, str(key)[:60], "no_indicator", sentence))
        return None
    if scale not in Scale.values:
        sentence = _("«%(scale)s» is none of the scales that are known here.") % {"scale": str(scale)[:30]}
        problems.append(Problem(entry, str(key), "wrong_scale", sentence))
        return None
    return Described(entry, str(key), dict(names or {}), str(scale), str(direction), int(decimals or 0))


def _read_values(described: Described, values: list[Any], answer: Answer, last_year: int) -> None:
    for raw in values:
        try:
            answer.add(_found(described, raw if isinstance(raw, dict) else {}, last_year))
        except RowRefused as fault:
            year = str(raw.get("period") if isinstance(raw, dict) else "–")[:20]
            answer.refuse(described.entry, f"{described.key} {year}", fault.code, str(fault))


def _found(described: Described, raw: dict[str, Any], last_year: int) -> Found:
    written = raw.get("period")
    period = as_period(
        read_period(written, last_year=last_year) if isinstance(written, str) else None, written, last_year
    )
    standing, number = raw.get("standing"), raw.get("value")
    if standing not in Standing.values or (standing == Standing.MEASURED) == (number is None):
        raise RowRefused("no_standing", _("A value says whether it was measured, and has a number only where it was."))
    value = None if number is None else as_decimal(number)
    if value is not None and not fits(value, described.scale):
        raise RowRefused(
            "outside_scale",
            _("%(value)s is outside the scale «%(scale)s».") % {"value": value, "scale": described.scale},
        )
    margin = raw.get("margin")
    return Found(
        described.entry,
        described.key,
        "",
        period,
        value,
        n=as_count(raw.get("n")),
        margin=None if margin is None else _margin(margin),
        source=_source(raw.get("source", "")),
        measured_on=_day(raw.get("measured_on")),
        too_few=standing == Standing.TOO_FEW,
    )


def _margin(value: object) -> Decimal:
    margin = as_decimal(value)
    if margin < 0:
        raise RowRefused("negative_margin", _("A margin of error is 0 or more."))
    return margin


def _source(value: object) -> str:
    if not isinstance(value, str) or len(value) > 250 or "\x00" in value:
        raise RowRefused("no_source", _("The source is a text of at most 250 characters."))
    return value


def _day(value: object) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise RowRefused("no_date", _("«%(value)s» is no day.") % {"value": str(value)[:20]}) from None
