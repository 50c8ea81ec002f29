"""How many requests a minute the doors for other systems take of one caller, and what they say of that.

A caller is an API key, a person (by token or session), or the network address of who names neither; at Open311's door a key
counts where it stands in the address. The window is the minute of the clock. `RateLimit-Policy` and `RateLimit` are written
as draft-ietf-httpapi-ratelimit-headers-10 has them; who is over gets 429 with `Retry-After`. Counted in Valkey; where that is
away, nobody is held up.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, cast

import redis
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from feedback.api.problems import problem_response
from feedback.open311.answering import PATH as OPEN311
from feedback.open311.answering import error_at, readable_elsewhere
from organisation.actions.api_keys import PREFIX

logger = logging.getLogger(__name__)

ADDRESS = "address"
WINDOW = 60
"""Seconds."""
TOO_MANY = _("That is more than %(limit)s requests in a minute. Try again in %(seconds)s seconds.")


class Count(NamedTuple):
    """What one caller has used of the present window. `kind` is a key of API_REQUESTS_PER_MINUTE."""

    kind: str
    limit: int
    used: int
    seconds_left: int

    @property
    def is_over(self) -> bool:
        return self.used > self.limit

    @property
    def headers(self) -> dict[str, str]:
        left = max(0, self.limit - self.used)
        return {
            "RateLimit-Policy": f'"{self.kind}";q={self.limit};w={WINDOW}',
            "RateLimit": f'"{self.kind}";r={left};t={self.seconds_left}',
        }


@dataclass(frozen=True)
class Door:
    """Addresses that begin alike: who calls there, the status for credentials that let in nobody, and how a refusal is
    written."""

    path: str
    caller: Callable[[HttpRequest], tuple[str, str]]
    let_in_nobody: int
    refuse: Callable[[HttpRequest, str], HttpResponse]


class RequestLimits:
    """Middleware: counts each request at such a door before anything is asked of the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        door = next((door for door in DOORS if request.path.startswith(door.path)), None)
        if door is None:
            return self.get_response(request)
        kind, who = door.caller(request)
        counted = _count(kind, who)
        if counted is not None and counted.is_over:
            return _too_many(door, request, counted)
        response = self.get_response(request)
        if response.status_code == door.let_in_nobody and kind != ADDRESS:
            # Whoever tries keys has a new one each time: those that let in nobody are the address's.
            tries = _count(ADDRESS, _address(request))
            if tries is not None and tries.is_over:
                return _too_many(door, request, tries)
        if counted is not None:
            for name, value in counted.headers.items():
                response.headers.setdefault(name, value)
        return response


def _api_caller(request: HttpRequest) -> tuple[str, str]:
    """Return who calls: what the credentials are is nobody's business here, only that they are the same."""
    words = request.headers.get("Authorization", "").split()
    if len(words) == 2:
        return ("key" if words[1].startswith(PREFIX) else "person"), _digest(words[1])
    if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
        return "person", str(request.user.pk)
    return ADDRESS, _address(request)


def _open311_caller(request: HttpRequest) -> tuple[str, str]:
    """Return who calls. A key in the body is not looked for: nothing that was sent is read for one who is over."""
    key = request.GET.get("api_key", "")
    return ("key", _digest(key)) if key else (ADDRESS, _address(request))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


def _address(request: HttpRequest) -> str:
    return str(BaseThrottle().get_ident(cast(Request, request)))


def _count(kind: str, who: str) -> Count | None:
    """Count this request. None where any number is taken, or nobody counts."""
    limit = settings.API_REQUESTS_PER_MINUTE[kind]
    if not limit:
        return None
    window, second = divmod(int(time.time()), WINDOW)
    key = f"api-requests:{kind}:{who}:{window}"
    try:
        cache.add(key, 0, 2 * WINDOW)
        used = cache.incr(key)
    except (redis.RedisError, OSError, ValueError):
        logger.warning("The cache is away: nobody's requests are counted.")
        return None
    return Count(kind, limit, used, WINDOW - second)


def _too_many(door: Door, request: HttpRequest, counted: Count) -> HttpResponse:
    sentence = TOO_MANY % {"limit": counted.limit, "seconds": counted.seconds_left}
    response = door.refuse(request, sentence)
    for name, value in {"Retry-After": str(counted.seconds_left), **counted.headers}.items():
        response.headers[name] = value
    return response


DOORS = [
    Door(
        "/api/",
        caller=_api_caller,
        let_in_nobody=401,
        refuse=lambda request, sentence: problem_response(request, "throttled", 429, sentence),
    ),
    Door(
        OPEN311,
        caller=_open311_caller,
        let_in_nobody=403,
        refuse=lambda request, sentence: readable_elsewhere(request, error_at(request.path, 429, sentence)),
    ),
]
