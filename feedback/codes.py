"""The code on a receipt: with it and the reference a submitter finds the private page without the link. Pure.

The letters are those of every code that somebody types from paper; `surveys.codes` has them from here.
"""

from __future__ import annotations

import hashlib
import hmac

# No I, L, O or U: nobody takes them for 1, 0 or V when the code is read aloud or from paper (Crockford's base 32).
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TAKEN_FOR = str.maketrans("ILOU", "110V")
LENGTH = 8
"""Letters in a code: 40 bits, too many to try out over the net."""


def typed_letters(typed: str) -> str:
    """Return what somebody typed without case, dashes and spaces, and with letters that look alike as the one meant."""
    return "".join(c for c in typed.upper() if c.isalnum()).translate(_TAKEN_FOR)


def code_of(secret: str) -> str:
    """Return the code of the card with this secret, as in «K7QM-2XPD». From the code the secret cannot be found."""
    digest = hashlib.sha256(f"innspill code {secret}".encode()).digest()
    number = int.from_bytes(digest[:5], "big")
    letters = "".join(LETTERS[(number >> (5 * place)) & 31] for place in range(LENGTH))
    return f"{letters[:4]}-{letters[4:]}"


def is_code_of(secret: str, typed: str) -> bool:
    """Whether `typed` is the code of this secret; case, dashes, spaces and letters that look alike do not matter."""
    return hmac.compare_digest(typed_letters(typed).encode(), code_of(secret).replace("-", "").encode())
