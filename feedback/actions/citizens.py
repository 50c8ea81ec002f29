"""Sign a citizen in and out, and keep which cards were sent signed in. A citizen's session opens no page of staff."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from feedback.citizen_provider import Citizen, digest
from feedback.models import Card, CitizenSession, SignedCard


def begin_session(citizen: Citizen, *, now: datetime) -> str:
    """Sign somebody in who came back from the provider. Returns the key that only their browser keeps."""
    key = secrets.token_urlsafe(32)
    CitizenSession.objects.create(
        key=_digest(key), signer=citizen.signer, subject=citizen.subject, there=citizen.there, name=citizen.name,
        started_at=now, ends_at=_ends(now, now),
    )  # fmt: skip
    return key


def seen(key: str, *, now: datetime) -> CitizenSession | None:
    """Return the session that the key opens, None where it has ended. A tenth of the idle time after the last time, its
    end is put off: at most until `CITIZEN_HOURS` after signing in."""
    session = CitizenSession.objects.filter(key=_digest(key), ends_at__gt=now).first()
    if session is None:
        return None
    ends = _ends(session.started_at, now)
    if ends - session.ends_at >= timedelta(minutes=settings.CITIZEN_IDLE_MINUTES) / 10:
        session.ends_at = ends
        # Not `save`, which would bring back a session that was ended just now.
        CitizenSession.objects.filter(pk=session.pk).update(ends_at=ends)
    return session


def end_session(key: str) -> None:
    CitizenSession.objects.filter(key=_digest(key)).delete()


def end_sessions_there(*, subject: str = "", session: str = "") -> int:
    """End what is over at the provider: its `session`, or all of its `subject` where none is named. Returns how many."""
    if not subject and not session:
        return 0
    there = Q(there=digest("session", session)) if session else Q()
    whose = Q(subject=digest("subject", subject)) if subject else Q()
    return CitizenSession.objects.filter(there & whose).delete()[0]


def delete_ended_sessions(*, now: datetime) -> int:
    return CitizenSession.objects.filter(ends_at__lte=now).delete()[0]


def sign_card(card: Card, session: CitizenSession) -> None:
    """Write down, in the caller's transaction, that the card is this citizen's."""
    SignedCard.objects.create(card=card, signer=session.signer)


def _ends(started: datetime, now: datetime) -> datetime:
    idle, longest = timedelta(minutes=settings.CITIZEN_IDLE_MINUTES), timedelta(hours=settings.CITIZEN_HOURS)
    return min(now + idle, started + longest)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
