"""What the measurements share: a database of their own, made beside the one in use and dropped, and the taking of times.

Look at the CPU seconds where the machine has other work.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

NAME = "innspill_benchmark"


@contextmanager
def own_database(name: str = NAME, *, static: bool = False) -> Iterator[None]:
    """Start Django on a migrated, empty database, and drop it at the end. `static`: collect the static files too."""
    from config.reachable import make_ready

    make_ready()
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name}")
    own = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        if static:
            call_command("collectstatic", verbosity=0, interactive=False)
        call_command("migrate", verbosity=0)
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@dataclass(frozen=True)
class Taken:
    """Seconds: of the clock and of this process's CPU, the middle of several runs; and the clock's of the first run."""

    wall: float
    cpu: float
    first: float

    def __str__(self) -> str:
        return f"{self.wall:.3f} s ({self.cpu:.3f} s CPU; the first time {self.first:.3f} s)"


def taken(run: Callable[[], Any], times: int = 5, before: Callable[[], Any] = lambda: None) -> Taken:
    """Run a few times warm, with `before` outside the clock, the first run apart: it loads libraries."""
    found: list[tuple[float, float]] = []
    for _ in range(times + 1):
        before()
        wall, cpu = time.perf_counter(), time.process_time()
        run()
        found.append((time.perf_counter() - wall, time.process_time() - cpu))
    wall, cpu = (statistics.median(each) for each in zip(*found[1:], strict=True))
    return Taken(wall, cpu, found[0][0])


def timed(what: Callable[[], Any], times: int = 20) -> dict[str, float]:
    """Run `what` a few times warm and return p50 and p95 in milliseconds and the statements of one run."""
    from django.db import connection

    statements = 0

    def count(execute: Callable[..., Any], *args: Any) -> Any:
        nonlocal statements
        statements += 1
        return execute(*args)

    with connection.execute_wrapper(count):
        what()
    samples = []
    for _ in range(times):
        start = time.perf_counter()
        what()
        samples.append((time.perf_counter() - start) * 1000)
    samples.sort()
    return {
        "p50_ms": round(statistics.median(samples), 1),
        "p95_ms": round(samples[int(len(samples) * 0.95) - 1], 1),
        "statements": statements,
    }
