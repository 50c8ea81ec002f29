"""Addresses of database and broker as given in the environment, with a clear sentence for what is wrong."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

DATABASE_FORM = "DATABASE_URL must name a PostgreSQL database: postgres://user:password@host:5432/name"
REDIS_FORM = "REDIS_URL must name a Redis or Valkey server: redis://host:6379/0, rediss://… or unix:///path/to/socket"


def database_at(url: str) -> dict[str, Any]:
    """Return Django's DATABASES entry for `url`. Raises ImproperlyConfigured, never naming the password."""
    try:
        if urlsplit(url).scheme not in ("postgres", "postgresql"):
            raise ImproperlyConfigured(DATABASE_FORM)
        entry: dict[str, Any] = dict(environ.Env.db_url_config(url))
    except ValueError as error:
        raise ImproperlyConfigured(f"{DATABASE_FORM} ({error})") from error
    if not entry.get("NAME"):
        raise ImproperlyConfigured(f"{DATABASE_FORM} (the name is missing)")
    return entry


def redis_at(url: str) -> str:
    """Return `url` if it has a form that Redis clients take. Raises ImproperlyConfigured."""
    try:
        parts = urlsplit(url)
        complete = parts.path not in ("", "/") if parts.scheme == "unix" else bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise ImproperlyConfigured(f"{REDIS_FORM} ({error})") from error
    if parts.scheme not in ("redis", "rediss", "unix") or not complete:
        raise ImproperlyConfigured(REDIS_FORM)
    return url
