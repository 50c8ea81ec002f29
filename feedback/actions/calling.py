"""Reach the submitter: attempts, the contact card after three of them, another agreed way, a preliminary answer."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback import mails
from feedback.actions.base import check_moment, take, words, write
from feedback.actions.intake import UnknownChoice
from feedback.deadlines import moment_of
from feedback.errors import Refused
from feedback.models import Card, CardEvent, ContactAttempt, ContactCard, PreliminaryAnswer, Submitter
from feedback.workflow import State, Step
from organisation.models import Person
from organisation.outbox.queueing import queue_mails
from organisation.queries import municipality, working_calendar


class TooFewAttempts(Refused):
    code = "too_few_attempts"
    message = _("A contact card is sent after %(needed)s calls that failed. So far there are %(made)s.")


class ContactCardMadeAlready(Refused):
    code = "contact_card_made_already"
    message = _("A contact card has been made for this card already.")


class NoContactCard(Refused):
    code = "no_contact_card"
    message = _("There is no contact card that waits to be posted.")


class ImpossiblePosted(Refused):
    code = "impossible_posted_date"
    field = "posted_on"
    message = _("The contact card cannot have been posted before it was made or in the future.")


class NoSuchAttempt(Refused):
    code = "no_such_attempt"
    message = _("The attempt is not on this card, or is undone already.")


class NoCallbackOwed(Refused):
    code = "no_callback_owed"
    message = _("No callback is owed here: register a follow-up instead.")


class NoWayToAnswer(Refused):
    code = "no_way_to_answer"
    field = "note"
    message = _("Write how the submitter can be reached: an address, an e-mail, or when and where.")


class ImpossibleExpected(Refused):
    code = "impossible_expected_date"
    field = "expected_on"
    message = _("The new date must be after today.")


def attempts_made(card: Card) -> int:
    """Return how many calls count: those since the registration or the last reopening, late ones too, undone ones not."""
    return ContactAttempt.objects.filter(card=card, cycle=card.cycle, undone_at__isnull=True).count()


def record_contact_attempt(
    card: Card, *, by: Person | None, now: datetime, made_at: datetime | None = None, note: str = ""
) -> ContactAttempt:
    """Record one call that did not reach the submitter, made at `made_at` (aware; now if not given).

    Raises ImpossibleMoment, NotAllowed, WrongState.
    """
    with transaction.atomic():
        card = take(card, Step.CONTACT_ATTEMPT, by)
        made_at = made_at or now
        check_moment(made_at, card, now=now, field="made_at")
        attempt = ContactAttempt.objects.create(
            card=card, cycle=card.cycle, made_at=made_at, note=note.strip()[:250], recorded_at=now, recorded_by=by
        )
        write(card, CardEvent.What.CONTACT_ATTEMPTED, by=by, now=now, to_value=attempts_made(card), attempt=attempt.pk)
        return attempt


def undo_contact_attempt(card: Card, *, attempt: ContactAttempt, by: Person | None, now: datetime) -> ContactAttempt:
    """Take back an attempt that was wrong: it stays in the history and no longer counts.

    A contact card that was made on it and not yet posted goes with it where too few attempts are left.

    Raises NoSuchAttempt, NotAllowed, WrongState.
    """
    with transaction.atomic():
        card = take(card, Step.UNDO_ATTEMPT, by)
        found = ContactAttempt.objects.select_for_update().filter(
            pk=attempt.pk, card=card, cycle=card.cycle, undone_at__isnull=True
        )
        if (attempt_ := found.first()) is None:
            raise NoSuchAttempt
        attempt_.undone_at, attempt_.undone_by = now, by
        attempt_.save(update_fields=["undone_at", "undone_by"])
        left = attempts_made(card)
        if left < municipality().minimum_attempts:
            ContactCard.objects.filter(card=card, cycle=card.cycle, posted_on__isnull=True).delete()
        write(card, CardEvent.What.ATTEMPT_UNDONE, by=by, now=now, to_value=left, attempt=attempt_.pk)
        return attempt_


def make_contact_card(card: Card, *, by: Person | None, now: datetime) -> ContactCard:
    """Make the contact card that is printed and posted after three calls that failed. The card is not completed by it:
    that is what posting does.

    Raises TooFewAttempts with both numbers, NoCallbackOwed, ContactCardMadeAlready, NotAllowed, WrongState.
    """
    with transaction.atomic():
        card = take(card, Step.CONTACT_CARD, by)
        if not card.callback_owed:
            raise NoCallbackOwed
        if ContactCard.objects.filter(card=card, cycle=card.cycle).exists():
            raise ContactCardMadeAlready
        made, needed = attempts_made(card), municipality().minimum_attempts
        if made < needed:
            raise TooFewAttempts(made=made, needed=needed)
        contact_card = ContactCard.objects.create(
            card=card, cycle=card.cycle, attempts=made, recorded_at=now, recorded_by=by
        )
        write(card, CardEvent.What.CONTACT_CARD_MADE, by=by, now=now, to_value=made)
        return contact_card


def post_contact_card(card: Card, *, posted_on: date, by: Person | None, now: datetime) -> ContactCard:
    """Record the date on which the contact card was posted: that completes the card.

    Raises NoContactCard, ImpossiblePosted, NotAllowed, WrongState.
    """
    with transaction.atomic():
        card = take(card, Step.POST_CONTACT_CARD, by)
        contact_card = ContactCard.objects.filter(card=card, cycle=card.cycle, posted_on__isnull=True).first()
        if contact_card is None:
            raise NoContactCard
        calendar = working_calendar(municipality())
        made_on = calendar.local_date(contact_card.recorded_at)
        if not made_on <= posted_on <= calendar.local_date(now):
            raise ImpossiblePosted
        posted_at = moment_of(posted_on, calendar=calendar, not_before=contact_card.recorded_at, now=now)
        contact_card.posted_on, contact_card.posted_at, contact_card.posted_by = posted_on, posted_at, by
        contact_card.save(update_fields=["posted_on", "posted_at", "posted_by"])
        card.state, card.completed_at = State.CONTACT_CARD_POSTED, posted_at
        card.save(update_fields=["state", "completed_at"])
        write(
            card, CardEvent.What.CONTACT_CARD_POSTED, by=by, now=now, to_value=posted_on, attempts=contact_card.attempts
        )
        return contact_card


def agree_other_way(card: Card, *, way: str, note: str, by: Person | None, now: datetime) -> Submitter:
    """Agree with a submitter who cannot use the phone on another way of answering; an agreed written answer then counts
    as the callback. `way` is one of Submitter.OtherWay, empty to take the agreement back.

    Raises NoWayToAnswer where nothing says how to reach them, UnknownChoice, NotAllowed, WrongState.
    """
    from feedback.actions.correcting import store_contact

    with transaction.atomic():
        card = take(card, Step.AGREE_OTHER_WAY, by)
        if way and way not in Submitter.OtherWay.values:
            raise UnknownChoice("way", way)
        submitter = getattr(card, "submitter", None) or Submitter(card=card)
        note = note.strip()[:250]
        if way and not (note or submitter.email or submitter.address or submitter.phone):
            raise NoWayToAnswer
        before, submitter.other_way, submitter.other_way_note = submitter.other_way, way, note if way else ""
        store_contact(card, submitter, by=by, now=now)
        write(card, CardEvent.What.OTHER_WAY_AGREED, by=by, now=now, from_value=before, to_value=way)
        return submitter


def give_preliminary_answer(
    card: Card, *, reason: str, expected_on: date, by: Person | None, now: datetime
) -> PreliminaryAnswer:
    """Tell the submitter that the answer takes longer, why, and when it is expected. The deadline does not move.

    Mailed where there is an e-mail address; else it is what the unit says on the phone.

    Raises TextMissing, ImpossibleExpected, NotAllowed, WrongState.
    """
    with transaction.atomic():
        card = take(card, Step.PRELIMINARY_ANSWER, by)
        house = municipality()
        reason = words(reason, "reason")
        if expected_on <= working_calendar(house).local_date(now):
            raise ImpossibleExpected
        answer = PreliminaryAnswer.objects.create(
            card=card, cycle=card.cycle, reason=reason, expected_on=expected_on, recorded_at=now, recorded_by=by
        )
        card.expected_on = expected_on
        card.save(update_fields=["expected_on"])
        write(card, CardEvent.What.PRELIMINARY_ANSWER, by=by, now=now, to_value=expected_on)
        submitter = getattr(card, "submitter", None)
        if submitter is not None and submitter.email:
            queue_mails([mails.preliminary_answer(card, answer, submitter, house)], now=now)
        return answer
