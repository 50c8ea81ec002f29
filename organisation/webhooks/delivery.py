"""Send what other systems are to be told.

A pass takes at most one delivery of each endpoint at a time, so that one that hangs holds up its own alone: the requests
run side by side in threads that touch no database, and what becomes of each is written down here, in its own statement.
A worker that dies between the other system's yes and that lets its claim run out, and somebody sends it again under the
same `webhook-id`: told twice at most, never not at all.
"""

from __future__ import annotations

import logging
import random
import re
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from organisation.models import WebhookDelivery, WebhookEndpoint
from organisation.outbox.queueing import Mail, queue_mails
from organisation.outgoing import REACHED_NOTHING, CannotReach, Limits, Line, checked, why_not
from organisation.queries import municipality
from organisation.secrets import Unreadable, opened
from organisation.webhooks.signing import headers

logger = logging.getLogger(__name__)

Status = WebhookDelivery.Status
Off = WebhookEndpoint.Off

SIDE_BY_SIDE = 16
CLAIM_FOR = timedelta(minutes=3)
"""A claim older than this belongs to a worker that died: many times what one request may take."""
PASS_FOR = timedelta(minutes=2)
"""After this the next sweep goes on, so that a worker is free for other work."""
BACK_OFF = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 3 * 60, 6 * 60, 12 * 60, 24 * 60, 24 * 60)]
"""How long a delivery waits after each failed try, a fifth more or less; after the last one it is given up."""
LONGEST_REST = timedelta(minutes=30)
FAILURES_BEFORE_OFF = 10
"""So many in a row, besides the days, before an endpoint is switched off: a quiet one with one bad day stays."""
KEPT_OF_ANSWER = 300
COMES_BACK = frozenset({429, 502, 503, 504})
"""Answers that concern the endpoint and not what was sent: it rests."""
PURPOSE = "webhooks"
_dice = random.SystemRandom()

# Materialized, for a plan may otherwise run the inner question once for each row, and so take more than it was asked for.
_CLAIM = """
WITH next AS MATERIALIZED (
    SELECT due.id FROM organisation_webhookendpoint endpoint CROSS JOIN LATERAL (
        SELECT id FROM organisation_webhookdelivery
        WHERE endpoint_id = endpoint.id
          AND ((status = 'waiting' AND next_attempt_at <= %(now)s) OR (status = 'sending' AND claimed_at < %(stale)s))
        ORDER BY next_attempt_at, id
        LIMIT 1
        FOR UPDATE SKIP LOCKED
    ) due
    WHERE endpoint.off_since IS NULL AND (endpoint.rests_until IS NULL OR endpoint.rests_until <= %(now)s)
      AND NOT endpoint.id = ANY (%(busy)s::bigint[])
      AND NOT EXISTS (SELECT FROM organisation_webhookdelivery other WHERE other.endpoint_id = endpoint.id
                      AND other.status = 'sending' AND other.claimed_at >= %(stale)s)
    LIMIT %(number)s
)
UPDATE organisation_webhookdelivery delivery SET status = 'sending', claimed_at = %(now)s, attempts = attempts + 1
FROM next WHERE delivery.id = next.id
RETURNING delivery.id
"""


@dataclass
class Sent:
    """What one pass did, in numbers of deliveries."""

    delivered: int = 0
    put_off: int = 0
    given_up: int = 0


@dataclass(frozen=True)
class Outcome:
    """What became of one try: the other system's answer, or why there was none (`fault`, in a word)."""

    http_status: int | None = None
    fault: str = ""
    answer: str = ""
    retry_after: float = 0
    took: int = 0

    @property
    def is_good(self) -> bool:
        return self.http_status is not None and 200 <= self.http_status < 300


@dataclass(frozen=True)
class _Parcel:
    """All that a thread needs to send one."""

    url: str
    key: str
    body: bytes
    timestamp: int
    signing: list[str] = field(repr=False)


def send_due(*, now: datetime) -> Sent:
    """Send what is due at `now`, endpoint by endpoint side by side, until nothing is due or the pass has taken its time.

    Never raises for an endpoint that fails: the delivery is put off with a growing wait or, after the last, given up.
    """
    done, began = Sent(), monotonic()

    def moment() -> datetime:
        return now + timedelta(seconds=monotonic() - began)

    under_way: dict[Future[Outcome], WebhookDelivery] = {}
    with ThreadPoolExecutor(SIDE_BY_SIDE, "webhook") as threads:
        while True:
            if moment() < now + PASS_FOR:
                busy = [delivery.endpoint_id for delivery in under_way.values()]
                for delivery in _claim(moment(), busy, SIDE_BY_SIDE - len(under_way)):
                    under_way[threads.submit(_send, _parcel(delivery, moment()))] = delivery
            if not under_way:
                return done
            for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                write_down(under_way.pop(future), future.result(), now=moment(), done=done)


def _claim(now: datetime, busy: list[int], number: int) -> list[WebhookDelivery]:
    values: dict[str, Any] = {"now": now, "stale": now - CLAIM_FOR, "busy": busy, "number": number}
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        ids = [row[0] for row in cursor.fetchall()]
    return list(WebhookDelivery.objects.filter(pk__in=ids).select_related("endpoint")) if ids else []


def _parcel(delivery: WebhookDelivery, now: datetime) -> _Parcel:
    endpoint = delivery.endpoint
    closed = [endpoint.secret]
    if endpoint.previous_until is not None and endpoint.previous_until > now:
        closed.append(endpoint.previous_secret)
    try:
        signing = [opened(text, purpose=PURPOSE).decode() for text in closed]
    except Unreadable:
        signing = []
    return _Parcel(endpoint.url, str(delivery.key), delivery.body.encode(), int(now.timestamp()), signing)


def _send(parcel: _Parcel) -> Outcome:
    """Post it once. Raises nothing: whatever goes wrong is an outcome."""
    began = monotonic()
    if not parcel.signing:
        return Outcome(fault="secret")
    limits = Limits(connect=settings.WEBHOOK_TIMEOUT / 2, read=settings.WEBHOOK_TIMEOUT, total=settings.WEBHOOK_TIMEOUT)
    allow_private = settings.WEBHOOKS_TO_PRIVATE_ADDRESSES
    sent = {
        "User-Agent": f"Innspill (+{settings.SITE_URL})",
        "Content-Type": "application/json",
        **headers(parcel.signing, parcel.key, parcel.timestamp, parcel.body),
    }
    try:
        parts = checked(parcel.url, allow_plain=allow_private)
    except CannotReach as refusal:
        return Outcome(fault=refusal.reason)
    line = Line(parts, allow_private=allow_private, limits=limits)
    try:
        answer = line.ask("POST", sent, parcel.body, whole=(), at_most=KEPT_OF_ANSWER)
    except (CannotReach, *REACHED_NOTHING) as error:
        return Outcome(fault=why_not(error, parts).reason, took=_milliseconds(began))
    except Exception:
        logger.exception("A webhook could not be sent.")
        return Outcome(fault="unforeseen", took=_milliseconds(began))
    finally:
        line.close()
    words = re.sub(r"[\x00-\x1f\x7f]+", " ", answer.content.decode(errors="replace")).strip()
    return Outcome(answer.status, "", words[:KEPT_OF_ANSWER], answer.retry_after, _milliseconds(began))


def _milliseconds(began: float) -> int:
    return round((monotonic() - began) * 1000)


def write_down(delivery: WebhookDelivery, outcome: Outcome, *, now: datetime, done: Sent) -> None:
    """Write down what became of one try, on the delivery and on its endpoint."""
    values: dict[str, object] = {
        "claimed_at": None, "tried_at": now, "took": outcome.took, "http_status": outcome.http_status,
        "fault": outcome.fault, "answer": outcome.answer,
    }  # fmt: skip
    ours = WebhookDelivery.objects.filter(pk=delivery.pk, status=Status.SENDING, claimed_at=delivery.claimed_at)
    endpoints = WebhookEndpoint.objects.filter(pk=delivery.endpoint_id)
    with transaction.atomic():
        if outcome.is_good:
            done.delivered += 1
            ours.update(status=Status.DELIVERED, delivered_at=now, **values)
            # Written only where something is to be forgotten: most endpoints never fail.
            endpoints.exclude(failing_since=None, rests_until=None).update(
                failing_since=None, failures=0, rests_until=None
            )
            return
        if delivery.attempts > len(BACK_OFF):
            done.given_up += 1
            ours.update(status=Status.FAILED, **values)
        else:
            done.put_off += 1
            pause = max(_shaken(BACK_OFF[delivery.attempts - 1]), timedelta(seconds=outcome.retry_after))
            ours.update(status=Status.WAITING, next_attempt_at=now + pause, **values)
        logger.warning(
            "Webhook %s to endpoint %s was not taken at try %s: %s",
            delivery.key, delivery.endpoint_id, delivery.attempts, outcome.http_status or outcome.fault,
        )  # fmt: skip
        _note_failure(endpoints.select_for_update(no_key=True).get(), outcome, now)


def _shaken(pause: timedelta) -> timedelta:
    """A fifth more or less, so that what failed together does not come back together."""
    return pause * _dice.uniform(0.8, 1.2)


def _note_failure(endpoint: WebhookEndpoint, outcome: Outcome, now: datetime) -> None:
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or now
    if outcome.http_status is None or outcome.http_status in COMES_BACK:
        rest = min(timedelta(minutes=1) * 2 ** min(endpoint.failures - 1, 10), LONGEST_REST)
        endpoint.rests_until = now + max(_shaken(rest), timedelta(seconds=outcome.retry_after))
    endpoint.save(update_fields=["failures", "failing_since", "rests_until"])
    if outcome.http_status == 410:
        switch_off(endpoint, Off.GONE, now=now)
    elif (
        endpoint.failing_since <= now - timedelta(days=settings.WEBHOOK_OFF_AFTER_DAYS)
        and endpoint.failures >= FAILURES_BEFORE_OFF
    ):
        switch_off(endpoint, Off.FAILED_FOR_LONG, now=now)


def switch_off(endpoint: WebhookEndpoint, why: str, *, now: datetime) -> None:
    """Tell it nothing more, give up what waits, and mail its owner, unless somebody did it by hand. In a transaction."""
    if endpoint.off_since is not None:
        return
    endpoint.off_since, endpoint.off_because, endpoint.rests_until = now, why, None
    endpoint.save(update_fields=["off_since", "off_because", "rests_until"])
    waiting = WebhookDelivery.objects.filter(endpoint=endpoint, status=Status.WAITING)
    waiting.update(status=Status.FAILED)
    if why != Off.BY_HAND and endpoint.owner is not None and endpoint.owner.is_active:
        queue_mails([_told_off(endpoint, now)], now=now)


def _told_off(endpoint: WebhookEndpoint, now: datetime) -> Mail:
    owner = endpoint.owner
    assert owner is not None  # noqa: S101 -- asked for by the one who calls
    context = {
        "endpoint": endpoint,
        "url": f"{settings.SITE_URL}/staff/administration/webhooks/{endpoint.key}/",
        "municipality": municipality(),
    }
    return Mail("webhook_off", f"webhook_off:{endpoint.pk}:{now.isoformat()}", owner.email, owner.language, context)


def delete_old(*, today: date) -> int:
    """Delete deliveries whose last day has come, whatever became of them. Return how many."""
    return WebhookDelivery.objects.filter(delete_on__lte=today).exclude(status=Status.SENDING).delete()[0]
