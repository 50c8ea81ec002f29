"""Keep a file that was received and found good, with a row of whatever it belongs to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.core.files import File
from django.db import transaction


@dataclass(frozen=True)
class Upload:
    """A file that was received and found good: its own name, its type by content, and what can be read."""

    name: str
    content_type: str
    content: BinaryIO


def fill_from_upload(row: Any, upload: Upload, *, called: str) -> None:
    """Write the file to disk and what is known of it to `row`, which is saved afterwards: `file`, `name`, `content_type`,
    `size`, `sha256`. On disk it is named by `called` and by what is in it, never as its sender named it.

    A file whose transaction fails is left on disk without a row; nothing points at it.
    """
    content = upload.content.read()
    row.name, row.content_type = upload.name[-200:], upload.content_type
    row.size, row.sha256 = len(content), hashlib.sha256(content).hexdigest()
    upload.content.seek(0)
    row.file.save(f"{called}-{row.sha256[:12]}", File(upload.content), save=False)


def delete_file_on_commit(row: Any) -> None:
    """Take the row's file off the disk once the transaction that deletes the row is committed."""
    if row.file:
        storage, name = row.file.storage, row.file.name
        transaction.on_commit(lambda: storage.delete(name))
