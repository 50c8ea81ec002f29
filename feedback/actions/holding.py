"""Keep the files of a message that is not sent yet, hand them over when it is, and throw away what never was."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import BinaryIO, cast

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.actions.correcting import Upload, add_attachments
from feedback.errors import Refused
from feedback.models import Card, HeldUpload
from organisation.models import Person

HELD_FOR = timedelta(days=1)
"""How long a file waits for the message it came with."""


class FileGone(Refused):
    code = "file_gone"
    field = "uploads"
    message = _("A file that you chose earlier waits here no more. Choose it again, or send without it.")


def hold_uploads(uploads: Sequence[Upload], *, now: datetime) -> list[HeldUpload]:
    """Keep good files until their message is sent, at most for a day. Returns them in the order given."""
    held = []
    with transaction.atomic():
        for upload in uploads:
            upload.content.seek(0)
            key = secrets.token_urlsafe(32)
            one = HeldUpload(
                key=key,
                name=upload.name[-200:],
                content_type=upload.content_type,
                held_at=now,
                unscanned=upload.unscanned,
            )
            # Not the key: whoever sees the folder is not to learn what opens the page's files.
            one.file.save(secrets.token_hex(16), File(upload.content), save=False)
            one.save()
            held.append(one)
    return held


def attach_held(
    card: Card, keys: Sequence[str], held: Sequence[HeldUpload], *, by: Person | None = None, now: datetime
) -> None:
    """Make the held files the card's own, in the caller's transaction; `by` is None for the submitter.

    Raises FileGone where one of `keys` is not there.
    """
    if len(held) < len(keys):
        raise FileGone
    uploads = [Upload(one.name, one.content_type, cast(BinaryIO, one.file.open("rb")), one.unscanned) for one in held]
    try:
        add_attachments(card, uploads, by=by, now=now)
    finally:
        for one in held:
            one.file.close()
    release(held)


def release(held: Iterable[HeldUpload]) -> int:
    """Delete held files: the rows now, the files when the transaction is in. Returns how many."""
    held = list(held)
    if not held:
        return 0
    HeldUpload.objects.filter(pk__in=[one.pk for one in held]).delete()
    for one in held:
        storage, name = one.file.storage, one.file.name
        transaction.on_commit(lambda storage=storage, name=name: storage.delete(name))  # type: ignore[misc]
    return len(held)


def delete_expired_uploads(*, now: datetime) -> int:
    """Delete what waited for a day. Returns how many."""
    with transaction.atomic():
        return release(HeldUpload.objects.select_for_update(skip_locked=True).filter(held_at__lt=now - HELD_FOR))
