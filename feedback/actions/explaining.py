"""Write why a card is late: for the leader, the service centre and, where it comes up again, the chief executive."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.actions.base import take, words, write
from feedback.answer_links import AnswerLink, LinkState, standing_of
from feedback.errors import Refused
from feedback.models import Card, CardEvent
from feedback.workflow import Step
from organisation.models import Person
from organisation.queries import municipality, working_calendar


class NotLate(Refused):
    code = "not_late"
    message = _("The card is not over its deadline.")


def explain_delay(card: Card, *, reason: str, by: Person | None, now: datetime, by_link: bool = False) -> CardEvent:
    """Write down why an overdue card is not answered yet. The submitter does not see it; the latest one counts.

    `by_link`: `by` did not sign in, but came by the link in the list's mail, and the history says so.

    Raises NotLate, TextMissing, NotAllowed, WrongState.
    """
    with transaction.atomic():
        card = take(card, Step.EXPLAIN_DELAY, by)
        if working_calendar(municipality()).local_date(now) <= card.due_on:
            raise NotLate
        said = {"by_link": True} if by_link else {}
        return write(card, CardEvent.What.DELAY_EXPLAINED, by=by, now=now, note=words(reason, "reason"), **said)


class LinkUsed(Refused):
    """Somebody wrote, the card was answered, or it went to another unit since the mail was sent."""

    code = "link_used"
    message = _("This link has been used, or the message is no longer waiting. Sign in to see how it stands.")


def explain_by_link(link: AnswerLink, *, reason: str, now: datetime) -> CardEvent:
    """Do the same for whoever holds the link of a list's mail, once. Raises LinkUsed, and what explain_delay raises."""
    with transaction.atomic():
        Card.objects.select_for_update(no_key=True).only("pk").get(pk=link.entry.card_id)
        link = link.read_anew()
        if standing_of(link, now) != LinkState.OPEN:
            raise LinkUsed
        return explain_delay(link.entry.card, reason=reason, by=link.person, now=now, by_link=True)
