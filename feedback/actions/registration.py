"""Register a card: one way in for the citizen's page, staff, API, mail and import."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from feedback import mails
from feedback.actions.intake import House, Intake, Prepared, prepare_card
from feedback.errors import NotAllowed
from feedback.models import Card, CardEvent
from feedback.reference import reference
from feedback.rules import may_register
from feedback.workflow import State
from organisation.models import Person
from organisation.outbox.queueing import queue_mails
from organisation.queries import answering_units, with_leaders


def take_numbers(year: int, how_many: int = 1) -> int:
    """Take the next `how_many` numbers of `year` and return the first. The row is held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO feedback_referencecounter (year, last) VALUES (%(year)s, %(n)s)"
            " ON CONFLICT (year) DO UPDATE SET last = feedback_referencecounter.last + %(n)s RETURNING last",
            {"year": year, "n": how_many},
        )
        (last,) = cursor.fetchone()
    return int(last) - how_many + 1


def register_card(
    intake: Intake,
    *,
    by: Person | None,
    now: datetime,
    house: House | None = None,
    origin: Card | None = None,
    origin_kind: str = "",
    and_then: Callable[[Card], None] | None = None,
    receipt: bool = True,
) -> Card:
    """Register a card, send it to its unit, and queue the unit's mail and the submitter's receipt.

    `by` is None for a citizen. `and_then` writes what belongs to the card (its attachments) in the same transaction. An
    intake whose `idempotency_key` is known returns the card that has it: a double click or a resend makes one card.

    Without `receipt` the submitter gets none, whatever address there is: a machine wrote.

    Raises NotAllowed for a person who may not register cards, and a Refused for what cannot be a card.
    """
    if by is not None and not may_register(by, intake.channel) and origin is None:
        raise NotAllowed
    if intake.idempotency_key and (known := Card.objects.filter(idempotency_key=intake.idempotency_key).first()):
        return known
    house = house or House.read()
    prepared = prepare_card(intake, house, by=by, now=now)
    prepared.card.origin, prepared.card.origin_kind = origin, origin_kind
    try:
        with transaction.atomic():
            card = _write(prepared, house)
            if and_then is not None:
                and_then(card)
            queue_mails(_mails_for(prepared, house, now, receipt=receipt), now=now)
    except IntegrityError:
        # Lost a race against the same intake: its card is there now.
        if intake.idempotency_key and (known := Card.objects.filter(idempotency_key=intake.idempotency_key).first()):
            return known
        raise
    return card


def _write(prepared: Prepared, house: House) -> Card:
    card = prepared.card
    year = house.calendar.local_date(card.registered_at).year
    card.reference = reference(year, take_numbers(year))
    card.save(force_insert=True)
    if prepared.submitter is not None:
        prepared.submitter.card = card
        prepared.submitter.save(force_insert=True)
    for event in prepared.events:
        event.card = card
    CardEvent.objects.bulk_create(prepared.events)
    return card


def _mails_for(prepared: Prepared, house: House, now: datetime, *, receipt: bool) -> list[mails.Mail]:
    card, submitter = prepared.card, prepared.submitter
    queued = []
    if card.state == State.FORWARDED:
        unit = prepared.routed.unit
        if not unit.email:
            [unit] = with_leaders(answering_units().filter(pk=unit.pk))
        queued += mails.card_forwarded(card, unit, house=house.municipality, on=house.calendar.local_date(now))
    if receipt and submitter is not None and submitter.email:
        queued.append(mails.receipt(card, submitter, house.municipality))
    return queued
