"""Other systems in the demonstration: a map that takes what it is told, and an archive that has not answered for a week.

Both are made up, and so is what they answered. Nothing was sent.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from feedback.announcing import TOLD, telling_of
from feedback.models import CardEvent
from organisation.actions.webhooks import create_webhook
from organisation.models import Person, Unit, WebhookDelivery, WebhookEndpoint, WebhookEvent
from organisation.webhooks.telling import last_day

Status = WebhookDelivery.Status
MAP = [WebhookEvent.CARD_REGISTERED, WebhookEvent.CARD_FORWARDED, WebhookEvent.CARD_CLOSED]
SHOWN = 14


def webhooks(*, by: Person, units: dict[str, Unit], now: datetime, seed: int) -> None:
    """Register both, and write what each was told last."""
    dice = random.Random(f"{seed}:webhooks")
    made = now - timedelta(days=120)
    outdoors = [units[code] for code in ("VEI", "PARK") if code in units]
    maps = create_webhook(
        url="https://kart.solvik.example/krokar/innspill", events=MAP, units=outdoors, description="Kommunekartet",
        owner=by, by=None, now=made,
    ).endpoint  # fmt: skip
    archive = create_webhook(
        url="https://arkiv.solvik.example/api/hendelser", events=[WebhookEvent.CARD_CLOSED, WebhookEvent.SURVEY_PUBLISHED],
        description="Arkivet", owner=by, by=None, now=made,
    ).endpoint  # fmt: skip
    rows = [_delivered(row, dice.randint(38, 240)) for row in _told(maps, now, units={unit.pk for unit in outdoors})]
    rows += [_given_up(row, attempt, dice) for attempt, row in enumerate(_told(archive, now - timedelta(days=3)), 1)]
    WebhookDelivery.objects.bulk_create(reversed(rows))
    WebhookEndpoint.objects.filter(pk=archive.pk).update(
        failing_since=now - timedelta(days=8), failures=27, off_since=now - timedelta(hours=6),
        off_because=WebhookEndpoint.Off.FAILED_FOR_LONG,
    )  # fmt: skip


def _told(endpoint: WebhookEndpoint, now: datetime, units: set[int] | None = None) -> list[WebhookDelivery]:
    """What it would have been told until `now`, the latest first."""
    wanted = [what for what, event in TOLD.items() if event in endpoint.events]
    found = CardEvent.objects.filter(what__in=wanted, at__lte=now).select_related("card").order_by("-at", "-id")
    if units is not None:
        found = found.filter(card__unit__in=units)
    tellings = [(telling_of(event), event) for event in found[:SHOWN]]
    return [
        WebhookDelivery(
            endpoint=endpoint, event=telling.event, cause=telling.cause, body=telling.body, at=event.at,
            next_attempt_at=event.at, delete_on=last_day(event.at),
        )
        for telling, event in tellings
        if telling is not None
    ]  # fmt: skip


def _delivered(row: WebhookDelivery, took: int) -> WebhookDelivery:
    row.status, row.attempts, row.http_status, row.took = Status.DELIVERED, 1, 204, took
    row.tried_at = row.delivered_at = row.at + timedelta(seconds=1)
    return row


def _given_up(row: WebhookDelivery, number: int, dice: random.Random) -> WebhookDelivery:
    row.status, row.attempts, row.took = Status.FAILED, dice.randint(2, 10), dice.randint(40, 9000)
    row.tried_at = row.at + timedelta(hours=dice.randint(5, 65))
    if number % 4:
        row.fault = "timeout"
    else:
        row.http_status, row.answer = 502, "Bad Gateway"
    return row
