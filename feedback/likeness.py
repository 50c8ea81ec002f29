"""Whether two messages look like one and the same. Pure: no database, no clock.

A hint for a person who then looks, never a rule: it may be wrong both ways.
"""

from __future__ import annotations

import re

BEGINNING = 5
"""Letters by which words are compared, so that «veien» is «vei» and «lyset» is «lys» to most ends."""

SHORTEST = 4
"""Words with fewer letters say nothing of what a message is about."""

ENOUGH = 0.5
"""Share of the shorter text's words that the other has too."""


def _words(text: str) -> set[str]:
    return {word[:BEGINNING] for word in re.findall(r"[^\W\d_]+", text.casefold()) if len(word) >= SHORTEST}


def looks_alike(one: str, other: str) -> bool:
    """Whether at least two words, and half of the shorter text's, are in both."""
    mine, theirs = _words(one), _words(other)
    shared = len(mine & theirs)
    return shared >= 2 and shared >= ENOUGH * min(len(mine), len(theirs))
