"""Which unit gets a card. Pure: no database, no clock.

Larvik's rules 2 and 3 (`domain/README.md`): political content goes to the mayor, the rest by ordered rules of which the
first that fits decides, and what fits none stays with the service centre.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """One routing rule, as far as fitting needs it; ids are those of the rows."""

    rule_id: int
    unit_id: int
    category_id: int | None = None
    kind: str = ""
    area: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
    """What is known of a card when its unit is picked."""

    text: str
    category_id: int | None = None
    kind: str = ""
    place: str = ""
    area: str = ""


def fits(rule: Rule, facts: Facts) -> bool:
    """Whether all that `rule` asks for holds. A word fits at the beginning of a word of the text («lys» in «lysene»)."""
    if rule.category_id is not None and rule.category_id != facts.category_id:
        return False
    if rule.kind and rule.kind != facts.kind:
        return False
    if rule.area and rule.area.casefold() != facts.area.casefold() and not has_word(rule.area, facts.place):
        return False
    return not rule.words or any(has_word(word, facts.text) for word in rule.words)


def has_word(word: str, text: str) -> bool:
    """Whether `word` begins a word of `text`, whatever the case."""
    return re.search(rf"(?<!\w){re.escape(word)}", text, re.IGNORECASE) is not None


def first_fit(rules: Iterable[Rule], facts: Facts) -> Rule | None:
    """Return the first of the ordered `rules` that fits, or None."""
    return next((rule for rule in rules if fits(rule, facts)), None)


@dataclass(frozen=True)
class Reasons:
    """Why a rule fits: those of its words that the text has, and which of «category», «kind», «area» it asks for."""

    words: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()


def reasons(rule: Rule, facts: Facts) -> Reasons:
    """Return what of a `rule` that fits `facts` speaks for it, in the rule's own order."""
    asked = {"category": rule.category_id is not None, "kind": bool(rule.kind), "area": bool(rule.area)}
    return Reasons(
        words=tuple(word for word in rule.words if has_word(word, facts.text)),
        facts=tuple(name for name, asks in asked.items() if asks),
    )


def all_fits(rules: Iterable[Rule], facts: Facts) -> list[Rule]:
    """Return all of the ordered `rules` that fit; the first decides, the others would have without it."""
    return [rule for rule in rules if fits(rule, facts)]
