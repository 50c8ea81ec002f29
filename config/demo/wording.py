"""How the texts are written: templates with slots and choices, and the season in which each can be said.

`[a|b|c]` is a choice, `{street}` a slot. A plain string can be said all the year.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass

ALL_YEAR = frozenset(range(1, 13))
WINTER = frozenset({11, 12, 1, 2, 3})
BARE = frozenset({4, 5, 6, 7, 8, 9, 10})
SPRING = frozenset({3, 4, 5, 6})
SUMMER = frozenset({5, 6, 7, 8, 9})
AUTUMN = frozenset({8, 9, 10, 11})
DARK = frozenset({9, 10, 11, 12, 1, 2, 3})


@dataclass(frozen=True, slots=True)
class Template:
    """`outside` is the body that the matter belongs to where it is not the municipality's."""

    text: str
    months: frozenset[int] = ALL_YEAR
    outside: str = ""


Pools = dict[tuple[str, str], tuple[Template, ...]]
Raw = Mapping[str, Mapping[str, "tuple[str | Template, ...]"]]


def winter(text: str) -> Template:
    return Template(text, WINTER)


def bare(text: str) -> Template:
    return Template(text, BARE)


def spring(text: str) -> Template:
    return Template(text, SPRING)


def summer(text: str) -> Template:
    return Template(text, SUMMER)


def autumn(text: str) -> Template:
    return Template(text, AUTUMN)


def dark(text: str) -> Template:
    return Template(text, DARK)


def belongs_to(body: str, text: str) -> Template:
    return Template(text, outside=body)


def as_templates(texts: tuple[str | Template, ...]) -> tuple[Template, ...]:
    return tuple(t if isinstance(t, Template) else Template(t) for t in texts)


_CHOICE = re.compile(r"\[([^\[\]]*)\]")


def choose(rng: random.Random, text: str) -> str:
    """The text with each `[a|b]` decided."""
    return _CHOICE.sub(lambda m: rng.choice(m.group(1).split("|")), text)


def upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]
