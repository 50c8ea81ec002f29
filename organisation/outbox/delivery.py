"""Send what lies in the outbox.

Each mail is claimed in a statement of its own (`SKIP LOCKED`, so that workers do not wait for each other), sent outside
any transaction, and marked sent. A worker that dies between SMTP's yes and the mark is the one case in which a mail can
go twice; its claim runs out and somebody else sends it. The Message-ID is made of the row, so that a receiver can tell.
"""

from __future__ import annotations

import logging
import smtplib
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from time import monotonic

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from django.db.models import Q

from organisation.models import OutgoingMail
from organisation.outbox.attachments import make_document
from organisation.outbox.message_ids import message_id

logger = logging.getLogger(__name__)

CLAIM_FOR = timedelta(minutes=5)
"""A claim older than this belongs to a worker that died."""

PASS_FOR = timedelta(minutes=10)
"""After this the next sweep goes on: well before a task that takes too long is killed in the middle of a mail."""

BACK_OFF = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 4 * 60, 12 * 60, 24 * 60)]
"""How long to wait after each failed try; after the last one the mail has failed."""

WORKERS_DIED = "Given up: whoever tried to send it did not live to tell."

_CLAIM = """
UPDATE organisation_outgoingmail SET status = 'sending', claimed_at = %(now)s, attempts = attempts + 1
WHERE id = (
    SELECT id FROM organisation_outgoingmail
    WHERE (status = 'queued' AND next_attempt_at <= %(now)s) OR (status = 'sending' AND claimed_at < %(stale)s)
    ORDER BY next_attempt_at, id
    LIMIT 1
    FOR UPDATE SKIP LOCKED
)
RETURNING id
"""


@dataclass
class Delivered:
    """What one pass over the outbox did, in numbers of mails."""

    sent: int = 0
    put_off: int = 0
    failed: int = 0
    is_down: bool = field(default=False, compare=False)
    """The mail server was away or silent, and the pass ended there."""


def deliver_due(*, now: datetime, limit: int = 500) -> Delivered:
    """Send what is due at `now`, at most `limit` mails, over one connection to the mail server.

    Never raises for a mail that cannot be sent: it is put off with a growing wait or, where the server refuses for good,
    marked as failed with the server's words.
    """
    done = Delivered()
    began = monotonic()
    with _Server() as server:
        for _ in range(limit):
            # A claim carries the moment it was made: with that of the pass's beginning, what a slow mail server takes
            # after five minutes would look like a dead worker's, and go twice.
            moment = now + timedelta(seconds=monotonic() - began)
            if moment > now + PASS_FOR:
                break
            mail = _claim(moment)
            if mail is None:
                break
            _deliver(mail, server, moment, done)
            if server.is_down:
                done.is_down = True
                break
    return done


def _claim(now: datetime) -> OutgoingMail | None:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"now": now, "stale": now - CLAIM_FOR})
        row = cursor.fetchone()
    return OutgoingMail.objects.get(pk=row[0]) if row else None


def _deliver(mail: OutgoingMail, server: _Server, now: datetime, done: Delivered) -> None:
    if mail.attempts > len(BACK_OFF) + 1:
        # Each try but the last of these ended its worker, or it would have been judged below.
        done.failed += 1
        _mark(mail, status=OutgoingMail.Status.FAILED, error=WORKERS_DIED)
        logger.error("Mail %s (%s) was given up: its workers died.", mail.pk, mail.kind)
        return
    try:
        server.send(_message(mail))
    except Exception as error:
        for_good = not server.is_down and (_is_for_good(error) or mail.attempts > len(BACK_OFF))
        if for_good:
            done.failed += 1
            _mark(mail, status=OutgoingMail.Status.FAILED, error=_words(error))
        elif server.is_down:
            # No fault of the mail's: it waits as long as the server is away, and the try does not count.
            done.put_off += 1
            _mark(
                mail, status=OutgoingMail.Status.QUEUED, next_attempt_at=now + BACK_OFF[0], attempts=mail.attempts - 1,
                error=_words(error),
            )  # fmt: skip
        else:
            done.put_off += 1
            wait = BACK_OFF[mail.attempts - 1]
            _mark(mail, status=OutgoingMail.Status.QUEUED, next_attempt_at=now + wait, error=_words(error))
        logger.log(
            logging.ERROR if for_good else logging.WARNING,
            "Mail %s (%s) was not sent at try %s: %s", mail.pk, mail.kind, mail.attempts, type(error).__name__,
            exc_info=not isinstance(error, (smtplib.SMTPException, OSError)),
        )  # fmt: skip
    else:
        done.sent += 1
        _mark(mail, status=OutgoingMail.Status.SENT, sent_at=now, error="")


def _mark(mail: OutgoingMail, **values: object) -> None:
    OutgoingMail.objects.filter(pk=mail.pk, status=OutgoingMail.Status.SENDING).update(claimed_at=None, **values)


def _message(mail: OutgoingMail) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        mail.subject,
        mail.text,
        settings.DEFAULT_FROM_EMAIL,
        [mail.to],
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers={
            "Message-ID": message_id(mail),
            "Content-Language": mail.language,
            "Auto-Submitted": "auto-generated",
        },
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    if mail.attachment:
        document = make_document(mail.attachment, language=mail.language)
        message.attach(document.name, document.content, document.content_type)
    return message


def _is_for_good(error: Exception) -> bool:
    """Whether trying again is no use: the server refused with a 5xx code, or the row itself cannot become a mail."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _text in error.recipients.values())
    if isinstance(error, smtplib.SMTPSenderRefused):
        return False  # the sender is ours and the same for all mails: somebody will put it right
    if isinstance(error, smtplib.SMTPResponseException):
        return 500 <= error.smtp_code < 600
    return isinstance(error, ValueError)


def _words(error: Exception) -> str:
    """The error without addresses: a refused recipient's address is not repeated in the row's error."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {text.decode(errors='replace')}" for code, text in error.recipients.values())[:1000]
    return f"{type(error).__name__}: {error}"[:1000]


class _Server:
    """One connection to the mail server, opened at the first mail and opened anew after a break."""

    def __init__(self) -> None:
        self._backend: BaseEmailBackend | None = None
        self.is_down = False

    def __enter__(self) -> _Server:
        return self

    def __exit__(self, *exc: object) -> None:
        self._close()

    def send(self, message: EmailMultiAlternatives) -> None:
        if self._backend is None:
            self._backend = get_connection()
            try:
                self._backend.open()
            except (smtplib.SMTPException, OSError):
                self.is_down = True  # the others will fare no better: leave them for the next sweep
                self._close()  # after a refused login Django leaves the connection open
                raise
        message.connection = self._backend
        try:
            message.send()
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            # Silent in the middle of a mail: each of the others would wait as long, and hold a worker for hours.
            self.is_down = isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
            self._close()
            raise

    def _close(self) -> None:
        if self._backend is not None:
            try:
                self._backend.close()
            except (smtplib.SMTPException, OSError):
                logger.debug("The mail server was gone before we said goodbye.")
            self._backend = None


def delete_expired(*, today: date) -> int:
    """Delete mails whose last day has come, whatever became of them. Return how many."""
    deleted, _per_model = (
        OutgoingMail.objects.filter(delete_on__lte=today).exclude(Q(status=OutgoingMail.Status.SENDING)).delete()
    )
    return deleted
