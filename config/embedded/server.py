"""What the two embedded servers have in common: started apart from us, known to live by a lock, stopped by a signal.

A server inherits the descriptor of a locked file and so holds that lock until its last process is gone. That tells for
certain whether it lives, without trusting a process number in a file, which somebody else may have by now.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from config.embedded import locks
from config.embedded.errors import PartsError
from config.embedded.place import Place

# Recovery after a power cut may take a while; a server that is alive is given this long to answer.
START_SECONDS = 120
STOP_SECONDS = 60
LOG_BYTES = 5_000_000

# Servers that are children of this process, to be waited for when they end: in many containers nobody else does.
_children: list[int] = []


class Server:
    """One embedded server over the data of one place."""

    title: str
    name: str
    stop_signal: signal.Signals
    last_resort: signal.Signals

    def __init__(self, place: Place) -> None:
        self.place = place
        self.data = place.base / self.name
        self.log = place.var / f"{self.name}.log"

    # --- What each server says for itself ---

    def answers(self) -> bool:
        """Tell whether the server takes commands now."""
        raise NotImplementedError

    def prepare(self, lock: int) -> list[str]:
        """Make ready what the server needs and return its command line. Called while no server of this place lives.

        Programs that write in the data folder are handed `lock`: if we are killed, the next start waits for their end.
        """
        raise NotImplementedError

    def process_id(self) -> int:
        """Return the number of the server's main process, read while the server is known to live."""
        raise NotImplementedError

    # --- The same for both; called under the start lock ---

    def start(self) -> None:
        """Start the server unless it runs, and return when it answers."""
        deadline = time.monotonic() + START_SECONDS
        launched = False
        while not self.answers():
            if (lock := self._lock_if_dead()) is not None:
                try:
                    if launched:
                        _bury()
                        raise PartsError(f"{self.title} did not start: {self._last_words()}")
                    self._launch(self.prepare(lock), lock)
                finally:
                    os.close(lock)
                launched = True
            if time.monotonic() > deadline:
                raise PartsError(f"{self.title} does not answer after {START_SECONDS} seconds; its log is {self.log}.")
            time.sleep(0.01)

    def stop(self) -> None:
        """Stop the server if it runs, and return when its last process is gone."""
        for word, seconds in ((self.stop_signal, STOP_SECONDS), (self.last_resort, 10)):
            deadline = time.monotonic() + seconds
            said = False
            while time.monotonic() < deadline:
                if (lock := self._lock_if_dead()) is not None:
                    os.close(lock)
                    _bury()
                    return
                if not said:
                    try:
                        os.kill(self.process_id(), word)
                        said = True
                    except (FileNotFoundError, ProcessLookupError, ValueError):
                        pass  # just starting or just ending: the number is not there yet, or no more
                time.sleep(0.01)
        raise PartsError(f"{self.title} does not stop; its log is {self.log}.")

    def _lock_if_dead(self) -> int | None:
        """Return the server's lock, taken, if no process of it lives."""
        descriptor = locks.open_lock(self.place.base / f"{self.name}.lock")
        if locks.take_now(descriptor):
            return descriptor
        os.close(descriptor)
        return None

    def _launch(self, command: list[str], lock: int) -> None:
        """Start the command in a session of its own, with `lock` as the one descriptor of ours that it keeps."""
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.rename(self.log.with_suffix(".log.old"))
        log = locks.open_private(self.log, os.O_WRONLY | os.O_APPEND)
        try:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=environment(),
                umask=0o077,
                start_new_session=True,
                pass_fds=(lock,),
                **self.place.account.popen_options(),
            )
        finally:
            os.close(log)
        # It may outlive us, and whoever stops it need not be who started it: `_bury` waits for it, not this object.
        child.returncode = 0
        _children.append(child.pid)

    def _last_words(self) -> str:
        return last_words(self.log)


def _bury() -> None:
    """Wait for those of our servers that have ended."""
    for child in list(_children):
        try:
            ended, _status = os.waitpid(child, os.WNOHANG)
        except ChildProcessError:
            ended = child  # a fork's parent had it, or gunicorn has waited for it
        if ended:
            _children.remove(child)


def end_children() -> None:
    """Stop the servers that this process started, where their folder was deleted and tells nothing any more."""
    for child in _children:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGINT)
            os.waitpid(child, 0)
    _children.clear()


def last_words(log: Path) -> str:
    """Return the end of a log as one line."""
    lines = log.read_text(errors="replace").splitlines()[-4:] if log.exists() else []
    return " / ".join(line.strip() for line in lines) or "it said nothing."


def environment() -> dict[str, str]:
    """Return the servers' environment: nothing of ours, so that no PG* variable and no missing locale disturbs them."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
