"""How many requests a minute the whole API takes of one caller, and what it says of that.

A caller is an API key, a person (by token or session), or the network address of who names neither. The window is the
minute of the clock. `RateLimit-Policy` and `RateLimit` are written as draft-ietf-httpapi-ratelimit-headers-10 has them;
who is over gets 429 with `Retry-After`. Counted in Valkey; where that is away, nobody is held up.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable
from typing import NamedTuple, cast

import redis
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from feedback.api.problems import problem_response
from organisation.actions.api_keys import PREFIX

logger = logging.getLogger(__name__)

API = "/api/"
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


class ApiLimits:
    """Middleware: counts each request below `/api/` before anything is asked of the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(API):
            return self.get_response(request)
        counted = _count(*_caller(request))
        if counted is not None and counted.is_over:
            return _too_many(request, counted)
        response = self.get_response(request)
        if response.status_code == 401 and "Authorization" in request.headers:
            # Whoever tries keys has a new one each time: those that let in nobody are the address's.
            tries = _count("address", _address(request))
            if tries is not None and tries.is_over:
                return _too_many(request, tries)
        if counted is not None:
            for name, value in counted.headers.items():
                response.headers.setdefault(name, value)
        return response


def _caller(request: HttpRequest) -> tuple[str, str]:
    """Return who calls: what the credentials are is nobody's business here, only that they are the same."""
    words = request.headers.get("Authorization", "").split()
    if len(words) == 2:
        digest = hashlib.sha256(words[1].encode(errors="surrogatepass")).hexdigest()
        return ("key" if words[1].startswith(PREFIX) else "person"), digest
    if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
        return "person", str(request.user.pk)
    return "address", _address(request)


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
        logger.warning("The cache is away: the API counts nobody's requests.")
        return None
    return Count(kind, limit, used, WINDOW - second)


def _too_many(request: HttpRequest, counted: Count) -> HttpResponse:
    detail = TOO_MANY % {"limit": counted.limit, "seconds": counted.seconds_left}
    headers = {"Retry-After": str(counted.seconds_left), **counted.headers}
    return problem_response(request, "throttled", 429, detail, headers=headers)
