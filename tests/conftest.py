"""What every test stands on: a real PostgreSQL and a real Valkey, the embedded ones unless addresses are given."""

from __future__ import annotations

import functools
import gc
import os
import sys
import time
from collections.abc import Collection, Generator
from typing import Any, TypeVar

import hypothesis
import pytest
import pytest_django
import redis
from django.core.management.commands import flush
from django.core.signals import setting_changed
from django.db.backends.postgresql.operations import DatabaseOperations
from django.urls import get_resolver
from django.utils import translation
from pytest_django.plugin import blocking_manager_key

from config.interpreter import settle, with_room

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

# What a slow machine makes of drawing examples is no fault of the house.
hypothesis.settings.register_profile("innspill", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("innspill")

NO_SKIPS = os.environ.get("INNSPILL_NO_SKIPS", "") == "1"


def pytest_configure(config: pytest.Config) -> None:
    """Bring the parts up once for the run; parallel workers find them running. Given addresses are tried."""
    from config.reachable import make_ready

    with config.stash[blocking_manager_key].unblock():
        make_ready()
    setting_changed.connect(_begin_release)
    DatabaseOperations.sql_flush = _sql_to_empty  # type: ignore[method-assign]
    flush.emit_post_migrate_signal = lambda *_args, **_options: None


def _begin_release(**_changed: object) -> None:
    """Have no page served that was made with other settings: outside of tests they stay while a process runs."""
    from config.kept_pages import release

    release.cache_clear()


def pytest_collection_finish() -> None:
    get_resolver().url_patterns  # noqa: B018  (read by the settings of the run, and not by those of the first test)
    settle()


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Give each test the room that the server gives each request."""
    pyfuncitem.obj = functools.wraps(pyfuncitem.obj)(with_room(pyfuncitem.obj))
    return (yield)


KEPT = {"auth_permission", "django_content_type"}
"""Written after the migrations, the same in every test: neither emptied nor, therefore, written anew after each."""


def _sql_to_empty(self: DatabaseOperations, style: Any, tables: Collection[str], **_options: bool) -> list[str]:
    """Empty the tables after a test of several transactions by DELETE, a tenth of the time of TRUNCATE.

    TRUNCATE makes new files for each table and index, and nearly all tables are empty. No trigger is asked, as in a replica
    that takes over rows: histories cannot be deleted otherwise, and foreign keys lead nowhere when every row is gone.
    """
    deleted = [f"DELETE FROM {self.quote_name(table)}" for table in sorted(set(tables) - KEPT)]  # noqa: S608
    return ["SET LOCAL session_replication_role = replica", *deleted]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: pytest_django.DjangoDbBlocker
) -> None:
    """Let the test database be a copy of a migrated one. What is migrated anew is then nothing."""
    if os.environ.get("DATABASE_URL", ""):
        return
    from django.db import connection

    from tests.migrated_template import make_template

    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = make_template()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> Generator[None]:
    """Before the test database is dropped, wait for the sessions of threads and processes that were just ended."""
    yield
    with django_db_blocker.unblock():
        _end_sessions()


def _end_sessions() -> None:
    """End what still has a session ten seconds later, and name it: every test has been judged by then."""
    from django.db import connection

    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    gc.collect()  # a thread's connection may hang in a ring of objects
    with connection.cursor() as cursor:
        for _ in range(100):
            cursor.execute(f"SELECT count(*) {others}")
            if cursor.fetchone() == (0,):
                return
            time.sleep(0.1)
        cursor.execute(f"SELECT application_name, state, query, pg_terminate_backend(pid) {others}")
        print("Still there at the end:", cursor.fetchall(), file=sys.__stderr__)


@pytest.fixture(autouse=True)
def _empty_valkey() -> None:
    """Begin each test with an empty queue and cache: this worker's own database of Valkey."""
    from django.conf import settings

    from organisation import nudging

    while nudging._put_off:  # by the test before
        time.sleep(0.01)
    nudging._next_at.clear()
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushdb()


@pytest.fixture(autouse=True)
def _own_language() -> Generator[None]:
    """Begin each test in the house's language: the test client leaves that of its last request in this thread."""
    yield
    translation.deactivate()


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
