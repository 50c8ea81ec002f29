"""Write down when paper cards went out, put it right, and take away what was written by mistake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.errors import ChangedMeanwhile, NotAllowed, Refused
from feedback.models import Mailing
from feedback.models.mailings import MOST_CARDS
from feedback.rules import may_inform
from organisation.models import Person
from organisation.queries import municipality, working_calendar

EARLIEST = date(1990, 1, 1)


class ImpossibleDay(Refused):
    code = "impossible_date"
    field = "sent_on"
    message = _("Cards that went out have a day from 1990 until today. Write down a mailing when it has gone out.")


class ImpossibleNumber(Refused):
    code = "impossible_number"
    field = "cards"
    message = _("Write how many cards went out: a number from 1 to ten million.")


class NoLanguage(Refused):
    code = "no_language"
    field = "languages"
    message = _("Choose the language of the cards, one or more.")


class MailingIsGone(ChangedMeanwhile):
    message = _("Somebody removed this mailing meanwhile.")


@dataclass(frozen=True)
class SentOut:
    """What went out: `sent_on` is a local day, `area` where in words (empty for the whole municipality)."""

    sent_on: date
    cards: int
    how: str
    languages: Sequence[str]
    area: str = ""
    note: str = ""


def record_mailing(sent: SentOut, *, by: Person, now: datetime) -> Mailing:
    """Write down a mailing. Raises NotAllowed, ImpossibleDay, ImpossibleNumber, NoLanguage."""
    _check(sent, by=by, now=now)
    return Mailing.objects.create(**_fields(sent), recorded_at=now, recorded_by=by)


def correct_mailing(mailing: Mailing, sent: SentOut, *, by: Person, now: datetime) -> Mailing:
    """Put a mailing right. Raises NotAllowed, ImpossibleDay, ImpossibleNumber, NoLanguage, ChangedMeanwhile."""
    _check(sent, by=by, now=now)
    with transaction.atomic():
        found = Mailing.objects.select_for_update().filter(pk=mailing.pk).first()
        if found is None:
            raise MailingIsGone
        for name, value in _fields(sent).items():
            setattr(found, name, value)
        found.recorded_at, found.recorded_by = now, by
        found.save()
        return found


def remove_mailing(mailing: Mailing, *, by: Person) -> None:
    """Take away a mailing that never was. Raises NotAllowed."""
    if not may_inform(by):
        raise NotAllowed
    Mailing.objects.filter(pk=mailing.pk).delete()


def _check(sent: SentOut, *, by: Person, now: datetime) -> None:
    if not may_inform(by):
        raise NotAllowed
    if not EARLIEST <= sent.sent_on <= working_calendar(municipality()).local_date(now):
        raise ImpossibleDay
    if not 1 <= sent.cards <= MOST_CARDS:
        raise ImpossibleNumber
    if not sent.languages or set(sent.languages) - dict(settings.LANGUAGES).keys():
        raise NoLanguage


def _fields(sent: SentOut) -> dict[str, object]:
    return {
        "sent_on": sent.sent_on,
        "cards": sent.cards,
        "how": Mailing.How(sent.how),
        "languages": [code for code, _name in settings.LANGUAGES if code in sent.languages],
        "area": " ".join(sent.area.replace("\x00", "").split()),
        "note": " ".join(sent.note.replace("\x00", "").split()),
    }
