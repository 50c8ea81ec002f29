"""What CPython is told where it serves for long: room for deep calls, and what not to look through again and again.

Why, and what it gives: docs/decisions/0041-two-costs-of-the-interpreter.md.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

WORDS = 40 * 1024
"""Of eight bytes: somewhat more than half of the piece of 512 kB that CPython then asks for, so that the rest is room."""

YOUNG, MIDDLE, OLD = 2_000, 5, 4
"""Objects more than were freed, after which the youngest are looked through, and how often before the older ones are."""


def _call(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return function(*args, **kwargs)


_call.__code__ = _call.__code__.replace(co_stacksize=WORDS)


def with_room(function: Callable[P, R]) -> Callable[P, R]:
    """Return the same function, called so that the frames of what it calls lie in one piece of memory.

    CPython keeps frames in pieces of 16 kB and asks the system for each when calls reach it, and gives it back when they
    leave it: templates within templates go to and fro over such a border a thousand times in one page. A frame that says
    it needs much makes the piece large; nothing of it is touched that no frame uses.
    """

    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        found: R = _call(function, args, kwargs)
        return found

    return call


def settle() -> None:
    """Take what is loaded now for what stays: it is not looked through for garbage any more, and the rest less often.

    A whole collection of 240,000 objects takes 170 to 250 ms, in the middle of somebody's page.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
