"""Contact cards together: printed in one document, and marked as posted in one go, each by its own action."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.actions.calling import NoContactCard, post_contact_card
from feedback.actions.seen import unless_changed
from feedback.errors import Refused
from feedback.models import Card, ContactCard
from feedback.queries import contact_cards_waiting
from feedback.rules import require
from feedback.workflow import Step
from organisation.models import Person

MOST = 200
"""Contact cards in one document: as many as fit into a folding machine's tray, and a PDF in a few seconds."""


class TooManyToPrint(Refused):
    code = "too_many_to_print"
    message = _("At most %(most)s contact cards go into one document. Choose fewer.")


@dataclass
class Posted:
    """What became of each card that was to be marked as posted."""

    done: list[Card] = field(default_factory=list)
    refused: list[tuple[Card, Refused]] = field(default_factory=list)


def print_contact_cards(cards: Iterable[Card], *, by: Person, now: datetime) -> list[ContactCard]:
    """Note that the waiting contact cards of `cards` are printed together. All have `now` as their `printed_at` then, by
    which the document is found again.

    Raises NoContactCard where one of them has none that waits, TooManyToPrint, NotAllowed, WrongState; then none is noted.
    """
    chosen = {card.pk: card for card in cards}
    if len(chosen) > MOST:
        raise TooManyToPrint(most=MOST)
    with transaction.atomic():
        waiting = list(contact_cards_waiting(Card.objects.filter(pk__in=chosen)).select_for_update(of=("self",)))
        if not waiting or len(waiting) != len(chosen):
            raise NoContactCard
        for made in waiting:
            require(Step.POST_CONTACT_CARD, made.card, by)
        ContactCard.objects.filter(pk__in=[made.pk for made in waiting]).update(printed_at=now, printed_by=by)
        return waiting


def post_contact_cards(cards: Iterable[tuple[Card, int]], *, posted_on: date, by: Person, now: datetime) -> Posted:
    """Mark each card's contact card as posted on `posted_on`. With each card stands the latest event that the person saw.

    Each is a transaction of its own: what is refused is told of, the rest is done.
    """
    posted = Posted()
    for card, seen in cards:
        try:
            unless_changed(card, seen, partial(post_contact_card, card, posted_on=posted_on, by=by, now=now))
        except Refused as refusal:
            posted.refused.append((card, refusal))
        else:
            posted.done.append(card)
    return posted
