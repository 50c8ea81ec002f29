"""Reads on signing in: where somebody is signed in, how they came in lately, and by what second step."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import QuerySet

from organisation.models import BrowserSession, Person, SignIn
from organisation.queries import needs_second_step

LINES = 20
"""Of the sign-in log on a page."""


class SecondStep(NamedTuple):
    """What somebody has set up for the second step."""

    app: Authenticator | None
    keys: list[Authenticator]
    codes_left: int | None

    @property
    def is_there(self) -> bool:
        return self.app is not None or bool(self.keys)


def sessions_of(person: Person, *, now: datetime) -> QuerySet[BrowserSession]:
    """Return the sessions of `person` that go on, the one used last first."""
    return (
        BrowserSession.objects.filter(person=person, expire_date__gt=now)
        .order_by("-seen_at", "pk")
        .defer("session_data")
    )


def latest_sign_ins(person: Person) -> list[SignIn]:
    """Return the newest lines of the log about `person`."""
    return list(SignIn.objects.filter(person=person)[:LINES])


def second_step_of(person: Person) -> SecondStep:
    """Return what `person` has set up (one query)."""
    found = list(Authenticator.objects.filter(user=person).order_by("pk"))
    codes = next((each for each in found if each.type == Authenticator.Type.RECOVERY_CODES), None)
    return SecondStep(
        app=next((each for each in found if each.type == Authenticator.Type.TOTP), None),
        keys=[each for each in found if each.type == Authenticator.Type.WEBAUTHN],
        codes_left=_left(codes) if codes is not None else None,
    )


def _left(codes: Authenticator) -> int:
    """How many recovery codes are unused: read off the mask, so that no secret is opened for a number."""
    total: int = getattr(settings, "MFA_RECOVERY_CODE_COUNT", 10)
    return total - int(codes.data.get("used_mask", 0)).bit_count()


def may_have_token(person: Person) -> bool:
    """Whether an API token may be given to `person` for the password alone: only where no second step is to be passed."""
    if settings.SECOND_STEP_DEMANDED and needs_second_step(person):
        return False
    return (settings.PASSWORDS_FOR_ALL or person.is_emergency) and not second_step_of(person).is_there
