"""Whether a citizen is signed in in this browser, by a cookie of its own, apart from the sessions of staff."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from feedback.actions.citizens import seen
from feedback.citizen_provider import is_on
from feedback.models import CitizenSession

LONGEST_COOKIE = 4000
"""Bytes. Browsers drop a longer one."""


def named(name: str) -> str:
    """Return a cookie's name: over TLS one that no neighbouring site can lay here."""
    return f"__Host-{name}" if settings.BEHIND_TLS else name


SIGNED_IN, BEGUN, TOKEN = "citizen", "citizen-begun", "citizen-token"
"""Cookies: the session's key; what is kept while one is at the provider; the identity token, closed, for signing out."""


def citizen_of(request: HttpRequest, now: datetime) -> CitizenSession | None:
    """Return the citizen's session, None where nobody is signed in. Asks the database only where there is a cookie."""
    key = request.COOKIES.get(named(SIGNED_IN), "")
    return seen(key, now=now) if key and is_on() else None


def seems_signed_in(request: HttpRequest) -> bool:
    """Whether to offer «My messages»: there is a cookie. Whether it still opens anything is asked there."""
    return is_on() and named(SIGNED_IN) in request.COOKIES


def keep(response: HttpResponse, name: str, value: str, *, seconds: int | None = None) -> None:
    """Lay a cookie that no script reads and no other site's form sends. Without `seconds` it goes with the browser."""
    if len(value) <= LONGEST_COOKIE:
        response.set_cookie(
            named(name), value, max_age=seconds, secure=settings.BEHIND_TLS, httponly=True, samesite="Lax"
        )


def forget(response: HttpResponse, *names: str) -> None:
    for name in names:
        response.set_cookie(named(name), "", max_age=0, secure=settings.BEHIND_TLS, httponly=True, samesite="Lax")
