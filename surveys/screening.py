"""What in a free text may name somebody, so that a person reads it before anybody else does. Pure.

It finds too much rather than too little: what it finds is held, not changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from feedback.naming import Kind, pieces_that_name, words_of

RARE = 5
"""People. A surname that fewer bear leads to a household."""


def found_in(
    text: str, *, name: str = "", address: str = "", country: str = "NO", ours: Iterable[str] = ()
) -> list[str]:
    """Return the kinds of things in `text` that may lead to a person, sorted, each once.

    `name` and `address` are those of whoever writes, where they are known; `ours` the municipality's own phone number
    and e-mail address.
    """
    found = pieces_that_name(text, name=name, address=address, country=country, ours=ours)
    return sorted({piece.kind.value for piece in found})


class Names:
    """The names of a register, for finding them in many texts."""

    def __init__(self, names: Iterable[str]) -> None:
        """Take all residents' names, first names first."""
        parts = [[part.casefold() for part in words_of(name)] for name in names]
        full = [each for each in parts if len(each) > 1]
        self._pairs = {(each[0], each[-1]) for each in full} | {(each[-1], each[0]) for each in full}
        bearers = Counter(each[-1] for each in full)
        self._rare = {surname for surname, people in bearers.items() if people < RARE and len(surname) > 2}

    def are_in(self, text: str) -> bool:
        """Whether `text` holds somebody's first name and surname within three words, or a rare surname, with capitals."""
        written = [word for word in words_of(text) if word[0].isupper()]
        words = [_without_genitive(word.casefold(), self._rare) for word in written]
        if any(word in self._rare for word in words):
            return True
        plain = [word.casefold() for word in written]
        near = [(a, b) for at, a in enumerate(plain) for b in plain[at + 1 : at + 3]]
        return any(pair in self._pairs or (pair[0], pair[1].removesuffix("s")) in self._pairs for pair in near)


def with_name(found: Iterable[str]) -> list[str]:
    """Return the kinds found, and that there is a name among them."""
    return sorted({*found, Kind.NAME.value})


def _without_genitive(word: str, known: set[str]) -> str:
    return word[:-1] if word.endswith("s") and word not in known and word[:-1] in known else word
