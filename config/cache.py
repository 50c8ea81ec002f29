"""The cache in Valkey or Redis: Django's, with clients that are kept."""

from __future__ import annotations

from typing import Any

import redis
from django.core.cache.backends.redis import RedisCache, RedisCacheClient

from config import redis_servers


class Client(RedisCacheClient):
    """Keeps what redis-py calls a client. Django makes one for each look, which takes as long as the look itself."""

    _servers: list[str]  # in no stub, as the next
    _pool_options: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept: redis.Redis | None = None

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        if self._kept is None:
            self._kept = redis_servers.client(self._servers[0], **self._pool_options)
        return self._kept


class Cache(RedisCache):
    """What settings.CACHES names."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._class = Client
