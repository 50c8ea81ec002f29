"""Small rules of working through what people wrote: where one begins, and what may be done to a text. Pure."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterable

GAP = "[…]"
"""What stands where something was taken away."""

_WORD = re.compile(r"[^\W_]+")
_MARKED = re.compile(r"\[[^\[\]]{0,20}\]")


def start_of(*what: object) -> uuid.UUID:
    """Return where somebody begins in a list that is ordered by random keys: the same each time, each somewhere else.

    So that several people who work through one survey's comments do not all take the same one first.
    """
    return uuid.UUID(bytes=hashlib.sha256(repr(what).encode()).digest()[:16])


def without(text: str, pieces: Iterable[tuple[int, str]]) -> str:
    """Return `text` with a gap in place of each piece, given as (where it begins, how it reads). Pieces may overlap."""
    left, end = text, len(text) + 1
    for at, piece in sorted(pieces, reverse=True):
        last = min(at + len(piece), end)
        left, end = left[:at] + GAP + left[last:], at
    return left.replace(GAP + GAP, GAP)


def only_takes_away(before: str, after: str) -> bool:
    """Whether `after` has no word that `before` does not have in the same order. What stands in square brackets («[…]»,
    «[name]») is not counted: it marks a gap."""
    left = iter(_words(before))
    return all(word in left for word in _words(_MARKED.sub(" ", after)))


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def public_number(number: int, smallest: int) -> int | None:
    """Return a number of comments as everybody may see it: to the nearest five, None where it is below `smallest`.

    docs/decisions/0012-small-groups.md says why; what has changed since yesterday is then no number of comments either.
    """
    return None if number < smallest else (number + 2) // 5 * 5


def segments(text: str, pieces: Iterable[tuple[int, str]]) -> list[tuple[str, bool]]:
    """Return `text` in parts, each with whether it is one of the pieces; of pieces that overlap the first counts."""
    found, end = [], 0
    for at, piece in sorted(pieces):
        if at < end:
            continue
        found += [(text[end:at], False), (piece, True)]
        end = at + len(piece)
    return [part for part in [*found, (text[end:], False)] if part[0]]
