"""Keys of areas, questions and choices, derived from their words. Pure.

A key never changes: answers, earlier rounds, means from elsewhere and exported files all name a question by it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

LONGEST_DERIVED = 50
_LETTERS = str.maketrans({"æ": "ae", "ø": "o", "ð": "d", "þ": "th", "ß": "ss", "đ": "d"})


def key_from(words: str, taken: Container[str] = (), *, otherwise: str = "item") -> str:
    """Return a key made of `words`, such as «jeg-far-svar», that is not in `taken`.

    Letters a–z, digits and dashes, cut at a word. `otherwise` stands where the words hold no letter of ours.
    """
    folded = unicodedata.normalize("NFKD", words.casefold().translate(_LETTERS))
    key = re.sub(r"[^a-z0-9]+", "-", "".join(c for c in folded if not unicodedata.combining(c))).strip("-")
    if len(key) > LONGEST_DERIVED:
        cut = key[: LONGEST_DERIVED + 1]
        key = (cut.rpartition("-")[0] or cut)[:LONGEST_DERIVED]
    key = key or otherwise
    number, found = 2, key
    while found in taken:
        number, found = number + 1, f"{key}-{number}"
    return found
