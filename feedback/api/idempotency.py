"""Idempotency-Key: a client that got no answer sends the same again, and makes one card."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError

from feedback.actions.sending_once import KeyUsedBefore
from feedback.models import Card
from feedback.queries import sent_under
from organisation.models import Person

HEADER = "Idempotency-Key"


def key_of(header: str | None, body: Any, person: Person) -> tuple[str | None, Card | None]:
    """Return the intake's key for the client's header, and the card that was made of the same before, as a row of a list.

    The key holds the person, so that clients cannot meet in one, and digests of the header and of the body (JSON as it
    was read). Raises ValidationError for a header that is none, KeyUsedBefore where it was sent with another body.
    """
    if header is None:
        return None, None
    _check(header)
    beginning = f"api:{person.pk}:{_digest(header)}:"
    key = beginning + _digest(json.dumps(body, sort_keys=True))
    before = {card.idempotency_key: card for card in sent_under(beginning)}
    if before and key not in before:
        raise KeyUsedBefore
    return key, before.get(key)


def digests(header: str, address: str, body: Any, person: Person) -> tuple[str, str]:
    """Return what `do_once` knows a request by: the person and the client's key, and what was sent to which address.

    Raises ValidationError for a header that is none.
    """
    _check(header)
    return f"{person.pk}:{_digest(header)}", _digest(f"{address} {json.dumps(body, sort_keys=True)}")


def _check(header: str) -> None:
    if not re.fullmatch(r"[\x21-\x7e]{1,255}", header):
        sentence = _("The header Idempotency-Key takes 1 to 255 visible ASCII characters, a UUID for example.")
        raise ValidationError({HEADER: [sentence]}, "invalid")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:32]
