"""A streaming replica of the tests' own PostgreSQL, by pg_basebackup and the same programs."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
from django.db import connection

from config.embedded import var_dir
from config.embedded.place import Account, settle
from config.embedded.postgres import Postgres
from config.embedded.server import environment


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def until(condition: Any, seconds: float = 60, why: Callable[[], str] = lambda: "it did not happen in time") -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, why()
        time.sleep(0.05)


@dataclass
class Replica:
    """The replica of the test's database, at a port of loopback."""

    folder: Path
    port: int
    programs: Path
    account: Account
    database: str
    process: subprocess.Popen[bytes] | None = None

    @property
    def slot(self) -> str:
        return f"tests_{self.port}"

    @property
    def url(self) -> str:
        return f"postgres://innspill@127.0.0.1:{self.port}/{self.database}"

    def copy(self) -> None:
        given = connection.get_connection_params()
        command = [str(self.programs / "pg_basebackup"), "--pgdata", str(self.folder / "data"), "--write-recovery-conf"]
        command += ["--host", given["host"], "--port", str(given["port"]), "--username", given["user"], "--no-sync"]
        command += ["--checkpoint=fast", "--wal-method=stream"]
        # What is written between the copy and the start waits for the replica, however much other tests write.
        command += ["--create-slot", "--slot", self.slot]
        subprocess.run(command, check=True, capture_output=True, **self._as_the_account())

    def start(self) -> None:
        """Have it run and stream, unless it does."""
        if self.process is not None and self.process.poll() is None:
            return
        options = {"listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": "", "fsync": "off"}
        command = [str(self.programs / "postgres"), "-D", str(self.folder / "data")]
        for name, value in (options | {"dynamic_shared_memory_type": "mmap"}).items():
            command += ["-c", f"{name}={value}"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, **self._as_the_account())
        # It answers once no transaction with more than 64 savepoints is left of those that ran during the copy, and other
        # tests have such ones.
        until(
            lambda: self.ask("SELECT pg_is_in_recovery() AND EXISTS (SELECT FROM pg_stat_wal_receiver)"),
            seconds=240,
            why=lambda: (self.folder / "log").read_text()[-2000:],
        )

    def ask(self, sql: str) -> Any:
        """Return the first value that the statement gives; None where the replica does not answer."""
        try:
            asked = psycopg2.connect(self.url, connect_timeout=5)
        except psycopg2.OperationalError:
            return None
        try:
            asked.autocommit = True
            with asked.cursor() as cursor:
                cursor.execute(sql)
                row = cursor.fetchone()
                return row[0] if row else None
        finally:
            asked.close()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)  # at once: nothing is to be kept
            self.process.wait(timeout=20)

    def let_go(self) -> bool:
        """Have the primary keep nothing for this replica any more; False while it still takes it to be connected."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = %s AND NOT active",
                [self.slot],
            )
            cursor.execute("SELECT NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = %s)", [self.slot])
            return bool(cursor.fetchone()[0])

    def _as_the_account(self) -> dict[str, Any]:
        return {"cwd": "/", "env": environment(), "umask": 0o077, **self.account.popen_options()}


@contextmanager
def a_replica() -> Iterator[Replica]:
    """Make a replica, which is yet to be started, and take it away afterwards.

    Commits to the test's database are written down at once, as they are in earnest: the tests' server lets them wait
    otherwise.
    """
    place = settle(var_dir())
    name = connection.settings_dict["NAME"]
    folder = Path(tempfile.mkdtemp(prefix="replica-", dir="/tmp"))
    if place.account.uid != os.geteuid():
        os.chown(folder, place.account.uid, place.account.gid)
    made = Replica(folder, free_port(), Postgres(place)._programs(), place.account, name)
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = on')
    connection.close()  # what is set counts from the next connection on
    try:
        made.copy()
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder)
        until(made.let_go)
        with connection.cursor() as cursor:
            cursor.execute(f'ALTER DATABASE "{name}" RESET synchronous_commit')
        connection.close()
