"""The program that `organisation.aside` runs: calls what it is told to, one after the other, until nobody asks any more.

Standard input: pickles of a function, its arguments and its named arguments. Standard output: for each a pickle of whether
the function raised, and of what it raised or returned.
"""

from __future__ import annotations

import os
import pickle
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO


def serve(asked: BinaryIO, answers: BinaryIO) -> None:
    while True:
        try:
            function, args, kwargs = pickle.load(asked)  # noqa: S301 - from our own process
        except EOFError:
            return
        try:
            answer = pickle.dumps((False, function(*args, **kwargs)))
        except Exception as error:  # noqa: BLE001 - raised where it was asked for
            import traceback  # 3 ms, of which most calls have no need

            error.add_note(f"In a process of its own: {traceback.format_exc()}")
            try:
                answer = pickle.dumps((True, error))
            except Exception:  # noqa: BLE001 - whatever a pickle may fail by
                answer = pickle.dumps((True, RuntimeError(traceback.format_exc())))
        answers.write(answer)
        answers.flush()


def main() -> None:
    # What a library prints goes where faults go, not among the answers.
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)
        serve(sys.stdin.buffer, answers)
