"""The files through which the processes of one web server add up their figures.

Each process has its own. What one that ended has counted is added to one file of all that ended: a server that runs for
months, whose workers come and go, would read thousands of files else. Whoever reads holds a lock that whoever adds up waits
for, so that nothing is counted twice or not at all. Stands alone: gunicorn's first process has no Django.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "innspill-metrics-"
ENDED = "ended"
_LOCK = "lock"


def own_folder(parent: str | None, had: str = "") -> str:
    """Return this server's folder in `parent`, made anew unless it `had` one; those of killed servers go.

    A server that reads its settings anew (SIGHUP) goes on with the folder it has; one that began as another's child
    (SIGUSR2) was handed that one's.
    """
    mark = f"{PREFIX}{os.getpid()}-"
    if Path(had).name.startswith(mark) and Path(had).is_dir():
        return had
    for left in Path(parent or tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(ValueError, OSError):
            if not _lives(int(left.name.removeprefix(PREFIX).split("-")[0])) and left.stat().st_uid == os.getuid():
                shutil.rmtree(left, ignore_errors=True)
    return tempfile.mkdtemp(prefix=mark, dir=parent)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def reading(folder: str) -> Iterator[None]:
    """Hold the files as they are."""
    with _held(folder, fcntl.LOCK_SH):
        yield


def add_ended(folder: str, pid: int) -> None:
    """Add what the process counted to what all have that ended, and take its files away."""
    from prometheus_client.mmap_dict import MmapedDict

    with _held(folder, fcntl.LOCK_EX):
        for own in Path(folder).glob(f"*_{pid}.db"):
            kind = own.name.removesuffix(f"_{pid}.db")
            if kind in ("counter", "histogram", "summary"):
                total = MmapedDict(str(own.with_name(f"{kind}_{ENDED}.db")))
                with suppress(RuntimeError):  # killed while it wrote: what was whole is counted
                    for key, value, at, _place in MmapedDict.read_all_values_from_file(str(own)):
                        total.write_value(key, total.read_value(key)[0] + value, at)
                total.close()
            own.unlink()


@contextmanager
def _held(folder: str, how: int) -> Iterator[None]:
    with (Path(folder) / _LOCK).open("a") as lock:
        fcntl.flock(lock, how)
        yield
