"""Measure what runs in the background on a kept database: `python -m benchmarks.jobs NAME`, told as JSON.

Each in a process of its own, so that the memory it takes is seen; what is written is rolled back. An overdue run and a report
are taken back; what needs a database of its own makes and drops it.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import psutil

from benchmarks.kept import ROOT


def spent(run: Callable[[], Any]) -> dict[str, float]:
    """Run, and return the seconds of the clock and of this process, and the megabytes by which it grew."""
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 1024
    found = {"s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu, "memory_grew_mb": grown}
    return {name: round(value, 2) for name, value in found.items()}


def overdue_run() -> dict[str, Any]:
    """The weekly run to lists, entries and queued mail, taken back at the end."""
    from django.db import connection, transaction
    from django.utils import timezone

    from feedback.actions.listing import run_overdue_list

    found: dict[str, Any] = {}

    def run() -> None:
        report = run_overdue_list(now=timezone.now(), allow_future=True)  # on a Monday before six, too
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # which a commit would check
        found.update(cards=report.cards, units=report.units)

    with transaction.atomic():
        found |= spent(run)
        transaction.set_rollback(True)
    return found


def documents() -> dict[str, Any]:
    """The PDF of each list of a weekly run, made as when its mail is sent, the lists taken back at the end.

    The longest list has many times the entries of the middle one: its time is told, too, and that of lists with a hundred
    (80 to 120), which is what 20,000 entries of 200 units come to.
    """
    from django.db import connection, transaction
    from django.db.models import Count
    from django.utils import timezone

    from feedback.actions.listing import run_overdue_list
    from feedback.documents import overdue_list
    from feedback.models import OverdueRun

    with transaction.atomic():
        run_overdue_list(now=timezone.now(), allow_future=True)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE feedback_overdueentry")  # as it is by the time mails go
        newest = OverdueRun.objects.latest("created_at")
        lists = newest.lists.annotate(size=Count("entries")).filter(size__gt=0).order_by("pk")
        sizes = dict(lists.values_list("pk", "size"))
        first, *rest = sizes
        overdue_list(list_id=first, language="nb")  # the first of a worker reads which characters the font has
        took = []
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for list_id in rest:
            began = time.perf_counter()
            overdue_list(list_id=list_id, language="nb")
            took.append(((time.perf_counter() - began) * 1000, sizes[list_id]))
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 1024
        transaction.set_rollback(True)
    took.sort()
    slowest, entries = took[-1]
    of_a_hundred = [each for each, size in took if 80 <= size <= 120]
    return {
        "documents": len(took),
        "entries_p50": sorted(sizes.values())[len(sizes) // 2],
        "each_ms": round(took[len(took) // 2][0], 1),
        "each_of_a_hundred_ms": round(of_a_hundred[len(of_a_hundred) // 2], 1) if of_a_hundred else None,
        "each_p95_ms": round(took[int(len(took) * 0.95)][0], 1),
        "slowest_ms": round(slowest, 1),
        "slowest_entries": entries,
        "memory_grew_mb": round(grown, 2),
        "largest_process_mb": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024),
    }


def replay() -> dict[str, Any]:
    from django.utils import timezone

    from feedback.actions.listing import replay_overdue_lists

    today = timezone.now().date()
    weeks = 0

    def run() -> None:
        nonlocal weeks
        weeks = sum(1 for _ in replay_overdue_lists(today - timedelta(weeks=400), today))

    return spent(run) | {"weeks": weeks}


def quarterly_report() -> dict[str, Any]:
    """The report on cards of the last quarter: computed, and read again from the version that keeps it."""
    from django.db import transaction
    from django.utils import timezone

    from organisation.models import Municipality
    from reporting.actions.reports import compute_waiting_reports, make_report
    from reporting.models import ReportVersion
    from reporting.periods import Every, before, period_of
    from reporting.report_names import Asked, Kind
    from reporting.report_pages import edition_of, shown

    now, house = timezone.now(), Municipality.objects.get()
    period = before(period_of(now.astimezone(house.zone).date(), Every.QUARTER))
    with transaction.atomic():
        start = time.perf_counter()
        report = make_report(Asked(Kind.CARDS, period), by=None, now=now)
        compute_waiting_reports(now=now)
        cold = time.perf_counter() - start
        warm = []
        for _ in range(20):
            start = time.perf_counter()
            edition = edition_of(ReportVersion.objects.select_related("report").get(report=report), public=False)
            assert edition is not None
            shown(edition, "nb")
            warm.append((time.perf_counter() - start) * 1000)
        transaction.set_rollback(True)
    return {"cold_s": round(cold, 2), "warm_ms": round(sorted(warm)[18], 1)}


def figures() -> dict[str, Any]:
    """All indicators from all cards, as the schedule computes them, taken back at the end."""
    from django.db import transaction
    from django.utils import timezone

    from organisation.models import Municipality
    from reporting.actions.counting import compute_figures

    now, house = timezone.now(), Municipality.objects.get()
    with transaction.atomic():
        found = spent(lambda: compute_figures(now=now, zone=house.zone))
        transaction.set_rollback(True)
    return found


def start() -> dict[str, Any]:
    """`manage.py run` from the command to the first page, what it makes once having been made; and its worker at rest."""
    with tempfile.TemporaryDirectory(prefix="innspill-bench-") as var:
        env = {
            name: value
            for name, value in os.environ.items()
            if name not in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DEMONSTRATION", "BEHIND_PROXY")
        } | {"INNSPILL_VAR": f"{var}/var"}
        os.chmod(var, 0o711)  # noqa: S103 (root's database server runs as another user, who walks through)
        _started(env)
        return _started(env)


def _started(env: dict[str, str]) -> dict[str, Any]:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "run"], cwd=ROOT, env=env | {"PORT": str(port)}, stdout=subprocess.DEVNULL
    )
    try:
        while time.perf_counter() - began < 300:
            with suppress(urllib.error.URLError, OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30).read()
                break
            time.sleep(0.05)
        took = time.perf_counter() - began
        time.sleep(5)
        workers = [
            round(one.memory_full_info().pss / 1e6, 1)
            for one in psutil.Process(process.pid).children(recursive=True)
            if "worker" in " ".join(one.cmdline())
        ]
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    return {"first_page_s": round(took, 2), "worker_mb": workers}


JOBS: dict[str, Callable[[], dict[str, Any]]] = {
    "overdue run": overdue_run,
    "overdue documents": documents,
    "replay": replay,
    "quarterly report": quarterly_report,
    "figures": figures,
    "start": start,
}


def main() -> None:
    import django

    django.setup()
    print(json.dumps(JOBS[sys.argv[1]]()))


if __name__ == "__main__":
    main()
