"""Addresses of database and broker as given in the environment, with a clear sentence for what is wrong."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from config.redis_servers import AddressError, watched

DATABASE_FORM = "must name a PostgreSQL database: postgres://user:password@host:5432/name"
REDIS_FORM = (
    "REDIS_URL must name a Redis or Valkey server: redis://host:6379/0, rediss://…, unix:///path/to/socket"
    " or redis+sentinel://host:26379,host:26379,host:26379/name/0"
)

UNREADABLE = "host or port cannot be read; in a password / is written %2F, @ is %40"
"""Python's own words for it show what it took for the port, which may be a part of the password."""

MAILBOX_FORM = "MAIL_IN_URL must name a mailbox: imaps://user:password@host:993/INBOX, or imap+tls://… for STARTTLS"


def mailbox_at(url: str) -> str:
    """Return `url` if it names a mailbox, or is empty. Raises ImproperlyConfigured, never naming the password.

    Without TLS (`imap://`) only on this machine: a password does not travel in the clear.
    """
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        complete = bool(parts.hostname and parts.username) and parts.port != 0
    except ValueError:
        raise ImproperlyConfigured(MAILBOX_FORM) from None
    here = parts.hostname in ("127.0.0.1", "::1", "localhost")
    if not complete or parts.scheme not in ("imaps", "imap+tls", *(["imap"] if here else [])):
        raise ImproperlyConfigured(MAILBOX_FORM)
    return url


def database_at(url: str, *, called: str = "DATABASE_URL") -> dict[str, Any]:
    """Return Django's DATABASES entry for `url`, the variable's name being `called`.

    Raises ImproperlyConfigured, never naming the password.
    """
    form = f"{called} {DATABASE_FORM}"
    try:
        if urlsplit(url).scheme not in ("postgres", "postgresql"):
            raise ImproperlyConfigured(form)
        entry: dict[str, Any] = dict(environ.Env.db_url_config(url))
    except ValueError:
        raise ImproperlyConfigured(f"{form} ({UNREADABLE})") from None
    if not entry.get("NAME"):
        raise ImproperlyConfigured(f"{form} (the name is missing)")
    return entry


def redis_at(url: str) -> str:
    """Return `url` if `config.redis_servers` takes it. Raises ImproperlyConfigured, never naming the password."""
    try:
        if watched(url) is not None:
            return url
        parts = urlsplit(url)
        complete = parts.path not in ("", "/") if parts.scheme == "unix" else bool(parts.hostname) and parts.port != 0
    except AddressError as error:
        raise ImproperlyConfigured(f"{REDIS_FORM} ({error})") from None
    except ValueError:
        raise ImproperlyConfigured(f"{REDIS_FORM} ({UNREADABLE})") from None
    if parts.scheme not in ("redis", "rediss", "unix") or not complete:
        raise ImproperlyConfigured(REDIS_FORM)
    return url
