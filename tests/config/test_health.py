"""What those who watch over the service are told."""

from __future__ import annotations

import urllib.request

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from config import health
from tests.config.conftest import House, free_port, url_of_test_database


def test_healthz_answers_any_caller_and_asks_no_database(client: Client) -> None:
    # No mark for the database: a single query would fail the test. The host is no name of ours.
    response = client.get("/healthz", headers={"host": "10.1.2.3:8000"})
    assert (response.status_code, response.content, response["Cache-Control"]) == (200, b"ok\n", "no-store")


@pytest.mark.django_db
def test_readyz_names_each_part(client: Client) -> None:
    response = client.get("/readyz", headers={"host": "10.1.2.3:8000"})
    assert (response.status_code, response.json()) == (
        200,
        {"ready": True, "database": "ok", "migrations": "ok", "broker": "ok"},
    )


@pytest.mark.django_db
def test_readyz_tells_of_a_missing_migration(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_migrated", False)
    MigrationRecorder(connection).migration_qs.filter(app="sessions").delete()
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (
        503,
        {"ready": False, "database": "ok", "migrations": "missing", "broker": "ok"},
    )


@pytest.mark.fault
def test_readyz_tells_which_part_is_away_while_healthz_still_answers(house: House, transactional_db: None) -> None:
    # The tests' database, and a Valkey of this house alone, which can be taken away.
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    house.extra_env = {"SECRET_KEY": "x", "PORT": str(port), "WEB_CONCURRENCY": "1"}
    house.extra_env |= {"DATABASE_URL": url_of_test_database()}
    web = house.gunicorn()
    assert house.ask(f"{address}/readyz") == (200, {"ready": True} | dict.fromkeys(health.readiness(), "ok"))

    for server in house.servers():
        server.kill()
    assert house.ask(f"{address}/readyz") == (
        503,
        {"ready": False, "database": "ok", "migrations": "ok", "broker": "unreachable"},
    )
    # Whoever passes requests on goes on doing so: cards are taken without the broker.
    assert house.ask(f"{address}/readyz?needs=database&needs=migrations")[0] == 200
    assert house.ask(f"{address}/readyz?needs=database&needs=what")[0] == 503
    web.terminate()
    web.communicate(timeout=30)


@pytest.mark.fault
def test_readyz_tells_of_a_database_that_went_away(house: House) -> None:
    port = free_port()
    house.extra_env = {"PORT": str(port), "WEB_CONCURRENCY": "1"}
    web = house.gunicorn()
    postgres = house.servers()[0]
    assert postgres.name() == "postgres"
    postgres.terminate()
    postgres.wait(30)
    status, parts = house.ask(f"http://127.0.0.1:{port}/readyz")
    assert (status, parts["database"], parts["migrations"], parts["broker"]) == (503, "unreachable", "unknown", "ok")
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
        assert answer.read() == b"ok\n"
    web.terminate()
    web.communicate(timeout=30)
