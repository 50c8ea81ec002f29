"""Measure the pages and the API on one kept database: `python -m benchmarks.pages CARDS SECONDS`, told as JSON.

gunicorn serves as in earnest, wrk asks. How long one waits is measured with one connection, how many are served with eight.
CPU is that of gunicorn and of the database server with their processes, also of those that have ended. Each request has its
yardstick, measured right after it: `benchmarks.yardstick`, and the same statements by psycopg2 alone.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import psycopg2

from benchmarks.asked import Asked, all_requests
from benchmarks.kept import HERE, ROOT, connection_options, name_of
from benchmarks.looking import Look, in_short, looked_at, plan_of, reads_cards
from benchmarks.pace import piece_ms
from benchmarks.yardstick import run

AT_ONCE = 8
SENT = {
    "text": "Hull i veien ved skolen", "name": "Kari Nordmann", "address": "Storgata 1", "phone": "33181000",
    "email": "kari@example.org",
}  # fmt: skip


@contextmanager
def served(application: str, **env: str) -> Iterator[tuple[str, psutil.Process]]:
    """Run gunicorn as in earnest at a free port; yield its address and process."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", application]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | env | {"PORT": str(port)})
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(600):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        yield address, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(30)


def workers_of(server: psutil.Process) -> list[psutil.Process]:
    return server.children()


def cpu(server: psutil.Process, database: psutil.Process) -> float:
    """Seconds that both have used, with their processes: those that live and those that have ended."""
    spent = 0.0
    for parent in (server, database):
        # What an ended one used is its parent's from then on: the sum does not fall when a vacuum of the database ends.
        times = parent.cpu_times()
        spent += times.user + times.system + times.children_user + times.children_system
        for process in parent.children():
            with suppress(psutil.Error):
                times = process.cpu_times()
                spent += times.user + times.system
    return spent


def database_server(cards: int) -> psutil.Process:
    """The parent of the processes for this database, of which this process has one open."""
    mine = f" {name_of(cards)} "
    serving = (one for one in psutil.process_iter(["cmdline"]) if mine in " ".join(one.info["cmdline"] or []) + " ")
    parent = next(serving).parent()
    assert parent is not None
    return parent


FEWEST = 20
"""Answers below which a time says nothing; so long as a minute it is asked for more of them."""


def ask(address: str, seconds: float, at_once: int, kind: str, cookie: str, token: str) -> dict[str, Any]:
    """Let wrk ask for so long, and longer where the machine is so busy that hardly anything is answered."""
    while True:
        command = ["wrk", "-t1", f"-c{at_once}", f"-d{max(1, round(seconds))}s", "--timeout", "30s"]
        command += ["-s", str(HERE / "ask.lua"), address, "--", kind, cookie, token]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        found: dict[str, Any] = json.loads(done.stdout.rpartition("JSON ")[2])
        settle(address)
        if found["requests"] >= FEWEST or seconds >= 60:
            break
        seconds *= 3
    found["per_s"] = round(found["requests"] / found.pop("seconds"), 1)
    return found


def settle(address: str) -> None:
    """Wait until what was asked for and is awaited by nobody any more has been worked off."""
    for _ in range(8):
        with suppress(OSError):
            urllib.request.urlopen(f"http://{urlsplit(address).netloc}/healthz", timeout=120).read()


class People:
    """Who asks: signed in for the browser, with a token for the API."""

    def __init__(self) -> None:
        from django.test import Client
        from rest_framework.authtoken.models import Token

        from organisation.models import Person

        self.clients: dict[str, Any] = {"": Client(headers={"host": "127.0.0.1"})}
        for who in ("clerk", "handler", "reader"):
            self.clients[who] = Client(headers={"host": "127.0.0.1"})
            self.clients[who].force_login(Person.objects.get(email=f"{who}@example.org"))
        token = Token.objects.get_or_create(user=Person.objects.get(email="clerk@example.org"))[0]
        self.token = f"Token {token.key}"
        self.clients["API"] = Client(headers={"host": "127.0.0.1", "authorization": self.token})

    def client(self, asked: Asked) -> Any:
        return self.clients["API" if asked.address.startswith("/api/") else asked.who]

    def headers(self, asked: Asked) -> tuple[str, str]:
        """The Cookie and the Authorization header as wrk is told them."""
        if asked.address.startswith("/api/"):
            return "-", self.token
        session = self.clients[asked.who].cookies.get("sessionid")
        return (f"sessionid={session.value}" if session else "-"), "-"


def look(client: Any, address: str) -> Look:
    """What the second request for a page asks of the database: caches are warm."""
    for _ in range(2):
        with looked_at() as found:
            answer = client.get(address)
            assert answer.status_code == 200, (address, answer.status_code)
    found.kilobytes = round(len(answer.content) / 1000, 1)
    return found


def look_at_sending(people: People, kind: str) -> Look:
    """What a card costs that a citizen sends by the page, or another system by the API, to be written again and again."""
    import uuid

    from feedback.models import Card

    key = str(uuid.uuid4())
    with looked_at() as found:
        if kind == "page":
            answer = people.clients[""].post("/", SENT | {"key": key})
        else:
            contact = {name: value for name, value in SENT.items() if name not in ("text", "address")}
            body = {"text": SENT["text"], "submitter": contact}
            answer = people.clients["API"].post(
                "/api/v1/cards/", body, content_type="application/json", headers={"idempotency-key": key}
            )
        assert answer.status_code in (201, 302), answer.content
        card = Card.objects.latest("pk")
    del found.statements[-1]
    for place, sql in enumerate(found.statements):
        sql = sql.replace(card.idempotency_key or key, "«key»").replace(key, "«key»")
        found.statements[place] = sql.replace(card.secret, "«secret»")
    return found


def by_psycopg2(recorded: list[str], seconds: float) -> dict[str, float]:
    """The same statements by psycopg2 alone, one after the other."""
    took = []
    connection = psycopg2.connect(**connection_options(os.environ["DATABASE_URL"]))
    until = time.perf_counter() + seconds
    while time.perf_counter() < until or len(took) < 3:
        start = time.perf_counter()
        with connection, connection.cursor() as cursor:
            run(cursor, recorded)
        took.append((time.perf_counter() - start) * 1000)
    connection.close()
    took.sort()
    return {"p50_ms": round(statistics.median(took), 2), "p95_ms": round(took[int(len(took) * 0.95) - 1], 2)}


def measured(cards: int, seconds: float, only: str) -> dict[str, Any]:
    """Return the figures of each request by its name, and of the workers that answered."""
    from django.utils import timezone

    from feedback.models import Card
    from feedback.workflow import OPEN_STATES

    now, people = timezone.now(), People()
    # An open one: its private page stands.
    card = Card.objects.filter(state__in=OPEN_STATES, registered_at__lt=now).order_by("registered_at")[:1].get()
    todo: list[tuple[str, str, str, tuple[str, str], Look]] = []
    if not only or only in "card by the page":
        cookie = f"csrftoken={'a' * 32}"
        todo.append(("card by the page", "/", "page", (cookie, "-"), look_at_sending(people, "page")))
    if not only or only in "card by the API":
        todo.append(("card by the API", "/api/v1/cards/", "api", ("-", people.token), look_at_sending(people, "api")))
    for asked in all_requests(card, now):
        if asked.timed and only in asked.name:
            found = look(people.client(asked), asked.address)
            todo.append((asked.name, asked.address, "get", people.headers(asked), found))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "statements.json"
        file.write_text(json.dumps({str(at): one[4].kept() for at, one in enumerate(todo)}))
        figures: dict[str, Any] = {}
        with (
            served("config.wsgi") as (ours, server),
            served("benchmarks.yardstick", BENCH_STATEMENTS=str(file)) as (bare, _bare_server),
        ):
            database = database_server(cards)
            for at, (name, address, kind, headers, found) in enumerate(todo):
                settle(ours)
                # After its first thirty answers a worker takes what it has loaded for what stays: once, and before the clock.
                # So many at once that each worker has its share: a connection stays with the worker that took it.
                ask(ours + address, 1 if at else 4, AT_ONCE, kind, *headers)
                pieces = [piece_ms()]
                alone = ask(ours + address, seconds, 1, kind, *headers)
                before = cpu(server, database)
                many = ask(ours + address, seconds, AT_ONCE, kind, *headers)
                spent = cpu(server, database) - before
                pieces.append(piece_ms())
                stick = f"{bare}/{at}/"
                ask(stick, 1, AT_ONCE, "get", "-", "-")
                stick_alone = ask(stick, seconds / 2, 1, "get", "-", "-")
                stick_many = ask(stick, seconds / 2, AT_ONCE, "get", "-", "-")
                raw = by_psycopg2(found.kept(), seconds / 4)
                figures[name] = {
                    "p50_ms": alone["p50_ms"],
                    "p95_ms": alone["p95_ms"],
                    "p99_ms": alone["p99_ms"],
                    "per_s": many["per_s"],
                    "p95_of_eight_ms": many["p95_ms"],
                    "statements": len(found.kept()),
                    "rows": found.rows,
                    "kilobytes": found.kilobytes,
                    "scans_of_cards": found.scans_of_cards,
                    "cpu_ms": round(spent * 1000 / max(1, many["requests"]), 2),
                    "piece_ms": max(pieces),
                    "failed": alone["failed"] + many["failed"],
                    "yardstick": {"p50_ms": stick_alone["p50_ms"], "per_s": stick_many["per_s"]}
                    | {"failed": stick_alone["failed"] + stick_many["failed"]},
                    "psycopg2": raw,
                    "times_yardstick": round(alone["p50_ms"] / max(0.01, stick_alone["p50_ms"]), 2),
                    "times_yardstick_per_s": round(stick_many["per_s"] / max(0.1, many["per_s"]), 2),
                    "times_psycopg2": round(alone["p50_ms"] / max(0.01, raw["p50_ms"]), 2),
                }
                print(f"  {name}: {alone['p50_ms']} ms, {many['per_s']} per s", file=sys.stderr, flush=True)
            figures["memory"] = {"web_worker_mb": [_megabytes(one) for one in workers_of(server)]}
    figures["plans"] = {
        name: [in_short(plan_of(sql)) for sql in found.kept() if reads_cards(sql)]
        for name, _address, kind, _headers, found in todo
        if kind == "get"
    }
    return figures


def _megabytes(process: psutil.Process) -> float:
    """What the process has for itself, and its share of what it has with others."""
    return round(process.memory_full_info().pss / 1e6, 1)


@contextmanager
def taken_away(cards: int) -> Iterator[None]:
    """Take away what is written within, and first what a run left that was stopped: the database is as it was built."""
    _take_away(cards)
    yield
    _take_away(cards)


def _take_away(cards: int) -> None:
    """Leave the town's own cards, which are numbered from 1, and nothing that tells of others or of what was done."""
    from django.db import connection, transaction

    from feedback.models import Card, CardChange, UntoldChange
    from organisation.models import AuditEntry, BrowserSession, OutgoingMail

    telling = [(one.related_model, one.field.column) for one in Card._meta.related_objects]
    with transaction.atomic(), connection.cursor() as cursor:
        # As in a replica: histories let nobody delete, and what points at a card goes with it here.
        cursor.execute("SET LOCAL session_replication_role = replica")
        for model, column in [*telling, (CardChange, "card_id"), (Card, "id")]:
            cursor.execute(f'DELETE FROM "{model._meta.db_table}" WHERE "{column}" > %s', [cards])  # noqa: S608
        cursor.execute(f"DELETE FROM {AuditEntry._meta.db_table}")  # noqa: S608
    OutgoingMail.objects.all().delete()
    UntoldChange.objects.all().delete()
    BrowserSession.objects.all().delete()


def need_wrk() -> None:
    """End with a sentence where wrk is not installed."""
    if shutil.which("wrk") is None:
        sys.exit("make bench asks with wrk, which is not installed (Debian: apt install wrk).")


def main() -> None:
    need_wrk()
    import django

    django.setup()
    cards, seconds = int(sys.argv[1]), float(sys.argv[2])
    with taken_away(cards):
        figures = measured(cards, seconds, sys.argv[3] if len(sys.argv) > 3 else "")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
