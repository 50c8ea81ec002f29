"""What people do with the mails that wait: make a card, file it on a card, dismiss it. And what goes in time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from feedback import mails
from feedback.actions.base import TextMissing, take, words, write
from feedback.actions.correcting import Upload, add_attachments
from feedback.actions.receiving import delete_on, fitting, register_mail
from feedback.errors import NotAllowed, Refused
from feedback.models import Card, CardEvent, IncomingMail
from feedback.rules import may_sort_mail
from feedback.workflow import Step
from organisation.models import Person, Unit
from organisation.outbox.queueing import queue_mails
from organisation.queries import municipality, with_leaders, working_calendar

LONGEST_DECISION = 250

State = IncomingMail.State
TO_DECIDE = (State.WAITING, State.SET_ASIDE)
"""A mail that was set aside by itself may still be brought back by a person."""


class DecidedAlready(Refused):
    code = "decided_already"
    message = _("Somebody has dealt with this mail already.")


class NoSuchCard(Refused):
    code = "no_such_card"
    field = "reference"
    message = _("There is no card with that number. Look at the digits once more.")


class DecisionTooLong(Refused):
    code = "text_too_long"
    field = "reason"
    message = _("This is longer than %(longest)s characters. Shorten it.")


def _take(mail: IncomingMail, by: Person) -> IncomingMail:
    """Return the mail's row as it stands now, locked. Raises NotAllowed, DecidedAlready."""
    if not may_sort_mail(by):
        raise NotAllowed
    locked = IncomingMail.objects.select_for_update(of=("self",)).get(pk=mail.pk)
    if locked.state not in TO_DECIDE:
        raise DecidedAlready
    return locked


def _settle(row: IncomingMail, state: str, *, by: Person, now: datetime) -> None:
    row.state, row.decided_by, row.decided_at, row.delete_on = state, by, now, delete_on(now)
    row.save()


def make_card_of_mail(mail: IncomingMail, *, text: str, uploads: Sequence[Upload], by: Person, now: datetime) -> Card:
    """Register a card with `text` from the sender of the mail, and what came with it. Returns the card.

    The sender gets a receipt where the mail may be answered. Raises TextMissing, NotAllowed, DecidedAlready.
    """
    with transaction.atomic():
        row = _take(mail, by)
        if not text.strip():
            raise TextMissing("text")
        card = register_mail(row, uploads, text, by=by, now=now)
        row.card = card
        _settle(row, State.CARD, by=by, now=now)
        return card


def file_mail(
    mail: IncomingMail, card: Card | None, *, uploads: Sequence[Upload], by: Person, now: datetime
) -> CardEvent:
    """Put the mail on a card as an internal note with its sender's name and address, and tell who works with the card.

    Only staff see it: whoever sent it, it is not shown as the submitter's own words. Raises NoSuchCard, NotAllowed,
    DecidedAlready.
    """
    with transaction.atomic():
        row = _take(mail, by)
        if card is None:
            raise NoSuchCard
        card = take(card, Step.CORRECT, by)
        sender = f"{row.sender_name} <{row.sender}>".strip() if row.sender else row.sender_name
        said = "\n".join(line for line in (sender, row.subject) if line)
        note, over = fitting(f"{said}\n\n{row.text}".strip() or str(_("A mail without words.")))
        row.rest = over + row.rest
        event = write(card, CardEvent.What.MAIL_FILED, by=by, now=now, note=note, mail=row.pk)
        add_attachments(card, list(uploads), by=by, now=now)
        row.card = card
        _settle(row, State.FILED, by=by, now=now)
        house = municipality()
        [unit] = with_leaders(Unit.objects.filter(pk=card.unit_id))
        on = working_calendar(house).local_date(now)
        queue_mails(mails.mail_filed(card, unit, event=event.pk, house=house, on=on), now=now)
        return event


def dismiss_mail(mail: IncomingMail, *, reason: str, by: Person, now: datetime) -> IncomingMail:
    """Take the mail off the queue without a card, and keep why. The sender is told nothing.

    Raises TextMissing, DecisionTooLong, NotAllowed, DecidedAlready.
    """
    with transaction.atomic():
        row = _take(mail, by)
        reason = words(reason, "reason")
        if len(reason) > LONGEST_DECISION:
            raise DecisionTooLong(longest=LONGEST_DECISION)
        row.decision = reason
        _settle(row, State.DISMISSED, by=by, now=now)
        return row


def forget_mails(*, today: date) -> int:
    """Delete the originals whose last day has come; of mails that belong to no card, the sender and the words too.

    What waits for a person stays. The digest stays as well, so that a mail that comes once more is known. Returns how many.
    """
    done = 0
    with transaction.atomic():
        due = IncomingMail.objects.select_for_update(skip_locked=True, of=("self",)).filter(delete_on__lte=today)
        for row in due.exclude(state=State.WAITING).filter(~Q(file=""))[:1000]:
            storage, name = row.file.storage, row.file.name
            row.file = ""
            if row.card_id is None:
                row.sender = row.sender_name = row.subject = row.text = row.rest = row.decision = ""
                row.left_out = []
            row.save()
            transaction.on_commit(lambda storage=storage, name=name: storage.delete(name))  # type: ignore[misc]
            done += 1
    return done
