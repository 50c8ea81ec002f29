"""Write down what other systems are to be told, in the transaction of what happened."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from organisation.models import WebhookDelivery, WebhookEndpoint
from organisation.nudging import nudge_on_commit

TASK = "organisation.send_webhooks"

# One statement, whatever the number of endpoints, and the only one where nobody has asked to be told.
_TELL = """
INSERT INTO organisation_webhookdelivery
    (key, endpoint_id, event, cause, body, at, status, attempts, next_attempt_at, fault, answer, delete_on)
SELECT gen_random_uuid(), endpoint.id, told.event, {cause}, {body}, told.at, 'waiting', 0, told.due, '', '', %(last)s
FROM {source}unnest(%(events)s::text[], %(causes)s::text[], %(bodies)s::text[], %(at)s::timestamptz[], %(due)s::timestamptz[],
            %(units)s::bigint[]) AS told (event, cause, body, at, due, unit_id)
JOIN organisation_webhookendpoint endpoint
    ON endpoint.off_since IS NULL AND told.event = ANY (endpoint.events::text[])
WHERE told.unit_id IS NULL
   OR NOT EXISTS (SELECT FROM organisation_webhookendpoint_units of WHERE of.webhookendpoint_id = endpoint.id)
   OR EXISTS (SELECT FROM organisation_webhookendpoint_units of
              WHERE of.webhookendpoint_id = endpoint.id AND of.unit_id = told.unit_id)
ORDER BY told.at, endpoint.id
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True)
class Telling:
    """One event: `cause` names it, so that nobody is told of it twice; `unit_id` is the unit whose it is, None where it is
    everybody's; `data` holds references and links, never what somebody wrote or who they are. `not_before` puts it off.
    """

    event: str
    cause: str
    at: datetime
    data: Mapping[str, str]
    unit_id: int | None = None
    not_before: datetime | None = None

    @property
    def body(self) -> str:
        told = {"type": self.event, "timestamp": self.at.astimezone(UTC).isoformat(), "data": dict(self.data)}
        return json.dumps(told, ensure_ascii=False)


def is_asked_for(event: str) -> bool:
    """Return whether anybody asked to be told of such events (one query): what costs much to tell is made only then."""
    return WebhookEndpoint.objects.filter(off_since=None, events__contains=[event]).exists()


def tell(tellings: Sequence[Telling], *, now: datetime) -> int:
    """Write one delivery for each endpoint that asked for it, and nudge a worker when the transaction commits.

    Must be called in the transaction that writes what is told, so that both are there or neither. Return how many rows
    are new: none where it was told before. One statement.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("Other systems are told in the transaction of what they are told.")
    sql = statement_of(tellings, now=now)
    if not sql:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(sql)
        written = cursor.rowcount
    if written:
        nudge_on_commit(TASK)
    return written


def statement_of(
    tellings: Sequence[Telling], *, now: datetime, source: str = "", mark: tuple[str, str] = ("", "")
) -> str:
    """Return what `tell` writes as one INSERT with its values in it, for who writes it together with other rows; empty
    where there is nothing to tell. Who runs it nudges a worker (`TASK`) if a row was new.

    `source` and `mark` are as in `organisation.inserting.insert_from`.
    """
    if not tellings:
        return ""
    word, by = mark
    filled = {"cause": "told.cause", "body": "told.body", "source": ""}
    if source:
        filled = {name: f"replace(told.{name}, %(mark)s, {by})" for name in ("cause", "body")}
        filled["source"] = f"{source} CROSS JOIN "
    values: dict[str, Any] = {
        "events": [told.event for told in tellings],
        "causes": [told.cause for told in tellings],
        "bodies": [told.body for told in tellings],
        "at": [told.at for told in tellings],
        "due": [max(now, told.not_before or now) for told in tellings],
        "units": [told.unit_id for told in tellings],
        "last": last_day(max(told.not_before or now for told in tellings)),
        "mark": word,
    }
    with connection.cursor() as cursor:
        return str(cursor.mogrify(_TELL.format(**filled), values).decode())


def untell(cause: str) -> int:
    """Take back what nobody was told yet: its cause was taken back before its time. Return how many rows went."""
    untold = WebhookDelivery.objects.filter(cause=cause, status=WebhookDelivery.Status.WAITING, attempts=0)
    return untold.delete()[0]


def last_day(moment: datetime) -> date:
    """Return the day on which a row of this moment goes."""
    return (moment + timedelta(days=settings.WEBHOOK_KEPT_DAYS)).date()
