"""The Celery application: `celery -A config worker`, `celery -A config beat`."""

from __future__ import annotations

import logging
import os
import sys
import time
from typing import Any

from celery import Celery
from celery.app.task import Task
from celery.signals import before_task_publish
from celery.worker.request import Request as WorkerRequest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config.reachable import PartsError, make_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

logger = logging.getLogger(__name__)


class Request(WorkerRequest):
    """A task that a worker has taken from the queue."""

    acknowledged: bool

    def acknowledge(self) -> None:
        """Tell the broker that the task is done; where it cannot be told, the worker connects anew.

        Celery's own way logs it and goes on, and a worker that takes one task at a time then waits for ever for that one:
        the broker thinks it is busy. Connected anew it may get the task again, which none of ours minds.
        """
        if not self.acknowledged:
            self._on_ack(logger, ())
            self.acknowledged = True

    def reject(self, requeue: bool = False) -> None:
        """Give the task back to the queue where its worker process died of something, once.

        One that came back already takes every worker with it that touches it, and would come back for ever, first in
        the queue: it is left, and said so. What it was to do is found by the next sweep.
        """
        if requeue and (self.delivery_info or {}).get("redelivered"):
            logger.error("Task %s[%s] ended its worker twice: it is not tried again.", self.name, self.id)
            self.acknowledge()
        else:
            super().reject(requeue=requeue)


class BackgroundTask(Task):
    """What each of our tasks is."""

    Request = "config.celery:Request"


class Innspill(Celery):
    """Celery that brings up the parts for those who run: a worker and beat.

    Importing it, and queueing work, starts nothing. Celery's own signals will not do: beat reads its schedule from the
    database before the first of them.
    """

    task_cls = "config.celery:BackgroundTask"

    @property
    def Worker(self) -> Any:
        """The class that `celery worker` makes its worker of."""
        _ready_or_exit()
        return super().Worker

    @property
    def Beat(self) -> Any:
        """The class that `celery beat` makes its beat of."""
        _ready_or_exit()
        return super().Beat


def _ready_or_exit() -> None:
    try:
        make_ready()
    except (PartsError, ImproperlyConfigured) as error:
        sys.exit(f"Innspill cannot start: {error}")


if not settings.configured:
    # Imported by Celery's own command line, which reads the settings while it still reads its options.
    try:
        settings.DEBUG  # noqa: B018
    except ImproperlyConfigured as error:
        sys.exit(f"Innspill cannot start: {error}")

app = Innspill("innspill")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

SENT_AT = "innspill_sent_at"
"""Header of a task: when it was put into the queue, in seconds of the epoch; what waits is as old as it says."""


@before_task_publish.connect
def _mark(headers: dict[str, Any] | None = None, **_kwargs: Any) -> None:
    if headers is not None:
        headers[SENT_AT] = time.time()
