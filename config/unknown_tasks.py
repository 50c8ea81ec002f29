"""A task that this worker does not know is another release's: it is given back to the queue, for a worker that knows it.

While one release takes another's place, both have workers at the same queue, and a new scheduler or web server may ask for
what old workers have never heard of. Celery would throw it away.
"""

from __future__ import annotations

import logging
import time
from functools import partial
from typing import Any

from celery.worker.consumer import Consumer as CelerysConsumer

from config.celery import SENT_AT

logger = logging.getLogger(__name__)

PAUSE = 2.0
"""Seconds for which a worker keeps what it does not know: given back at once, it would get it again at once."""
GIVEN_BACK_FOR = 60 * 60
"""Seconds after which a task that nobody knows is let go, as Celery does. What it was to do is found by a sweep, or at its
next time."""


class Consumer(CelerysConsumer):
    """What takes tasks from the queue (settings.CELERY_WORKER_CONSUMER)."""

    def on_unknown_task(self, body: Any, message: Any, exc: Any) -> None:
        """Give the task back after a pause, to the end of the queue."""
        name, sent = message.headers.get("task", ""), message.headers.get(SENT_AT)
        if not isinstance(sent, int | float) or time.time() - sent > GIVEN_BACK_FOR:
            super().on_unknown_task(body, message, exc)
            return
        logger.warning("Task %s is not known to this release: given back for a worker that knows it.", name)
        self.timer.call_after(PAUSE, partial(message.reject_log_error, logger, self.connection_errors, requeue=True))
