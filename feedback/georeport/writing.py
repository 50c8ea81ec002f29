"""One answer as XML and as JSON, by the «Spark» convention: JSON is the XML without its outermost element, lists are bare
arrays even with one element, what is empty is null."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from feedback.georeport.moments import written

CONTENT_TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}

# What XML 1.0 cannot hold, not even escaped.
_NO_XML = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")


@dataclass(frozen=True)
class Listing:
    """A list: in XML an element that holds only `item`s, in JSON an array."""

    item: str
    rows: Sequence[Any]


@dataclass(frozen=True)
class Answer:
    """What is answered: `root` is the XML's outermost element, `value` a Listing or a mapping of fields."""

    root: str
    value: Listing | Mapping[str, Any]

    def written(self, form: str) -> bytes:
        """Return the answer as `xml` or `json`, in UTF-8."""
        if form == "json":
            return json.dumps(_plain(self.value), ensure_ascii=False).encode(errors="replace")
        said = '<?xml version="1.0" encoding="UTF-8"?>\n' + _element(self.root, self.value) + "\n"
        return said.encode(errors="replace")


def errors(*found: tuple[int, str]) -> Answer:
    """Return the body of an error: each with its code and a sentence for people."""
    return Answer("errors", Listing("error", [{"code": code, "description": said} for code, said in found]))


def _plain(value: Any) -> Any:
    if isinstance(value, Listing):
        return [_plain(row) for row in value.rows]
    if isinstance(value, Mapping):
        return {name: _plain(below) for name, below in value.items()}
    if isinstance(value, datetime):
        return written(value)
    if isinstance(value, Decimal):
        return float(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value) or None


def _element(name: str, value: Any) -> str:
    if isinstance(value, Listing):
        inside = "".join(_element(value.item, row) for row in value.rows)
    elif isinstance(value, Mapping):
        inside = "".join(_element(below, held) for below, held in value.items())
    elif isinstance(value, bool):
        inside = "true" if value else "false"
    else:
        plain = _plain(value)
        inside = "" if plain is None else escape(_NO_XML.sub("\N{REPLACEMENT CHARACTER}", str(plain)))
    return f"<{name}>{inside}</{name}>" if inside else f"<{name}/>"
