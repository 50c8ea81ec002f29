"""Close a card, reopen it, and close those from whom no word came after a posted contact card."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from feedback import mails
from feedback.actions.base import take, words, write
from feedback.actions.intake import deadline_rule
from feedback.deadlines import due_on
from feedback.errors import Refused, WrongState
from feedback.models import Card, CardEvent, ContactCard, ReopeningRequest
from feedback.workflow import OPEN_STATES, CloseResult, State, Step, results_for
from organisation.models import Municipality, Person, Unit
from organisation.outbox.queueing import queue_mails
from organisation.queries import answering_unit, municipality, with_leaders, working_calendar


class NotClosedThatWay(Refused):
    """The result does not fit what has been done; a card that is owed a callback is not closed without it."""

    code = "not_closed_that_way"
    field = "result"
    message = _("The card cannot be closed as «%(result)s» yet.")


class CallbackStillOwed(NotClosedThatWay):
    code = "callback_still_owed"
    message = _(
        "The submitter is owed a callback. The card can be closed after the callback or a posted contact card, "
        "or as withdrawn by the submitter or as a duplicate."
    )


class DuplicateOfWhat(Refused):
    code = "duplicate_of_what"
    field = "duplicate_of"
    message = _("Name the other card that this is a duplicate of.")


def close_card(
    card: Card,
    *,
    result: str,
    by: Person | None,
    now: datetime,
    duplicate_of: Card | None = None,
    note: str = "",
) -> Card:
    """Close a card with a result of CloseResult that fits what has been done.

    Raises CallbackStillOwed, NotClosedThatWay, DuplicateOfWhat, NotAllowed, WrongState.
    """
    with transaction.atomic():
        if duplicate_of is not None:
            # Both, in one order: two people who close two cards as duplicates of each other come one after the other.
            pair = Card.objects.select_for_update(no_key=True).filter(pk__in=[card.pk, duplicate_of.pk])
            list(pair.order_by("pk").values_list("pk"))
        card = take(card, Step.CLOSE, by)
        if result not in results_for(card.state, callback_owed=card.callback_owed):
            if card.callback_owed and card.state in OPEN_STATES:
                raise CallbackStillOwed
            raise NotClosedThatWay(result=dict(CloseResult.choices).get(result, result))
        if (result == CloseResult.DUPLICATE) != (duplicate_of is not None):
            raise DuplicateOfWhat
        if duplicate_of is not None and _leads_to(duplicate_of, card):
            raise DuplicateOfWhat
        return _close(card, CloseResult(result), by=by, now=now, duplicate_of=duplicate_of, note=note.strip())


def _leads_to(other: Card, card: Card) -> bool:
    """Whether `other` is `card` or, link by link, its duplicate: then each would be closed by the other."""
    link: int | None = other.pk
    while link is not None and link != card.pk:
        link = Card.objects.values_list("duplicate_of", flat=True).get(pk=link)
    return link is not None


def _close(
    card: Card,
    result: CloseResult,
    *,
    by: Person | None,
    now: datetime,
    duplicate_of: Card | None = None,
    note: str = "",
) -> Card:
    before = card.state
    card.completed_at = card.completed_at or now
    card.state, card.closed_at, card.close_result, card.duplicate_of = State.CLOSED, now, result, duplicate_of
    card.save(update_fields=["completed_at", "state", "closed_at", "close_result", "duplicate_of"])
    details = {"duplicate_of": duplicate_of.reference} if duplicate_of else {}
    write(card, CardEvent.What.CLOSED, by=by, now=now, from_value=before, to_value=result, note=note, **details)
    return card


def reopen_card(card: Card, *, reason: str, by: Person | None, now: datetime) -> Card:
    """Open a completed or closed card again: the deadline, the attempts and the list history count from now. A submitter
    who asked for it is told.

    Raises TextMissing, NotAllowed, WrongState.
    """
    with transaction.atomic():
        card = take(card, Step.REOPEN, by)
        reason = words(reason, "reason")
        house = municipality()
        calendar = working_calendar(house)
        today = calendar.local_date(now)
        [unit] = with_leaders(Unit.objects.filter(pk=answering_unit(card.unit).pk))
        before, old_due = card.state, card.due_on
        if unit != card.unit:
            card.unit, card.handler = unit, None
        card.state = State.REGISTERED if unit.kind == Unit.Kind.SERVICE_CENTRE else State.FORWARDED
        card.cycle += 1
        card.reopened_at = now
        card.completed_at = card.closed_at = card.expected_on = card.returned_at = None
        card.close_result, card.duplicate_of = "", None
        card.due_on = due_on(today, deadline_rule(card.category, house), calendar)
        card.save(
            update_fields=[
                "unit", "handler", "returned_at", "state", "cycle", "reopened_at", "completed_at", "closed_at",
                "expected_on", "close_result", "duplicate_of", "due_on",
            ]
        )  # fmt: skip
        write(card, CardEvent.What.REOPENED, by=by, now=now, from_value=before, to_value=card.state, note=reason)
        write(card, CardEvent.What.DEADLINE_SET, by=by, now=now, from_value=old_due, to_value=card.due_on)
        queue_mails(mails.card_reopened(card, unit, reason, house=house, on=today), now=now)
        _answer_request(card, house, now=now)
        return card


def _answer_request(card: Card, house: Municipality, *, now: datetime) -> None:
    """A submitter who asked for the reopening has got the answer by it."""
    asked = ReopeningRequest.objects.filter(card=card, answered_at__isnull=True).first()
    if asked is not None:
        asked.answer, asked.answered_at = ReopeningRequest.Answer.REOPENED, now
        asked.save(update_fields=["answer", "answered_at"])
        queue_mails(mails.reopening_answered(card, asked, house=house), now=now)


def close_not_reached(*, now: datetime) -> int:
    """Close as «not reached» each card whose contact card was posted 30 days ago (a setting) and from whom no word came.

    The days count from the posted date: posted on the 1st, closed on the 31st. Return how many were closed. Each card is
    a transaction of its own, so that a run that is stopped goes on where it was.
    """
    house = municipality()
    latest = working_calendar(house).local_date(now) - timedelta(days=house.not_reached_after_days)
    waiting = ContactCard.objects.filter(
        posted_on__lte=latest, card__state=State.CONTACT_CARD_POSTED, card__cycle=F("cycle")
    ).values_list("card_id", flat=True)
    closed = 0
    for card_id in list(waiting):
        try:
            close_card(Card(pk=card_id), result=CloseResult.NOT_REACHED, by=None, now=now)
        except (WrongState, NotClosedThatWay):
            continue  # the submitter rang meanwhile
        closed += 1
    return closed
