"""What a message seems to be about, offered to whoever writes it. Pure: no database, no clock.

It guesses from words alone: those of the routing rules, and those that the categories are called by. Nothing that was
guessed is kept unless the page showed it (issue «Citizens»: kind and category are offered, not demanded).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from feedback.routing import Rule, has_word
from feedback.workflow import Kind

_JOINERS = frozenset({"and", "och", "med", "for", "the", "other", "andre", "annet", "anna", "annat"})
_ENDINGS = re.compile(r"(?<=\w\w\w)(ingen|ing|ene|ane|er|ar|or|en|et|(?<!s)s)$")
_NEGATED = r"(?<!ikke )(?<!ikkje )(?<!inte )(?<!not )"

# Only what somebody says outright. A question, a wish, an angry tone would be our interpretation of the person.
_OUTRIGHT: dict[Kind, tuple[str, ...]] = {
    Kind.PRAISE: ("ros til", "skryt til", "tusen takk", "beröm till", "tack för", "praise", "well done", "thank you for"),
    Kind.SUGGESTION: ("forslag", "framlegg", "foreslå", "förslag", "föreslå", "suggest"),
    Kind.COMPLAINT: ("klage på", "klager på", "klagar på", "vil klage", "vill klaga", "klagomål", "complain"),
    Kind.FAULT_REPORT: (
        "ødelagt", "øydelagd", "i stykker", "i stykke", "virker ikke", "verkar ikkje", "fungerer ikke", "fungerar inte",
        "trasig", "sönder", "broken", "does not work", "doesn't work", "knust", "krossad", "hull i", "hol i", "hål i",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Subject:
    """A category and what it is called, in whatever languages the writer may use."""

    category_id: int
    names: tuple[str, ...]


def suggest_category(text: str, rules: Sequence[Rule], subjects: Sequence[Subject]) -> int | None:
    """Return the id of the category that `text` seems to be about, or None.

    The words of the ordered `rules` go first: such a rule decides the unit, so that what is suggested and where the card
    goes agree. A rule without a category suggests the one that its unit answers for; where the unit answers for several,
    the one that the text names. After the rules come the categories' own names, the longest word found first.
    """
    offered = {subject.category_id for subject in subjects}
    for rule in rules:
        if rule.kind or rule.area or not any(has_word(word, text) for word in rule.words):
            continue
        if rule.category_id is not None:
            its = {rule.category_id}
        else:
            its = {
                other.category_id for other in rules if other.unit_id == rule.unit_id and other.category_id is not None
            }
        its &= offered
        if len(its) == 1:
            return its.pop()
        if its:
            return named_in(text, [subject for subject in subjects if subject.category_id in its])
    return named_in(text, subjects)


def named_in(text: str, subjects: Iterable[Subject]) -> int | None:
    """Return the category of which the longest word of a name begins a word of `text`; of equals the first."""
    best, longest = None, 0
    for subject in subjects:
        for word in {stem for name in subject.names for stem in _stems(name)}:
            if len(word) > longest and has_word(word, text):
                best, longest = subject.category_id, len(word)
    return best


def _stems(name: str) -> list[str]:
    words = re.findall(r"\w{3,}", name.casefold())
    return [_ENDINGS.sub("", word) for word in words if word not in _JOINERS]


def suggest_kind(text: str) -> str:
    """Return the kind that the writer names outright, or "" where that is none or more than one."""
    said = [
        kind
        for kind, phrases in _OUTRIGHT.items()
        if any(re.search(rf"{_NEGATED}(?<!\w){re.escape(phrase)}", text, re.IGNORECASE) for phrase in phrases)
    ]
    return str(said[0]) if len(said) == 1 else ""
