"""Two releases at one queue: what the older worker does not know waits for the newer one, and holds up nothing."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
import redis
from django.conf import settings

from config.celery import SENT_AT
from organisation.models import ScheduledJob
from tests.factories import make_solvik
from tests.faults.conftest import Broker, Processes, until
from tests.faults.of_tomorrow import NAME

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]


def worker(processes: Processes, broker: Broker, *words: str) -> subprocess.Popen[str]:
    return processes.start(
        sys.executable, "-m", "celery", "-A", "config", "worker", "--pool", "solo", "--loglevel", "WARNING", *words,
        REDIS_URL=broker.url,
    )  # fmt: skip


def ran(name: str) -> bool:
    return ScheduledJob.objects.filter(name=name, finished_at__isnull=False).exists()


def test_an_old_worker_gives_a_new_task_back_and_does_its_own(processes: Processes, broker: Broker) -> None:
    make_solvik()
    queued = "from celery import current_app as app; app.send_task(sys.argv[1]); app.send_task(sys.argv[2])"
    processes.run(queued, NAME, "organisation.sweep_mail", REDIS_URL=broker.url)
    old = worker(processes, broker, "-n", "old@here")
    until(lambda: ran("organisation.sweep_mail"))
    assert not ran(NAME)
    assert old.poll() is None
    worker(processes, broker, "-n", "new@here", "--include", "tests.faults.of_tomorrow")
    until(lambda: ran(NAME))
    processes.kill(old)
    _out, err = old.communicate()
    assert f"Task {NAME} is not known to this release: given back" in err
    assert "Traceback" not in err


def test_what_nobody_knows_for_an_hour_is_let_go(processes: Processes, broker: Broker) -> None:
    make_solvik()
    queued = f"""
from celery import current_app as app
from celery.signals import before_task_publish
before_task_publish.connect(lambda headers, **_: headers.update({SENT_AT}=float(sys.argv[1])), weak=False)
app.send_task("tests.of_nobody"); app.send_task("organisation.sweep_mail")
"""
    processes.run(queued, str(time.time() - 3700), REDIS_URL=broker.url)
    worker(processes, broker)
    until(lambda: ran("organisation.sweep_mail"))
    with redis.Redis.from_url(broker.url) as queue:
        until(lambda: (queue.llen(settings.CELERY_TASK_DEFAULT_QUEUE), queue.hlen("unacked")) == (0, 0))
