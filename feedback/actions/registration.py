"""Register a card: one way in for the citizen's page, staff, API, mail and import."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from feedback import mails
from feedback.actions.intake import House, Intake, Prepared, prepare_card
from feedback.announcing import announcement
from feedback.errors import NotAllowed, Refused
from feedback.models import Card
from feedback.reference import reference
from feedback.rules import may_register
from feedback.workflow import State
from organisation import nudging
from organisation.inserting import insert_together
from organisation.models import Person
from organisation.outbox.queueing import mail_rows, nudge_on_commit
from organisation.queries import answering_units, with_leaders
from organisation.webhooks.telling import TASK

_COUNT = """
INSERT INTO feedback_referencecounter (year, last) VALUES (%(year)s, %(n)s)
ON CONFLICT (year) DO UPDATE SET last = feedback_referencecounter.last + %(n)s RETURNING last
"""
_COUNT_AND_ID = """
INSERT INTO feedback_referencecounter (year, last)
SELECT %(year)s, 1 WHERE NOT EXISTS (SELECT FROM feedback_card WHERE idempotency_key = %(key)s)
ON CONFLICT (year) DO UPDATE SET last = feedback_referencecounter.last + 1
RETURNING last, nextval(pg_get_serial_sequence('feedback_card', 'id'))
"""


def take_numbers(year: int, how_many: int = 1) -> int:
    """Take the next `how_many` numbers of `year` and return the first. The row is held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"year": year, "n": how_many})
        (last,) = cursor.fetchone()
    return int(last) - how_many + 1


def _take_number_and_id(year: int, key: str | None) -> tuple[int, int] | None:
    """Take the next number of `year`, and beside it the id of the card that is to be written; neither, and None, where a
    card has the intake's `key` already."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_AND_ID, {"year": year, "key": key})
        taken: tuple[int, int] | None = cursor.fetchone()
    return taken


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

    A new card has `attempts`, and with what hangs on it needs no reading anew to be shown as a row of a list.

    Without `receipt` the submitter gets none, whatever address there is: a machine wrote.

    Raises NotAllowed for a person who may not register cards, and a Refused for what cannot be a card.
    """
    if by is not None and not may_register(by, intake.channel) and origin is None:
        raise NotAllowed
    house = house or House.to_route()
    try:
        prepared = prepare_card(intake, house, by=by, now=now)
    except Refused:
        if (known := _known(intake)) is not None:  # sent before, when it still could be a card
            return known
        raise
    prepared.card.origin, prepared.card.origin_kind = origin, origin_kind
    # What comes out of a sensitive card is sensitive too: part of its text, or what its submitter proposed.
    prepared.card.sensitive = origin is not None and origin.sensitive
    try:
        with transaction.atomic():
            card = _write(prepared, house, now, receipt=receipt)
            if card is not None and and_then is not None:
                and_then(card)
    except IntegrityError:
        # Lost a race against the same intake: its card is there now.
        if (known := _known(intake)) is not None:
            return known
        raise
    return card or Card.objects.get(idempotency_key=intake.idempotency_key)


def _known(intake: Intake) -> Card | None:
    if not intake.idempotency_key:
        return None
    return Card.objects.filter(idempotency_key=intake.idempotency_key).first()


def _write(prepared: Prepared, house: House, now: datetime, *, receipt: bool) -> Card | None:
    """Write the card and all that comes with it, its mails too, and what other systems are told, in two statements. Where
    a card has its key already, write nothing and return None."""
    card, submitter = prepared.card, prepared.submitter
    year = house.calendar.local_date(card.registered_at).year
    if (taken := _take_number_and_id(year, card.idempotency_key or None)) is None:
        return None
    number, card.pk = taken
    card.reference = reference(year, number)
    if submitter is not None:
        submitter.card = card
    for event in prepared.events:
        event.card = card
    mails_out = mail_rows(_mails_for(prepared, house, now, receipt=receipt), now=now)
    told = announcement(prepared.events, now=now)
    if insert_together([card], [submitter] if submitter else [], prepared.events, mails_out, and_then=told) and told:
        nudging.nudge_on_commit(TASK)
    if mails_out:
        nudge_on_commit()
    if submitter is None:
        Card._meta.get_field("submitter").set_cached_value(card, None)
    card.attempts = 0  # type: ignore[attr-defined]
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
