"""What the actions on indicators and scorecards share: the order of things, and words in several languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Model

from organisation.actions.changes import log_changed, values_of
from organisation.models import Person
from surveys.actions.building_base import STEP as STEP
from surveys.actions.building_base import clean_texts

Texts = Mapping[str, str]
LONGEST_NAME = 150
LONGEST_PROSE = 1000

M = TypeVar("M", bound=Model)


def name_texts(texts: Texts, field: str = "name") -> dict[str, str]:
    """Return a name in its languages, clean. Raises TextMissing, TextTooLong, LanguageUnknown."""
    return clean_texts(texts, field=field, longest=LONGEST_NAME)


def prose_texts(texts: Texts | None, field: str) -> dict[str, str]:
    """Return words that may be missing. Raises TextTooLong, LanguageUnknown."""
    return clean_texts(texts or {}, field=field, longest=LONGEST_PROSE, needed=False, one_line=False)


def next_position(rows: Sequence[Any]) -> int:
    return max((row.position for row in rows), default=0) + STEP


def swap(rows: Sequence[M], pk: int, *, up: bool, by: Person | None, now: datetime) -> None:
    """Let the row `pk` change places with the one before it or after it; at an end nothing happens."""
    order: list[Any] = list(rows)
    place = next((number for number, row in enumerate(order) if row.pk == pk), None)
    other = None if place is None else place - 1 if up else place + 1
    if place is None or other is None or not 0 <= other < len(order):
        return
    moved = order[place]
    before = values_of(moved)
    order[place], order[other] = order[other], order[place]
    for number, row in enumerate(order, start=1):
        if row.position != number * STEP:
            row.position = number * STEP
            row.save(update_fields=["position"])
    log_changed(moved, before, by=by, now=now)
