"""Answers as Kolada, SSB, Klass and another installation give them, for the tests of what is fetched and read."""

from __future__ import annotations

import json
from typing import Any


def as_bytes(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False).encode()


def kolada(
    *rows: tuple[Any, ...], version: int = 3, next_address: str | None = None, count: int | None = None
) -> bytes:
    """Rows of KPI, municipality, year, and the value of all, of women and of men (as many as are given)."""
    values = [
        {
            "kpi": kpi, "municipality": place, "period": year,
            "values": [
                {"gender": gender, "count": 1, "status": "" if value is not None else "Missing", "value": value}
                for gender, value in zip(("T", "K", "M"), numbers, strict=False)
            ],
        }
        for kpi, place, year, *numbers in rows
    ]  # fmt: skip
    page: dict[str, Any] = {"count": len(values) if count is None else count, "values": values}
    page["next_url" if version == 3 else "next_page"] = next_address
    return as_bytes(page)


def table(values: Any, *, order: str = "rct", status: Any = None, measures: tuple[str, ...] = ("Share",)) -> bytes:
    """A data set of two municipalities and two years; `order` are the dimensions by their first letters."""
    dimensions = {
        "r": ("Region", {"index": {"9101": 0, "9102": 1}}),
        "c": ("ContentsCode", {"index": list(measures)}),
        "t": ("Tid", {"index": {"2024": 0, "2025": 1}}),
    }
    chosen = [dimensions[letter] for letter in order]
    data = {
        "class": "dataset", "version": "2.0", "id": [name for name, _category in chosen],
        "size": [len(category["index"]) for _name, category in chosen],
        "dimension": {name: {"category": category} for name, category in chosen},
        "value": values,
    }  # fmt: skip
    return as_bytes(data if status is None else data | {"status": status})


def document(
    *values: dict[str, Any], key: str = "service", scale: str = "1-6", number: str = "9101", **more: Any
) -> bytes:
    """Another installation's open data with one indicator."""
    one = {
        "key": key,
        "names": {"nb": key},
        "scale": scale,
        "direction": "higher",
        "decimals": 1,
        "values": list(values),
    }
    whose = {"country": "NO", "number": number, "name": "Nordvik"}
    return as_bytes({"format": "innspill-benchmarks", "version": 1, "municipality": whose, "indicators": [one]} | more)


KLASS = as_bytes(
    {"codes": [{"code": code, "name": name} for code, name in (("9101", "Nordvik"), ("9102", "Fjelldal"))]
     + [{"code": "9999", "name": "Uoppgitt"}]}
)  # fmt: skip
CHANGES = as_bytes(
    {"codeChanges": [{"oldCode": "9185", "oldName": "Gran", "newCode": "9101", "newName": "Nordvik",
                      "changeOccurred": "2020-01-01"}]}
)  # fmt: skip
SWEDEN = as_bytes(
    {"count": 3, "values": [{"id": "9801", "title": "Lövsta", "type": "K"}, {"id": "0000", "title": "Riket", "type": "K"},
                            {"id": "0001", "title": "Region Nord", "type": "L"}]}
)  # fmt: skip
