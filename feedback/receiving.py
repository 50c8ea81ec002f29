"""From a mail's bytes to its row: read it, look at what came with it, and hand it to the action. The doors call this."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext as _

from feedback.actions.correcting import Upload
from feedback.actions.receiving import Received, take_in_mail
from feedback.actions.storing import NoRoom
from feedback.forms.files import MOST, checked_file
from feedback.mail_reading import File, Read, header_of, names_with_virus, read_header, read_mail
from feedback.models import IncomingMail
from organisation.queries import NotSetUp
from organisation.scanning import Infected, ScannerAway, TooLarge, looked_through

logger = logging.getLogger(__name__)


def receive(raw: bytes, *, now: datetime, size: int = 0) -> IncomingMail:
    """Take in one mail. `size` is given where `raw` is only the beginning of a mail that is too large.

    Raises NotSetUp, ScannerAway, and what database and disk raise: the mail is then not taken in, and must be kept where it
    came from.
    """
    size = size or len(raw)
    try:
        mail = _read(raw, size)
        return take_in_mail(mail, now=now)
    except (OperationalError, InterfaceError, OSError, NotSetUp, NoRoom, ScannerAway):
        raise
    except Exception:
        # Whatever somebody managed to put into a mail: people see it, with the original, and it stops no other.
        logger.exception("A mail could not be taken in as it is.")
        return take_in_mail(Received(raw, Read(problem=IncomingMail.Reason.BROKEN), size=size), now=now)


def _read(raw: bytes, size: int) -> Received:
    server = settings.MAIL_AUTHENTICATION_SERVER
    whole = size <= settings.MAIL_LARGEST and len(raw) <= settings.MAIL_LARGEST
    read = read_mail(raw, trusted_server=server) if whole else read_header(raw, trusted_server=server)
    judged = _looked_through(raw, read)
    uploads, left_out = sort_files(judged.files, unscanned=judged.unscanned)
    kept = raw if judged.whole else header_of(raw)
    return Received(kept, read, uploads, [*left_out, *judged.left_out], size, judged.unscanned)


@dataclass(frozen=True)
class _Judged:
    """What may be kept of a mail beside its words: these files, and the original where it is `whole`."""

    files: Sequence[File]
    left_out: Sequence[str] = ()
    unscanned: bool = False
    whole: bool = True


def _looked_through(raw: bytes, read: Read) -> _Judged:
    """Have a mail looked through for viruses as it came, or, where it is larger than clamd takes, each of its files by
    itself: it would be as large tomorrow. Raises ScannerAway."""
    try:
        return _Judged(read.files, unscanned=not looked_through(BytesIO(raw)))
    except Infected:
        # The words are kept, and of what came with them the names.
        return _Judged((), names_with_virus(read), whole=False)
    except TooLarge:
        pass
    good: list[File] = []
    left_out: list[str] = []
    unscanned = False
    for file in read.files:
        try:
            unscanned |= not looked_through(BytesIO(file.content))
            good.append(file)
        except Infected:
            left_out.append(f"{file.name[:280]} (virus)")
        except TooLarge:
            left_out.append(_("%(name)s (too large to be looked through for viruses)") % {"name": file.name[:200]})
    return _Judged(good, left_out, unscanned, whole=not left_out and not read.problem)


def uploads_of(mail: IncomingMail) -> list[Upload]:
    """Return the files of a mail that was received earlier, from its original; none where that is gone or was not whole, or
    where a virus is found by now. Raises ScannerAway."""
    if not mail.file:
        return []
    with mail.file.open("rb") as file:
        raw = file.read(settings.MAIL_LARGEST + 1)
    if len(raw) > settings.MAIL_LARGEST:
        return []
    judged = _looked_through(raw, read_mail(raw))
    return sort_files(judged.files, unscanned=judged.unscanned)[0]


def sort_files(files: Iterable[File], *, unscanned: bool = False) -> tuple[list[Upload], list[str]]:
    """Part the files that a card takes, by what is in them, from those that stay in the original, by name."""
    taken: list[Upload] = []
    left_out: list[str] = []
    for file in files:
        try:
            if len(taken) >= MOST:
                raise ValidationError("")
            name = file.name if file.name.strip(". ") else "file"
            upload = checked_file(SimpleUploadedFile(name, file.content), unscanned=unscanned)
        except ValidationError:
            left_out.append(file.name)
        else:
            content = BytesIO(upload.content.read())
            taken.append(Upload(upload.name, upload.content_type, content, upload.unscanned))
    return taken, left_out
