"""Wake a worker for rows that this transaction wrote: after the commit, once, and never at the cost of the transaction."""

from __future__ import annotations

import logging
from functools import partial
from time import monotonic

import redis
from celery import current_app
from django.db import connection, transaction
from kombu.exceptions import KombuError

logger = logging.getLogger(__name__)

RESTS_FOR = 15.0
"""Seconds for which nobody is nudged after the queue did not answer: one that is silent would cost every citizen its
time-out, and the sweep comes within a minute."""

_rests_until = 0.0


def nudge_on_commit(task: str) -> None:
    """Queue the task of this name once this transaction is committed: one nudge, however many rows asked for it.

    Where the queue is away nothing is lost: the rows are on disk, and a sweep finds them.
    """
    waiting = (entry[1] for entry in connection.run_on_commit)
    if not any(isinstance(call, partial) and call.func is _nudge and call.args == (task,) for call in waiting):
        transaction.on_commit(partial(_nudge, task))


def _nudge(task: str) -> None:
    global _rests_until
    if monotonic() < _rests_until:
        return
    try:
        current_app.send_task(task)
    # A connection that was held and is lost raises what redis calls it; a new one that cannot be had, what kombu does.
    except (KombuError, redis.RedisError, OSError):
        _rests_until = monotonic() + RESTS_FOR
        logger.warning("The queue is away: %s waits for the next sweep.", task)
