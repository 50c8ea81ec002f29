"""Kolada's answers, as its API gives them in version 2 (`next_page`) and version 3 (`next_url`): figures by KPI,
municipality and year, for all (T), women (K) and men (M). Kolada is to be named as the source."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from feedback.importing.columns import UnreadableFile
from feedback.importing.faults import RowRefused
from reporting.periods import read_period
from reporting.sources.answers import Answer, Found, as_decimal, as_period, read_json

SOURCE = "Kolada (RKA)"
ALL = "T"
GENDERS = (ALL, "K", "M")
HELD_BACK = frozenset({"private", "privacy", "secret", "sekretess", "masked"})
"""Statuses under which Kolada holds a figure back because it is of few."""


class _Part(NamedTuple):
    """One value of an entry: of all, of women or of men."""

    gender: object
    value: object
    status: object
    deleted: bool


class _Entry(NamedTuple):
    kpi: object
    place: object
    period: object
    parts: object


def _smaller(raw: dict[str, Any]) -> Any:
    """Keep of each object what is read. A hundred thousand values take a third of the memory so."""
    if "gender" in raw:
        status = raw.get("status")
        return _Part(_shared(raw["gender"]), raw.get("value"), _shared(status), raw.get("isdeleted") is True)
    if "kpi" in raw and "values" in raw:
        place = raw.get("municipality", raw.get("ou"))
        parts = raw["values"]
        return _Entry(
            _shared(raw["kpi"]), _shared(place), raw.get("period"), tuple(parts) if isinstance(parts, list) else parts
        )
    return raw


def _shared(value: object) -> object:
    return sys.intern(value) if isinstance(value, str) else value


def read_page(content: bytes) -> dict[str, Any]:
    """Return one page of an answer, checked as a whole. Raises UnreadableFile."""
    page = read_json(content, hook=_smaller)
    if not isinstance(page, dict) or not isinstance(page.get("values"), list):
        raise UnreadableFile(_("This is no answer from Kolada: it has no list «values»."))
    count = page.get("count")
    if count is not None and (not isinstance(count, int) or isinstance(count, bool) or count < 0):
        raise UnreadableFile(_("This is no answer from Kolada: its «count» is no number."))
    return page


def next_address(page: dict[str, Any]) -> str:
    """Return the address of the page after this one, empty at the end."""
    found = page.get("next_url") or page.get("next_page") or ""
    return found if isinstance(found, str) else ""


def read_kolada(
    pages: Sequence[bytes], *, last_year: int, kpis: Collection[str] = (), gender: str = ALL, whole: bool = True
) -> Answer:
    """Read all pages of one answer. With `kpis` anything else in it is refused. `gender` is T, K or M.

    A value that was deleted there, or never measured, is «not measured». Raises UnreadableFile for an answer that is not
    whole: a page lacks, or entries do; for one without any figure (a retired or misspelt id); and for a file with more.
    """
    read = [read_page(content) for content in pages]
    if whole and read and next_address(read[-1]):
        raise UnreadableFile(_("This is one page of several: the answer goes on at another address. Fetch it whole."))
    total = sum(len(page["values"]) for page in read)
    for page in read:
        if page.get("count") not in (None, len(page["values"]), total):
            raise UnreadableFile(
                _("The answer is not whole: it speaks of %(count)s entries and holds %(n)s.")
                % {"count": page["count"], "n": len(page["values"])}
            )
    if not total:
        named = ", ".join(sorted(kpis))[:100] or "–"
        raise UnreadableFile(
            _("Kolada has no figures for %(kpi)s. The number may be retired or misspelt.") % {"kpi": named}
        )
    answer, number = Answer(", ".join([SOURCE, *sorted(kpis)])[:250]), 0
    for page in read:
        for raw in page["values"]:
            number += 1
            try:
                found = _figure(raw, number, last_year, kpis, gender)
            except RowRefused as fault:
                answer.refuse(number, _key(raw), fault.code, str(fault))
                continue
            if found is not None:
                answer.add(found)
    return answer


def _key(raw: object) -> str:
    return f"{raw.kpi} {raw.place} {raw.period}" if isinstance(raw, _Entry) else ""


def _figure(raw: object, number: int, last_year: int, kpis: Collection[str], gender: str) -> Found | None:
    """Return the entry's figure, None where there is none of this gender. Raises RowRefused."""
    if not isinstance(raw, _Entry) or not isinstance(raw.kpi, str) or not isinstance(raw.place, str):
        raise RowRefused("no_entry", _("This entry lacks its KPI, its municipality or its values."))
    if kpis and raw.kpi not in kpis:
        raise RowRefused("unknown_indicator", _("The KPI %(kpi)s was not asked for.") % {"kpi": raw.kpi[:20]})
    period = as_period(read_period(str(raw.period), last_year=last_year), raw.period, last_year)
    if not isinstance(raw.parts, tuple) or any(not isinstance(part, _Part) for part in raw.parts):
        raise RowRefused("no_entry", _("This entry lacks its KPI, its municipality or its values."))
    parts: list[_Part] = [part for part in raw.parts if part.gender == gender]
    if len(parts) > 1 and len({(part.value, part.deleted) for part in parts}) > 1:
        raise RowRefused("contradiction", _("This entry has two figures for %(gender)s.") % {"gender": gender})
    if not parts:
        return None
    part = parts[0]
    value: Decimal | None = None if part.value is None or part.deleted else as_decimal(part.value)
    held_back = value is None and str(part.status or "").casefold() in HELD_BACK
    return Found(number, raw.kpi, raw.place, period, value, too_few=held_back)
