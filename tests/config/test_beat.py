"""The scheduler: what a database that is away and a clock that is set back do to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import OperationalError, connection
from django_celery_beat.models import PeriodicTask

from config.beat import Scheduler
from config.celery import app

NOON = datetime(2026, 11, 18, 12, 0, 30, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def test_after_the_clock_is_set_back_the_jobs_of_each_minute_run_each_minute(clock: Any) -> None:
    scheduler = Scheduler(app=app)
    for entry in list(scheduler.schedule.values()):
        scheduler.reserve(entry)
    scheduler.sync()
    assert PeriodicTask.objects.get(name="organisation.sweep_mail").last_run_at == NOON
    clock.shift(timedelta(hours=-1))
    entry = Scheduler(app=app).schedule["organisation.sweep_mail"]
    assert entry.is_due().next <= 60
    clock.shift(timedelta(minutes=1))
    assert entry.is_due().is_due


def test_one_that_runs_when_the_clock_is_set_back_reads_its_schedule_anew(clock: Any) -> None:
    scheduler = Scheduler(app=app)
    before = scheduler.schedule
    clock.shift(timedelta(hours=-1))
    assert scheduler.schedule is not before
    after = scheduler.schedule
    assert scheduler.schedule is after


def test_while_the_database_is_away_the_schedule_stays_as_it_was(clock: Any) -> None:
    scheduler = Scheduler(app=app)
    before = scheduler.schedule
    clock.shift(timedelta(minutes=6))  # each five minutes it is read anew

    def away(*_args: Any) -> Any:
        raise OperationalError("the server closed the connection")

    with connection.execute_wrapper(away):
        assert scheduler.schedule is before
    clock.shift(timedelta(minutes=6))
    assert scheduler.schedule is not before


def test_one_that_never_saw_the_schedule_does_not_begin_without_the_database() -> None:
    def away(*_args: Any) -> Any:
        raise OperationalError("the server closed the connection")

    with connection.execute_wrapper(away), pytest.raises(OperationalError):
        Scheduler(app=app)
