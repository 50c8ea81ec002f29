"""Scheduled jobs write down when they ran: `doctor` shows it, and a job that stopped running is seen."""

from __future__ import annotations

import functools
from collections.abc import Callable

from organisation import clock
from organisation.models import ScheduledJob
from organisation.queries import NotSetUp


def recorded(name: str) -> Callable[[Callable[[], str]], Callable[[], str]]:
    """Wrap a job that returns one line on what it did, so that its start, end and line are kept under `name`.

    Before a municipality is set up there is nothing to do, and that is no failure. A job that
    raises leaves `finished_at` empty and says so in `result`.
    """

    def wrap(job: Callable[[], str]) -> Callable[[], str]:
        @functools.wraps(job)
        def run() -> str:
            started = clock.now()
            ScheduledJob.objects.update_or_create(
                name=name, defaults={"started_at": started, "finished_at": None, "result": "running"}
            )
            try:
                result = job()
            except NotSetUp:
                result = "no municipality yet"
            except Exception as error:
                ScheduledJob.objects.filter(name=name).update(result=f"failed: {type(error).__name__}")
                raise
            ScheduledJob.objects.filter(name=name).update(finished_at=clock.now(), result=result[:500])
            return result

        return run

    return wrap
