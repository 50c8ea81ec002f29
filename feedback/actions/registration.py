"""Register a card: one way in for the citizen's page, staff, API, mail and import."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from feedback import mails
from feedback.actions.intake import House, Intake, Prepared, prepare_card
from feedback.announcing import announcement
from feedback.errors import NotAllowed, Refused
from feedback.models import Card
from feedback.reference import as_references
from feedback.rules import may_register
from feedback.workflow import State
from organisation import nudging
from organisation.inserting import insert_from
from organisation.models import Person
from organisation.outbox.queueing import mail_rows, nudge_on_commit
from organisation.queries import answering_units, with_leaders
from organisation.webhooks.telling import TASK

_COUNT = """
INSERT INTO feedback_referencecounter (year, last) VALUES (%(year)s, %(n)s)
ON CONFLICT (year) DO UPDATE SET last = feedback_referencecounter.last + %(n)s RETURNING last
"""
_NUMBERED = f"""
WITH RECURSIVE taken AS (
    INSERT INTO feedback_referencecounter (year, last)
    SELECT %s, 1 WHERE NOT EXISTS (SELECT FROM feedback_card WHERE idempotency_key = %s)
    ON CONFLICT (year) DO UPDATE SET last = feedback_referencecounter.last + 1
    RETURNING year, last, nextval(pg_get_serial_sequence('feedback_card', 'id')) AS id
), {as_references("taken")}
"""  # noqa: S608 -- names of our own
_REFERENCE = f"{secrets.token_hex(5)}x"
"""Stands for a card's reference in what is written together with it. As long as a reference, and in no text but ours."""
_MARK = (_REFERENCE, "numbered.reference")


def take_numbers(year: int, how_many: int = 1) -> int:
    """Take the next `how_many` numbers of `year` and return the first. The row is held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"year": year, "n": how_many})
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
        # One statement is a transaction of its own.
        with transaction.atomic() if and_then is not None or connection.in_atomic_block else nullcontext():
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
    """Write the card and all that comes with it, its mails too, and what other systems are told, in one statement. Where
    a card has its key already, write nothing and return None.

    One, because all who register wait for each other at the row that counts them: it is held while the database writes, and
    not while this process is at something else.
    """
    card, submitter, events = prepared.card, prepared.submitter, prepared.events
    year = house.calendar.local_date(card.registered_at).year
    card.reference = _REFERENCE
    mails_out = mail_rows(_mails_for(prepared, house, now, receipt=receipt), now=now)
    rows: list[Model] = [*([submitter] if submitter else []), *events]
    parts = [insert_from("numbered", card, given={"id": "numbered.id", "reference": "numbered.reference"})]
    for before, row in pairwise([card, *rows]):
        parts.append(insert_from(_after(parts, before, row), row, given={"card_id": "numbered.id"}))
    for before, mail in pairwise([card, *mails_out]):
        parts.append(insert_from(_after(parts, before, mail), mail, given={}, mark=_MARK))
    told = announcement(events, now=now, source="numbered", mark=_MARK)
    taken = _taken(year, card.idempotency_key or None, parts, told)
    if taken is None:
        return None
    card.reference, card.pk, new = taken
    for row in [card, *rows]:
        row._state.adding, row._state.db = False, connection.alias
    for row in rows:
        row.card = card  # type: ignore[attr-defined]
    if new:
        nudging.nudge_on_commit(TASK)
    if mails_out:
        nudge_on_commit()
    if submitter is None:
        Card._meta.get_field("submitter").set_cached_value(card, None)
    card.attempts = 0  # type: ignore[attr-defined]
    return card


def _after(parts: Sequence[object], before: Model, row: Model) -> str:
    """Return what `row` is inserted from: with the part before it where that writes to the same table, since the order in
    which PostgreSQL runs parts that do not need each other is nobody's promise."""
    return f"numbered, of_{len(parts) - 1}" if type(before) is type(row) else "numbered"


def _taken(
    year: int, key: str | None, parts: Sequence[tuple[str, Sequence[Any]]], told: str
) -> tuple[str, int, int] | None:
    """Run the statement; return the card's reference and id, and how many other systems are told."""
    written = "".join(f", of_{at} AS ({sql} RETURNING 1)" for at, (sql, _values) in enumerate(parts))
    last, new = "", "0"
    if told:
        last, new = f", told AS ({told.replace('%', '%%')} RETURNING 1)", "(SELECT count(*) FROM told)"
    values = [value for _sql, values in parts for value in values]
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_NUMBERED}{written}{last} SELECT reference, id, {new} FROM numbered",  # noqa: S608
            [year, key, *values],
        )
        taken: tuple[str, int, int] | None = cursor.fetchone()
    return taken


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
