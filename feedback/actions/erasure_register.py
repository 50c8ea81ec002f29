"""The register of erasures outside the database: a line of JSON for each, so that a backup that is brought back forgets what
was erased after it was made. It holds references and ids, and nothing about anybody."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from feedback.models import Erasure

_LOG = logging.getLogger(__name__)
AT_ONCE = 500


@dataclass(frozen=True)
class Registered:
    """What the register holds: the erasures, and how many of its lines could not be read."""

    erasures: list[Erasure]
    damaged: int


def write_register(*, now: datetime) -> int:
    """Append the erasures that are not in the register yet. Returns how many.

    What cannot be written now (a full disk) is logged, and written by a later erasure or in the night.
    """
    path, done = Path(settings.ERASURES_FILE), 0
    while True:
        with transaction.atomic():
            waiting = list(
                Erasure.objects.select_for_update(skip_locked=True).filter(written_at=None).order_by("id")[:AT_ONCE]
            )
            if not waiting:
                return done if path.exists() or _appended(path, "") else 0
            if not _appended(path, "".join(_line(erasure) for erasure in waiting)):
                return done
            Erasure.objects.filter(pk__in=[erasure.pk for erasure in waiting]).update(written_at=now)
        done += len(waiting)


def read_register(path: Path) -> Registered:
    """Return the erasures in the register, in the order in which they were made. Raises OSError."""
    found: dict[uuid.UUID, Erasure] = {}
    damaged = 0
    for line in _lines(path):
        try:
            told = json.loads(line)
            erasure = Erasure(
                key=uuid.UUID(told["key"]), at=datetime.fromisoformat(told["at"]), step=Erasure.Step(told["step"]),
                cause=Erasure.Cause(told["cause"]), counts=dict(told["counts"]),
                rows={str(label): list(rows) for label, rows in told["rows"].items()},
            )  # fmt: skip
        except (ValueError, KeyError, TypeError, AttributeError):
            damaged += 1
            continue
        found[erasure.key] = erasure
    return Registered(sorted(found.values(), key=lambda erasure: erasure.at), damaged)


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", errors="replace") as file:
        yield from (line for line in file if line.strip())


def _line(erasure: Erasure) -> str:
    told = {
        "key": str(erasure.key), "at": erasure.at.isoformat(), "step": erasure.step, "cause": erasure.cause,
        "counts": erasure.counts, "rows": erasure.rows,
    }  # fmt: skip
    return json.dumps(told) + "\n"


def _appended(path: Path, lines: str) -> bool:
    try:
        _append(path, lines)
    except OSError as error:
        _LOG.error("the register of erasures could not be written", extra={"reason": error.strerror})
        return False
    return True


def _append(path: Path, lines: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(handle, "ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        size = os.fstat(handle).st_size
        if size and os.pread(handle, 1, size - 1) != b"\n":
            lines = "\n" + lines  # a line that a power cut broke off stays alone
        file.write(lines.encode())
        file.flush()
        os.fsync(handle)
