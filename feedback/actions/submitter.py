"""What the submitter does on the private page: adds something, withdraws the message, says how the answer was taken.

Whoever has the link is the submitter: these take no `by`.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback import mails
from feedback.actions.answering import ImpossibleReaction
from feedback.actions.base import TextMissing, take, write
from feedback.actions.closing import close_card
from feedback.actions.correcting import Upload, add_attachments
from feedback.actions.intake import LONGEST_TEXT, clean
from feedback.errors import Refused
from feedback.models import Addition, Callback, Card, CardEvent, OwnReaction
from feedback.workflow import HIGHEST, LOWEST, CloseResult, Step, is_negative
from organisation.models import Unit
from organisation.outbox.queueing import queue_mails
from organisation.queries import municipality, with_leaders, working_calendar

MOST_ADDITIONS = 10
"""Additions to a card in a cycle. Whoever has more to say than that is better served by a conversation."""

MAY_CHANGE_REACTION = timedelta(days=30)
"""How long the submitter may change the own reaction, counted from when it was first given."""


class TooMuchAdded(Refused):
    code = "too_much_added"
    message = _("You have added to this message %(most)s times. Ring us instead, and say the number of the message.")


class TooLongText(Refused):
    code = "too_long"
    message = _("The text is longer than %(most)s characters. Shorten it.")

    def __init__(self, field: str) -> None:
        super().__init__(most=LONGEST_TEXT)
        self.field = field


class NothingToReactTo(Refused):
    code = "nothing_to_react_to"
    message = _("You can say what you think of the answer when you have had it.")


class ReactionStands(Refused):
    code = "reaction_stands"
    message = _("Your reaction can no longer be changed. Ask us to open the matter again if something is wrong.")


def own_words(text: str, field: str) -> str:
    """Return what a submitter wrote, tidied. Raises TooLongText."""
    if len(text := clean(text)) > LONGEST_TEXT:
        raise TooLongText(field)
    return text


def add_to_card(card: Card, *, text: str, uploads: list[Upload], key: uuid.UUID, now: datetime) -> Addition:
    """Add words, pictures or both to a card that is not closed, and tell those who work with it that something came.

    The same `key` again returns what it made: a button pressed twice adds once.

    Raises TextMissing where there is neither, TooLongText, TooMuchAdded, WrongState.
    """
    with transaction.atomic():
        card = take(card, Step.ADD, None)
        if (known := Addition.objects.filter(card=card, key=key).first()) is not None:
            return known
        text = own_words(text, "text")
        if not text and not uploads:
            raise TextMissing("text")
        if Addition.objects.filter(card=card, cycle=card.cycle).count() >= MOST_ADDITIONS:
            raise TooMuchAdded(most=MOST_ADDITIONS)
        addition = Addition.objects.create(card=card, cycle=card.cycle, text=text, key=key, recorded_at=now)
        write(card, CardEvent.What.SUBMITTER_ADDED, by=None, now=now, addition=addition.pk, files=len(uploads))
        add_attachments(card, uploads, by=None, now=now, addition=addition)
        house = municipality()
        told = mails.submitter_added(
            card,
            addition,
            _with_people(card),
            files=len(uploads),
            house=house,
            on=working_calendar(house).local_date(now),
        )
        queue_mails(told, now=now)
        return addition


def _with_people(card: Card) -> Unit:
    """Return the card's unit with those who stand for it where it has no address of its own."""
    return with_leaders(Unit.objects.filter(pk=card.unit_id))[0]


def withdraw_card(card: Card, *, reason: str, now: datetime) -> Card:
    """Close a card because its submitter no longer wants anything of us, and tell the unit that has it.

    The reason, which nobody has to give, is kept for staff. Raises TooLongText, WrongState.
    """
    with transaction.atomic():
        card = take(card, Step.WITHDRAW, None)
        write(card, CardEvent.What.WITHDRAWN, by=None, now=now, note=own_words(reason, "reason"))
        was_with, house = _with_people(card), municipality()
        card = close_card(card, result=CloseResult.WITHDRAWN, by=None, now=now)
        if was_with.kind != Unit.Kind.SERVICE_CENTRE:
            on = working_calendar(house).local_date(now)
            queue_mails(mails.card_withdrawn(card, was_with, house=house, on=on), now=now)
        return card


def react(card: Card, *, reaction: int | None, reason: str = "", alternative: str = "", now: datetime) -> OwnReaction:
    """Keep how the submitter took the answer, 1–6, beside what staff wrote down in the conversation.

    Why and what instead are asked for and never demanded. Once a cycle; a second time changes it, for MAY_CHANGE_REACTION.
    Those who answered hear of a negative one, and once more when a reason or a proposal comes to it.

    Raises NothingToReactTo before the callback, ImpossibleReaction, ReactionStands, TooLongText, WrongState.
    """
    with transaction.atomic():
        card = take(card, Step.REACT, None)
        if not Callback.objects.filter(card=card, cycle=card.cycle).exists():
            raise NothingToReactTo
        if reaction is None or not LOWEST <= reaction <= HIGHEST:
            raise ImpossibleReaction
        given = {
            "reaction": reaction,
            "reason": own_words(reason, "reason"),
            "alternative": own_words(alternative, "alternative"),
        }
        own = OwnReaction.objects.filter(card=card, cycle=card.cycle).first()
        if own is None:
            own = OwnReaction.objects.create(card=card, cycle=card.cycle, recorded_at=now, **given)
            write(card, CardEvent.What.OWN_REACTION, by=None, now=now, to_value=reaction, own_reaction=own.pk)
            _tell_of_negative(card, own, now)
            return own
        if given == {name: getattr(own, name) for name in given}:
            return own  # sent twice
        if not may_change(own, now):
            raise ReactionStands
        before = own.reaction
        for name, value in given.items():
            setattr(own, name, value)
        own.changed_at = now
        own.save(update_fields=[*given, "changed_at"])
        write(
            card,
            CardEvent.What.OWN_REACTION,
            by=None,
            now=now,
            from_value=before,
            to_value=reaction,
            own_reaction=own.pk,
        )
        _tell_of_negative(card, own, now)
        return own


def _tell_of_negative(card: Card, own: OwnReaction, now: datetime) -> None:
    if is_negative(own.reaction):
        house, unit = municipality(), _with_people(card)
        on = working_calendar(house).local_date(now)
        queue_mails(mails.negative_reaction(card, own, unit, house=house, on=on), now=now)


def may_change(own: OwnReaction, now: datetime) -> bool:
    """Whether the submitter may still change the own reaction at `now` (aware)."""
    return now <= own.recorded_at + MAY_CHANGE_REACTION
