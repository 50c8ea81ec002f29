"""What is known already, for staff who register a card: who wrote before, and addresses and places that were named.

Only for those who register cards for citizens; every read starts from the cards that the person may see.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.contrib.postgres.search import SearchQuery
from django.db.models import Q

from feedback.likeness import looks_alike
from feedback.models import Card, Submitter
from feedback.queries import phone_keys, visible_to
from organisation.models import Person

LOOKED_AT = 200
"""Rows that one look reads at most: a name that hundreds bear is no help, and typing must not wait."""

SHOWN = 3
"""Submitters that are offered."""

SUGGESTED = 8
"""Addresses or places that are offered."""


@dataclass
class EarlierSubmitter:
    """Somebody who sent cards before, with the contact details of the latest of them.

    `alike` are open cards of theirs that say much the same as the one that is being registered.
    """

    latest: Submitter
    cards: int = 0
    alike: list[Card] = field(default_factory=list)

    @property
    def search(self) -> str:
        """What the work list is asked for to show these cards."""
        return self.latest.phone or self.latest.name


def earlier_submitters(person: Person, *, name: str, phone: str, text: str = "") -> list[EarlierSubmitter]:
    """Return who may be the one with this phone or name, those with most cards first; one query.

    A phone number decides alone. A name counts where it is at least two words, each matched by its beginning.
    """
    keys, query = phone_keys(phone), _all_words(name)
    by_name = Q(search=query) if query is not None else None
    if not keys and by_name is None:
        return []
    matching = Q(phone_key__in=keys) | by_name if keys and by_name is not None else by_name or Q(phone_key__in=keys)
    rows = (
        Submitter.objects.filter(matching, card__in=visible_to(person))
        .select_related("card")
        .order_by("-card__registered_at")[:LOOKED_AT]
    )
    found: dict[tuple[str, str], EarlierSubmitter] = {}
    for row in rows:
        if row.phone_key not in keys and not _begins_alike(name, row.name):
            continue  # the words were found in the address
        key = (row.phone_key, "") if row.phone_key else ("", row.name.casefold())
        known = found.setdefault(key, EarlierSubmitter(row))
        known.cards += 1
        if row.card.is_open and looks_alike(text, row.card.text):
            known.alike.append(row.card)
    ranked = sorted(found.values(), key=lambda known: (known.latest.phone_key not in keys, -known.cards))
    return ranked[:SHOWN]


def _all_words(text: str) -> SearchQuery | None:
    words = re.findall(r"\w+", text.casefold())
    if len(words) < 2 or min(len(word) for word in words[:2]) < 2:
        return None
    return SearchQuery(" & ".join(f"{word}:*" for word in words), search_type="raw", config="simple")


def _begins_alike(typed: str, name: str) -> bool:
    have = re.findall(r"\w+", name.casefold())
    return all(any(word.startswith(part) for word in have) for part in re.findall(r"\w+", typed.casefold()))


def address_suggestions(person: Person, typed: str) -> list[str]:
    """Return addresses that submitters gave before and that have the words typed, the most usual first."""
    rows = Submitter.objects.filter(card__in=visible_to(person)).exclude(address="")
    return _suggested(typed, "simple", rows.values_list("address", flat=True))


def place_suggestions(person: Person, typed: str) -> list[str]:
    """Return places that cards were about before and that have the words typed, the most usual first."""
    return _suggested(typed, "norwegian", visible_to(person).exclude(place="").values_list("place", flat=True))


def _suggested(typed: str, config: str, rows: object) -> list[str]:
    words = re.findall(r"\w+", typed.casefold())
    if len("".join(words)) < 2:
        return []
    query = SearchQuery(" & ".join(f"{word}:*" for word in words), search_type="raw", config=config)
    found: Iterable[str] = rows.filter(search=query)[:LOOKED_AT]  # type: ignore[attr-defined]
    fitting = Counter(text.strip() for text in found if _begins_alike(typed, text))
    return [text for text, _count in fitting.most_common(SUGGESTED)]
