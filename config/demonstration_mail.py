"""The mails of the demonstration, read from the files that the file backend writes."""

from __future__ import annotations

import email
import email.policy
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

SHOWN = 40
_BETWEEN = b"-" * 79 + b"\n"


class Shown(NamedTuple):
    to: str
    subject: str
    sent_at: datetime | None
    text: str
    attachments: list[str]


@login_required
def mail(request: HttpRequest) -> HttpResponse:
    """Show the latest mails, newest first. Only where mail goes to files, which is a demonstration."""
    if not settings.DEMONSTRATION or not settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"):
        raise Http404
    return render(
        request, "demonstration_mail.html", {"mails": latest(Path(settings.EMAIL_FILE_PATH)), "section": "mail"}
    )


def latest(folder: Path, limit: int = SHOWN) -> list[Shown]:
    """Return the latest `limit` mails in `folder`. A file holds one or more, each followed by a line of dashes."""
    found: list[Shown] = []
    files = sorted(folder.glob("*.log"), key=lambda file: (file.stat().st_mtime, file.name), reverse=True)
    for file in files:
        parts = [part for part in file.read_bytes().split(_BETWEEN) if part.strip()]
        found += [_read(part) for part in reversed(parts)]
        if len(found) >= limit:
            break
    return found[:limit]


def _read(raw: bytes) -> Shown:
    message = email.message_from_bytes(raw, EmailMessage, policy=email.policy.default)
    body = message.get_body(("plain", "html"))
    return Shown(
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        sent_at=message["Date"].datetime if message["Date"] else None,
        text=body.get_content() if body is not None else "",
        attachments=[part.get_filename() or "" for part in message.iter_attachments()],
    )
