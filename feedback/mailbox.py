"""Fetch the mails of a mailbox by IMAP, one at a time. A mail is touched on the server only when it is committed here."""

from __future__ import annotations

import imaplib
import logging
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import InterfaceError, OperationalError
from imap_tools import (
    AND,
    BaseMailBox,
    ImapToolsError,
    MailBox,
    MailBoxStartTls,
    MailBoxUnencrypted,
    MailMessageFlags,
)

from feedback.mail_reading import MOST_HEADER
from feedback.receiving import receive
from organisation.queries import municipality

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 200
"""Mails of one visit: the next comes in two minutes, and a full mailbox keeps no worker for an hour."""

LONGEST_VISIT = timedelta(minutes=10)
TIMEOUT = 30
"""Seconds without a word from the server."""

_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class MailboxAway(Exception):
    """The mailbox cannot be opened or broke off. Nothing is lost: what was not stored is there at the next visit."""


@dataclass
class Visit:
    """What one visit to the mailbox did, in numbers of mails. `failed` are still in the mailbox, unseen."""

    stored: int = 0
    failed: int = 0
    why: str = ""

    def __str__(self) -> str:
        if self.why:
            return self.why
        return f"{self.stored} stored" + (f", {self.failed} failed" if self.failed else "")


def read_mailbox(*, clock: Callable[[], datetime]) -> Visit:
    """Store every unseen mail of the mailbox, and say so to the server after each. Two at once do each other no harm: of
    a mail that both fetch, the second finds the row of the first.

    A mail that cannot be stored stays unseen in the mailbox and stops no other. Raises MailboxAway, and NotSetUp
    before there is a municipality.
    """
    if not settings.MAIL_IN_URL:
        return Visit(why="no mailbox is set up")
    municipality()
    try:
        return _visit(clock)
    except (imaplib.IMAP4.error, ImapToolsError, OSError) as error:
        # Not the server's words: after a failed sign-in some repeat what they were sent.
        raise MailboxAway(type(error).__name__) from error


def _visit(clock: Callable[[], datetime]) -> Visit:
    visit = Visit()
    began = clock()
    mailbox = _opened()
    try:
        for uid in mailbox.uids(AND(seen=False))[:MOST_AT_ONCE]:
            if clock() - began > LONGEST_VISIT:
                break
            try:
                whole = _fetch_and_store(mailbox, uid, clock)
            except (OperationalError, InterfaceError, imaplib.IMAP4.abort, OSError):
                raise  # database, disk or server are away: the other mails would fare no better
            except Exception as error:
                # A mail that cannot be stored, whatever is in it: it stays where it is, and the others come in.
                logger.exception("A mail could not be stored: %s", type(error).__name__)
                visit.failed += 1
                continue
            visit.stored += 1
            _done_with(mailbox, uid, whole=whole)
    finally:
        with suppress(imaplib.IMAP4.error, ImapToolsError, OSError):
            mailbox.logout()
    return visit


def _opened() -> BaseMailBox:
    parts = urlsplit(settings.MAIL_IN_URL)
    host, folder = parts.hostname or "", unquote(parts.path.strip("/")) or "INBOX"
    mailbox: BaseMailBox
    if parts.scheme == "imaps":
        mailbox = MailBox(host, parts.port or 993, timeout=TIMEOUT)
    elif parts.scheme == "imap+tls":
        mailbox = MailBoxStartTls(host, parts.port or 143, timeout=TIMEOUT)
    else:
        mailbox = MailBoxUnencrypted(host, parts.port or 143, timeout=TIMEOUT)
    user = unquote(parts.username or "")
    try:
        if settings.MAIL_IN_TOKEN_FILE:
            mailbox.xoauth2(user, Path(settings.MAIL_IN_TOKEN_FILE).read_text().strip(), folder)
        else:
            mailbox.login(user, unquote(parts.password or ""), folder)
    except BaseException:
        with suppress(OSError):
            mailbox.client.shutdown()
        raise
    return mailbox


def _fetch_and_store(mailbox: BaseMailBox, uid: str, clock: Callable[[], datetime]) -> bool:
    """Fetch one mail and store it. Of one that is too large only the header is fetched. Returns whether it is whole."""
    size = _size(mailbox, uid)
    whole = size <= int(settings.MAIL_LARGEST)
    part = "(BODY.PEEK[])" if whole else f"(BODY.PEEK[HEADER]<0.{MOST_HEADER}>)"
    receive(_fetched(mailbox, uid, part), now=clock(), size=size)
    return whole


def _size(mailbox: BaseMailBox, uid: str) -> int:
    _status, answers = mailbox.client.uid("FETCH", uid, "(RFC822.SIZE)")
    for answer in answers:
        if isinstance(answer, bytes) and (found := _SIZE.search(answer)):
            return int(found.group(1))
    return 0


def _fetched(mailbox: BaseMailBox, uid: str, part: str) -> bytes:
    status, answers = mailbox.client.uid("FETCH", uid, part)
    for answer in answers:
        if status == "OK" and isinstance(answer, tuple):
            return bytes(answer[1])
    raise ValueError("The server has no such mail.")


def _done_with(mailbox: BaseMailBox, uid: str, *, whole: bool) -> None:
    """Tell the server that the mail is stored. One that is not whole here is only marked as seen: it is the original."""
    afterwards = settings.MAIL_IN_AFTERWARDS if whole else "seen"
    try:
        if afterwards == "deleted":
            mailbox.delete([uid])
            return
        if afterwards != "seen":
            mailbox.move([uid], afterwards)
            return
    except (ImapToolsError, imaplib.IMAP4.error) as error:
        if isinstance(error, imaplib.IMAP4.abort):
            raise
        # A folder that is not there must not stop the mails behind this one, nor bring it in again and again.
        logger.warning("A mail could not be moved or deleted and is marked as read: %s", type(error).__name__)
    mailbox.flag([uid], [MailMessageFlags.SEEN], True)
