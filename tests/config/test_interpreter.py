"""Room for deep calls: nothing is asked of the system where calls go to and fro at any depth."""

from __future__ import annotations

import resource

import pytest

from config.interpreter import with_room


def leaf(*values: int) -> int:
    return len(values)


def to_and_fro(depth: int) -> None:
    """Go down so far, and there call the leaf again and again."""
    if depth:
        return to_and_fro(depth - 1)
    for _ in range(50):
        leaf(1, 2, 3)
    return None


def faults() -> int:
    """Pages that were asked of the system while calls went to and fro at each depth."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for depth in range(400):
        to_and_fro(depth)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def test_calls_at_any_depth_ask_the_system_for_nothing() -> None:
    with_room(faults)()  # the pages of the room itself
    assert with_room(faults)() < 100  # well over a thousand without room


def test_what_is_called_gets_all_and_gives_all() -> None:
    def divided(by: int, *, of: int) -> float:
        return of / by

    assert with_room(divided)(2, of=3) == 1.5
    with pytest.raises(ZeroDivisionError):
        with_room(divided)(0, of=3)
