"""What other systems name an action by: no row number, which would tell how many there are."""

from __future__ import annotations

import secrets

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without the signs that are read wrongly: 0 and o, 1 and i and l."""
LENGTH = 8


def new_reference() -> str:
    """Return a new reference, «t-7fk3m9qd»: 31 to the power of 8 there are, and the database lets none be twice."""
    return "t-" + "".join(secrets.choice(ALPHABET) for _sign in range(LENGTH))
