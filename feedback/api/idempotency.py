"""Idempotency-Key: a client that got no answer sends the same again, and makes one card."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from feedback.actions.sending_once import KeyUsedBefore
from feedback.models import Card
from feedback.queries import card_sent_under, keys_sent
from organisation.models import ApiKey

HEADER = "Idempotency-Key"


def client_of(request: Request) -> str:
    """Return who sends, for the keys of requests: the person, and the API key where one was used. Two keys that act as one
    person are two clients: the one must not be answered what the other got."""
    by = request.auth
    return f"{request.user.pk}.{by.pk}" if isinstance(by, ApiKey) else str(request.user.pk)


def key_of(header: str | None, body: Any, client: str) -> tuple[str | None, Card | None]:
    """Return the intake's key for the client's header, and the card that was made of the same before, as a row of a list.

    The key holds the `client`, so that clients cannot meet in one, and digests of the header and of the body (JSON as it
    was read). Raises ValidationError for a header that is none, KeyUsedBefore where it was sent with another body.
    """
    if header is None:
        return None, None
    check_key(header)
    beginning = f"api:{client}:{_digest(header)}:"
    key = beginning + _digest(json.dumps(body, sort_keys=True))
    before = keys_sent(beginning)
    if before and key not in before:
        raise KeyUsedBefore
    return key, card_sent_under(key) if before else None


def digests(header: str, address: str, body: Any, client: str) -> tuple[str, str]:
    """Return what `do_once` knows a request by: the client and its key, and what was sent to which address.

    Raises ValidationError for a header that is none.
    """
    check_key(header)
    return f"{client}:{_digest(header)}", _digest(f"{address} {json.dumps(body, sort_keys=True)}")


def check_key(header: str) -> None:
    """Raise ValidationError for a header that is no key."""
    if not re.fullmatch(r"[\x21-\x7e]{1,255}", header):
        sentence = _("The header Idempotency-Key takes 1 to 255 visible ASCII characters, a UUID for example.")
        raise ValidationError({HEADER: [sentence]}, "invalid")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:32]
