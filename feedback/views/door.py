"""The door before a sensitive card: whoever wants to open it says why first, on a page of its own."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode

from feedback.actions.sensitive import is_open_to
from feedback.models import Card
from organisation.models import Person

WRITES = ("POST",)


class SayWhyFirst(Exception):
    """A sensitive card stands behind its door: raised by `let_in`, answered by `DoorMiddleware`."""

    def __init__(self, reference: str) -> None:
        super().__init__(reference)
        self.reference = reference


def let_in(request: HttpRequest, person: Person, card: Card) -> None:
    """Raise SayWhyFirst unless `person` has said why within the time that a look is good for."""
    if not is_open_to(card, by=person, now=timezone.now(), goes_on=request.method in WRITES):
        raise SayWhyFirst(card.reference)


class DoorMiddleware:
    """Leads whoever has not said why to the page that asks, and from there back to what was asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer SayWhyFirst, and leave every other exception alone."""
        if not isinstance(exception, SayWhyFirst):
            return None
        door = reverse("feedback:look", args=[exception.reference])
        wanted = "" if request.method in WRITES else "?" + urlencode({"next": request.get_full_path()})
        response = redirect(door + wanted)
        if getattr(request, "htmx", False):  # the door is a page, not a piece of one
            response.status_code, response["HX-Redirect"] = 204, response["Location"]
        add_never_cache_headers(response)
        return response
