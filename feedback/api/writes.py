"""How a write to a card is carried out: on the card as the client saw it, once under a key, answered by the card anew."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from feedback.actions.seen import if_as_seen
from feedback.actions.sending_once import Once, do_once
from feedback.actions.sensitive import look
from feedback.api import idempotency
from feedback.api.callers import caller
from feedback.api.problems import PreconditionFailed
from feedback.api.serializers import CardSerializer
from feedback.errors import ChangedMeanwhile
from feedback.models import Card, CardLook, LookReason
from feedback.queries import for_list, listed_card, sensitive_card

IF_MATCH = "If-Match"
LOOK_REASON = "Look-Reason"


class ReasonNeeded(APIException):
    """A sensitive card is read and written with a reason; each such request is written down."""

    status_code = status.HTTP_403_FORBIDDEN
    default_code = "reason_needed"
    default_detail = _("This card is sensitive. Say why in the header Look-Reason: %(codes)s. It is written down.")

    def __init__(self) -> None:
        super().__init__(self.default_detail % {"codes": ", ".join(REASONS)})


REASONS = [code for code in LookReason.values if code != LookReason.OTHER]
"""The reasons that the header takes: a code each, no words."""


def card_called(request: Request, reference: str) -> Card:
    """Return the card as a row of the work list, with `seen`. Raises Http404 where the caller may not see it.

    Of a sensitive card the look is written down with the reason in the header Look-Reason; ReasonNeeded without one.
    """
    person = caller(request)
    card = listed_card(person, reference)
    if card is None:
        card = sensitive_card(person, reference, for_list)
        if card is None:
            raise Http404
        reason = request.headers.get(LOOK_REASON, "").strip()
        if reason not in REASONS:
            raise ReasonNeeded
        look(card, reason=reason, by=person, now=timezone.now(), how=CardLook.By.API)
    return card


def etag_of(card: Card) -> str:
    """Return the tag of a card's state: it changes with every event that weighs (`feedback.actions.seen`)."""
    return f'"{card.seen}"'  # type: ignore[attr-defined]


def answer_of(request: Request, card: Card, *, replayed: bool = False) -> Response:
    headers = {"ETag": etag_of(card)} | ({"Idempotent-Replayed": "true"} if replayed else {})
    return Response(CardSerializer(card, context={"request": request}).data, headers=headers)


def write(request: Request, reference: str, act: Callable[[Card], object], *, body: object = None) -> Response:
    """Run `act` with the card that is called so, and answer with it as it then is.

    With If-Match only while the card is in the state that it names; with Idempotency-Key once, whatever comes again
    under it with the same `body` (that of the request where none is given). A card that moved out of the caller's sight
    by it is answered as 204.

    Raises Http404, PreconditionFailed, ValidationError, KeyUsedBefore, and what `act` raises.
    """
    card = card_called(request, reference)
    seen = states_named(request)

    def acted() -> None:
        if seen is None:
            act(card)
        else:
            if_as_seen(card, seen, lambda: act(card))

    replayed = carried_out(request, acted, body=body).replayed
    after = listed_card(caller(request), reference)
    if after is None and LOOK_REASON in request.headers:
        after = sensitive_card(caller(request), reference, for_list)
    return Response(status=204) if after is None else answer_of(request, after, replayed=replayed)


def carried_out(request: Request, act: Callable[[], Any], *, body: object = None) -> Once:
    """Run `act`, with Idempotency-Key once, and return what it returned, then or now: see `do_once`.

    Raises PreconditionFailed, ValidationError, KeyUsedBefore, and what `act` raises.
    """
    try:
        if (header := request.headers.get(idempotency.HEADER)) is None:
            return Once(act(), False)
        sent = request.data if body is None else body
        key, digest = idempotency.digests(
            header, f"{request.method} {request.path}", sent, idempotency.client_of(request)
        )
        return do_once(key, digest, act, now=timezone.now())
    except ChangedMeanwhile as error:
        raise PreconditionFailed from error


def states_named(request: Request) -> set[int] | None:
    """Return the states that If-Match names, None where any will do. Weak tags match nothing (RFC 9110, 13.1.1).

    Raises ValidationError for what is no list of tags.
    """
    header = request.headers.get(IF_MATCH)
    if header is None or header.strip() == "*":
        return None
    tags = [tag.strip() for tag in header.split(",")]
    if not all(re.fullmatch(r'(W/)?"[\x21\x23-\x7e]*"', tag) for tag in tags):
        raise ValidationError({IF_MATCH: [_("Write the ETag as you got it, in its quotation marks.")]})
    return {int(tag[1:-1]) for tag in tags if re.fullmatch(r'"[0-9]{1,18}"', tag)}
