"""One sending of an answer, known again for a quarter of an hour, in the cache alone: what stands with an answer in the
database must not tell it from others (`docs/decisions/0016-survey-anonymity.md`)."""

from __future__ import annotations

import logging
from collections.abc import Callable

import redis
from django.core.cache import cache

from feedback.actions.sending_once import KeyUsedBefore

logger = logging.getLogger(__name__)

_SENT_FOR = 15 * 60
"""Seconds for which a second sending of the same is known. Nothing of it lasts longer."""


def once(sending: str, send: Callable[[], None], *, body: str = "") -> bool:
    """Call `send` unless this sending was called a moment ago; return whether it was. Where the cache is away it is called
    anyway.

    `body` is a keyed digest of what is sent, from which nobody finds it. Raises KeyUsedBefore where the same sending came
    with another, and what `send` raises; then it may be sent again.
    """
    key, before = f"survey-sending:{sending[:64]}", None
    try:
        fresh = not sending or cache.add(key, body, _SENT_FOR)
        if not fresh:
            before = cache.get(key)
    except (redis.RedisError, OSError):
        logger.warning("The cache is away: a survey sent twice is not noticed.")
        fresh, sending = True, ""
    if not fresh:
        if before not in (None, body):
            raise KeyUsedBefore
        return True
    try:
        send()
    except BaseException:
        if sending:
            cache.delete(key)
        raise
    return False
