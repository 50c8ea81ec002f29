"""What in a text would lead to a person: phone numbers, e-mail addresses, identity numbers, the submitter's own name and
address. Pure. It helps whoever writes; it does not replace reading: a description can name somebody too."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

import phonenumbers

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# Eleven digits as Norwegian identity numbers are written, and the Swedish ten or twelve: groups of six and five, or six or
# eight and four.
_IDENTITY = re.compile(r"(?<!\d)(?:\d{6}[ .-]?\d{5}|\d{6}[-+ ]?\d{4}|\d{8}[-+ ]?\d{4})(?!\d)")
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_SHORTEST_NAME = 3


class Kind(StrEnum):
    """What leads to a person."""

    EMAIL = "email"
    BIRTH_NUMBER = "birth_number"
    PHONE = "phone"
    NAME = "name"
    ADDRESS = "address"


class Piece(NamedTuple):
    """One piece of a text that leads to a person, as it stands there."""

    at: int
    text: str
    kind: Kind


def what_names_somebody(
    text: str, *, name: str = "", address: str = "", country: str = "NO", ours: Iterable[str] = ()
) -> list[str]:
    """Return the pieces of `text` that lead to a person, as they stand in it, each once, in the order of the text.

    The arguments are those of `pieces_that_name`.
    """
    found = pieces_that_name(text, name=name, address=address, country=country, ours=ours)
    return list(dict.fromkeys(piece.text for piece in found))


def pieces_that_name(
    text: str, *, name: str = "", address: str = "", country: str = "NO", ours: Iterable[str] = ()
) -> list[Piece]:
    """Return the pieces of `text` that lead to a person, in its order.

    `name` and `address` are the submitter's. A part of the name counts where it is written with a capital letter: «Dag» is
    a man and «dag» a day. `country` («NO», «SE») tells which phone numbers need no country code. `ours` are the
    municipality's own phone number and e-mail address, which may stand.
    """
    own = {_plain(each) for each in ours if each}
    found = [Piece(match.start(), match[0], Kind.EMAIL) for match in _EMAIL.finditer(text)]
    found += [Piece(match.start(), match[0], Kind.BIRTH_NUMBER) for match in _IDENTITY.finditer(text)]
    phones = phonenumbers.PhoneNumberMatcher(text, country)
    found += [Piece(match.start, match.raw_string, Kind.PHONE) for match in phones]
    parts = {part.casefold() for part in words_of(name) if len(part) >= _SHORTEST_NAME}
    found += [
        Piece(word.start(), word[0], Kind.NAME)
        for word in _WORD.finditer(text)
        if word[0][0].isupper() and _is_name(word[0].casefold(), parts)
    ]
    for line in re.split(r"[\n,]", address):
        street = " ".join(line.split())
        if re.search(r"[^\W\d_]{3}.*\d", street) and (match := re.search(_spaced(street), text, re.IGNORECASE)):
            found.append(Piece(match.start(), match[0], Kind.ADDRESS))
    return [piece for piece in sorted(found) if _plain(piece.text) not in own]


STRUCK = "█"


def struck(text: str, pieces: Iterable[Piece]) -> str:
    """Return `text` with each piece of it covered: as many words as before, of five blocks each, so that nobody can count
    the letters."""
    out, at = [], 0
    for piece in sorted(pieces):
        end = piece.at + len(piece.text)
        if end <= at:
            continue  # inside one that is covered already
        out += [
            text[at : max(at, piece.at)],
            " ".join([STRUCK * 5] * len(piece.text.split())) if piece.at >= at else "",
        ]
        at = end
    return "".join([*out, text[at:]])


def words_of(text: str) -> list[str]:
    """Return the words of a text or the parts of a name: letters, with hyphens and apostrophes inside."""
    return _WORD.findall(text)


def _is_name(word: str, parts: set[str]) -> bool:
    """Whether `word` is a part of the name, or the part's genitive: «Karis», «Nordmanns»."""
    return word in parts or (word.endswith("s") and word[:-1] in parts)


def _spaced(street: str) -> str:
    return r"(?<!\w)" + r"\s+".join(re.escape(word) for word in street.split()) + r"(?!\w)"


def _plain(piece: str) -> str:
    """Addresses and numbers alike however they are spaced; a Norwegian or Swedish country code is left out."""
    plain = re.sub(r"[\s()./-]", "", piece).casefold()
    return re.sub(r"^(\+|00)4[67]", "", plain)
