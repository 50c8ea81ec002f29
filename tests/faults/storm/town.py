"""An installation of its own: database, queue, web server, two workers and two schedulers, watched over as systemd would.

It kills and ends only what it started itself.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psycopg2

from config.embedded.place import make_var, settle
from config.embedded.postgres import MAJOR, NAME, PORT, Postgres
from config.embedded.valkey import SOCKET, Valkey
from config.postgres_programs import program
from tests.post_office import free_port

ROOT = Path(__file__).resolve().parents[3]
AGAIN_AFTER = 2.0
"""Seconds after which a process that ended is started again."""
CELERY = ["-m", "celery", "--quiet", "-A", "config"]
SHIFTED = """
import sys, time_machine
from datetime import UTC, datetime, timedelta
time_machine.travel(datetime.now(UTC) + timedelta(seconds=float(sys.argv.pop(1)))).start()
sys.argv[0] = "celery"
from celery.__main__ import main
main()
"""


def until(condition: Callable[[], object], seconds: float, what: str) -> None:
    """Wait for the condition. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not after {seconds:.0f} s")
        time.sleep(0.1)


@dataclass
class Watched:
    """One process that is started again where it ends, unless somebody holds it down."""

    name: str
    command: list[str]
    town: Town
    held: bool = False
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0
    ended_at: float = 0.0

    def start(self) -> None:
        with (self.town.folder / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env=self.town.env, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
        self.starts += 1

    def look(self) -> None:
        """Start it again if it ended a while ago."""
        if self.held or self.process is None:
            return
        if self.process.poll() is None:
            self.ended_at = 0.0
        elif not self.ended_at:
            self.ended_at = time.monotonic()
        elif time.monotonic() - self.ended_at > AGAIN_AFTER:
            self.ended_at = 0.0
            self.start()

    def signal(self, number: int, *, group: bool = True) -> None:
        """Send a signal to the process, and to those it started."""
        if self.process is not None and self.process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number) if group else self.process.send_signal(number)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait(timeout=20)

    def children(self) -> list[int]:
        """The processes that it started, oldest first."""
        if self.process is None:
            return []
        with suppress(OSError):
            path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
            return [int(number) for number in path.read_text().split()]
        return []

    def end(self) -> None:
        """End it in order: what it has begun it may finish."""
        self.held = True
        if self.process is None:
            return
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM, group=False)
        try:
            self.process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            self.kill()


@dataclass
class Town:
    """The installation. `mail_url` and `hook_url` are where its mails and webhooks go."""

    folder: Path
    mail_url: str
    watched: dict[str, Watched] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    tasks: list[str] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        make_var(self.folder)
        place = settle(self.folder)
        self.database, self.queue = Postgres(place), Valkey(place)
        self.place = place
        self.port = free_port()
        self.media = self.folder / "media"
        self.url = f"http://127.0.0.1:{self.port}"
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("PG", "DJANGO", "CELERY"))},
            "DJANGO_SETTINGS_MODULE": "tests.faults.storm.settings",
            "DATABASE_URL": f"postgres://{NAME}@/{place.sockets}/{NAME}",
            "REDIS_URL": f"unix://{place.sockets / SOCKET}",
            "EMAIL_URL": self.mail_url,
            "SECRET_KEY": "as long as a secret ought to be, and as little worth keeping as this one is here",
            "INNSPILL_VAR": str(self.folder),
            "INNSPILL_EMBEDDED_DURABLE": "1",  # what is committed outlives a kill, whatever the tests beside do without
            "MEDIA_ROOT": str(self.media),
            "PORT": str(self.port),
            "WEB_CONCURRENCY": "2",
            "BEHIND_PROXY": "true",  # each citizen has an address of their own
            "SEND_MINIMUM_SECONDS": "0",
            "API_REQUESTS_PER_MINUTE_KEY": "0",
            "WEBHOOKS_TO_PRIVATE_ADDRESSES": "true",
            "WEBHOOK_TIMEOUT": "5",
            "FETCH_BY_SCHEDULE": "false",
            "LOG_LEVEL": "WARNING",
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": "ignore",
        }

    # --- Parts ---

    def open(self, tables: Path | None = None) -> None:
        """Start the database and the queue, and make the tables: from a dump, where one is given."""
        self.media.mkdir()
        self.database.start()
        self.queue.start()
        if tables is not None:
            words = ["--no-owner", "--no-privileges", "-h", str(self.place.sockets), "-p", PORT, "-U", NAME, "-d", NAME]
            subprocess.run([program("pg_restore", int(MAJOR)), *words, tables], check=True, timeout=120)
        self.manage("migrate", "--verbosity", "0", "--no-input", seconds=600)

    def people(self) -> None:
        """Start what serves and works, and wait until it is ready."""
        python = sys.executable
        worker = [python, *CELERY, "worker", "--loglevel", "WARNING", "--concurrency", "2", "--without-gossip"]
        worker += ["--without-mingle"]
        commands = {
            "web": [python, "-m", "gunicorn", "-c", "config/gunicorn.py", "config.wsgi"],
            "worker-1": [*worker, "-n", "first@%h"],
            "worker-2": [*worker, "-n", "second@%h"],
            "beat-1": [python, *CELERY, "beat", "--loglevel", "WARNING"],
            "beat-2": [python, *CELERY, "beat", "--loglevel", "WARNING"],
        }
        for name, command in commands.items():
            self.watched[name] = Watched(name, command, self)
            self.watched[name].start()
        threading.Thread(target=self._watch, daemon=True).start()
        until(lambda: self.readyz()[0] == 200, 90, "the web server is ready")

    def shifted(self, name: str, seconds: float) -> list[str]:
        """Return the command of a worker or a scheduler whose clock is so many seconds ahead."""
        own = self.watched[name].command
        return [own[0], "-c", SHIFTED, str(seconds), *own[3:]]

    def _watch(self) -> None:
        while not self._over.wait(0.25):
            for one in list(self.watched.values()):
                one.look()

    def close(self) -> None:
        """End everything and take the folder away."""
        self._over.set()
        for one in self.watched.values():
            one.end()
        with suppress(OSError, ProcessLookupError, ValueError):
            os.kill(self.queue.process_id(), signal.SIGCONT)
        for server in (self.database, self.queue):
            server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.place.base != self.folder:
            shutil.rmtree(self.place.base, ignore_errors=True)
        if self.place.sockets.parent != self.folder:
            shutil.rmtree(self.place.sockets, ignore_errors=True)

    # --- Its voice ---

    def manage(
        self, *words: str, env: dict[str, str] | None = None, limited: bool = False, seconds: float = 120
    ) -> str:
        """Run a command and return what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words], cwd=ROOT, env=self.env | (env or {}), text=True, timeout=seconds,
            capture_output=True, check=False, preexec_fn=no_room if limited else None,
        )  # fmt: skip
        if words[0] != "doctor" and done.returncode:
            raise RuntimeError(f"manage.py {words[0]}: {done.stderr[-2000:]}")
        return done.stdout

    def python(self, program: str, *arguments: str, env: dict[str, str] | None = None, limited: bool = False) -> str:
        """Run a program that has Django set up, and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-c", "import sys, django; django.setup()\n" + program, *arguments], cwd=ROOT,
            env=self.env | (env or {}), text=True, timeout=180, capture_output=True, check=False,
            preexec_fn=no_room if limited else None,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stderr[-3000:])
        return done.stdout

    def doctor(self, *, env: dict[str, str] | None = None, limited: bool = False) -> dict[str, dict[str, Any]]:
        """What the doctor finds, by part."""
        try:
            found = json.loads(self.manage("doctor", "--json", env=env, limited=limited, seconds=60))
        except (ValueError, subprocess.TimeoutExpired) as error:
            return {"doctor": {"state": "fault", "words": f"said nothing: {type(error).__name__}"}}
        return {check["part"]: check for check in found["checks"]}

    def readyz(self) -> tuple[int, dict[str, Any]]:
        """Status and body of /readyz; 0 where nobody answers within three seconds."""
        try:
            with urlopen(f"{self.url}/readyz", timeout=3) as answer:
                return answer.status, json.load(answer)
        except OSError as error:
            body = getattr(error, "read", None)
            if body is None:
                return 0, {}
            try:
                return error.code, json.loads(body())  # type: ignore[attr-defined]
            except (OSError, ValueError):
                return 0, {}
        except ValueError:
            return 0, {}

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the database over a connection of our own."""
        with self.session() as session, session.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def session(self) -> Any:
        return psycopg2.connect(
            host=str(self.place.sockets), port=PORT, user=NAME, dbname=NAME, connect_timeout=5,
            application_name="storm",
        )  # fmt: skip

    def limit_files(self, size: int) -> None:
        """Let the web server's workers write no file beyond `size` bytes: to them the disk is full. -1: any size."""
        for pid in self.watched["web"].children():
            with suppress(ProcessLookupError, PermissionError):
                _soft, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard if size < 0 else size, hard))


def no_room() -> None:
    """Let this process write no file: in a process that is about to begin."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


FURNISH = """
import json
from datetime import timedelta
from django.utils import timezone
from feedback.actions.intake import House
from organisation.actions.api_keys import create_api_key
from organisation.actions.webhooks import create_webhook
from organisation.models import OutgoingMail, WebhookDelivery
from organisation.permissions import Scope
from tests.factories import NO_PHONE, RuleFactory, a_card, make_solvik

old, hook = int(sys.argv[1]), sys.argv[2]
now = timezone.now()
solvik = make_solvik()
RuleFactory(words=["hull"], unit=solvik.roads)
house = House.read()
for n in range(old):
    a_card(now=now - timedelta(days=40), text=f"Hull fra i sommer {n}", house=house)
OutgoingMail.objects.all().delete()
keys = {}
for name in ("clerk", "roads_leader"):
    scopes = [Scope.CARDS_READ, Scope.CARDS_WRITE]
    person = getattr(solvik, name)
    keys[name] = create_api_key(name=name, acts_as=person, scopes=scopes, today=now.date(), by=None, now=now).secret
told = ["card.registered", "card.forwarded", "card.called_back", "card.overdue", "card.closed"]
create_webhook(url=hook, events=told, by=None, now=now, owner=solvik.administrator)
print(json.dumps(keys))
"""


def furnish(town: Town, old_cards: int, hook: str) -> None:
    """Make the municipality, its people's keys, its webhook, and cards that were due long ago."""
    town.keys = json.loads(town.python(FURNISH, str(old_cards), hook).splitlines()[-1])


AHEAD = timedelta(hours=2)
SEND_AHEAD = """
from datetime import timedelta
from django.utils import timezone
from organisation.outbox.delivery import deliver_due
from organisation.webhooks.delivery import send_due
now = timezone.now() + timedelta(hours=float(sys.argv[1]))
print(deliver_due(now=now, limit=20000), send_due(now=now))
"""
