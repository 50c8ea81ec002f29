"""The submitter asks that a completed card be opened again. The answer is the reopening, or a no that says why."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback import mails
from feedback.actions.base import take, words, write
from feedback.actions.submitter import own_words
from feedback.errors import Refused
from feedback.models import Card, CardEvent, ReopeningRequest
from feedback.workflow import Step
from organisation.models import Person
from organisation.outbox.queueing import queue_mails
from organisation.queries import municipality, service_centre


class AskedAlready(Refused):
    code = "asked_already"
    message = _("You have asked already. We answer here.")


class NobodyAsks(Refused):
    code = "nobody_asks"
    message = _("No request to reopen this card waits for an answer.")


def ask_reopening(card: Card, *, reason: str, now: datetime) -> ReopeningRequest:
    """Ask for the submitter that a completed card be opened again, and tell the service centre.

    Raises TextMissing, TooLongText, AskedAlready while an earlier request waits, WrongState.
    """
    with transaction.atomic():
        card = take(card, Step.ASK_REOPENING, None)
        if ReopeningRequest.objects.filter(card=card, answered_at__isnull=True).exists():
            raise AskedAlready
        reason = own_words(words(reason, "reason"), "reason")
        asked = ReopeningRequest.objects.create(card=card, cycle=card.cycle, reason=reason, recorded_at=now)
        write(card, CardEvent.What.REOPENING_ASKED, by=None, now=now, request=asked.pk)
        queue_mails(mails.reopening_asked(card, asked, service_centre(), house=municipality()), now=now)
        return asked


def decline_reopening(card: Card, *, reason: str, by: Person | None, now: datetime) -> ReopeningRequest:
    """Answer no to a request to reopen. The reason is for the submitter, who reads it on the private page, and by e-mail
    where there is an address.

    Raises TextMissing, NobodyAsks, NotAllowed, WrongState.
    """
    with transaction.atomic():
        card = take(card, Step.DECLINE_REOPENING, by)
        reason = words(reason, "reason")
        asked = ReopeningRequest.objects.filter(card=card, answered_at__isnull=True).first()
        if asked is None:
            raise NobodyAsks
        asked.answer, asked.answered_at, asked.answer_reason = ReopeningRequest.Answer.DECLINED, now, reason
        asked.save(update_fields=["answer", "answered_at", "answer_reason"])
        write(card, CardEvent.What.REOPENING_DECLINED, by=by, now=now, request=asked.pk)
        queue_mails(mails.reopening_answered(card, asked, house=municipality()), now=now)
        return asked
