"""The chain of the audit log: each entry's hash is made of the one before it. Pure: no database, no clock.

What an auditor needs to compute the chain from an exported log stands here and in docs/operations.md.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

BEGINNING = "0" * 64
"""Stands before the first entry, where every other has the hash of the one before it."""


_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Sealed(NamedTuple):
    """What of an entry the hash holds, in this order."""

    number: int
    at: datetime
    written_at: datetime
    person: int | None
    api_key: int | None
    action: str
    kind: str
    row: int | None
    reference: str
    fields: Sequence[str]
    was: str
    became: str
    shown: int | None


def canonical(entry: Sealed) -> str:
    """Return the entry as the one text that is hashed: a JSON array without spaces, moments in UTC to the microsecond."""
    return _written([_plain(value) for value in entry])


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return value


def link(before: str, entry: Sealed) -> str:
    """Return the entry's hash: SHA-256, in hexadecimal, of the hash before it, a line feed, and the canonical text."""
    return hashlib.sha256(f"{before}\n{canonical(entry)}".encode()).hexdigest()
