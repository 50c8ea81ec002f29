"""Mark a card as sensitive, name who may open it besides the leader, and write down each look (docs/decisions/0032)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.actions.base import TextMissing, take, words, write
from feedback.errors import Refused
from feedback.models import (
    Card,
    CardEvent,
    CardLook,
    CardLookNote,
    CardReader,
    LookReason,
    MarkReason,
    UnmarkReason,
)
from feedback.queries import latest_look, may_be_named
from feedback.rules import opens_sensitive_cards_of
from feedback.workflow import Step
from organisation.models import Person

GOES_ON_FOR = timedelta(hours=12)
"""So long after a look a form that was opened then is still taken: it is written down as a look with the same reason."""


class AlreadySo(Refused):
    code = "already_so"
    message = _("That is so already.")


class NobodyAnswers(Refused):
    """Nobody could open the card there."""

    code = "nobody_answers"
    field = "unit"
    message = _("«%(unit)s» has nobody who may open a sensitive card: no leader, no deputy, and none above.")


class CannotBeNamed(Refused):
    code = "cannot_be_named"
    field = "person"
    message = _("Only somebody who works with cards can be named, and only once.")


class LookReasonMissing(Refused):
    code = "reason_needed"
    field = "reason"
    message = _("Say why you open this card.")


def mark_sensitive(card: Card, *, reason: str, by: Person, now: datetime, note: str = "") -> Card:
    """Mark a card as sensitive. The case handler who has it is named, unless it is about somebody who works here: then
    the delegation is taken back.

    Raises AlreadySo, NobodyAnswers, TextMissing where the reason is «something else» and nothing is written, NotAllowed.
    """
    with transaction.atomic():
        card = take(card, Step.MARK_SENSITIVE, by)
        if card.sensitive:
            raise AlreadySo
        code = MarkReason(reason)
        if code == MarkReason.OTHER:
            note = words(note, "note")
        check_somebody_opens(card)
        card.sensitive = True
        if code == MarkReason.STAFF:
            card.handler = None
        card.save(update_fields=["sensitive", "handler"])
        if card.handler_id is not None:
            CardReader.objects.get_or_create(card=card, person_id=card.handler_id, defaults={"named_at": now})
        write(card, CardEvent.What.MARKED_SENSITIVE, by=by, now=now, to_value=code, note=note.strip())
        return card


def unmark_sensitive(card: Card, *, reason: str, by: Person, now: datetime) -> Card:
    """Take the mark off: everybody who sees the unit's cards sees this one again. Raises AlreadySo, NotAllowed."""
    with transaction.atomic():
        card = take(card, Step.UNMARK_SENSITIVE, by)
        if not card.sensitive:
            raise AlreadySo
        card.sensitive = False
        card.save(update_fields=["sensitive"])
        CardReader.objects.filter(card=card).delete()
        write(card, CardEvent.What.UNMARKED_SENSITIVE, by=by, now=now, to_value=UnmarkReason(reason))
        return card


def name_reader(card: Card, *, person: Person, by: Person, now: datetime) -> CardReader:
    """Let `person` open a sensitive card. Raises AlreadySo where it is not sensitive, CannotBeNamed, NotAllowed."""
    with transaction.atomic():
        card = take(card, Step.NAME_READER, by)
        if not card.sensitive:
            raise AlreadySo
        if not may_be_named(card).filter(pk=person.pk).exists():
            raise CannotBeNamed
        named = CardReader.objects.create(card=card, person=person, named_at=now)
        write(card, CardEvent.What.READER_NAMED, by=by, now=now, to_value=person.pk)
        return named


def unname_reader(card: Card, *, person: Person, by: Person, now: datetime) -> Card:
    """Let `person`, who was named, open the card no more; if it was delegated to them, it is no longer.

    Raises AlreadySo where the person is not named, NotAllowed.
    """
    with transaction.atomic():
        card = take(card, Step.UNNAME_READER, by)
        gone, _each = CardReader.objects.filter(card=card, person=person).delete()
        if not gone:
            raise AlreadySo
        if card.handler_id == person.pk:
            card.handler = None
            card.save(update_fields=["handler"])
        write(card, CardEvent.What.READER_UNNAMED, by=by, now=now, to_value=person.pk)
        return card


def look(
    card: Card, *, reason: str, by: Person, now: datetime, text: str = "", how: str = CardLook.By.PAGE
) -> CardLook:
    """Write down that `by` opens a sensitive card, and why.

    Raises LookReasonMissing for a reason that is none, TextMissing where it is «something else» and nothing is written.
    The caller has made sure that `by` may open the card.
    """
    if reason not in LookReason.values:
        raise LookReasonMissing
    text = text.replace("\x00", "").strip()[:500]
    if reason == LookReason.OTHER and not text:
        raise TextMissing("text")
    with transaction.atomic():
        made = CardLook.objects.create(card=card, person=by, at=now, reason=reason, by=how)
        if text:
            CardLookNote.objects.create(look=made, text=text)
    return made


def is_open_to(card: Card, *, by: Person, now: datetime, goes_on: bool = False) -> bool:
    """Whether `by` has said why within SENSITIVE_LOOK_MINUTES.

    With `goes_on` a form is sent: one that was opened at an earlier look of the last hours is taken, so that nothing typed
    is lost, and is written down as a look with that look's reason.
    """
    latest = latest_look(card, by)
    if latest is None:
        return False
    if now - latest.at < timedelta(minutes=settings.SENSITIVE_LOOK_MINUTES):
        return True
    if not goes_on or now - latest.at >= GOES_ON_FOR:
        return False
    CardLook.objects.create(card=card, person=by, at=now, reason=latest.reason)
    return True


def check_somebody_opens(card: Card) -> None:
    """Raise NobodyAnswers where nobody could open the card with the unit that it is with."""
    if not opens_sensitive_cards_of(card.unit):
        raise NobodyAnswers(unit=card.unit.name)
