"""The one door by which rows of a history may be deleted: where what they are about is erased."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def erasing() -> Iterator[None]:
    """Let histories (`organisation.audited.only_added_to`) be deleted from until the end of the block, by this transaction.

    Call it in a transaction. That something was erased stands in the audit log, from which nothing is ever deleted.
    """
    _say("on")
    yield
    _say("off")  # after an error the transaction is rolled back, and this with it


def _say(word: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('innspill.erasing', %s, true)", [word])
