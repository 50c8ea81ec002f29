"""What Prometheus is told, and to whom."""

from __future__ import annotations

import json
import re
import time
from datetime import timedelta
from typing import Any

import pytest
import redis
from django.conf import settings as django_settings
from django.core.management import get_commands
from django.test import Client
from django.utils import timezone

from organisation.models import OutgoingMail, ScheduledJob
from organisation.tasks import sweep_mail
from tests.factories import a_card, make_solvik

TOKEN = {"headers": {"authorization": "Bearer watch-me"}}


@pytest.fixture
def watched(settings: Any) -> Client:
    settings.METRICS_TOKEN = "watch-me"
    return Client()


def figures(client: Client) -> dict[str, float]:
    response = client.get("/metrics", **TOKEN)  # type: ignore[arg-type]
    assert response.status_code == 200
    lines = [line for line in response.content.decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _space, value in (line.rpartition(" ") for line in lines)}


def test_without_a_token_nobody_learns_that_it_is_there(watched: Client, client: Client) -> None:
    assert client.get("/metrics").status_code == 404  # no token is set
    assert watched.get("/metrics").status_code == 404
    assert watched.get("/metrics", headers={"authorization": "Bearer wrong"}).status_code == 404


@pytest.mark.django_db
def test_requests_are_counted_by_route_and_never_by_address(watched: Client) -> None:
    make_solvik()
    card = a_card()
    before = figures(watched)
    watched.get(f"/card/{card.secret}/")
    watched.get("/nothing/by/this/name/")
    found = figures(watched)
    routes = {name for name in found if name.startswith("innspill_http_request_seconds_count")}
    counted = 'innspill_http_request_seconds_count{method="GET",route="card/<slug:secret>/",status="200"}'
    assert found[counted] - before.get(counted, 0) == 1
    assert not any(card.secret in name or "by/this" in name for name in routes)


@pytest.mark.django_db
def test_what_waits_is_told(watched: Client) -> None:
    make_solvik()
    now = timezone.now()
    a_card(now=now - timedelta(days=60))
    a_card(now=now)
    OutgoingMail.objects.all().update(queued_at=now - timedelta(minutes=7), status="queued")
    waiting = OutgoingMail.objects.count()
    ScheduledJob.objects.update_or_create(name="some.job", defaults={"started_at": now, "result": "failed: no"})
    found = figures(watched)
    assert (found["innspill_cards_open"], found["innspill_cards_overdue"]) == (2, 1)
    assert found["innspill_mail_waiting"] == waiting
    assert 400 < found["innspill_mail_waiting_seconds"] < 480
    assert found['innspill_job_ok{job="some.job"}'] == 0
    assert found['innspill_part_up{part="database"}'] == 1


@pytest.mark.django_db
def test_the_queue_tells_how_long_its_next_task_has_waited(watched: Client) -> None:
    sweep_mail.delay()
    with redis.Redis.from_url(django_settings.REDIS_URL) as client:
        name = django_settings.CELERY_TASK_DEFAULT_QUEUE
        message = json.loads(client.lindex(name, -1))  # type: ignore[arg-type]
        assert abs(message["headers"]["innspill_sent_at"] - time.time()) < 60
        message["headers"]["innspill_sent_at"] -= 600
        client.lset(name, -1, json.dumps(message))
    found = figures(watched)
    assert found["innspill_queue_tasks"] == 1
    assert 600 <= found["innspill_queue_seconds"] < 660


@pytest.mark.django_db
def test_each_alert_names_figures_and_jobs_that_are_there(watched: Client) -> None:
    make_solvik()
    watched.get("/")
    told = (django_settings.BASE_DIR / "docs/operations.md").read_text()
    response = watched.get("/metrics", **TOKEN)  # type: ignore[arg-type]
    there = {line.split()[2] for line in response.content.decode().splitlines() if line.startswith("# TYPE")}
    there = {name for name in there if not name.endswith("_created")}
    alerts = told.split("## Alerts, and what to do", 1)[1].split("\n## ", 1)[0]
    with_a_replica = {"innspill_replica_up", "innspill_replica_behind_bytes"}
    assert set(re.findall(r"innspill_\w+", told)) == there | with_a_replica
    assert len(set(re.findall(r"innspill_\w+", alerts))) >= 7
    assert set(re.findall(r'job="([\w.]+)"', alerts)) <= set(django_settings.CELERY_BEAT_SCHEDULE)
    assert set(re.findall(r"`manage.py (\w+)", told)) <= set(get_commands())
