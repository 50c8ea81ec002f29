"""Take back a card that staff have just made of something that stands elsewhere: a comment in a survey."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from feedback import mails
from feedback.actions.undoing import UNDO_WITHIN, TooLateToUndo
from feedback.errors import ChangedMeanwhile, NotAllowed
from feedback.models import Card, CardEvent
from feedback.rules import may_register
from feedback.workflow import Channel
from organisation.history_door import erasing
from organisation.models import Person
from organisation.outbox.queueing import queue_mails
from organisation.outbox.withdrawing import withdraw_mail
from organisation.queries import municipality

MADE = (CardEvent.What.REGISTERED, CardEvent.What.FORWARDED)


def take_back_card(card: Card, *, by: Person, now: datetime) -> None:
    """Delete a card that `by` made of a survey's comment in the last ten minutes and that nobody has touched.

    Nothing received is lost: the comment stands where it stood. The unit's mail is withdrawn, or followed by one that says
    that the card is not theirs. Its number is not given out again. Raises NotAllowed, TooLateToUndo, ChangedMeanwhile.
    """
    with transaction.atomic():
        locked = Card.objects.select_for_update().get(pk=card.pk)
        if locked.channel != Channel.SURVEY or not may_register(by, locked.channel):
            raise NotAllowed
        if locked.registered_by_id != by.pk or not locked.registered_at <= now <= locked.registered_at + UNDO_WITHIN:
            raise TooLateToUndo
        moved = locked.events.filter(what=CardEvent.What.FORWARDED).exclude(from_value="")
        if locked.events.exclude(what__in=MADE).exists() or moved.exists() or locked.duplicates.exists():
            raise ChangedMeanwhile
        gone = withdraw_mail(mails.key_of_first_sending(locked))
        if gone is not None:
            house = municipality()
            told = mails.card_taken_back(locked, to=gone.to, language=gone.language, house=house, event=0)
            queue_mails([told], now=now)
        with erasing():
            locked.delete()
