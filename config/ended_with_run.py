"""Ends what `manage.py run` started, where that was killed and could not do so itself.

A process of its own that holds the reading end of a pipe: `run` writes the number of each process it starts, and whatever
becomes of it, the kernel closes its end. Each number is that of a session of its own (honcho), so that workers' children go
too. Needs nothing of the house, hence starts at once: `python config/ended_with_run.py`.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress

IN_ORDER = 60.0
"""Seconds that a process has to end in order: longer than gunicorn gives a request, and a busy machine takes. The last to end
in order stops the embedded servers; killed, it leaves them to the next command."""


def main() -> None:
    """Read numbers until the other end is closed, then end those that live."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # said to `run` too, which ends the others itself
    groups = [int(line) for line in sys.stdin if line.strip()]
    _to_all(groups, signal.SIGTERM)
    until = time.monotonic() + IN_ORDER
    while time.monotonic() < until and _to_all(groups, 0):
        time.sleep(0.1)
    _to_all(groups, signal.SIGKILL)


def _to_all(groups: list[int], number: int) -> bool:
    """Send a signal to each session that has processes left; tell whether there was one."""
    found = False
    for group in groups:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, number)
            found = True
    return found


if __name__ == "__main__":
    main()
