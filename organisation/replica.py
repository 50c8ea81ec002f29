"""Figures are read from a replica of the database where there is one, and it has all that the primary has.

Who reads figures must not see less than was written before: not by themselves, and not by anybody. So a reader asks the
primary where its write-ahead log stands, and takes the replica once that has replayed so far: at once as a rule, else
within the time it is waited for. Otherwise, and where the replica is away or fails midway, the primary answers. Thus nothing
that is shown is old, and no page has to say of when it is (docs/decisions/0039-figures-from-a-replica.md).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from time import monotonic, sleep
from typing import Any, NamedTuple, ParamSpec, TypeVar

from django.db import DatabaseError, InterfaceError, connections
from django.http import HttpResponse

logger = logging.getLogger(__name__)

PRIMARY, REPLICA = "default", "replica"
PAGE_WAITS = 0.2
"""Seconds that a page waits for a replica that is behind; a job waits longer."""
JOB_WAITS = 5.0
LEFT_ALONE = 15.0
"""Seconds for which a replica that failed or did not come after is not asked by this process."""
_LOOK_EVERY = 0.005
_STREAMS = "pg_is_in_recovery() AND EXISTS (SELECT FROM pg_stat_wal_receiver)"
"""A server that is no replica any more, or streams no more, may stand at any position of another history."""

T = TypeVar("T")
P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponse)

_reading: ContextVar[str] = ContextVar("reading", default=PRIMARY)
_left_alone_until = 0.0


class Router:
    """Django's question where to read and write (settings.DATABASE_ROUTERS, where there is a replica)."""

    def db_for_read(self, model: type, **hints: Any) -> str:
        return _reading.get()

    def db_for_write(self, model: type, **hints: Any) -> str:
        return PRIMARY

    def allow_relation(self, one: object, other: object, **hints: Any) -> bool:
        return True  # they are rows of one database, wherever they were read

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == PRIMARY


def reading_from() -> str:
    """Return the alias of the database that reads go to just now."""
    return _reading.get()


def read_figures(work: Callable[[], T], *, wait: float | None = None) -> T:
    """Return what `work` returns, its reads going to the replica if that has everything within `wait` seconds
    (PAGE_WAITS).

    `work` must be safe to begin anew, and must not read what the open transaction wrote: the replica does not have it.
    What it writes goes to the primary.
    """
    if not _is_up_to_date(PAGE_WAITS if wait is None else wait):
        return work()
    try:
        with _reads_from(REPLICA):
            return work()
    except (DatabaseError, InterfaceError) as error:
        # The replica is gone, ended the statement since it has rows to remove, or has no such table (one that is not
        # logged). What is wrong with the statement itself, the primary says too.
        if _is_gone():
            _leave_alone("failed", error)
        return work()


def figures_page(view: Callable[P, R]) -> Callable[P, R]:
    """Decorate a page that only reads figures: see `read_figures`."""

    @wraps(view)
    def page(*args: P.args, **kwargs: P.kwargs) -> R:
        return read_figures(lambda: view(*args, **kwargs))

    return page


@contextmanager
def _reads_from(alias: str) -> Iterator[None]:
    token = _reading.set(alias)
    try:
        yield
    finally:
        _reading.reset(token)


class Standing(NamedTuple):
    """How the replica stands: whether it streams, and how many bytes of the primary's log it has not replayed."""

    streams: bool
    behind: int


def standing() -> Standing:
    """Ask both servers. Raises DatabaseError where the replica does not answer."""
    with connections[PRIMARY].cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_flush_lsn()::text")
        position = cursor.fetchone()[0]
    with connections[REPLICA].cursor() as cursor:
        cursor.execute(
            f"SELECT {_STREAMS}, greatest(0, pg_wal_lsn_diff(%s::pg_lsn, pg_last_wal_replay_lsn()))", [position]
        )
        streams, behind = cursor.fetchone()
    return Standing(bool(streams), int(behind or 0))


def _is_up_to_date(wait: float) -> bool:
    if REPLICA not in connections.settings or _reading.get() == REPLICA or monotonic() < _left_alone_until:
        return False
    with connections[PRIMARY].cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_flush_lsn()::text")
        position = cursor.fetchone()[0]
    last = monotonic() + wait
    try:
        while not _has_replayed(position):
            if monotonic() > last:
                _leave_alone("is behind")
                return False
            sleep(_LOOK_EVERY)
    except (DatabaseError, InterfaceError) as error:
        _leave_alone("is away", error)
        return False
    return True


def _has_replayed(position: str) -> bool:
    """Tell whether the replica streams, and has what the primary had at `position` of its log. Raises DatabaseError."""
    with connections[REPLICA].cursor() as cursor:
        cursor.execute(f"SELECT {_STREAMS} AND pg_last_wal_replay_lsn() >= %s::pg_lsn", [position])
        return bool(cursor.fetchone()[0])


def _is_gone() -> bool:
    try:
        with connections[REPLICA].cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        return True
    return False


def _leave_alone(what: str, error: Exception | None = None) -> None:
    global _left_alone_until
    _left_alone_until = monotonic() + LEFT_ALONE
    connections[REPLICA].close()
    logger.warning("The replica %s: the primary is read. %s", what, type(error).__name__ if error else "")
