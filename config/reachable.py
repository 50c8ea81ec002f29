"""The first thing every process does: bring up the embedded parts, and try the addresses that were given."""

from __future__ import annotations

import os

from config import embedded
from config.embedded import PartsError


def make_ready() -> None:
    """Start the parts that have no address, and see that those with one answer.

    Raises PartsError or ImproperlyConfigured, each with one clear sentence.
    """
    embedded.ensure_running()
    if os.environ.get("DATABASE_URL", ""):
        try_database()
    if os.environ.get("REDIS_URL", ""):
        try_redis()


def try_database() -> None:
    """Connect to the configured database, within its connect_timeout. Raises PartsError."""
    from django.db import connection
    from django.db.utils import Error

    try:
        connection.ensure_connection()
    except Error as error:
        raise PartsError(f"The database at DATABASE_URL does not take us: {_one_line(error)}") from error
    finally:
        # Not kept: processes that fork from here must each have a connection of their own.
        connection.close()


def try_redis() -> None:
    """Send the configured Redis or Valkey a PING, within two seconds. Raises PartsError."""
    import redis
    from django.conf import settings

    from config.redis_servers import client

    try:
        with client(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2) as server:
            server.ping()
    except (redis.RedisError, OSError, ValueError) as error:
        raise PartsError(f"The Redis or Valkey at REDIS_URL does not take us: {_one_line(error)}") from error


def _one_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__
