"""Write why a card is late: for the leader, the service centre and, where it comes up again, the chief executive."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.actions.base import take, words, write
from feedback.errors import Refused
from feedback.models import Card, CardEvent
from feedback.workflow import Step
from organisation.models import Person
from organisation.queries import municipality, working_calendar


class NotLate(Refused):
    code = "not_late"
    message = _("The card is not over its deadline.")


def explain_delay(card: Card, *, reason: str, by: Person | None, now: datetime) -> CardEvent:
    """Write down why an overdue card is not answered yet. The submitter does not see it; the latest one counts.

    Raises NotLate, TextMissing, NotAllowed, WrongState.
    """
    with transaction.atomic():
        card = take(card, Step.EXPLAIN_DELAY, by)
        if working_calendar(municipality()).local_date(now) <= card.due_on:
            raise NotLate
        return write(card, CardEvent.What.DELAY_EXPLAINED, by=by, now=now, note=words(reason, "reason"))
