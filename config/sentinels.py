"""How sentinels are asked who is primary."""

from __future__ import annotations

from typing import Any

from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as Unreachable
from redis.retry import Retry
from redis.sentinel import MasterNotFoundError, Sentinel

ONCE: dict[str, Any] = {"socket_connect_timeout": 1, "socket_timeout": 1, "retry": Retry(NoBackoff(), 0)}
"""Each is given a second. redis-py's own way asks one that is gone ten times before it asks the next."""


class Sentinels(Sentinel):
    """Says in a sentence that there is no primary: redis-py's own words list the insides of its clients."""

    def discover_master(self, service_name: str) -> tuple[str, int]:
        """Return host and port. Raises redis.ConnectionError."""
        try:
            found: tuple[str, int] = super().discover_master(service_name)
        except MasterNotFoundError:
            raise Unreachable(f"no sentinel that answers us names a primary for «{service_name}»") from None
        return found
