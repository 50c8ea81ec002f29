"""Write down who looked at protected data, and give the entries of the audit log their places in the chain."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from organisation.audit_log import SEALED
from organisation.chain import BEGINNING, Sealed, link
from organisation.models import ApiKey, AuditEntry, Look, Person

logger = logging.getLogger(__name__)

AT_ONCE = 2000
"""Entries that get their place in one transaction."""

_LOCK = 7_401_831

_PLACE = """
UPDATE organisation_auditentry e SET number = given.number, hash = given.hash
FROM unnest(%s::bigint[], %s::bigint[], %s::varchar[]) AS given (id, number, hash) WHERE e.id = given.id
"""


def record_look(
    look: Look,
    *,
    kind: str,
    by: Person | None,
    now: datetime,
    api_key: ApiKey | None = None,
    row: int | None = None,
    reference: str = "",
    fields: Sequence[str] = (),
    shown: int | None = None,
) -> None:
    """Write one look at protected data into the audit log (one statement): of a card, a list, a file.

    `kind` is the label of a model («feedback.card»), `fields` the names of what was filtered by, never the values.
    """
    AuditEntry(
        at=now, person=by, api_key=api_key, action=look, kind=kind, row=row,
        reference=reference, fields=list(fields), shown=shown,
    ).save(force_insert=True)  # fmt: skip


def record_looks(look: Look, *, kind: str, by: Person, now: datetime, rows: Sequence[tuple[int, str]]) -> None:
    """Write one look at each of several rows, given by id and reference (one statement)."""
    AuditEntry.objects.bulk_create(
        AuditEntry(at=now, person=by, action=look, kind=kind, row=row, reference=reference) for row, reference in rows
    )


def seal_entries(*, most: int = AT_ONCE) -> int:
    """Give at most `most` committed entries their number and hash, after all others. Return how many they were.

    One at a time: whoever comes second waits, and goes on from where the first stopped. What is committed later gets a later
    place, whatever its id.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        last = AuditEntry.objects.exclude(number=None).order_by("-number").first()
        number, before = (last.number or 0, last.hash) if last else (0, BEGINNING)
        ids, numbers, hashes = [], [], []
        waiting = AuditEntry.objects.filter(number=None).order_by("pk").values_list("pk", *SEALED)
        for pk, *parts in waiting[:most]:
            number += 1
            before = link(before, Sealed(number, *parts))
            ids.append(pk)
            numbers.append(number)
            hashes.append(before)
        if ids:
            cursor.execute(_PLACE, [ids, numbers, hashes])
    if ids:
        # Whoever keeps these lines elsewhere can tell a chain that was made anew as a whole.
        logger.info("Audit log sealed to %s: %s", number, before)
    return len(ids)
