"""What every test stands on: a real PostgreSQL and a real Valkey, the embedded ones unless addresses are given."""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import TypeVar

import pytest
import redis
from pytest_django.plugin import blocking_manager_key

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

NO_SKIPS = os.environ.get("INNSPILL_NO_SKIPS", "") == "1"


def pytest_configure(config: pytest.Config) -> None:
    """Bring the parts up once for the run; parallel workers find them running. Given addresses are tried."""
    from config.reachable import make_ready

    with config.stash[blocking_manager_key].unblock():
        make_ready()


@pytest.fixture(autouse=True)
def _empty_valkey() -> None:
    """Begin each test with an empty queue and cache: this worker's own database of Valkey."""
    from django.conf import settings

    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushdb()


@pytest.fixture
def process_env(transactional_db: None) -> dict[str, str]:
    """The environment for a real process (worker, command, server) on this test's own database and queue."""
    from django.db import connection

    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "INNSPILL_TEST_DATABASE": connection.settings_dict["NAME"],
        "PYTHONUNBUFFERED": "1",
    }


# --- In CI a skipped test is a failed one: nothing may pass by not running ------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _without_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _without_skip((yield))


def _without_skip(report: Report) -> Report:
    if NO_SKIPS and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"Skipped, where nothing may be skipped (INNSPILL_NO_SKIPS=1): {reason}"
    return report
