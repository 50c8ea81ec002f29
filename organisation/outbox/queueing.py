"""Put mail in the outbox, in the transaction of what it tells of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import connection
from django.template.loader import render_to_string
from django.utils import translation

from organisation import nudging
from organisation.inserting import insert_unless_there
from organisation.models import OutgoingMail

KEEP_DAYS = 90
"""A mail's row goes this many days after it was queued: as long as a backup would hold it anyway."""

AT_ONCE = 500
"""Mails written in one statement."""


@dataclass(frozen=True)
class Mail:
    """One message to one address, before it is written in the recipient's language.

    `kind` names the templates `mail/<kind>.subject.txt`, `.txt` and `.html`; `dedupe_key` the event and the recipient;
    `attachment` a document that `organisation.outbox.attachments` knows how to make when the mail is sent. `reply_to` is
    where answers go, the sender where it is empty.

    Where all in `context` can be hashed and `own` is given, the words are made once for all mails with the same context:
    `own` has what is this mail's alone, by the word that stands for it in the context. Both are letters and digits (and
    what else HTML leaves as it is).
    """

    kind: str
    dedupe_key: str
    to: str
    language: str
    context: Mapping[str, Any] = field(default_factory=dict)
    attachment: Mapping[str, Any] | None = None
    reply_to: str = ""
    own: Mapping[str, str] = field(default_factory=dict)


def queue_mails(mails: Iterable[Mail], *, now: datetime) -> int:
    """Write the mails as rows and nudge a worker when the transaction commits. Return how many rows were new.

    A mail whose `dedupe_key` is there already is left out: one event, one mail. Must be called in the transaction that
    writes what the mails tell of, so that both are there or neither.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("Mail is queued in the transaction of what it tells of.")
    rows = mail_rows(mails, now=now)
    new = sum(insert_unless_there(rows[at : at + AT_ONCE]) for at in range(0, len(rows), AT_ONCE))
    if rows:
        nudge_on_commit()
    return new


def mail_rows(mails: Iterable[Mail], *, now: datetime) -> list[OutgoingMail]:
    """Return the rows of these mails, which are not written yet. Who writes them nudges a worker (`nudge_on_commit`)."""
    return [_row(mail, now) for mail in mails]


def _row(mail: Mail, now: datetime) -> OutgoingMail:
    context = {"site_url": settings.SITE_URL, **mail.context}
    if mail.own and not settings.DEBUG:  # where templates change while one works on them
        words = _kept_words(mail.kind, mail.language, tuple(context.items()))
    else:
        words = _words(mail.kind, mail.language, context)
    subject, text, html = (_filled(one, mail.own) for one in words)
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


def _words(kind: str, language: str, context: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return subject, text and HTML in `language`."""
    with translation.override(language):
        subject = " ".join(render_to_string(f"mail/{kind}.subject.txt", dict(context)).split())
        text = _one_blank_line(render_to_string(f"mail/{kind}.txt", dict(context)))
        return subject, text, render_to_string(f"mail/{kind}.html", dict(context))


@lru_cache(maxsize=200)
def _kept_words(kind: str, language: str, context: tuple[tuple[str, Any], ...]) -> tuple[str, str, str]:
    return _words(kind, language, dict(context))


def _filled(words: str, own: Mapping[str, str]) -> str:
    for word, text in own.items():
        words = words.replace(word, text)
    return words


def _one_blank_line(text: str) -> str:
    """Join the blank lines that a template's conditions leave behind."""
    return re.sub(r"\n(?:[ \t]*\n){2,}", "\n\n", text).strip() + "\n"


def nudge_on_commit() -> None:
    """Wake a worker once this transaction is committed: one nudge, however many mails it queued."""
    nudging.nudge_on_commit("organisation.send_mail")
