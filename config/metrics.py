"""Figures for those who watch over the service, as Prometheus reads them: `/metrics`, with METRICS_TOKEN as bearer.

Requests are counted by route (never by address), method and status. What waits is asked of the database and the queue when
the page is read. Without METRICS_TOKEN nothing is counted and the address is not there.

Web workers are processes of their own; they add up through files in PROMETHEUS_MULTIPROC_DIR, which `config/gunicorn.py`
sets. A worker and beat show nothing of their own: what they do is seen by what waits, and by when each job last ran.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any

import redis
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import DatabaseError, connections
from django.db.models import Count, Min, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotFound
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily, Metric

from config import metric_files, redis_servers
from config.celery import SENT_AT
from config.health import readiness
from feedback.models import Attachment, Card, IncomingMail
from feedback.queries import unscanned_files
from organisation.audit_log import unsealed
from organisation.models import OutgoingMail, ScheduledJob
from organisation.queries import NotSetUp, municipality
from organisation.replica import REPLICA, Standing
from organisation.replica import standing as replica_standing
from organisation.scanning import SCANNED

PATH = "/metrics"
_own = CollectorRegistry()
_own.register(SCANNED)
REQUESTS = Histogram(
    "innspill_http_request_seconds",
    "Time to answer a request, in seconds.",
    ["route", "method", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=_own,
)
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class MetricsMiddleware:
    """Counts requests, and answers /metrics. Stands first, so that the whole answer is timed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if not settings.METRICS_TOKEN:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == PATH:
            return page(request)
        start = time.perf_counter()
        response = self.get_response(request)
        method = request.method if request.method in _METHODS else "other"
        REQUESTS.labels(_route(request), method, str(response.status_code)).observe(time.perf_counter() - start)
        return response


def _route(request: HttpRequest) -> str:
    """Return the pattern of the address, so that no reference, secret or made-up address becomes a label."""
    if request.path.startswith(settings.STATIC_URL):
        return "static"
    match = request.resolver_match
    return match.route if match is not None else "none"


def page(request: HttpRequest) -> HttpResponse:
    """Answer /metrics. Whoever lacks the token learns nothing, not even that it is there."""
    given = request.headers.get("Authorization", "")
    if not constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}"):
        return HttpResponseNotFound()
    waiting = CollectorRegistry()
    waiting.register(_Waiting())
    body = _counted() + generate_latest(waiting)
    return HttpResponse(body, content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def _counted() -> bytes:
    """What all processes of this web server have counted, those that ended among them."""
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if not folder:
        return generate_latest(_own)
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)
    with metric_files.reading(folder):
        return generate_latest(registry)


class _Waiting:
    """What is asked when the page is read: ten statements and one look at the queue."""

    def collect(self) -> Iterator[Metric]:
        """Yield how the parts are and what waits; only the former where the database is away."""
        parts = GaugeMetricFamily("innspill_part_up", "1 where the part works.", labels=["part"])
        for part, state in readiness().items():
            parts.add_metric([part], float(state == "ok"))
        yield parts
        with suppress(DatabaseError):  # told as a part that is not up
            yield from _of_database(timezone.now())
        with suppress(redis.RedisError):
            yield from _of_queue(time.time())


def _of_database(now: datetime) -> Iterator[Metric]:
    with suppress(NotSetUp):
        today = now.astimezone(municipality().zone).date()
        overdue = Count("pk", filter=Q(due_on__lt=today))
        counted = Card.objects.filter(completed_at=None).aggregate(open=Count("pk"), overdue=overdue)
        yield GaugeMetricFamily("innspill_cards_open", "Cards that are not completed.", counted["open"])
        yield GaugeMetricFamily("innspill_cards_overdue", "Cards whose deadline has passed.", counted["overdue"])
    yield from _of_replica()
    yield from _of_mail(now)
    yield from _of_files()
    yield from _of_audit(now)
    yield from _of_jobs()


def _of_replica() -> Iterator[Metric]:
    if REPLICA in connections.settings:
        try:
            found = replica_standing()
        except DatabaseError:
            found = Standing(streams=False, behind=0)
        yield GaugeMetricFamily("innspill_replica_up", "1 where the replica answers and streams.", float(found.streams))
        yield GaugeMetricFamily("innspill_replica_behind_bytes", "What the replica has yet to replay.", found.behind)


def _of_mail(now: datetime) -> Iterator[Metric]:
    status = OutgoingMail.Status
    waits = Q(status__in=[status.QUEUED, status.SENDING])
    found = OutgoingMail.objects.filter(waits | Q(status=status.FAILED)).aggregate(
        waiting=Count("pk", filter=waits), failed=Count("pk", filter=~waits), oldest=Min("queued_at", filter=waits)
    )
    age = (now - found["oldest"]).total_seconds() if found["oldest"] else 0.0
    yield GaugeMetricFamily("innspill_mail_waiting", "Mails that wait to be sent.", found["waiting"])
    yield GaugeMetricFamily("innspill_mail_waiting_seconds", "Age of the oldest mail that waits.", age)
    yield GaugeMetricFamily("innspill_mail_failed", "Mails that could not be sent.", found["failed"])


def _of_files() -> Iterator[Metric]:
    number = sum(unscanned_files(model).count() for model in (Attachment, IncomingMail))
    yield GaugeMetricFamily("innspill_files_unscanned", "Files to be looked through for viruses.", number)


def _of_audit(now: datetime) -> Iterator[Metric]:
    number, oldest = unsealed()
    age = (now - oldest).total_seconds() if oldest else 0.0
    yield GaugeMetricFamily("innspill_audit_unsealed", "Entries of the audit log without a place in its chain.", number)
    yield GaugeMetricFamily("innspill_audit_unsealed_seconds", "Age of the oldest of them.", max(age, 0.0))


def _of_jobs() -> Iterator[Metric]:
    began = GaugeMetricFamily("innspill_job_started_timestamp_seconds", "When the job last began.", labels=["job"])
    well = GaugeMetricFamily("innspill_job_ok", "0 where the job's last run failed.", labels=["job"])
    for job in ScheduledJob.objects.order_by("name"):
        began.add_metric([job.name], job.started_at.timestamp())
        well.add_metric([job.name], float(not job.result.startswith("failed")))
    yield began
    yield well


def _of_queue(now: float) -> Iterator[Metric]:
    """Tell how many tasks wait, and how long the oldest has. The queue is a list: new ones left, the next one right."""
    name = getattr(settings, "CELERY_TASK_DEFAULT_QUEUE", "celery")
    with redis_servers.client(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1) as client:
        length: Any = client.llen(name)
        oldest: Any = client.lindex(name, -1)
    yield GaugeMetricFamily("innspill_queue_tasks", "Tasks that wait for a worker.", length)
    age = max(0.0, now - _sent_at(oldest, now)) if oldest else 0.0
    yield GaugeMetricFamily("innspill_queue_seconds", "Age of the task that is next.", age)


def _sent_at(message: bytes, now: float) -> float:
    try:
        return float(json.loads(message)["headers"][SENT_AT])
    except (ValueError, KeyError, TypeError):
        return now
