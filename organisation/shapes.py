"""A name for how a class of figures is built, so that two releases at one cache never read each other's figures.

What lies in the cache is pickled: read by a release whose class has other fields, it lacks some, or cannot be read at all.
Pure: no database and no clock.
"""

from __future__ import annotations

import hashlib
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, get_args, get_type_hints


@cache
def shape(kind: type) -> str:
    """Return a short name that is another as soon as `kind`, or a class that its fields name, has other fields."""
    said: dict[str, str] = {}
    _describe(kind, said)
    return hashlib.sha256(repr(sorted(said.items())).encode()).hexdigest()[:12]


def _describe(kind: Any, said: dict[str, str]) -> None:
    for part in get_args(kind):
        _describe(part, said)
    if not isinstance(kind, type):
        return
    name = f"{kind.__module__}.{kind.__qualname__}"
    if name in said:
        return
    said[name] = ""
    if issubclass(kind, Enum):
        said[name] = repr([(one.name, one.value) for one in kind])
    elif is_dataclass(kind):
        hints = get_type_hints(kind)
        said[name] = repr([(field.name, str(hints[field.name])) for field in fields(kind)])
        for field in fields(kind):
            _describe(hints[field.name], said)
