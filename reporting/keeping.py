"""Figures that are counted for everybody and kept for a while, so that no visitor waits for them."""

from __future__ import annotations

import logging
from typing import TypeVar

import redis
from django.core.cache import cache

from organisation.shapes import shape

logger = logging.getLogger(__name__)

T = TypeVar("T")

KEPT_FOR = 2 * 60 * 60
"""Seconds for which figures are shown that the hourly job did not count anew. They are of months that have passed: little
changes in an hour."""


def found(key: str, kind: type[T]) -> T | None:
    """Return what is kept under `key`, None where there is nothing of that kind or the cache is away."""
    try:
        kept = cache.get(_of(key, kind))
    except (redis.RedisError, OSError):
        logger.warning("The cache is away: figures are counted anew.")
        return None
    return kept if isinstance(kept, kind) else None


def keep(key: str, figures: object) -> None:
    """Keep figures for those who come after."""
    try:
        cache.set(_of(key, type(figures)), figures, KEPT_FOR)
    except (redis.RedisError, OSError):
        logger.warning("The cache is away: figures are not kept.")


def _of(key: str, kind: type) -> str:
    """The release before or after, which counts other figures, has its own."""
    return f"{key}:{shape(kind)}"
