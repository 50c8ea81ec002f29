"""Figures from a replica: a real one that streams, stands still, and is gone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connections, router
from django.test import Client
from django.utils import timezone

from config.doctor import replica as finding
from feedback.models import Card
from organisation import replica as reading
from organisation.models import Unit
from organisation.replica import PRIMARY, REPLICA, Router, read_figures, reading_from
from reporting.actions.reports import compute_waiting_reports, make_due_reports
from reporting.models import ReportVersion
from tests.factories import a_card, make_solvik
from tests.replica import Replica, a_replica, until

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=[PRIMARY, REPLICA]),
    pytest.mark.slow,
    pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="a replica is made of the embedded PostgreSQL"),
]


@pytest.fixture(scope="module", autouse=True)
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[Replica]:
    """The replica, known to Django before a test asks for its databases. It is no other database that is to be emptied."""
    with django_db_blocker.unblock(), a_replica() as found:
        connections.settings[REPLICA] = connections.settings[PRIMARY] | {
            "HOST": "127.0.0.1", "PORT": str(found.port), "OPTIONS": {"connect_timeout": 2},
            "TEST": {"MIRROR": PRIMARY},
        }  # fmt: skip
        yield found
        del connections.settings[REPLICA]


@pytest.fixture
def replica(made: Replica, monkeypatch: pytest.MonkeyPatch) -> Iterator[Replica]:
    made.start()
    monkeypatch.setattr(router, "routers", [Router()])
    monkeypatch.setattr(reading, "PAGE_WAITS", 5.0)
    monkeypatch.setattr(reading, "LEFT_ALONE", 0.0)
    yield made
    connections[REPLICA].close()
    del connections[REPLICA]


def where() -> tuple[str, list[str]]:
    """Read units, and return from where, and their names."""
    units = list(Unit.objects.order_by("name"))
    assert {unit._state.db for unit in units} <= {reading_from()}
    return reading_from(), [unit.name for unit in units]


def test_figures_are_read_there_where_it_has_all_and_here_where_it_has_not(replica: Replica) -> None:
    solvik = make_solvik()
    alias, before = read_figures(where)
    assert (alias, before) == (REPLICA, where()[1])
    assert reading_from() == PRIMARY
    (well,) = finding()
    assert (well.state, well.values["behind_bytes"] < 1024**2) == ("ok", True)

    # What is written within goes to the primary, also by way of what was read from the replica.
    def rename() -> str:
        unit = Unit.objects.get(pk=solvik.roads.pk)
        unit.name = "Veg"
        unit.save()
        return reading_from()

    assert read_figures(rename) == REPLICA
    assert "Veg" in where()[1]

    # It stands still: nobody sees less than was written.
    replica.ask("SELECT pg_wal_replay_pause()")
    until(lambda: replica.ask("SELECT pg_get_wal_replay_pause_state()") == "paused")
    Unit.objects.filter(pk=solvik.roads.pk).update(name="Vei og gate")
    alias, names = read_figures(where, wait=0.05)
    assert (alias, "Vei og gate" in names) == (PRIMARY, True)
    replica.ask("SELECT pg_wal_replay_resume()")
    assert read_figures(where, wait=10.0)[0] == REPLICA

    # It is not let be asked for a while after it failed; and what it has not, the primary has.
    seen: list[str] = []

    def half_filled() -> int:
        seen.append(reading_from())
        with connections[reading_from()].cursor() as cursor:
            cursor.execute("SELECT relname FROM pg_class WHERE relpersistence = 'u' AND relkind = 'r' LIMIT 1")
            name = cursor.fetchone()[0]
            cursor.execute(f'SELECT count(*) FROM "{name}"')  # noqa: S608 -- not logged: no replica has it
            return int(cursor.fetchone()[0])

    assert read_figures(half_filled, wait=5.0) == 0
    assert seen == [REPLICA, PRIMARY]

    replica.stop()
    assert read_figures(where)[0] == PRIMARY
    (gone,) = finding()
    assert (gone.state, "does not answer" in gone.words) == ("warning", True)


def test_pages_and_reports_read_there_and_one_that_dies_midway_is_no_fault(
    replica: Replica, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    solvik = make_solvik()
    now = timezone.now()
    for _ in range(3):
        a_card(now=now - timedelta(days=30))
    asked: list[str] = []

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append(sql)
        return execute(sql, params, many, context)

    client.force_login(solvik.chief)
    with connections[REPLICA].execute_wrapper(count):
        for address in ("/staff/figures/", "/staff/statistics/", "/staff/benchmarks/", "/staff/themes/"):
            asked.clear()
            assert client.get(address).status_code == 200
            assert len(asked) > 1, address
        asked.clear()
        assert client.get("/staff/").status_code == 200
        assert asked == []

        # A report's sections read one moment of the replica, and what is written meanwhile goes to the primary.
        make_due_reports(now=now)
        assert compute_waiting_reports(now=now) > 0
        assert [sql for sql in asked if "ISOLATION LEVEL REPEATABLE READ" in sql]
    assert set(ReportVersion.objects.values_list("state", flat=True)) == {"computed"}

    def dies() -> int:
        found = Card.objects.count()
        if reading_from() == REPLICA:
            replica.stop()
            raise OperationalError("server closed the connection unexpectedly")
        return found

    assert read_figures(dies, wait=5.0) == 3
