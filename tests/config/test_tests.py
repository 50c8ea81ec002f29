"""The tests' own ground: what they stand on is real, and apart from what other workers and the demonstration use."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection


@pytest.mark.django_db
def test_the_database_is_postgresql_18_with_norwegian_letters() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000, lower('ÆØÅ'), current_database()")
        major, letters, name = cursor.fetchone()
    assert (major, letters) == (18, "æøå")
    assert name.startswith("test_")


def test_the_cache_is_valkey_and_empty_at_first() -> None:
    assert cache.get("left-over") is None
    cache.set("left-over", "from one test to the next")
    assert cache.get("left-over") == "from one test to the next"


def test_the_cache_is_valkey_and_empty_at_first_again() -> None:
    test_the_cache_is_valkey_and_empty_at_first()


def test_queue_is_the_workers_own() -> None:
    from config.celery import app

    assert app.conf.task_default_queue == f"tests-{settings.WORKER}"
