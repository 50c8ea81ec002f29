"""Scheduled jobs write down when they ran, and the schedule names only tasks that there are."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from config.celery import app
from config.schedule import SCHEDULE
from organisation.jobs import recorded
from organisation.models import ScheduledJob
from tests.factories import oslo

START = oslo(2026, 11, 2, 6)


@pytest.mark.django_db
def test_job_leaves_its_start_its_end_and_one_line() -> None:
    with time_machine.travel(START, tick=False) as clock:
        seen = []

        @recorded("a.job")
        def job() -> str:
            row = ScheduledJob.objects.get(name="a.job")
            seen.append((row.started_at, row.finished_at, row.result))
            clock.shift(5)
            return "three cards"

        assert job() == "three cards"
        job()
    row = ScheduledJob.objects.get()
    assert seen == [(START, None, "running"), (START + timedelta(seconds=5), None, "running")]
    assert (row.name, row.result) == ("a.job", "three cards")
    assert ((row.started_at - START).seconds, (row.finished_at - START).seconds) == (5, 10)


@pytest.mark.django_db
def test_job_that_fails_says_so_and_raises() -> None:
    @recorded("a.job")
    def job() -> str:
        raise LookupError("kari@example.test is not there")

    with time_machine.travel(START, tick=False), pytest.raises(LookupError):
        job()
    row = ScheduledJob.objects.get()
    assert (row.started_at, row.finished_at, row.result) == (START, None, "failed: LookupError")


@pytest.mark.django_db
def test_long_line_is_cut_to_its_column() -> None:
    assert recorded("a.job")(lambda: "x" * 600)() == "x" * 600
    assert ScheduledJob.objects.get().result == "x" * 500


def test_schedule_names_tasks_that_there_are() -> None:
    app.loader.import_default_modules()
    assert [entry["task"] for entry in SCHEDULE.values() if entry["task"] not in app.tasks] == []


@pytest.mark.parametrize(
    ("name", "due", "not_due"),
    [
        pytest.param("feedback.run_overdue_lists", oslo(2026, 11, 2, 6), oslo(2026, 11, 3, 6), id="Monday six"),
        pytest.param(
            "feedback.run_overdue_lists", oslo(2026, 3, 30, 6), oslo(2026, 3, 30, 5), id="after the spring night"
        ),
        pytest.param(
            "feedback.run_overdue_lists", oslo(2026, 10, 26, 6), oslo(2026, 10, 26, 7), id="after the autumn night"
        ),
        pytest.param(
            "feedback.make_up_overdue_lists", oslo(2026, 11, 4, 3, 20), oslo(2026, 11, 4, 3, 21), id="each hour"
        ),
        pytest.param("feedback.remind_of_deadlines", oslo(2026, 11, 4, 7), oslo(2026, 11, 4, 8), id="each morning"),
        pytest.param("feedback.close_not_reached", oslo(2026, 11, 4, 2, 10), oslo(2026, 11, 4, 3, 10), id="each night"),
    ],
)
def test_jobs_are_due_in_local_time(name: str, due: object, not_due: object) -> None:
    schedule = SCHEDULE[name]["schedule"]
    local = due.astimezone(app.timezone)
    assert app.timezone.key == "Europe/Oslo"
    fits = [
        moment.minute in schedule.minute
        and moment.hour in schedule.hour
        and moment.isoweekday() % 7 in schedule.day_of_week
        for moment in (local, not_due.astimezone(app.timezone))
    ]
    assert fits == [True, False]
