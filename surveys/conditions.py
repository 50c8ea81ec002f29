"""«Asked only if»: what a condition may name. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from surveys.questionnaires import DONT_KNOW, SCALE, THREE_POINTS, WITH_OPTIONS, Item, QuestionKind


class Fault(StrEnum):
    NOT_EARLIER = "not_earlier"  # not there, or asked at the same time or later
    NO_SUCH_VALUE = "no_such_value"
    NO_VALUE = "no_value"


@dataclass(frozen=True)
class Faulty:
    """A question whose condition cannot be kept: the question, the one it names, and why."""

    key: str
    other: str
    fault: Fault


def values_to_choose(item: Item) -> list[str]:
    """Return the answers to `item`, as strings, on which another question can depend. None for a text."""
    if item.kind == QuestionKind.TEXT:
        return []
    if item.kind in WITH_OPTIONS:
        values = [option.key for option in item.options]
    else:
        values = [str(point) for point in (SCALE if item.kind == QuestionKind.SCALE else THREE_POINTS)]
    return [*values, DONT_KNOW] if item.dont_know else values


def first_fault(items: Sequence[Item]) -> Faulty | None:
    """Return the first of `items`, in their order, whose condition names no earlier question or no answer that it has."""
    earlier: dict[str, Item] = {}
    for item in items:
        if item.show_if is not None:
            other, values = item.show_if
            if other not in earlier:
                return Faulty(item.key, other, Fault.NOT_EARLIER)
            if not values:
                return Faulty(item.key, other, Fault.NO_VALUE)
            if not values <= set(values_to_choose(earlier[other])):
                return Faulty(item.key, other, Fault.NO_SUCH_VALUE)
        earlier[item.key] = item
    return None
