"""What another house answered, as plain rows, however it spells it: XML or JSON, numbers or texts, lists of one without their
list, missing fields, nested twice. A web page, a document type and entities are refused."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from xml.parsers import expat

DEEPEST = 40
MOST_ELEMENTS = 200_000


class Unreadable(ValueError):
    """The answer is no GeoReport: a web page, broken, or built to harm."""


Row = dict[str, Any]


def rows(content: bytes, item: str) -> list[Row]:
    """Return the rows of a list of `item`s, each a mapping by field; a single one that stands alone is a list of one.

    Raises Unreadable.
    """
    found = _tree(content)
    if not isinstance(found, list | Mapping):
        raise Unreadable
    return [row for row in _rows(found, item, 0) if row]


def fields(content: bytes) -> Row:
    """Return the one object that the answer is (a discovery, a definition). Raises Unreadable."""
    found = _tree(content)
    while isinstance(found, list) and len(found) == 1:
        found = found[0]
    if not isinstance(found, Mapping):
        raise Unreadable
    if len(found) == 1 and isinstance(only := next(iter(found.values())), Mapping):
        return dict(only)  # the outermost element, which some put into their JSON too
    return dict(found)


def below(row: Mapping[str, Any], name: str, item: str) -> list[Any]:
    """Return the members of the list `name` in a row: `[…]`, `{"item": […]}`, one that stands alone, or none."""
    held = row.get(name)
    if isinstance(held, Mapping) and item in held:
        held = held[item]
    if held is None or held == "":
        return []
    return held if isinstance(held, list) else [held]


def text(row: Mapping[str, Any], *names: str) -> str:
    """Return the first of the fields that holds something, as text without white space around it and without NUL."""
    for name in names:
        value = row.get(name)
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, str | int | float) and (said := str(value).replace("\x00", "").strip()):
            return said
    return ""


def is_true(row: Mapping[str, Any], name: str) -> bool:
    return text(row, name).lower() in ("true", "1", "yes")


def _rows(found: Any, item: str, depth: int) -> Iterator[Row]:
    if isinstance(found, list):
        for one in found:
            yield from _rows(one, item, depth + 1)
    elif isinstance(found, Mapping):
        inner = found.get(item)
        if isinstance(inner, list | Mapping):
            yield from _rows(inner, item, depth + 1)
        elif depth < 3 and len(found) == 1 and isinstance(only := next(iter(found.values())), list | Mapping):
            yield from _rows(only, item, depth + 1)
        elif item not in found:
            yield dict(found)


def _tree(content: bytes) -> Any:
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if start[:1] in (b"[", b"{"):
        try:
            return json.loads(content.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            raise Unreadable from error
    if not start.startswith(b"<") or start.startswith((b"<!doctype", b"<html")):
        raise Unreadable
    return _xml(content)


def _xml(content: bytes) -> Any:
    """Return the XML as mappings and texts: an element that comes again becomes a list.

    Expat reads no other address and, as every document type is refused, knows no entities but XML's own five.
    """
    parser = expat.ParserCreate()
    stack: list[tuple[str, Row, list[str]]] = [("", {}, [])]
    count = 0

    def refuse(*_args: object) -> None:
        raise Unreadable

    def begin(name: str, _attributes: object) -> None:
        nonlocal count
        count += 1
        if len(stack) > DEEPEST or count > MOST_ELEMENTS:
            raise Unreadable
        stack.append((name.rpartition(":")[2], {}, []))

    def end(_name: str) -> None:
        name, held, said = stack.pop()
        value: Any = held or "".join(said).strip() or None
        above = stack[-1][1]
        if name not in above:
            above[name] = value
        elif isinstance(above[name], list):
            above[name].append(value)
        else:
            above[name] = [above[name], value]

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = lambda data: stack[-1][2].append(data)
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Unreadable from error
    root = stack[0][1]
    if "html" in root:
        raise Unreadable
    return next(iter(root.values()), None) or {}
