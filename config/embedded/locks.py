"""Files of our own, and file locks.

The kernel frees a lock when its holder is gone, however it went; none is ever left behind.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def open_private(path: Path, flags: int) -> int:
    """Return a descriptor of the file, made if absent, that started programs do not inherit.

    It belongs to the folder's owner, who alone reads it: root at work in another user's folder must not lock
    that user out of it.
    """
    made = os.open(path, flags | os.O_CREAT | os.O_CLOEXEC, 0o600)
    if os.geteuid() == 0:
        folder = path.parent.stat()
        os.fchown(made, folder.st_uid, folder.st_gid)
    return made


def open_lock(path: Path) -> int:
    """Return a descriptor of the lock file, made if absent."""
    return open_private(path, os.O_RDWR)


def take_now(descriptor: int) -> bool:
    """Take the lock for this holder alone, without waiting; return whether it was free."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Wait for the lock, and hold it for the block."""
    descriptor = open_lock(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
