"""Two addresses for those who watch over the service: does it live (/healthz), and can it work (/readyz)?

They are answered before anything else looks at the request: a prober calls by an address that is no name of ours, over
plain HTTP, and /healthz must answer while the database is away, so that nobody restarts a web server for that.
/readyz?needs=database&needs=migrations is 200 while these work, whatever becomes of the others.
"""

from __future__ import annotations

from collections.abc import Callable

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from config import redis_servers
from organisation import scanning

_migrated = False

SCANNER = "virus_scanner"
"""Told of, and no reason to take no requests: all but files comes in without it."""


class HealthMiddleware:
    """Answers /healthz and /readyz; stands first in the list."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == "/healthz":
            return _uncached(HttpResponse("ok\n", content_type="text/plain"))
        if request.path == "/readyz":
            parts = readiness()
            # Whoever passes requests on needs to know less than whoever watches: cards are taken without the broker, and
            # without whatever looks through files.
            needed = request.GET.getlist("needs") or [part for part in parts if part != SCANNER]
            ready = all(parts.get(part) == "ok" for part in needed)
            return _uncached(JsonResponse({"ready": ready} | parts, status=200 if ready else 503))
        return self.get_response(request)


def readiness() -> dict[str, str]:
    """Return for `database`, `migrations` and `broker`, and for `virus_scanner` where one is set up, either "ok" or in a word
    what is wrong."""
    parts = {"database": "ok", "migrations": "ok", "broker": "ok"}
    try:
        parts["migrations"] = "ok" if _all_migrated() else "missing"
    except DatabaseError:
        parts |= {"database": "unreachable", "migrations": "unknown"}
    try:
        with redis_servers.client(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1) as client:
            client.ping()
    except redis.RedisError:
        parts["broker"] = "unreachable"
    if scanning.is_on():
        parts[SCANNER] = "ok" if scanning.answers() else "unreachable"
    return parts


def _all_migrated() -> bool:
    """Tell whether every migration is applied; asks in full until it once was, then only whether the database answers."""
    global _migrated
    if _migrated:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return True
    executor = MigrationExecutor(connection)
    _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated


def _uncached(response: HttpResponseBase) -> HttpResponseBase:
    response["Cache-Control"] = "no-store"
    return response
