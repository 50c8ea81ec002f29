"""Send a card where it belongs: forward, move, send back, delegate."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback import mails
from feedback.actions.base import take, words, write
from feedback.actions.intake import NotAnAnsweringUnit
from feedback.actions.sensitive import check_somebody_opens
from feedback.announcing import announce
from feedback.errors import Refused
from feedback.models import Card, CardEvent, CardReader
from feedback.workflow import State, Step
from organisation.models import Person, Unit
from organisation.outbox.queueing import queue_mails
from organisation.queries import (
    answering_unit,
    handlers_of,
    municipality,
    service_centre,
    with_leaders,
    working_calendar,
)


class SameUnit(Refused):
    code = "same_unit"
    field = "unit"
    message = _("The card is with «%(unit)s» already.")


class NotInTheUnit(Refused):
    code = "not_in_the_unit"
    field = "handler"
    message = _("%(person)s does not work with the cards of «%(unit)s».")


def forward_card(card: Card, *, unit: Unit, by: Person | None, now: datetime) -> Card:
    """Forward a card from the service centre to the unit that answers for it, and mail the unit.

    Raises NotAnAnsweringUnit, SameUnit, NotAllowed, WrongState.
    """
    with transaction.atomic():
        card = take(card, Step.FORWARD, by)
        return move(card, unit, CardEvent.What.FORWARDED, by=by, now=now)


def reroute_card(card: Card, *, unit: Unit, reason: str, by: Person | None, now: datetime) -> Card:
    """Move a card to another unit with a reason. Neither the deadline nor the list history changes.

    Raises TextMissing, NotAnAnsweringUnit, SameUnit, NotAllowed, WrongState.
    """
    with transaction.atomic():
        card = take(card, Step.REROUTE, by)
        return move(card, unit, CardEvent.What.REROUTED, by=by, now=now, reason=words(reason, "reason"))


def move(card: Card, unit: Unit, what: CardEvent.What, *, by: Person | None, now: datetime, reason: str = "") -> Card:
    """Move a locked card to another unit, write the event `what`, and mail the unit. Raises NotAnAnsweringUnit, SameUnit.

    The event keeps what the move takes off the card, so that it can be undone.
    """
    [unit] = with_leaders(Unit.objects.filter(pk=unit.pk))
    if unit.kind == Unit.Kind.SECTOR or unit.closed_on is not None:
        raise NotAnAnsweringUnit(unit=unit.name)
    if unit.pk == card.unit_id:
        raise SameUnit(unit=unit.name)
    before = card.unit
    was = taken_off(card)
    card.unit, card.handler, card.returned_at = unit, None, None
    card.state = State.REGISTERED if unit.kind == Unit.Kind.SERVICE_CENTRE else State.FORWARDED
    card.save(update_fields=["unit", "handler", "returned_at", "state"])
    if card.sensitive:
        check_somebody_opens(card)
        unname_all(card)
    event = write(card, what, by=by, now=now, from_value=before.code, to_value=unit.code, note=reason, **was)
    house = municipality()
    today = working_calendar(house).local_date(now)
    queue_mails(mails.card_forwarded(card, unit, house=house, on=today, times=event.pk), now=now)
    return card


def unname_all(card: Card) -> None:
    """Let nobody who was named where a card lay open it where it lies now: its new leader names anew."""
    CardReader.objects.filter(card=card).delete()


def taken_off(card: Card) -> dict[str, dict[str, Any]]:
    """Return what a move takes off a card, as its event keeps it; nothing where there is nothing to take."""
    if card.handler_id is None and card.returned_at is None:
        return {}
    returned_at = card.returned_at.astimezone(UTC).isoformat() if card.returned_at else None
    return {"was": {"handler": card.handler_id, "returned_at": returned_at}}


def return_card(card: Card, *, reason: str, by: Person | None, now: datetime) -> Card:
    """Send a card back to the service centre as misrouted, with a reason. The deadline stays.

    Raises TextMissing, NotAllowed, WrongState.
    """
    with transaction.atomic():
        card = take(card, Step.RETURN, by)
        reason = words(reason, "reason")
        before, centre = card.unit, service_centre()
        card.unit, card.handler, card.returned_at, card.state = centre, None, now, State.REGISTERED
        card.save(update_fields=["unit", "handler", "returned_at", "state"])
        unname_all(card)
        event = write(
            card, CardEvent.What.RETURNED, by=by, now=now, from_value=before.code, to_value=centre.code, note=reason
        )
        told = mails.card_returned(card, centre, before, reason, house=municipality(), event=event.pk)
        queue_mails(told, now=now)
        return card


def delegate_card(card: Card, *, handler: Person | None, by: Person | None, now: datetime) -> Card:
    """Delegate a card to a case handler of its unit, or take it back with `handler=None`. The leader still answers for it.

    Raises NotInTheUnit, NotAllowed, WrongState.
    """
    with transaction.atomic():
        card = take(card, Step.DELEGATE, by)
        if handler is not None and not handlers_of(card.unit).filter(pk=handler.pk).exists():
            raise NotInTheUnit(person=handler.name, unit=card.unit.name)
        before = card.handler_id
        card.handler = handler
        card.save(update_fields=["handler"])
        if card.sensitive and handler is not None:
            CardReader.objects.get_or_create(card=card, person=handler, defaults={"named_at": now})
        event = write(
            card,
            CardEvent.What.DELEGATED,
            by=by,
            now=now,
            from_value=before or "",
            to_value=handler.pk if handler else "",
        )
        if handler is not None and handler != by:
            queue_mails([mails.card_delegated(card, handler, house=municipality(), event=event.pk)], now=now)
        return card


def move_cards_of_closed_unit(unit: Unit, *, by: Person | None, now: datetime) -> int:
    """Move the open cards of a unit that was closed to the unit that succeeds it today. Return how many. Deadlines stay."""
    with transaction.atomic():
        if unit.closed_on is None:
            return 0
        successor = answering_unit(unit)
        cards = list(Card.objects.select_for_update().filter(unit=unit, completed_at__isnull=True))
        state = State.REGISTERED if successor.kind == Unit.Kind.SERVICE_CENTRE else State.FORWARDED
        Card.objects.filter(pk__in=[card.pk for card in cards]).update(unit=successor, handler=None, state=state)
        for card in cards:
            card.unit = successor
        events = CardEvent.objects.bulk_create(
            CardEvent(
                card=card, what=CardEvent.What.REROUTED, at=now, by=by, from_value=unit.code, to_value=successor.code,
                details={"closed": True},
            )
            for card in cards
        )  # fmt: skip
        announce(events, now=now)
        return len(cards)
