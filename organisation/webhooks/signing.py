"""Sign what is sent as the Standard Webhooks specification 1.0 says, so that a receiver can use any library for it.

The content that is signed is `id.timestamp.body`; the signature HMAC-SHA256 in base64 after `v1,`. Of several with blanks
between one must fit. No database, no clock.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping

PREFIX = "whsec_"
BYTES = 32


def new_secret() -> str:
    """Return a secret as it is shown: `whsec_` and 256 random bits in base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(BYTES)).decode()


def signature(secret: str, key: str, timestamp: int, body: bytes) -> str:
    """Return `v1,…`: the signature by one secret, as `new_secret` gives it, of a body sent at `timestamp` (Unix seconds)."""
    secret_bytes = base64.b64decode(secret.removeprefix(PREFIX))
    content = f"{key}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(secret_bytes, content, hashlib.sha256)).decode()


def headers(signing: Iterable[str], key: str, timestamp: int, body: bytes) -> Mapping[str, str]:
    """Return the three headers of the specification, with a signature by each of the secrets."""
    return {
        "webhook-id": key,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(secret, key, timestamp, body) for secret in signing),
    }
