"""Figures over the processes of a web server: they add up, and what a process counted stays when it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from config.metric_files import PREFIX, add_ended, own_folder
from tests.config.conftest import House, free_port, until, url_of_test_database

COUNTS = """
import sys
from prometheus_client import Histogram
Histogram("seconds", "s", ["route"], buckets=(1,)).labels("r").observe(float(sys.argv[1]))
print(__import__("os").getpid())
"""
ADDS = """
import sys
from prometheus_client import CollectorRegistry, generate_latest, multiprocess
registry = CollectorRegistry()
multiprocess.MultiProcessCollector(registry)
print(generate_latest(registry).decode())
"""


def test_what_processes_counted_that_ended_stands_in_one_file(tmp_path: Path) -> None:
    env = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}

    def said(*words: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", *words], env=env, capture_output=True, text=True, check=True
        ).stdout

    for seconds in ("0.5", "0.25", "3"):
        add_ended(str(tmp_path), int(said(COUNTS, seconds)))
    said(COUNTS, "0.25")  # lives, for all we know
    assert len(list(tmp_path.glob("*.db"))) == 2
    assert {
        'seconds_count{route="r"} 4.0', 'seconds_sum{route="r"} 4.0', 'seconds_bucket{le="1.0",route="r"} 3.0',
    } <= set(said(ADDS).splitlines())  # fmt: skip


def test_the_folder_of_a_server_that_was_killed_goes_and_those_of_others_stay(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left = [tmp_path / f"{PREFIX}{name}" for name in (f"{ended.pid}-a1", f"{os.getppid()}-b2", "of-somebody")]
    for folder in left:
        folder.mkdir()
    own = own_folder(str(tmp_path), str(left[1]))
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([left[1].name, left[2].name, Path(own).name])
    assert own_folder(str(tmp_path), own) == own


@pytest.mark.fault
def test_two_workers_of_a_real_server_tell_the_same_sum_which_outlives_one_of_them(
    house: House, transactional_db: None
) -> None:
    port = free_port()
    house.extra_env = {
        "DATABASE_URL": url_of_test_database(), "REDIS_URL": settings.REDIS_URL, "SECRET_KEY": "x", "PORT": str(port),
        "METRICS_TOKEN": "watch-me", "WEB_CONCURRENCY": "2", "DEMONSTRATION": "0",
    }  # fmt: skip
    web = house.gunicorn()

    def counted() -> float:
        asked = urllib.request.Request(
            f"http://127.0.0.1:{port}/metrics", headers={"Authorization": "Bearer watch-me", "Connection": "close"}
        )
        with urllib.request.urlopen(asked, timeout=30) as answer:
            lines = answer.read().decode().splitlines()
        name = 'innspill_http_request_seconds_count{method="GET",route="none",status="200"}'
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))

    before = counted()
    for _n in range(40):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=30):
            pass
    assert {counted() for _n in range(12)} == {before + 40}
    workers = psutil.Process(web.pid).children()
    assert len(workers) == 2
    workers[0].kill()
    until(lambda: len({child.pid for child in psutil.Process(web.pid).children()} - {workers[0].pid}) == 2)
    assert {counted() for _n in range(6)} == {before + 40}
    folder = next(Path("/dev/shm").glob(f"{PREFIX}{web.pid}-*"))  # noqa: S108
    web.send_signal(signal.SIGHUP)  # other workers, the same server
    until(lambda: not {workers[1].pid} & {child.pid for child in psutil.Process(web.pid).children()})
    assert counted() == before + 40
    web.terminate()
    web.communicate(timeout=40)
    assert not folder.exists()
