"""What a request asks for: its parameters, where empty is absent, its key, and the town it means."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from feedback.actions.taking_requests import NotForOpen311, check_key
from feedback.georeport.moments import moment_of
from feedback.open311.answering import Fault
from organisation.actions.api_keys import use_api_key
from organisation.models import ApiKey, Municipality


def given(request: HttpRequest, *names: str) -> str:
    """Return the first of the parameters that holds something, from the form or the address; empty where none does."""
    for name in names:
        for values in (request.POST, request.GET):
            if value := values.get(name, "").replace("\x00", "").strip():
                return value
    return ""


def listed(request: HttpRequest, name: str) -> list[str]:
    """Return the members of a comma list; a parameter that is repeated goes on with it."""
    said = ",".join(request.GET.getlist(name)).replace("\x00", "")
    return list(dict.fromkeys(piece.strip() for piece in said.split(",") if piece.strip()))


def moment_given(request: HttpRequest, name: str) -> datetime | None:
    """Return a moment that was asked for, None where none was. Raises Fault (400)."""
    text = given(request, name)
    if not text:
        return None
    try:
        return moment_of(text)
    except ValueError:
        raise Fault(400, _("«%(name)s» is no moment. Write it like 2026-11-21T10:00:00Z.") % {"name": name}) from None


def number_given(request: HttpRequest, *names: str, usual: int, most: int) -> int:
    """Return a whole number from 1 to `most`; what is larger is `most`. Raises Fault (400)."""
    text = given(request, *names)
    if not text:
        return usual
    if not text.isascii() or not text.isdigit() or (number := int(text[:12])) < 1:
        raise Fault(400, _("«%(name)s» is a whole number from 1.") % {"name": names[0]})
    return min(number, most)


def check_jurisdiction(request: HttpRequest, house: Municipality) -> None:
    """Raise Fault (404) where another town is meant. A town that has not said what it is called here takes any."""
    said = given(request, "jurisdiction_id").lower()
    ours = jurisdiction_of(house)
    if said and ours and said != ours:
        raise Fault(
            404, _("There is no jurisdiction «%(id)s» here. Ours is «%(ours)s».") % {"id": said[:100], "ours": ours}
        )


def jurisdiction_of(house: Municipality) -> str:
    """Return what the town is called: by the setting, else the bare domain of its website, else empty."""
    if settings.OPEN311_JURISDICTION:
        return str(settings.OPEN311_JURISDICTION).lower()
    try:
        host = urlsplit(house.website).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")


def caller(request: HttpRequest) -> ApiKey | None:
    """Return the key that was sent along, None where none was. Raises Fault (403) for one that is none, or not for this."""
    secret = given(request, "api_key")
    if not secret:
        return None
    key = use_api_key(secret, today=timezone.localdate())
    if key is None:
        raise Fault(403, _("This api_key is not known here, or is not valid any more."))
    try:
        check_key(key)
    except NotForOpen311 as refusal:
        raise Fault(403, refusal) from None
    return key


def caller_with_key(request: HttpRequest) -> ApiKey:
    """Return the key. Raises Fault (403) where there is none."""
    key = caller(request)
    if key is None:
        raise Fault(403, _("An api_key is needed. How to get one stands in our discovery document."))
    return key
