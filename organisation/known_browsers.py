"""Which browsers somebody signed in with before, and by what tries of a password are counted (`organisation.tries`)."""

from __future__ import annotations

import secrets
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from organisation.actions.sign_ins import From, count_key
from organisation.places import browser_of, counted, shortened
from organisation.tries import Counted

COOKIE = "known"
SALT = "innspill.known-browser"
DAYS = 180
KEPT = 5
"""So many logins of one browser are known: more than share a desk."""


def origin_of(request: HttpRequest) -> From:
    """Return from where a request comes, as the log and the list of sessions keep it."""
    return From(shortened(_address(request)), browser_of(request.META.get("HTTP_USER_AGENT", "")[:500]))


def counted_by(request: HttpRequest, email: str) -> dict[Counted, str]:
    """Return the counts that a try at the login `email` adds to."""
    email = email.strip().lower()
    number = _known(request).get(_mark(email))
    if number is not None:
        return {Counted.BROWSER: count_key(Counted.BROWSER, str(number), email)}
    return {
        Counted.LOGIN: count_key(Counted.LOGIN, email),
        Counted.ADDRESS: count_key(Counted.ADDRESS, counted(_address(request))),
    }


def remember_browser(request: HttpRequest, response: HttpResponse, email: str) -> None:
    """Know this browser again at the next try at `email`. The cookie holds a digest and a random number, signed."""
    known = _known(request)
    mark = _mark(email.strip().lower())
    number = known.pop(mark, None) or secrets.token_urlsafe(12)
    response.set_cookie(
        COOKIE,
        signing.dumps(dict([*known.items(), (mark, number)][-KEPT:]), salt=SALT),
        max_age=DAYS * 24 * 60 * 60,
        path="/accounts/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _mark(email: str) -> str:
    return count_key(Counted.BROWSER, email)[:16]


def _known(request: HttpRequest) -> dict[str, Any]:
    try:
        found = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=DAYS * 24 * 60 * 60)
    except signing.BadSignature:
        return {}
    return found if isinstance(found, dict) else {}


def _address(request: HttpRequest) -> str:
    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:
        return ""
