"""The Celery application: `celery -A config worker`, `celery -A config beat`."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

from celery import Celery
from celery.signals import before_task_publish
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config.reachable import PartsError, make_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


class Innspill(Celery):
    """Celery that brings up the parts for those who run: a worker and beat.

    Importing it, and queueing work, starts nothing. Celery's own signals will not do: beat reads its schedule from the
    database before the first of them.
    """

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
