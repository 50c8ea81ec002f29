"""`manage.py receive_mail < message`: take in one mail that a mail server pipes to us."""

from __future__ import annotations

import logging
import sys
from typing import Any, BinaryIO

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from feedback.receiving import receive

logger = logging.getLogger(__name__)

EX_OK, EX_DATAERR, EX_TEMPFAIL = 0, 65, 75
"""Of `sysexits.h`, as mail servers read them: taken; give it back to the sender; keep it and try again."""

TIMES_TOO_LARGE = 4
"""A mail so many times larger than MAIL_LARGEST_MEGABYTES is given back to its sender; between the two, people see to it."""


class Command(BaseCommand):
    help = (
        "Take in one mail from standard input. Ends with 0 when it is stored, with 75 when the mail server must keep it and "
        "try again (the database is away), with 65 for what is no mail or far too large."
    )
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Store the mail and end with the code that the mail server goes by."""
        sys.exit(take(sys.stdin.buffer))


def take(stream: BinaryIO) -> int:
    """Store the mail that `stream` holds. Returns the exit code."""
    most = settings.MAIL_LARGEST * TIMES_TOO_LARGE
    raw = stream.read(most + 1)
    if not raw.strip():
        sys.stderr.write("There is no mail on standard input.\n")
        return EX_DATAERR
    if len(raw) > most:
        sys.stderr.write(f"The mail is larger than {most // 1024 // 1024} MB.\n")
        return EX_DATAERR
    try:
        # mbox's line before a mail is no part of it.
        if raw.startswith(b"From "):
            raw = raw.partition(b"\n")[2]
        mail = receive(raw, now=timezone.now())
    except Exception as error:
        # Whatever fails, the mail is not ours to lose: the mail server has it, and tries again.
        logger.exception("A mail was not taken in.")
        sys.stderr.write(f"Not now: {type(error).__name__}. Keep the mail and try again.\n")
        return EX_TEMPFAIL
    sys.stderr.write(f"{mail.state} {mail.reason}".strip() + "\n")
    return EX_OK
