"""Mails as they come in: built by hand where the point is what a library would not write."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

from feedback.models import IncomingMail
from feedback.receiving import receive
from tests.factories import MONDAY

_number = 0


def letter(
    text: str = "Lyset er slukket i Skolegata.",
    *,
    sender: str = "Åse Berg <ase@example.org>",
    subject: str = "Gatelys",
    to: str = "post@solvik.test",
    message_id: str | None = None,
    headers: dict[str, str] | None = None,
) -> EmailMessage:
    """Return a mail from a citizen, with a Message-ID of its own unless one is given."""
    global _number
    _number += 1
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = subject
    mail["Message-ID"] = message_id or f"<letter-{_number}@example.org>"
    for name, value in (headers or {}).items():
        mail[name] = value
    mail.set_content(text)
    return mail


def comes(mail: EmailMessage | bytes, **options: Any) -> IncomingMail:
    """Let the mail come in on Monday, and return its row as the database has it."""
    raw = mail if isinstance(mail, bytes) else mail.as_bytes()
    row = receive(raw, now=options.pop("now", MONDAY), **options)
    return IncomingMail.objects.get(pk=row.pk)


def bounce_of(message_id: str, recipient: str, *, action: str = "failed") -> bytes:
    """A report by RFC 3464 as Postfix writes it."""
    return f"""\
Return-Path: <>
From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
To: post@solvik.test
Subject: Undelivered Mail Returned to Sender
Message-ID: <bounce-{recipient}@mx.example.org>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="x"

--x
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 unknown user

--x
Content-Type: message/rfc822

From: post@solvik.test
To: {recipient}
Message-ID: {message_id}
Subject: We have received your message

Hello
--x--
""".encode()
