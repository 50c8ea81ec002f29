"""Secrets that must be read again, to sign with: encrypted where they lie. What is only compared is kept as a digest."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Unreadable(Exception):
    """None of the keys in the settings opens it: it was written under another."""


def closed(secret: bytes, *, purpose: str) -> str:
    """Return `secret` encrypted and sealed by the first of the settings' keys, for this purpose alone."""
    return _ring(purpose).encrypt(secret).decode()


def opened(text: str, *, purpose: str) -> bytes:
    """Return what `closed` closed. Raises Unreadable where no key of the settings fits."""
    try:
        return _ring(purpose).decrypt(text)
    except InvalidToken:
        raise Unreadable from None


def _ring(purpose: str) -> MultiFernet:
    return MultiFernet([Fernet(_key(text, purpose)) for text in settings.ENCRYPTION_KEYS])


def _key(text: str, purpose: str) -> bytes:
    """A key for one purpose, of a text of any length (HKDF, RFC 5869)."""
    made = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=f"innspill:{purpose}".encode())
    return base64.urlsafe_b64encode(made.derive(text.encode()))
