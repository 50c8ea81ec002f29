"""Wake a worker for rows that this transaction wrote: after the commit, once, and never at the cost of the transaction."""

from __future__ import annotations

import logging
from functools import partial
from threading import Lock, Timer
from time import monotonic

import redis
from celery import current_app
from django.db import connection, transaction
from kombu.exceptions import KombuError

logger = logging.getLogger(__name__)

RESTS_FOR = 15.0
"""Seconds for which nobody is nudged after the queue did not answer: one that is silent would cost every citizen its
time-out, and the sweep comes within a minute."""

APART = 0.25
"""Seconds between two nudges for the same from this process: at a hundred cards a second, one nudge wakes for them all."""

_rests_until = 0.0
_next_at: dict[str, float] = {}
_put_off: set[str] = set()
_lock = Lock()


def nudge_on_commit(task: str) -> None:
    """Queue the task of this name once this transaction is committed: one nudge, however many rows asked for it.

    Where the queue is away nothing is lost: the rows are on disk, and a sweep finds them.
    """
    waiting = (entry[1] for entry in connection.run_on_commit)
    if not any(isinstance(call, partial) and call.func is _nudge and call.args == (task,) for call in waiting):
        transaction.on_commit(partial(_nudge, task))


def _nudge(task: str) -> None:
    """Nudge at once where nobody was nudged for this just now; else with all others of the moment, when it is over."""
    with _lock:
        if task in _put_off:
            return  # it is sent later than this, and whoever gets it sees what is committed now
        wait = _next_at.get(task, 0.0) - monotonic()
        if wait > 0:
            try:
                Timer(wait, _send_later, [task]).start()
                _put_off.add(task)
                return
            except RuntimeError:
                logger.debug("No thread is to be had: %s is sent at once.", task)
        _next_at[task] = monotonic() + APART
    _send(task)


def _send_later(task: str) -> None:
    with _lock:
        _put_off.discard(task)
        _next_at[task] = monotonic() + APART
    _send(task)


def _send(task: str) -> None:
    global _rests_until
    if monotonic() < _rests_until:
        return
    try:
        current_app.send_task(task)
    # A connection that was held and is lost raises what redis calls it; a new one that cannot be had, what kombu does.
    except (KombuError, redis.RedisError, OSError):
        _rests_until = monotonic() + RESTS_FOR
        logger.warning("The queue is away: %s waits for the next sweep.", task)
