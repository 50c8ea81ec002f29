"""Wake a worker for what a transaction left to do. The row is what counts: the sweep finds it if the nudge is lost."""

from __future__ import annotations

import logging
from functools import partial

from celery import current_app
from django.db import connection, transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def nudge_on_commit(task: str) -> None:
    """Start the task of this name once the transaction is committed: once, however often it is asked for."""
    asked = [entry[1] for entry in connection.run_on_commit]
    if not any(isinstance(one, partial) and one.func is _nudge and one.args == (task,) for one in asked):
        transaction.on_commit(partial(_nudge, task))


def _nudge(task: str) -> None:
    try:
        current_app.send_task(task)
    except (OperationalError, OSError):
        logger.warning("The queue is away: %s waits for its next time.", task)
