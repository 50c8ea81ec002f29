"""Several people at once: each in a thread of its own, with a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls at the same moment and return what each returned or raised, in their order."""
    barrier = threading.Barrier(len(calls))
    answers: list[Any] = [None] * len(calls)

    def run(number: int, call: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=20)
            answers[number] = call()
        except Exception as error:  # noqa: BLE001  (handed to the test)
            answers[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive(), "a call never came back"
    return answers


def errors(answers: Sequence[Any]) -> list[str]:
    """Return the names of what was raised."""
    return sorted(type(answer).__name__ for answer in answers if isinstance(answer, Exception))
