"""How few messages may be shown to everybody: never a number by which one sender could be known. Pure.

docs/decisions/0012-small-groups.md tells against whom it protects and why so.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

SMALLEST = 5
"""A group of fewer messages is not shown (`domain/README.md`, «Definitions for survey figures»)."""

SMALLEST_BASE = 10
"""A share of fewer than these is not shown."""

STEP = 5
"""Numbers are rounded to a whole number of these, so that what two months' pages differ by is no number of messages."""

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Shown(Generic[K]):
    """What may be published of groups: rounded numbers of the large ones, and of the others together (0 for none)."""

    groups: dict[K, int]
    others: int = 0


def rounded(number: int) -> int:
    """Return `number` to the nearest five: 7 is 5, 8 is 10."""
    return (number + STEP // 2) // STEP * STEP


def joined(counts: Mapping[K, int]) -> set[K] | None:
    """Return the groups that are not to be shown one by one, or None where nothing of `counts` may be shown at all.

    Groups of fewer than five are joined. Where they are fewer than five together, or all alike so that their number
    would tell each, the next smallest group is taken along, with all of its size: which groups are joined depends on the
    numbers alone, so that nobody can tell one joined group from another. A group of nobody is no group.
    """
    present = {group: count for group, count in counts.items() if count > 0}
    hidden = {group: count for group, count in present.items() if count < SMALLEST}
    if not hidden:
        return set() if present else None
    while sum(hidden.values()) < SMALLEST or len(set(hidden.values())) < 2:
        left = [count for group, count in present.items() if group not in hidden]
        if not left:
            return None
        hidden |= {group: count for group, count in present.items() if count == min(left)}
    return set(hidden) if len(hidden) < len(present) else None


def shown(counts: Mapping[K, int]) -> Shown[K] | None:
    """Return what may be published of `counts`, or None where it is nothing: then their sum is not to be published
    beside them either."""
    hidden = joined(counts)
    if hidden is None:
        return None
    return Shown(
        groups={group: rounded(count) for group, count in counts.items() if count > 0 and group not in hidden},
        others=rounded(sum(counts[group] for group in hidden)),
    )


def share(part: int, base: int) -> float | None:
    """Return part of base in whole hundredths, or None where the base is too small to show a share of."""
    return round(part / base, 2) if base >= SMALLEST_BASE else None
