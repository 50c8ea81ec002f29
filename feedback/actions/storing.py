"""Keep a file that was received and found good, with a row of whatever it belongs to."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.errors import Refused

logger = logging.getLogger(__name__)


class NoRoom(Refused):
    """The disk does not take the file: full, over its quota, or read-only. Nothing of what it came with is kept either."""

    code = "no_room"
    field = "uploads"
    message = _("We have no room for files just now. Send it without them, or try again later.")


@dataclass(frozen=True)
class Upload:
    """A file that was received and found good: its own name, its type by content, and what can be read. `unscanned` is one
    that should have been looked through for viruses and could not be."""

    name: str
    content_type: str
    content: BinaryIO
    unscanned: bool = False


def fill_from_upload(row: Any, upload: Upload, *, called: str) -> None:
    """Write the file to disk and what is known of it to `row`, which is saved afterwards: `file`, `name`, `content_type`,
    `size`, `sha256`. On disk it is named by `called` and by what is in it, never as its sender named it.

    A file whose transaction fails is left on disk without a row; nothing points at it. Raises NoRoom.
    """
    content = upload.content.read()
    row.name, row.content_type = upload.name[-200:], upload.content_type
    if hasattr(row, "unscanned"):
        row.unscanned = upload.unscanned
    row.size, row.sha256 = len(content), hashlib.sha256(content).hexdigest()
    upload.content.seek(0)
    try:
        row.file.save(f"{called}-{row.sha256[:12]}", File(upload.content), save=False)
    except OSError as error:
        logger.error("A file could not be kept: %s", type(error).__name__, exc_info=True)
        raise NoRoom from error


def delete_file_on_commit(row: Any) -> None:
    """Take the row's file off the disk once the transaction that deletes the row is committed."""
    if row.file:
        storage, name = row.file.storage, row.file.name
        transaction.on_commit(lambda: storage.delete(name))
