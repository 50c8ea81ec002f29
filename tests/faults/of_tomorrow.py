"""A task of the release to come, which a worker of today does not know."""

from __future__ import annotations

from celery import shared_task

from organisation.jobs import recorded

NAME = "tests.of_tomorrow"


@shared_task(name=NAME)
@recorded(NAME)
def of_tomorrow() -> str:
    """Say that it was done."""
    return "done"
