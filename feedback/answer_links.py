"""The links of the weekly list's mail by which a leader says why a card is late without signing in.

A link is bound to one person, one entry and the moment at which it was sent, and good for nothing else. It opens as long
as that person answers for the card where it lies, and nobody has written since.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.core import signing
from django.db.models import QuerySet

from feedback.models import CardEvent, OverdueEntry
from feedback.rules import may_do
from feedback.workflow import Step
from organisation.models import Person

GOOD_FOR = timedelta(days=14)
"""From the sending: the list's week and the next, in which the card is on a list again with a link of its own."""

SALT = "overdue-list-answer"


class LinkState(StrEnum):
    """How a link stands. `OPEN` alone lets anybody write; only it and `ANSWERED` say anything of the entry."""

    OPEN = "open"
    ANSWERED = "answered"  # by this link's person or another, since it was sent
    DONE = "done"  # the card was answered, or opened anew
    SENSITIVE = "sensitive"  # opened by signing in and saying why, never by a link
    MOVED = "moved"  # with another unit now
    EXPIRED = "expired"
    REVOKED = "revoked"  # the person is gone or answers for the unit no more


@dataclass(frozen=True)
class AnswerLink:
    """A link whose signature is good: whose it is, of which entry, with its card and list, and when it was sent."""

    person: Person
    entry: OverdueEntry
    sent_at: datetime

    def read_anew(self) -> AnswerLink:
        """Return the link with person, entry and card as they stand now."""
        return AnswerLink(Person.objects.get(pk=self.person.pk), _entries().get(pk=self.entry.pk), self.sent_at)


def answer_url(entry: OverdueEntry, person: Person, now: datetime) -> str:
    """Return the address of the page on which `person` writes about `entry`, good from `now` (aware)."""
    token = signing.dumps([person.pk, entry.pk, int(now.timestamp())], salt=SALT)
    return f"{settings.SITE_URL}/why-late/{token}/"


def link_of(token: str) -> AnswerLink | None:
    """Return the link that `token` is, None where it was not made here, or where person or entry are gone (two queries)."""
    try:
        person_id, entry_id, sent = signing.loads(token, salt=SALT)
        sent_at = datetime.fromtimestamp(sent, tz=UTC)
    except (signing.BadSignature, ValueError, TypeError, OverflowError):
        return None
    person = Person.objects.filter(pk=person_id).first()
    entry = _entries().filter(pk=entry_id).first()
    return AnswerLink(person, entry, sent_at) if person and entry else None


def _entries() -> QuerySet[OverdueEntry]:
    return OverdueEntry.objects.select_related("card__handler", "card__unit", "overdue_list__unit")


def standing_of(link: AnswerLink, now: datetime) -> LinkState:
    """Say how the link stands at `now` (aware). Whoever may not see the entry any more is told that first."""
    card = link.entry.card
    if not link.person.is_active:
        return LinkState.REVOKED
    if now > link.sent_at + GOOD_FOR:
        return LinkState.EXPIRED
    if card.unit_id != link.entry.overdue_list.unit_id and not may_do(link.person, Step.EXPLAIN_DELAY, card):
        return LinkState.MOVED
    if not may_do(link.person, Step.EXPLAIN_DELAY, card):
        return LinkState.REVOKED
    if card.sensitive:
        return LinkState.SENSITIVE
    if link.entry.is_solved:
        return LinkState.DONE
    written = CardEvent.objects.filter(card=card, what=CardEvent.What.DELAY_EXPLAINED, at__gte=link.sent_at)
    return LinkState.ANSWERED if written.exists() else LinkState.OPEN
