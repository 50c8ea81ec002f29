"""Redis or Valkey: its address as each library takes it, and clients to it.

One that sentinels watch is named by them, `redis+sentinel://user:password@one:26379,two:26379,three:26379/name/0`: which
server is the primary is asked of them at each new connection (docs/scaling.md). The settings need this, so redis-py is
imported where it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit

if TYPE_CHECKING:
    import redis

SENTINELS = "redis+sentinel"
"""The scheme of an address that names sentinels."""
SENTINEL_PORT = 26379
_OF_SENTINELS = {"sentinel_username": "username", "sentinel_password": "password"}


class AddressError(ValueError):
    """What is wrong with an address, in words that hold nothing of a password."""


class Watched(NamedTuple):
    """What sentinels call `name`: a primary with its replicas. The login is the servers', `asking` has the sentinels' own."""

    sentinels: list[tuple[str, int]]
    name: str
    db: int
    login: dict[str, str]
    asking: dict[str, str]


def watched(url: str) -> Watched | None:
    """Return what `url` says of sentinels, None where it names a server itself.

    Raises AddressError for what is missing or unknown, ValueError for a host or port that cannot be read.
    """
    parts = urlsplit(url)
    if parts.scheme != SENTINELS:
        return None
    user, _, hosts = parts.netloc.rpartition("@")
    username, _, password = user.partition(":")
    sentinels = [_host_and_port(host) for host in hosts.split(",")]
    name, _, db = parts.path.removeprefix("/").partition("/")
    query = dict(parse_qsl(parts.query))
    if not name:
        raise AddressError("the name that the sentinels know it by is missing")
    if db and not db.isdecimal():
        raise AddressError("the database after the name is no number")
    if unknown := query.keys() - _OF_SENTINELS:
        raise AddressError(f"unknown: {', '.join(sorted(unknown))}")
    return Watched(
        sentinels,
        unquote(name),
        int(db or 0),
        {key: unquote(value) for key, value in (("username", username), ("password", password)) if value},
        {_OF_SENTINELS[key]: value for key, value in query.items()},
    )


def _host_and_port(text: str) -> tuple[str, int]:
    one = urlsplit(f"//{text}")
    host, port = one.hostname, one.port
    if not host or port == 0:
        raise AddressError("a sentinel without a host, or with port 0")
    return host, port or SENTINEL_PORT


def place(url: str) -> str:
    """Return where `url` leads, without a login: for people."""
    if (found := watched(url)) is not None:
        return f"«{found.name}» of the sentinels {', '.join(f'{host}:{port}' for host, port in found.sentinels)}"
    parts = urlsplit(url)
    return parts.path if parts.scheme == "unix" else f"{parts.hostname}:{parts.port or 6379}{parts.path}"


def client(url: str, **options: Any) -> redis.Redis:
    """Return a client to what `url` names; `options` are redis-py's of a connection, such as `socket_timeout` in seconds.

    Nothing is connected yet. Without a primary that the sentinels agree on, its commands raise redis.ConnectionError.
    """
    from redis import Redis

    found = watched(url)
    if found is None:
        return Redis.from_url(url, **options)
    from config.sentinels import ONCE, Sentinels

    asking = ONCE | found.asking
    servers = Sentinels(found.sentinels, sentinel_kwargs=asking, db=found.db, **found.login, **options)
    primary: Redis = servers.master_for(found.name)
    return primary


def celery_url(url: str) -> str:
    """Return the address as Celery takes it: it has other words for sentinels, a Unix socket and for the database there."""
    if (found := watched(url)) is not None:
        login, at, hosts = urlsplit(url).netloc.rpartition("@")
        return ";".join(f"sentinel://{login}{at}{host}/{found.db}" for host in hosts.split(","))
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return url
    query = parse_qs(parts.query)
    if "db" in query:
        query["virtual_host"] = query.pop("db")
    login = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
    return f"redis+socket://{login}{parts.path}" + (f"?{urlencode(query, doseq=True)}" if query else "")


def celery_options(url: str) -> dict[str, Any]:
    """Return what Celery's transport needs beside `celery_url`: of sentinels, whom to ask for and how."""
    if (found := watched(url)) is None:
        return {}
    from config.sentinels import ONCE

    return {"master_name": found.name, "sentinel_kwargs": ONCE | found.asking}
