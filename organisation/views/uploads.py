"""A file that somebody sent with a form, laid where a reader of files finds it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.core.files.uploadedfile import UploadedFile


def is_larger(file: UploadedFile, most_mb: int) -> bool:
    """Tell whether the file has more than so many megabytes (of 1,048,576 bytes)."""
    return (file.size or 0) > most_mb * 1024 * 1024


@contextmanager
def laid_down(file: UploadedFile) -> Iterator[Path]:
    """Give the path of a copy, which is gone with the block."""
    with NamedTemporaryFile(suffix=".csv") as kept:
        shutil.copyfileobj(file, kept)
        kept.flush()
        yield Path(kept.name)
