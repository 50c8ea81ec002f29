"""Work in a process of its own: for libraries that are heavy, or keep what they made for as long as their process lives.

Web workers and workers stay small and alike (docs/decisions/0049-heavy-work-in-a-process-of-its-own.md). What is called
takes and returns what can be pickled, needs neither settings nor database, and imports its libraries where it uses them.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from threading import BoundedSemaphore, Event, Timer
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_ROOT = Path(__file__).resolve().parent.parent
_COMMAND = [sys.executable, "-c", "from organisation.aside_program import main; main()"]
"""Begins at `_ROOT`, and with as few modules as can be: a document of a page takes as long to make as Python to start."""
_AT_ONCE = BoundedSemaphore(2)
"""Each takes memory and a core or more: the threads of a web worker wait for each other."""


class NotDone(RuntimeError):
    """The process took too long, or died. What it said stands in our own standard error."""


def aside(function: Callable[P, R], *, seconds: float) -> Callable[P, R]:
    """Return the same function of a module of ours, run in another process: a new one, or that of `one_process`.

    Raises what `function` raises, and NotDone, also where a call takes longer than `seconds`.
    """

    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        with one_process() as process:
            found: R = process.call(function, args, kwargs, seconds)
            return found

    return call


class _Process:
    """A process that is started when it is first asked, and ended with the block it is for."""

    def __init__(self) -> None:
        self._started: subprocess.Popen[bytes] | None = None

    def call(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], seconds: float) -> Any:
        if self._started is None:
            _AT_ONCE.acquire()
            try:
                self._started = subprocess.Popen(_COMMAND, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            except BaseException:
                _AT_ONCE.release()
                raise
        process = self._started
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018
        asked, over = pickle.dumps((function, args, kwargs)), Event()

        def give_up() -> None:
            over.set()
            process.kill()

        timer = Timer(seconds, give_up)
        timer.start()
        try:
            process.stdin.write(asked)
            process.stdin.flush()
            raised, found = pickle.load(process.stdout)  # noqa: S301 - from our own program
        except (EOFError, OSError, pickle.UnpicklingError):
            process.wait()
            self.end()
            raise NotDone(
                f"Not done within {seconds:g} seconds." if over.is_set() else f"Ended with {process.returncode}."
            ) from None
        finally:
            timer.cancel()
        if raised:
            raise found
        return found

    def end(self) -> None:
        process, self._started = self._started, None
        if process is not None:
            with process:
                process.kill()
            _AT_ONCE.release()


_shared: ContextVar[_Process | None] = ContextVar("_shared", default=None)


@contextmanager
def one_process() -> Iterator[_Process]:
    """Let all calls within share one process, which starts with the first and ends with the block: many short ones."""
    if (outer := _shared.get()) is not None:
        yield outer
        return
    process = _Process()
    token = _shared.set(process)
    try:
        yield process
    finally:
        _shared.reset(token)
        process.end()
