"""What each request needs to know of the municipality, and how htmx is told to sign in."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from organisation.models.sign_ins import STRONG
from organisation.queries import NotSetUp, municipality, needs_second_step
from organisation.sessions import ABOUT

type_of_next = Callable[[HttpRequest], HttpResponse]


class MunicipalityMiddleware:
    """Give each request `request.municipality` (read when first used) and show times in the municipality's zone."""

    def __init__(self, get_response: type_of_next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.municipality = SimpleLazyObject(municipality)  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> None:
        if request.path.startswith(("/static/", "/healthz", "/readyz")):
            return
        try:
            timezone.activate(request.municipality.zone)  # type: ignore[attr-defined]
        except NotSetUp:
            timezone.deactivate()

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Say in a page what is missing where nobody has set up a municipality yet."""
        if isinstance(exception, NotSetUp):
            return render(request, "not_set_up.html", status=503)
        return None


class Utf8Middleware:
    """Refuse what says that it is in another encoding than UTF-8.

    Python would decode it with whatever that names, and among what it knows are «zlib» and «idna»: bytes that unpack to
    more bytes, and texts on which every reader of a parameter breaks. No browser sends anything else.
    """

    def __init__(self, get_response: type_of_next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.encoding and codecs.lookup(request.encoding).name not in ("utf-8", "ascii"):
            request.encoding = "utf-8"
            raise BadRequest("Another encoding than UTF-8.")
        return self.get_response(request)


class HtmxLoginRedirectMiddleware:
    """Turn a redirect to sign-in into `HX-Redirect`, so that the sign-in page does not land inside a table row."""

    def __init__(self, get_response: type_of_next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        from django.urls import reverse

        response = self.get_response(request)
        if getattr(request, "htmx", False) and response.status_code == 302:
            target = response.headers.get("Location", "")
            if urlsplit(target).path == reverse("account_login"):
                answer = HttpResponse(status=204)
                answer["HX-Redirect"] = target
                return answer
        return response


class SecondStepMiddleware:
    """Where a second step is demanded (`SECOND_STEP_DEMANDED`): who sees personal data and signed in with a password alone
    comes no further than the page where a second step is set up. Asks for nothing that the page does not read anyway."""

    behind = ("/staff/", "/admin/", "/api/")

    def __init__(self, get_response: type_of_next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        if not settings.SECOND_STEP_DEMANDED or not request.path.startswith(self.behind):
            return None
        if SESSION_KEY not in request.session or request.session.get(ABOUT, {}).get("way") in STRONG:
            return None
        if not request.user.is_authenticated or not needs_second_step(request.user):
            return None
        if request.path.startswith("/api/"):
            raise PermissionDenied
        answer = redirect("mfa_index")
        if getattr(request, "htmx", False):
            answer.status_code, answer["HX-Redirect"] = 204, answer["Location"]
        return answer
