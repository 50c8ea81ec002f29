"""Real embedded parts in throw-away places, for the tests that start, kill and move them."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg2
import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
USER_PROGRAM = """
import sys
from config import embedded
try:
    embedded.ensure_running()
except embedded.PartsError as error:
    sys.exit(str(error))
print("up", flush=True)
sys.stdin.read()
"""


@dataclass
class House:
    """One installation's `var/`, the environment that names it, and the processes that a test starts there."""

    var: Path
    root: Path = ROOT
    python: str = sys.executable
    uid: int | None = None
    extra_env: dict[str, str] = field(default_factory=dict)
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def env(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "DJANGO", "INNSPILL"))}
        for key in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY"):
            kept.pop(key, None)
        return kept | {"INNSPILL_VAR": str(self.var), "PYTHONDONTWRITEBYTECODE": "1"} | self.extra_env

    def spawn(self, *command: str, **options: object) -> subprocess.Popen[str]:
        """Start a program in the house; it is ended with the test."""
        defaults: dict[str, object] = {
            "cwd": self.root,
            "env": self.env,
            "text": True,
            "stdin": subprocess.PIPE,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
        }
        if self.uid is not None:
            defaults |= {"user": self.uid, "group": pwd.getpwuid(self.uid).pw_gid, "extra_groups": []}
        process = subprocess.Popen(command, **(defaults | options))  # type: ignore[call-overload]
        self.processes.append(process)
        return process

    def user(self) -> subprocess.Popen[str]:
        """Start a process that uses the parts until its standard input is closed."""
        return self.spawn(self.python, "-c", USER_PROGRAM)

    def run(self, *command: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        process = self.spawn(*command)
        out, err = process.communicate(timeout=timeout)
        return subprocess.CompletedProcess(command, process.returncode, out, err)

    def place(self) -> dict[str, str]:
        """Ask the house where its sockets are."""
        program = "from config import embedded; d = embedded.database(); print(d['HOST']); print(embedded.redis_url())"
        host, url = self.run(self.python, "-c", program).stdout.splitlines()
        return {"host": host, "redis": url}

    def servers(self) -> list[psutil.Process]:
        """The servers of this house that live, main processes only."""
        found = []
        sockets = self.place()["host"]
        for process in psutil.process_iter(["name", "cmdline", "status", "ppid"]):
            words = " ".join(process.info["cmdline"] or [])
            if process.info["name"] in ("postgres", "valkey-server") and sockets in words:
                found.append(process)
        return sorted(found, key=lambda process: process.info["name"])

    def gunicorn(self) -> subprocess.Popen[str]:
        """Start the web server at the port in `extra_env`, and wait until it answers."""
        web = self.spawn(self.python, "-m", "gunicorn", "-c", "config/gunicorn.py", "config.wsgi")
        address = f"http://127.0.0.1:{self.extra_env['PORT']}/healthz"
        until(lambda: answers(address) or web.poll() is not None)
        if web.poll() is not None:
            raise AssertionError(web.communicate()[1])
        return web

    def ask(self, address: str) -> tuple[int, dict[str, object]]:
        """Return status and JSON of an answer, whatever the status is."""
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def close(self) -> None:
        """End what the test started; the last user of the parts stops them."""
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout, process.stderr):
                if stream is not None:
                    stream.close()
        if self.var.exists():
            for variable in ("DATABASE_URL", "REDIS_URL"):
                self.extra_env.pop(variable, None)
            last = self.user()
            last.communicate("", timeout=60)
            assert self.servers() == []
            mark = self.var / "data-folder"
            if mark.exists():
                shutil.rmtree(mark.read_text().strip(), ignore_errors=True)


def ready(process: subprocess.Popen[str]) -> subprocess.Popen[str]:
    """Wait until the process says that the parts are up."""
    assert process.stdout is not None
    line = process.stdout.readline()
    if line != "up\n":
        raise AssertionError(f"not up: {line!r} {process.communicate()[1]}")
    return process


def leave(process: subprocess.Popen[str]) -> None:
    """Let the process end by itself, and see that it had nothing to complain about."""
    _out, err = process.communicate("", timeout=60)
    assert (process.returncode, err) == (0, "")


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for the condition."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def answers(address: str) -> bool:
    """Tell whether a web server answers there with 200."""
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def free_port() -> int:
    """Return a port at which nobody listens now."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def url_of_test_database() -> str:
    """Return this test's database as DATABASE_URL names one over a socket."""
    database = connection.settings_dict
    return f"postgres://{database['USER']}@/{database['HOST']}/{database['NAME']}"


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A throw-away folder that every user may walk into (pytest's own are closed)."""
    folder = Path(tempfile.mkdtemp(prefix="innspill-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def house(open_folder: Path) -> Iterator[House]:
    """An installation with an empty `var/`, made as whoever runs the tests."""
    made = House(open_folder / "var")
    yield made
    made.close()


def connect(database: str) -> Any:
    """Connect to another database of the tests' server; each statement stands by itself."""
    given = connection.get_connection_params()
    made = psycopg2.connect(**{key: given[key] for key in ("host", "port", "user") if key in given}, dbname=database)
    made.autocommit = True
    return made


@pytest.fixture
def empty(transactional_db: None) -> Iterator[str]:
    """Another database of the same server, gone afterwards."""
    name = f"{connection.settings_dict['NAME']}_restored"
    server = connect("postgres")
    with server.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    yield name
    with server.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    server.close()
