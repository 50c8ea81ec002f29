"""What another system sends twice, because it got no answer, is done once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from feedback.errors import Refused
from feedback.models import SentRequest

REMEMBERED = timedelta(days=7)
"""So long a request is known again."""


class KeyUsedBefore(Refused):
    """The same key came with another body."""

    code = "idempotency_key_reused"
    message = _("This Idempotency-Key was sent before with another body. Take a new key for a new request.")


class Once(NamedTuple):
    """What was answered, by this request or (`replayed`) by the same one before."""

    answer: Any
    replayed: bool


def do_once(key: str, body: str, act: Callable[[], Any], *, now: datetime) -> Once:
    """Run `act` unless it was run under `key` before, and return what it returned: counts and references as JSON has them,
    or None. `key` and `body` are digests of at most 64 characters.

    Of two that come at once the second waits for the first. What `act` refuses leaves nothing behind: the same may be sent
    again. Raises KeyUsedBefore, and what `act` raises.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
        before = SentRequest.objects.filter(key=key, at__gt=now - REMEMBERED).first()
        if before is not None:
            if before.body != body:
                raise KeyUsedBefore
            return Once(before.answer, True)
        answer = act()
        SentRequest.objects.update_or_create(key=key, defaults={"body": body, "answer": answer, "at": now})
        return Once(answer, False)


def forget_requests(*, now: datetime) -> int:
    """Delete the rows of requests that are not known again any more. Returns how many."""
    return SentRequest.objects.filter(at__lte=now - REMEMBERED).delete()[0]
