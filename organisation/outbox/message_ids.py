"""The Message-ID of a mail of ours: made of its row, so that an answer or a bounce that names it leads back to the row."""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.utils import parseaddr

from django.conf import settings

from organisation.models import OutgoingMail

_OURS = re.compile(r"<innspill-(\d{1,18})-(\d{14})@([^<>\s]+)>")


def message_id(mail: OutgoingMail) -> str:
    """Return the Message-ID under which `mail` is sent."""
    return f"<innspill-{mail.pk}-{mail.queued_at:%Y%m%d%H%M%S}@{_domain()}>"


def mails_named(texts: Iterable[str]) -> list[OutgoingMail]:
    """Return our mails whose Message-IDs stand in `texts`, in the order in which they are named (one query, or none).

    The moment in it must be the row's: a guessed number names nothing.
    """
    named = [(int(pk), stamp) for text in texts for pk, stamp, domain in _OURS.findall(text) if domain == _domain()][
        :50
    ]
    rows = OutgoingMail.objects.in_bulk({pk for pk, _stamp in named}) if named else {}
    return [rows[pk] for pk, stamp in named if pk in rows and f"{rows[pk].queued_at:%Y%m%d%H%M%S}" == stamp]


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
