"""The texts that a municipality may word itself: which there are, what they say by default, and what they may name.

An app registers its own when it is ready. The default is one of our translated strings, so that a text nobody has
touched follows our translations; what the municipality wrote lies in `OwnWording`. Pure: no database.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Wording:
    """One text. `names` are what it may name in braces, such as `municipality` for «{municipality}».

    `group` is the heading under which the administrator finds it, `about` says where it is shown, `longest` is in
    characters.
    """

    key: str
    group: _StrPromise
    title: _StrPromise
    about: _StrPromise
    default: _StrPromise
    names: tuple[str, ...] = ()
    longest: int = 1000


_KNOWN: dict[str, Wording] = {}
_NAMED = re.compile(r"\{([^{}]*)\}")


def register(wordings: Iterable[Wording]) -> None:
    """Make `wordings` known. Called from an app's `ready`; the same key twice is a mistake. Raises ValueError."""
    for wording in wordings:
        if _KNOWN.get(wording.key, wording) is not wording:
            raise ValueError(f"There is a wording «{wording.key}» already.")
        _KNOWN[wording.key] = wording


def all_wordings() -> list[Wording]:
    """Return every wording in the order in which they were registered."""
    return list(_KNOWN.values())


def known(key: str) -> Wording:
    """Return the wording of `key`. Raises KeyError."""
    return _KNOWN[key]


def unknown_names(text: str, wording: Wording) -> list[str]:
    """Return what `text` names in braces and cannot: «{municpality}» would stand in the letter as it is typed."""
    return [name for name in _NAMED.findall(text) if name not in wording.names]


def filled(text: str, values: dict[str, object]) -> str:
    """Return `text` with each «{name}» of `values` put in; what is not among them stays as it is."""
    return _NAMED.sub(lambda found: str(values.get(found[1], found[0])), text)
