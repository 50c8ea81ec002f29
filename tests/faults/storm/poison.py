"""Tasks that must not be: one that always raises, and one that takes its worker process with it."""

from __future__ import annotations

import os
import signal

from celery import shared_task

RAISES, KILLS = "storm.raises", "storm.kills"


@shared_task(name=RAISES)
def always_raises() -> None:
    """Raise, each time."""
    raise RuntimeError("poisoned")


@shared_task(name=KILLS)
def kills_its_worker() -> None:
    """End the process that runs it, as the kernel does where memory is short."""
    os.kill(os.getpid(), signal.SIGKILL)
