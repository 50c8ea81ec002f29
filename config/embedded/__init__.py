"""PostgreSQL and Valkey where nothing is set up: the first who needs them starts them, the last stops them.

Each process that uses them holds a shared lock on `var/users.lock` from `ensure_running` until it ends. At its end
it tries for the lock alone: whoever gets it is the last and stops the servers. A process that is killed loses its lock
to the kernel, the servers live on, and the next command uses them and stops them at its end. Starting and stopping
happen under `var/start.lock`, so that a command that comes while the last one stops waits, and starts them anew.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from config.embedded import locks
from config.embedded.errors import PartsError
from config.embedded.place import Place, make_var, settle, sockets_dir, var_dir
from config.embedded.postgres import NAME, PORT, Postgres
from config.embedded.server import end_children
from config.embedded.valkey import SOCKET, Valkey

__all__ = ["PartsError", "database", "ensure_running", "make_var", "redis_url", "var_dir"]

SERVERS = {"DATABASE_URL": Postgres, "REDIS_URL": Valkey}

# The descriptor that holds this process's share of users.lock, and the process that took it. A fork (gunicorn's and
# Celery's children) inherits both and is covered by its parent; the number tells it to leave the lock alone.
_share: tuple[int, int] | None = None
_place: Place | None = None


def database() -> dict[str, Any]:
    """Return Django's DATABASES entry for the embedded PostgreSQL. Starts nothing."""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": NAME,
        "USER": NAME,
        "HOST": str(sockets_dir(var_dir())),
        "PORT": PORT,
    }


def redis_url() -> str:
    """Return the embedded Valkey's address as redis-py and Django's cache take it. Starts nothing."""
    return f"unix://{quote(str(sockets_dir(var_dir()) / SOCKET))}"


def ensure_running() -> None:
    """Start the parts that have no address of their own, unless they run, and keep them up while this process lives.

    Raises PartsError with one clear sentence.
    """
    wanted = [server for variable, server in SERVERS.items() if not os.environ.get(variable, "")]
    if not wanted:
        return
    global _place
    var = var_dir()
    try:
        make_var(var)
        with locks.alone(var / "start.lock"):
            _take_share(var)
            _place = settle(var)
            for server in wanted:
                server(_place).start()
    except OSError as error:
        raise PartsError(f"The embedded parts cannot be used in {var}: {error}.") from error


def _take_share(var: Path) -> None:
    global _share
    if _share is None:
        descriptor = locks.open_lock(var / "users.lock")
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        _share = (descriptor, os.getpid())
        atexit.register(_leave, var)


def _leave(var: Path) -> None:
    """Give the share back, and stop the servers if it was the last. Runs when the process ends."""
    if _share is None or _share[1] != os.getpid():
        return
    descriptor = _share[0]
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C would leave half of it running
    try:
        with locks.alone(var / "start.lock"):
            if locks.take_now(descriptor) and _place is not None:
                for server in SERVERS.values():
                    server(_place).stop()
                if _place.sockets.parent != var:
                    # A short folder of ours elsewhere goes with its sockets; in var/ it stays.
                    with suppress(OSError):
                        _place.sockets.rmdir()
            # Said aloud, not left to the end of the process: a fork may still hold the same descriptor.
            fcntl.flock(descriptor, fcntl.LOCK_UN)
    except FileNotFoundError:
        end_children()
    except (OSError, PartsError) as error:
        print(f"The embedded parts were not stopped: {error}", file=sys.stderr)
