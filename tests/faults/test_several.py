"""More of each than one: two web servers, three workers, two beats, PgBouncer before the database and a replica beside it.

All are processes of this machine, on real sockets; PgBouncer is run with the file that docs/scaling.md gives.
"""

from __future__ import annotations

import http.client
import os
import re
import shutil
import subprocess
import sys
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg2
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from config.beat import Scheduler
from config.celery import app
from feedback.actions.listing import latest_week_to_run
from feedback.models import Card, OverdueEntry, OverdueRun
from organisation.actions.webhooks import create_webhook
from organisation.models import OutgoingMail, ScheduledJob, Unit, WebhookDelivery
from reporting.actions.indicators import know_our_indicators
from tests.factories import RuleFactory, Solvik, a_card, make_solvik
from tests.faults.conftest import Broker, Postbox, Processes, until
from tests.organisation.receiver import Receiver, open_receiver
from tests.replica import Replica, a_replica, free_port

PGBOUNCER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")

pytestmark = [
    pytest.mark.fault,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="a replica is made of the embedded PostgreSQL"),
    pytest.mark.skipif(PGBOUNCER is None, reason="PgBouncer is not installed (Debian: pgbouncer)"),
]

CARDS, OLD = 12, 14


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with open_receiver() as made:
        yield made


@pytest.fixture
def replica(transactional_db: None) -> Iterator[Replica]:
    with a_replica() as made:
        made.start()
        yield made


@pytest.fixture
def pooled(replica: Replica, tmp_path: Path) -> Iterator[str]:
    """The database's address by way of PgBouncer, with the settings that are shipped but for place and login."""
    given, port = connection.get_connection_params(), free_port()
    shipped = (settings.BASE_DIR / "deploy" / "pgbouncer.ini").read_text()
    own = replica.folder / "pgbouncer.ini"  # a folder that the account reaches
    users = replica.folder / "users.txt"
    users.write_text('"innspill" ""\n')
    replaced = {
        r"^\* = .*": f"* = host={given['host']} port={given['port']}",
        r"^listen_addr = .*": "listen_addr = 127.0.0.1",
        r"^listen_port = .*": f"listen_port = {port}",
        r"^auth_type = .*": "auth_type = trust",
        r"^auth_file = .*": f"auth_file = {users}",
        r"^unix_socket_dir = .*": "unix_socket_dir =",
    }
    for pattern, line in replaced.items():
        shipped, times = re.subn(pattern, line, shipped, flags=re.MULTILINE)
        assert times == 1, pattern
    own.write_text(shipped)
    for path in (own, users):
        os.chown(path, replica.account.uid, replica.account.gid)
    with (tmp_path / "pgbouncer.log").open("wb") as log:
        process = subprocess.Popen(
            [str(PGBOUNCER), "--quiet", str(own)], stdout=log, stderr=log,
            **replica.account.popen_options(),
        )  # fmt: skip
    url = f"postgres://innspill@127.0.0.1:{port}/{connection.settings_dict['NAME']}"

    def answers() -> bool:
        assert process.poll() is None, (tmp_path / "pgbouncer.log").read_text()
        with suppress(psycopg2.OperationalError):
            psycopg2.connect(url, connect_timeout=2).close()
            return True
        return False

    until(answers, 20)
    yield url
    process.kill()
    process.wait()


def ask(port: int, method: str, path: str, body: str | None = None, **headers: str) -> tuple[int, dict[str, str], str]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        line.request(method, path, body, headers)
        answer = line.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode()
    finally:
        line.close()


def send(opened_at: int, sent_to: int, number: int) -> None:
    """Open the page at one web server, send it to the other, and read the receipt at the first."""
    status, headers, page = ask(opened_at, "GET", "/")
    assert status == 200, page
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    cookie = re.search(r"csrftoken=[^;]+", headers["set-cookie"])
    assert token is not None
    assert cookie is not None
    fields = {
        "csrfmiddlewaretoken": token[1], "text": f"Hull i veien, nummer {number}", "name": "Kari",
        "address": "Storgata 1", "phone": "33 18 10 00", "email": f"kari{number}@example.test",
        "key": str(uuid.UUID(int=number)),
    }  # fmt: skip
    form = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie[0]}
    for _twice in range(2):  # the second under the same key: a citizen who pressed again
        status, headers, page = ask(sent_to, "POST", "/", urlencode(fields), **form)
        assert status == 302, page
    assert ask(opened_at, "GET", headers["location"], Cookie=cookie[0])[0] == 200


def test_nothing_is_lost_nor_done_twice(
    processes: Processes, broker: Broker, postbox: Postbox, receiver: Receiver, replica: Replica, pooled: str,
    settings: Any,
) -> None:  # fmt: skip
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    now = timezone.now()
    solvik: Solvik = make_solvik()
    RuleFactory(words=["hull"], unit=solvik.roads)
    for _ in range(OLD):
        a_card(now=now - timedelta(days=60), unit=solvik.roads)
    OutgoingMail.objects.all().delete()
    know_our_indicators(now=now)
    create_webhook(url=f"{receiver.url}/hook", events=["card.registered"], by=None, now=now)
    # Both beats find every job of the schedule due at once, and start each.
    _ = Scheduler(app=app).schedule
    jobs = set(PeriodicTask.objects.exclude(name="celery.backend_cleanup").values_list("name", flat=True))
    PeriodicTask.objects.update(last_run_at=now - timedelta(days=8))
    assert latest_week_to_run(now) is not None

    env = {
        "DATABASE_URL": pooled, "BEHIND_PGBOUNCER": "1", "DATABASE_CONN_MAX_AGE": "0",
        "DATABASE_REPLICA_URL": replica.url, "REDIS_URL": broker.url, "EMAIL_URL": postbox.url,
        "SECRET_KEY": settings.SECRET_KEY, "WEBHOOKS_TO_PRIVATE_ADDRESSES": "1", "FETCH_BY_SCHEDULE": "0",
        "WEB_CONCURRENCY": "1",
    }  # fmt: skip
    celery = (sys.executable, "-m", "celery", "--quiet", "-A", "config")
    ports = [free_port(), free_port()]
    for port in ports:
        gunicorn = (sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "config.wsgi")
        processes.start(*gunicorn, **env, PORT=str(port))
    for number in range(3):
        processes.start(*celery, "worker", "--pool", "solo", "--hostname", f"worker{number}@here", **env)
    for _ in range(2):
        processes.start(*celery, "beat", **env)

    def ready(port: int) -> bool:
        with suppress(OSError):
            return ask(port, "GET", "/readyz")[0] == 200
        return False

    until(lambda: all(map(ready, ports)))
    for number in range(CARDS):
        send(ports[number % 2], ports[1 - number % 2], number)
    assert Card.objects.count() == CARDS + OLD

    def all_told() -> bool:
        done = set(ScheduledJob.objects.exclude(finished_at=None).values_list("name", flat=True))
        told = WebhookDelivery.objects.filter(status="delivered").count()
        waits = OutgoingMail.objects.exclude(status="sent").exists()
        return jobs <= done and told == CARDS and not waits and len(postbox.accepted) >= 2 * CARDS + 1

    until(all_told, 120)
    assert not ScheduledJob.objects.filter(result__startswith="failed").exists()
    assert (OverdueRun.objects.count(), OverdueEntry.objects.count()) == (1, OLD)
    assert len(postbox.accepted) == OutgoingMail.objects.count()
    assert len({message["Message-ID"] for message in postbox.accepted}) == len(postbox.accepted)
    receipts = Counter(to for to in postbox.to if to.startswith("kari"))
    assert receipts == {f"kari{number}@example.test": 1 for number in range(CARDS)}
    assert [to for _kind, to in OutgoingMail.objects.filter(kind="overdue_list").values_list("kind", "to")] != []
    assert len(receiver.took) == len({took.id for took in receiver.took}) == CARDS

    # Figures come from the replica, at both; after a write everybody sees it, and without the replica too.
    reader = Client()
    reader.force_login(solvik.chief)
    cookie = f"sessionid={reader.cookies['sessionid'].value}"
    for port in ports:
        assert ask(port, "GET", "/staff/statistics/", Cookie=cookie)[0] == 200
    read = "SELECT coalesce(sum(idx_scan + seq_scan), 0) FROM pg_stat_user_tables WHERE relname = 'reporting_indicator'"
    until(lambda: replica.ask(read), 10)
    replica.ask("SELECT pg_wal_replay_pause()")
    Unit.objects.filter(pk=solvik.roads.pk).update(name="Vei, nettopp omdøpt")
    assert "nettopp omdøpt" in ask(ports[0], "GET", "/staff/figures/?unit=roads", Cookie=cookie)[2]
    replica.stop()
    assert ask(ports[1], "GET", "/staff/figures/", Cookie=cookie)[0] == 200
