"""Areas and questions ready to take into a survey, in our own wording. Pure: read once from the files beside this one.

Scale questions are statements, one thing each, answered from 1 «completely disagree» to 6 «completely agree». Their keys
are the same in every municipality and every round.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from surveys.questionnaires import Item, Option, QuestionKind

_HERE = Path(__file__).parent
_LANGUAGES = ("nb", "nn", "sv", "en")
_TEXTS = [f"{language}{easy}" for language in _LANGUAGES for easy in ("", "-easy")]


@dataclass(frozen=True)
class LibraryArea:
    """A theme and its questions, in the order in which they are best asked."""

    key: str
    titles: Mapping[str, str]
    introductions: Mapping[str, str]
    items: tuple[Item, ...]


@cache
def library() -> tuple[LibraryArea, ...]:
    """Return the areas in the order in which a citizen survey asks them."""
    return tuple(_area(tomllib.loads(path.read_text("utf-8"))) for path in sorted(_HERE.glob("*.toml")))


@cache
def library_items() -> Mapping[str, tuple[LibraryArea, Item]]:
    """Return each question with its area, by its key: keys are unique over the whole library."""
    return {item.key: (area, item) for area in library() for item in area.items}


def _area(read: Mapping[str, Any]) -> LibraryArea:
    items = tuple(_item(read["key"], item) for item in read["items"])
    return LibraryArea(read["key"], read["titles"], read.get("introductions", {}), items)


def _item(area: str, read: Mapping[str, Any]) -> Item:
    kind = read.get("kind", QuestionKind.SCALE.value)
    condition = read.get("show_if")
    return Item(
        key=read["key"],
        kind=kind,
        texts=_texts(read),
        area=area,
        options=tuple(Option(option["key"], _texts(option)) for option in read.get("options", ())),
        background=read.get("background", False),
        dont_know=read.get("dont_know", kind != QuestionKind.TEXT),
        at_most=read.get("at_most"),
        show_if=(condition["question"], frozenset(condition["values"])) if condition else None,
        help=read.get("helps", {}),
    )


def _texts(read: Mapping[str, Any]) -> dict[str, str]:
    return {code: read[code] for code in _TEXTS if code in read}
