"""Wake a worker for rows that this transaction wrote: after the commit, once, and never at the cost of the transaction."""

from __future__ import annotations

import logging
from functools import partial

from celery import current_app
from django.db import connection, transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def nudge_on_commit(task: str) -> None:
    """Queue the task of this name once this transaction is committed: one nudge, however many rows asked for it.

    Where the queue is away nothing is lost: the rows are on disk, and a sweep finds them.
    """
    waiting = (entry[1] for entry in connection.run_on_commit)
    if not any(isinstance(call, partial) and call.func is _nudge and call.args == (task,) for call in waiting):
        transaction.on_commit(partial(_nudge, task))


def _nudge(task: str) -> None:
    try:
        current_app.send_task(task)
    except (OperationalError, OSError):
        logger.warning("The queue is away: %s waits for the next sweep.", task)
