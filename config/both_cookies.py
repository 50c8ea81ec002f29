"""While a release whose cookies bear other names runs beside this one: BOTH_COOKIE_NAMES.

Session and form token had Django's names before they got those that begin with `__Host-`. Somebody who signed in at one and
is answered by the other would be asked to sign in again, and a form opened before the upgrade would be refused. So both
names are written, and the old one, which both releases write, is believed.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponseBase

BEFORE = {"sessionid": "SESSION_COOKIE_NAME", "csrftoken": "CSRF_COOKIE_NAME"}
"""What the cookies were called, and the setting that tells what they are called now."""


class BothCookiesMiddleware:
    """Stands before the session and the form token."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if not settings.BOTH_COOKIE_NAMES:
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.names = {before: getattr(settings, setting) for before, setting in BEFORE.items()}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        for before, now in self.names.items():
            if before in request.COOKIES:
                request.COOKIES[now] = request.COOKIES[before]
        response = self.get_response(request)
        for before, now in self.names.items():
            if now in response.cookies and before != now:
                twin = copy(response.cookies[now])
                twin.set(before, twin.value, twin.coded_value)
                response.cookies[before] = twin
        return response
