"""The order of letters in Norwegian and Swedish, for a database that has no such collation."""

from __future__ import annotations

import unicodedata

# The Norwegian order: æ ø å last, Swedish ä as æ and ö as ø. A Swedish list wants å before ä and ö; it gets that when the
# order becomes one of the country's settings.
_LAST = {"æ": "{1", "ä": "{1", "ø": "{2", "ö": "{2", "å": "{3"}


def sort_key(text: str) -> str:
    """Return a key that sorts by code point as a Norwegian would sort `text`: … z æ ø å, case and accents aside.

    «Aa» is left as two letters: in names of places and people it may be either, and a reader finds it under A.
    """
    letters = []
    for letter in unicodedata.normalize("NFC", text.casefold()):
        if letter in _LAST:
            letters.append(_LAST[letter])
        else:
            letters.append("".join(c for c in unicodedata.normalize("NFD", letter) if not unicodedata.combining(c)))
    return "".join(letters)[:300]
