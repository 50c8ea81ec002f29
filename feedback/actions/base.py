"""What every action on a card begins and ends with: the locked row, and the event."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from feedback.announcing import announce
from feedback.errors import Refused
from feedback.models import Card, CardEvent, CardNote
from feedback.rules import require
from feedback.workflow import Step
from organisation.models import Person


class TextMissing(Refused):
    code = "text_missing"
    message = _("Write a few words here.")

    def __init__(self, field: str) -> None:
        super().__init__()
        self.field = field


class ImpossibleMoment(Refused):
    """A date that cannot be: in the future, or before the card was registered."""

    code = "impossible_date"
    message = _("The date cannot be in the future or before the card was registered.")

    def __init__(self, field: str) -> None:
        super().__init__()
        self.field = field


def take(card: Card, step: Step, by: Person | None) -> Card:
    """Return the card's row as it stands now, locked until the transaction ends, if `step` may be taken with it.

    Raises NotAllowed or WrongState. Of two people who do the same at once the second meets the state the first left.
    """
    # Locked alone, then read anew: a join in the locking query would be judged by the row as it was before the wait, so
    # that a card which somebody moves meanwhile would not be found at all.
    # Only against other actions: Monday's run, whose entries point at thousands of cards, is not waited for.
    Card.objects.select_for_update(no_key=True).only("pk").get(pk=card.pk)
    locked = Card.objects.select_related("unit", "category", "submitter").get(pk=card.pk)
    require(step, locked, by)
    return locked


def write(
    card: Card,
    what: CardEvent.What,
    *,
    by: Person | None,
    now: datetime,
    from_value: object = "",
    to_value: object = "",
    note: str = "",
    **details: Any,
) -> CardEvent:
    """Write one event of the card's history, beside it the text that may be erased later, and tell the systems that asked."""
    event = CardEvent.objects.create(
        card=card, what=what, at=now, by=by, from_value=str(from_value), to_value=str(to_value), details=details
    )
    if note:
        CardNote.objects.create(card=card, event=event, text=note)
    announce([event], now=now)
    return event


def words(text: str, field: str) -> str:
    """Return `text` without white space around it. Raises TextMissing where nothing is left."""
    if not (text := text.replace("\x00", "").strip()):
        raise TextMissing(field)
    return text


def check_moment(moment: datetime, card: Card, *, now: datetime, field: str) -> None:
    """Raise ImpossibleMoment unless the aware `moment` lies between the card's (re)opening and now."""
    if not (card.reopened_at or card.registered_at) <= moment <= now:
        raise ImpossibleMoment(field)
