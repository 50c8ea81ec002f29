"""Databases of many cards that are kept between runs, each of its own beside the one in use.

Where nothing is set up the embedded servers run in `var/bench`, apart from those in use. Else the databases lie in the server
of DATABASE_URL, whose account must be allowed to make them.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import psycopg2

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
_QUEUE = 9
"""The number of the database in Valkey or Redis: not that of the installation in use."""


def prepare_environment(cards: int) -> None:
    """Point this process and those it starts at the database of so many cards, and start what is embedded.

    Settings are those of an installation in earnest, but for what would hold up one sender of very many requests.
    """
    from config import embedded

    os.environ.setdefault("INNSPILL_VAR", str(ROOT / "var" / "bench"))
    embedded.ensure_running()
    server = os.environ.get("BENCH_SERVER") or os.environ.get("DATABASE_URL", "")
    if not server:
        server = f"postgres://innspill@/{quote(embedded.database()['HOST'])}/postgres"
    redis = (os.environ.get("REDIS_URL") or embedded.redis_url()).partition("?")[0]
    queue = f"{redis}?db={_QUEUE}" if redis.startswith("unix:") else f"{redis.rstrip('/')}/{_QUEUE}"
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "BENCH_SERVER": server,
        "DATABASE_URL": f"{server.rpartition('/')[0]}/{name_of(cards)}",
        "REDIS_URL": queue,
        "SECRET_KEY": "for measuring, and nothing else",
        "DEMONSTRATION": "0",
        "SECOND_STEP_DEMANDED": "0",
        "SEND_MINIMUM_SECONDS": "0",
        "BEHIND_PROXY": "1",  # each request may come from an address of its own, as from a town
        "API_REQUESTS_PER_MINUTE_KEY": "0",
        "API_REQUESTS_PER_MINUTE_PERSON": "0",
    }


def name_of(cards: int) -> str:
    return f"innspill_bench_{cards}"


def stamp() -> str:
    """A sum of what a kept database depends on: the migrations, and the builder."""
    files = [HERE / "town.py", *sorted(ROOT.glob("*/migrations/*.py"))]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def make_sure(cards: int) -> float | None:
    """Make the database of so many cards unless it is there and made as it would be now. Return the seconds it took."""
    if _is_kept(cards):
        return None
    if not _is_kept(0):
        _made(0, "template1", ["manage.py", "migrate", "--no-input", "-v", "0"])
    return _made(cards, name_of(0), ["-m", "benchmarks.town", str(cards)])


def _is_kept(cards: int) -> bool:
    with _maintenance() as cursor:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name_of(cards)]
        )
        return bool(cursor.fetchone() == (stamp(),))


def _made(cards: int, of: str, command: list[str]) -> float:
    """Make a database as a copy of another, have a command fill it, and stamp it when that is done; return the seconds."""
    name = name_of(cards)
    start = time.perf_counter()
    with _maintenance() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{of}"')
    env = os.environ | {"DATABASE_URL": f"{os.environ['BENCH_SERVER'].rpartition('/')[0]}/{name}"}
    subprocess.run([sys.executable, *command], cwd=ROOT, env=env, check=True)
    with _maintenance() as cursor:
        cursor.execute(f"COMMENT ON DATABASE \"{name}\" IS '{stamp()}'")
    return time.perf_counter() - start


@contextmanager
def _maintenance() -> Iterator[Any]:
    """A cursor outside of any transaction, in the server's own database."""
    connection = psycopg2.connect(**connection_options(os.environ["BENCH_SERVER"]))
    connection.autocommit = True
    try:
        yield connection.cursor()
    finally:
        connection.close()


def connection_options(url: str) -> dict[str, str]:
    """What psycopg2 takes for an address, which may name a socket's folder before the database."""
    parts = urlsplit(url)
    folder, _, name = parts.path.lstrip("/").rpartition("/")
    return {"host": f"/{unquote(folder)}", "user": str(parts.username), "dbname": name} if folder else {"dsn": url}
