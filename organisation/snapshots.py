"""Read many things as they stood at one moment, whatever is written meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.db import connections, transaction

from organisation.replica import PRIMARY, reading_from

Apart = Callable[[Callable[[], object]], object]
"""Runs something on another connection to the database, and waits for it."""


@contextmanager
def one_snapshot() -> Iterator[Apart]:
    """Let all reads within see the database as it stood at the first of them (REPEATABLE READ, read only).

    What must be written meanwhile, and seen by others, is run by what this yields. Within a transaction that is open
    already the reads see what that sees, and writes are run in it: its isolation cannot be changed any more. Where the
    replica is read (organisation.replica) the moment is one of the replica's.
    """
    connection = connections[reading_from()]
    if connection.in_atomic_block:
        yield lambda act: act()
        return
    with ThreadPoolExecutor(max_workers=1) as elsewhere:

        def apart(act: Callable[[], object]) -> None:
            elsewhere.submit(_and_close, act).result()

        with transaction.atomic(using=connection.alias):
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield apart


def _and_close(act: Callable[[], object]) -> None:
    try:
        act()
    finally:
        connections[PRIMARY].close()  # of this thread alone
