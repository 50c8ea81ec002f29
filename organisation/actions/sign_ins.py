"""Signing in: tries counted and slowed, each sign-in written down, sessions ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from math import ceil
from typing import NamedTuple

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext
from rest_framework.authtoken.models import Token

from organisation.actions.base import may_manage, require_manager
from organisation.errors import NotAllowed, Refused
from organisation.models import BrowserSession, FailedTries, Person, SignIn
from organisation.outbox.queueing import Mail, queue_mails
from organisation.permissions import Role
from organisation.queries import people_with
from organisation.tries import FORGOTTEN_AFTER, Counted, still_counted, wait_after


class MustWait(Refused):
    """Too many wrong tries: the next may come in `wait`."""

    code = "must_wait"

    def __init__(self, wait: timedelta) -> None:
        self.wait = wait
        super().__init__(minutes=ceil(wait.total_seconds() / 60))

    def __str__(self) -> str:
        minutes: int = self.values["minutes"]
        return ngettext(
            "Too many wrong tries. Wait %(minutes)d minute and try again, or choose a new password by e-mail.",
            "Too many wrong tries. Wait %(minutes)d minutes and try again, or choose a new password by e-mail.",
            minutes,
        ) % {"minutes": minutes}


class From(NamedTuple):
    """From where and with what somebody came: a network (`places.shortened`) and a browser's name."""

    address: str = ""
    browser: str = ""


NOWHERE = From()


def count_key(by: Counted, *parts: str) -> str:
    """Return under what tries are counted: a digest with our secret, from which no login and no address is read back."""
    return salted_hmac("innspill.tries", "\x00".join([by, *parts]), algorithm="sha256").hexdigest()


def begin_try(keys: Mapping[Counted, str], *, now: datetime) -> None:
    """Count a try before it is looked at: of many at once each is counted. A right one is taken off by `take_back_try`.

    Raises MustWait where one of the counts says so; such a try is not counted, so that nobody's wait is drawn out.
    """
    with transaction.atomic():
        FailedTries.objects.bulk_create(
            [FailedTries(key=key, failures=0, last_at=now) for key in sorted(keys.values())], ignore_conflicts=True
        )
        locked = FailedTries.objects.select_for_update().filter(key__in=keys.values()).order_by("key")
        rows = {row.key: row for row in locked}
        waits = [timedelta(0)]
        for by, key in keys.items():
            row = rows[key]
            row.failures = still_counted(row.failures, row.last_at, now=now)
            waits.append(row.last_at + wait_after(by, row.failures) - now if row.failures else timedelta(0))
        if max(waits) > timedelta(0):
            raise MustWait(max(waits))
        for row in rows.values():
            row.failures, row.last_at = row.failures + 1, now
        FailedTries.objects.bulk_update(rows.values(), ["failures", "last_at"])


def take_back_try(keys: Mapping[Counted, str]) -> None:
    """The try was right: its login and its browser begin at nought. An address keeps its count but for this one: a login
    of one's own must not open the door to everybody else's."""
    own = [key for by, key in keys.items() if by is not Counted.ADDRESS]
    with transaction.atomic():
        FailedTries.objects.filter(key__in=own).delete()
        if (address := keys.get(Counted.ADDRESS)) is not None:
            row = FailedTries.objects.select_for_update().filter(key=address).first()
            if row is not None:
                row.failures = max(row.failures - 1, 0)
                row.save(update_fields=["failures"])


def write_sign_in(
    person: Person | None,
    what: SignIn.What,
    *,
    way: str = "",
    origin: From = NOWHERE,
    now: datetime,
) -> SignIn:
    """Write a line of the sign-in log. The administrators are told when an emergency login was used."""
    emergency = person is not None and person.is_emergency
    with transaction.atomic():
        row = SignIn.objects.create(
            at=now,
            person=person,
            what=what,
            way=way,
            is_emergency=emergency,
            address=origin.address,
            browser=origin.browser,
        )
        if person is not None and emergency and what == SignIn.What.SIGNED_IN:
            mails = [
                Mail(
                    kind="emergency_sign_in",
                    dedupe_key=f"emergency_sign_in:{row.pk}:{to.pk}",
                    to=to.email,
                    language=to.language,
                    context={"person": person.name, "at": now, "address": origin.address, "browser": origin.browser},
                )
                for to in people_with(Role.ADMINISTRATOR)
            ]
            queue_mails(mails, now=now)
    return row


def tell_of_change(person: Person, what: str, *, origin: From, now: datetime) -> None:
    """Mail somebody that their way in was changed: who did not do it themselves learns of it.

    `what` is a word that `mail/_sign_in_change.txt` knows.
    """
    with transaction.atomic():
        mail = Mail(
            kind="sign_in_changed",
            dedupe_key=f"sign_in_changed:{what}:{person.pk}:{now.isoformat()}",
            to=person.email,
            language=person.language,
            context={"what": what, "at": now, "address": origin.address, "browser": origin.browser},
        )
        queue_mails([mail], now=now)


def end_sessions(
    person: Person, *, by: Person | None, now: datetime, keep: str | None = None, only: Iterable[str] | None = None
) -> int:
    """End sessions of `person`: all, all but the one with the key `keep`, or `only` those with these marks. Return how many.

    People end their own, administrators anybody's; None is the machine. Raises NotAllowed.
    """
    if by is not None and by.pk != person.pk and not may_manage(by):
        raise NotAllowed
    with transaction.atomic():
        rows = BrowserSession.objects.filter(person=person)
        rows = rows if keep is None else rows.exclude(pk=keep)
        if only is not None:
            marks = set(only)
            rows = rows.filter(pk__in=[row.pk for row in rows.only("pk") if row.mark in marks])
        ended, _by_model = rows.delete()
        if ended:
            write_sign_in(person, SignIn.What.ENDED, now=now)
    return ended


def end_provider_sessions(*, subject: str, session: str, now: datetime) -> int:
    """End what began at the identity provider and is over there: its `session`, or all of its `subject` where none is named.

    Return how many were ended.
    """
    rows = BrowserSession.objects.exclude(person=None)
    rows = rows.filter(provider_session=session) if session else rows.filter(provider_subject=subject)
    if session and subject:
        rows = rows.filter(provider_subject=subject)
    found = list(rows.select_related("person"))
    for row in found:
        if row.person is not None:
            end_sessions(row.person, by=None, only=[row.mark], now=now)
    return len(found)


def shut_out(person: Person, *, now: datetime) -> None:
    """End all by which somebody whose login is closed is still in: sessions and the API's token."""
    end_sessions(person, by=None, now=now)
    Token.objects.filter(user=person).delete()


def remove_second_step(person: Person, *, by: Person | None, now: datetime) -> None:
    """Take away somebody's app, keys and recovery codes: the telephone is lost. They are told, and signed out everywhere.

    Raises NotAllowed. An administrator's own goes by their own page, where the second step is asked for first.
    """
    require_manager(by)
    if by is not None and by.pk == person.pk:
        raise NotAllowed
    with transaction.atomic():
        Authenticator.objects.filter(user=person).delete()
        end_sessions(person, by=by, now=now)
        write_sign_in(person, SignIn.What.FACTOR_REMOVED, now=now)
        tell_of_change(person, "removed_by_administrator", origin=NOWHERE, now=now)


def forget_sign_ins(*, before: datetime, now: datetime) -> tuple[int, int]:
    """Delete the log's lines from before `before`, and sessions that are over and counts that nothing is added to.

    Return how many lines and how many sessions went.
    """
    lines, _by_model = SignIn.objects.filter(at__lt=before).delete()
    sessions, _by_model = BrowserSession.objects.filter(expire_date__lt=now).delete()
    FailedTries.objects.filter(last_at__lt=now - FORGOTTEN_AFTER).delete()
    return lines, sessions
