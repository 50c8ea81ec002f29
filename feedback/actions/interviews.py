"""May we ring you later for an interview? Asked at the end of the callback, or on the submitter's own page."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.actions.base import take, write
from feedback.consent import WORDING
from feedback.errors import Refused
from feedback.models import Callback, Card, CardEvent, InterviewConsent
from feedback.workflow import Step
from organisation.models import Person


class NoAnswerYet(Refused):
    code = "no_answer_yet"
    field = "interview"
    message = _("That is asked when the message has been answered.")


class NoPhone(Refused):
    code = "no_phone"
    field = "interview"
    message = _("There is no phone number to ring.")


def keep_interview_answer(
    card: Card, *, agreed: bool, by: Person | None, now: datetime, wording: str = WORDING
) -> InterviewConsent:
    """Keep yes or no in place of what was kept before. In the caller's transaction, which holds the card.

    Raises NoPhone for a yes where there is no number.
    """
    if agreed and not getattr(getattr(card, "submitter", None), "phone", ""):
        raise NoPhone
    known = InterviewConsent.objects.filter(card=card).first()
    if known is not None and known.agreed == agreed:
        return known
    kept, _made = InterviewConsent.objects.update_or_create(
        card=card,
        defaults={
            "agreed": agreed, "wording": wording, "cycle": card.cycle, "recorded_at": now, "recorded_by": by
        },
    )  # fmt: skip
    write(
        card,
        CardEvent.What.INTERVIEW_ANSWERED,
        by=by,
        now=now,
        from_value="" if known is None else "yes" if known.agreed else "no",
        to_value="yes" if agreed else "no",
        wording=wording,
    )
    return kept


def answer_interview(card: Card, *, agreed: bool, now: datetime) -> InterviewConsent:
    """Keep what the submitter says on the own page; no, said after yes, withdraws it at once.

    Raises NoAnswerYet for a yes before the callback, NoPhone.
    """
    with transaction.atomic():
        card = take(card, Step.INTERVIEW, None)
        if agreed and not Callback.objects.filter(card=card, cycle=card.cycle).exists():
            raise NoAnswerYet
        return keep_interview_answer(card, agreed=agreed, by=None, now=now)
