"""Sessions in the database with whose they are, so that they can be listed and ended, and with their two limits.

A session ends when nothing was asked for during `SESSION_IDLE_MINUTES`, and `SESSION_HOURS` after signing in whatever
was asked for. Both are in the row's `expire_date`, which Django's own query asks for: no request costs a statement more,
but one now and then, when a tenth of the idle time has gone since the row was last written.

Read and written by Django's middleware, which is an edge: the clock is read here.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from organisation.models import BrowserSession

STARTED, SEEN = "started_at", "seen_at"
ABOUT = "signed_in"
"""Under this name the session holds how and from where somebody signed in: way, address, browser, and the identity
provider's names for its session and the person."""


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> type[BrowserSession]:
        return BrowserSession

    def load(self) -> dict[str, Any]:
        """Read the session; have it written anew where it is to go on from here."""
        data: dict[str, Any] = super().load()
        idle, longest = _limits()
        if SEEN in data and idle < longest and timezone.now() - datetime.fromisoformat(data[SEEN]) > idle / 10:
            self.modified = True
        return data

    def cycle_key(self) -> None:
        """Begin anew: at signing in, and after a password was changed."""
        self.pop(STARTED, None)
        super().cycle_key()

    def create_model_instance(self, data: dict[str, Any]) -> BrowserSession:
        row = cast(BrowserSession, super().create_model_instance(data))
        if SESSION_KEY not in data:
            return row
        now = timezone.now()
        idle, longest = _limits()
        started = datetime.fromisoformat(data.setdefault(STARTED, now.isoformat()))
        data[SEEN] = now.isoformat()
        row.session_data = self.encode(data)
        row.person_id = int(data[SESSION_KEY])
        row.started_at, row.seen_at = started, now
        row.expire_date = min(now + idle, started + longest)
        about = data.get(ABOUT, {})
        row.way, row.address = about.get("way", ""), about.get("address", "")
        row.browser, row.provider_session = about.get("browser", ""), about.get("provider_session", "")
        row.provider_subject = about.get("provider_subject", "")
        return row


def _limits() -> tuple[timedelta, timedelta]:
    return timedelta(minutes=settings.SESSION_IDLE_MINUTES), timedelta(hours=settings.SESSION_HOURS)
