"""Put mail in the outbox, in the transaction of what it tells of."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.utils import translation
from kombu.exceptions import OperationalError

from organisation.models import OutgoingMail

logger = logging.getLogger(__name__)

KEEP_DAYS = 90
"""A mail's row goes this many days after it was queued: as long as a backup would hold it anyway."""


@dataclass(frozen=True)
class Mail:
    """One message to one address, before it is written in the recipient's language.

    `kind` names the templates `mail/<kind>.subject.txt`, `.txt` and `.html`; `dedupe_key` the event and the recipient;
    `attachment` a document that `organisation.outbox.attachments` knows how to make when the mail is sent. `reply_to` is
    where answers go, the sender where it is empty.
    """

    kind: str
    dedupe_key: str
    to: str
    language: str
    context: Mapping[str, Any] = field(default_factory=dict)
    attachment: Mapping[str, Any] | None = None
    reply_to: str = ""


def queue_mails(mails: Iterable[Mail], *, now: datetime) -> int:
    """Write the mails as rows and nudge a worker when the transaction commits. Return how many rows were new.

    A mail whose `dedupe_key` is there already is left out: one event, one mail. Must be called in the transaction that
    writes what the mails tell of, so that both are there or neither.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("Mail is queued in the transaction of what it tells of.")
    rows = [_row(mail, now) for mail in mails]
    if not rows:
        return 0
    before = OutgoingMail.objects.filter(dedupe_key__in=[row.dedupe_key for row in rows]).count()
    OutgoingMail.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    nudge_on_commit()
    return len(rows) - before


def _row(mail: Mail, now: datetime) -> OutgoingMail:
    context = {"site_url": settings.SITE_URL, **mail.context}
    with translation.override(mail.language):
        subject = " ".join(render_to_string(f"mail/{mail.kind}.subject.txt", context).split())
        text = _one_blank_line(render_to_string(f"mail/{mail.kind}.txt", context))
        html = render_to_string(f"mail/{mail.kind}.html", context)
    return OutgoingMail(
        kind=mail.kind,
        dedupe_key=mail.dedupe_key,
        to=mail.to,
        language=mail.language,
        subject=subject[:250],
        text=text,
        html=html,
        attachment=mail.attachment,
        reply_to=mail.reply_to,
        queued_at=now,
        next_attempt_at=now,
        delete_on=(now + timedelta(days=KEEP_DAYS)).date(),
    )


def _one_blank_line(text: str) -> str:
    """Join the blank lines that a template's conditions leave behind."""
    return re.sub(r"\n(?:[ \t]*\n){2,}", "\n\n", text).strip() + "\n"


def nudge_on_commit() -> None:
    """Wake a worker once this transaction is committed: one nudge, however many mails it queued."""
    if not any(entry[1] is _nudge for entry in connection.run_on_commit):
        transaction.on_commit(_nudge)


def _nudge() -> None:
    from organisation.tasks import send_mail

    try:
        send_mail.delay()
    except (OperationalError, OSError):
        # The rows are on disk; the sweep, each minute, finds them when the broker is back.
        logger.warning("The queue is away: mail waits for the next sweep.")
