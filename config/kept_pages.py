"""Public pages are made once and kept in Valkey until something in them changes (docs/decisions/0042).

What a page is made of is asked of the database at each request (`organisation.kept_pages`), before anything else is done for
it. A page that was made of the very same rows, in the same language, on the same day of the municipality's calendar and by
the same release with the same settings is served; the form's token and what else is a visitor's own is put in at its places.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import pickle
import re
import time
import uuid
from collections.abc import Callable
from functools import cache as once
from pathlib import Path
from typing import Any, NamedTuple

import django
import redis
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.http import http_date
from django.utils.translation import get_language

from feedback.views.citizen_session import SIGNED_IN, named
from feedback.views.limits import opened_token
from organisation.kept_pages import Known, Page, ask, key_of

logger = logging.getLogger(__name__)

FRESH: dict[str, Callable[[HttpRequest], str]] = {
    "csrfmiddlewaretoken": get_token,
    "key": lambda request: str(uuid.uuid4()),
    "opened": lambda request: opened_token(timezone.now()),
}
"""Hidden fields that each visitor gets anew. One of a form with a prefix («add-key») is known by what follows it."""

_PLACES = re.compile(
    rb'(<input type="hidden" name="(?:[a-z]+-)?(' + "|".join(FRESH).encode() + rb')" value=")[^"]*(?=")'
)
LEFT_ALONE = 10
"""Seconds for which Valkey is not asked again after it did not answer: nobody's page waits for it twice."""


class Kept(NamedTuple):
    """A page as it was made. Between two of its `pieces` comes the field of that name, made anew."""

    version: str
    pieces: list[bytes]
    fields: list[str]
    headers: dict[str, str]
    policy: Any
    """What the page adds to the Content-Security-Policy: see django-csp."""


class KeptPagesMiddleware:
    """Answers before a view is called where its page is kept, and keeps what it made where it is not.

    Stands before MunicipalityMiddleware, which asks the database as well, and behind what compresses.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.away_until = 0.0
        release()  # reads all of the code: now, and not while somebody waits

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        known: Known | None = getattr(request, "page_to_keep", None)
        if known is not None and isinstance(response, HttpResponse) and response.status_code == 200:
            self._keep(known, _taken_apart(known, response))
        return response

    def process_view(self, request: HttpRequest, view: object, _args: object, kwargs: dict[str, Any]) -> Any:
        """Return the kept page, None where there is none to serve."""
        page: Page | None = getattr(view, "kept_page", None)
        if page is None or not settings.KEEP_PAGES or not _of_everybody(request) or time.monotonic() < self.away_until:
            return None
        if (asked := ask(page.sql, kwargs)) is None:
            return None
        request.municipality = asked.house  # type: ignore[attr-defined]
        now = timezone.now()
        if (known := page.known(asked, kwargs, now)) is None:
            return None
        day, language = now.astimezone(asked.house.zone).date(), get_language() or ""
        known = known._replace(name=key_of(known.name, language), version=f"{release()}|{day}|{known.version}")
        try:
            closed = cache.get(known.name)
        except (redis.RedisError, OSError):
            self._leave_alone()
            return None
        found = _opened(closed, known.secret) if isinstance(closed, bytes) else None
        if found is not None and found.version == known.version:
            return _served(request, found)
        request.page_to_keep = known  # type: ignore[attr-defined]
        return None

    def _keep(self, known: Known, kept: Kept) -> None:
        try:
            cache.set(known.name, _closed(kept, known.secret), known.seconds)
        except (redis.RedisError, OSError):
            self._leave_alone()

    def _leave_alone(self) -> None:
        logger.warning("The cache is away: public pages are made anew.")
        self.away_until = time.monotonic() + LEFT_ALONE


def _of_everybody(request: HttpRequest) -> bool:
    """Whether the page is asked for as anybody would: not by somebody who is signed in or has a message waiting."""
    others = {settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name, named(SIGNED_IN)}
    return (
        request.method == "GET"
        and not request.META.get("QUERY_STRING")
        and "HTTP_HX_REQUEST" not in request.META
        and others.isdisjoint(request.COOKIES)
    )


def _taken_apart(known: Known, response: HttpResponse) -> Kept:
    pieces, fields, at = [], [], 0
    for place in _PLACES.finditer(response.content):
        pieces.append(response.content[at : place.end(1)])
        fields.append(place[2].decode())
        at = place.end()
    headers = {name: value for name, value in response.headers.items() if name not in ("Content-Length", "Expires")}
    policy = getattr(response, "_csp_update", None)
    return Kept(known.version, [*pieces, response.content[at:]], fields, headers, policy)


def _served(request: HttpRequest, kept: Kept) -> HttpResponse:
    values = {field: FRESH[field](request).encode() for field in kept.fields}
    body = [kept.pieces[0]]
    for field, piece in zip(kept.fields, kept.pieces[1:], strict=True):
        body += (values[field], piece)
    response = HttpResponse(b"".join(body), headers=kept.headers)
    if "max-age=0" in kept.headers.get("Cache-Control", ""):
        response.headers["Expires"] = http_date(time.time())
    if kept.policy is not None:
        response._csp_update = kept.policy  # type: ignore[attr-defined]
    return response


# --- What lies in Valkey -------------------------------------------------------------------------------------------


def _closed(kept: Kept, secret: str) -> bytes:
    """Return it as bytes; with a secret nobody reads them who does not know it, whatever else is known here."""
    plain = pickle.dumps(tuple(kept))
    if not secret:
        return plain
    nonce = os.urandom(12)
    return nonce + _cipher(secret).encrypt(nonce, plain, None)


def _opened(closed: bytes, secret: str) -> Kept | None:
    """Return what was kept; None where it was closed with another secret, or by a release that kept something else."""
    try:
        plain = _cipher(secret).decrypt(closed[:12], closed[12:], None) if secret else closed
        return Kept(*pickle.loads(plain))  # noqa: S301 (the cache is ours: Django pickles whatever lies there)
    except (InvalidTag, ValueError, TypeError):
        return None


def _cipher(secret: str) -> AESGCM:
    return AESGCM(hashlib.sha256(b"kept page:" + secret.encode()).digest())


# --- Which release made it -----------------------------------------------------------------------------------------

_CODE = ("config", "organisation", "feedback", "surveys", "reporting", "templates", "locale")


@once
def release() -> str:
    """Return a sum of all that a page depends on and that stays while a process runs: code, templates, translations,
    names of static files, and settings. A page that another release made, or this one with other settings, is not served.
    """
    return hashlib.sha256(f"{_code()} {json.dumps(_settings(), sort_keys=True)}".encode()).hexdigest()[:16]


@once
def _code() -> str:
    found = hashlib.sha256(django.get_version().encode())
    files = [settings.BASE_DIR / "requirements.txt", Path(settings.STATIC_ROOT) / "staticfiles.json"]
    for folder in _CODE:
        files += (path for path in (settings.BASE_DIR / folder).rglob("*") if path.suffix not in (".pyc", ".po"))
    for path in sorted(files):
        if path.is_file():
            found.update(f"{path.name}\n".encode() + path.read_bytes())
    return found.hexdigest()


def _settings() -> dict[str, str]:
    """The settings by name. What has no plain words, such as a lazy translation, is part of the code."""

    def said(value: object) -> str:
        if isinstance(value, set | frozenset):
            return str(sorted(map(str, value)))
        return str(value) if isinstance(value, Path) else type(value).__name__

    return {
        name: json.dumps(getattr(settings, name), default=said, skipkeys=True)
        for name in dir(settings)
        if name.isupper()
    }
