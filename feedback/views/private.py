"""What every page behind a private link has in common: one answer to every wrong link, and kept by nobody on the way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache

from feedback.models import Card
from feedback.queries import card_by_secret
from organisation.models import Municipality

P = ParamSpec("P")


def private_page(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Let no cache keep the page and no search engine list it. Its address is a key: it is sent to no other site."""

    @never_cache
    @wraps(view)
    def wrapped(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        # Not «no-referrer»: with it a browser sends the form's origin as «null», and Django refuses the form.
        response["Referrer-Policy"] = "same-origin"
        return response

    return wrapped


def closed_after(house: Municipality, now: datetime) -> datetime:
    """Return the instant before which a card must not have been closed for its private page to be there still."""
    return now - timedelta(days=house.private_page_days)


def card_of_link(request: HttpRequest, secret: str, now: datetime) -> Card:
    """Return the card of a private link. Raises Http404, the same for a link that never was and for one that is over."""
    house: Municipality = request.municipality  # type: ignore[attr-defined]
    card = card_by_secret(secret, closed_after=closed_after(house, now))
    if card is None:
        raise Http404
    return card
