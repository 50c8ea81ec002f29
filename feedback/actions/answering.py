"""Answer the submitter: the callback, the follow-up where none is owed, the referral outside the municipality."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback import mails
from feedback.actions.base import check_moment, take, words, write
from feedback.actions.intake import House, Intake, UnknownChoice
from feedback.actions.interviews import keep_interview_answer
from feedback.actions.registration import register_card
from feedback.errors import Refused
from feedback.models import Callback, Card, CardEvent, FollowUp, OwnReaction, Referral, Submitter
from feedback.workflow import HIGHEST, LOWEST, OPEN_STATES, Channel, Kind, State, Step, is_negative
from organisation.models import Municipality, Person
from organisation.outbox.queueing import queue_mails
from organisation.queries import answering_unit, municipality, service_centre


class ImpossibleReaction(Refused):
    code = "impossible_reaction"
    field = "reaction"
    message = _("The reaction is a number from 1 to 6, or «would not answer».")


class ReasonMissing(Refused):
    code = "reason_missing"
    field = "reason"
    message = _("On 1, 2 or 3 ask why, and write it down – or tick that no reason was given.")


class AlternativeMissing(Refused):
    code = "alternative_missing"
    field = "alternative"
    message = _("On 1, 2 or 3 ask what should be done instead, and write it down – or tick that nothing was proposed.")


class WrittenNotAgreed(Refused):
    code = "written_not_agreed"
    field = "way"
    message = _("The callback is oral. A written answer counts only where another way was agreed with the submitter.")


class CallbackOwed(Refused):
    code = "callback_owed"
    message = _("The submitter is owed a callback. Record the conversation, not a follow-up.")


class NoAlternative(Refused):
    code = "no_alternative"
    message = _("The submitter has proposed nothing that is not a card already.")


class ContactMissing(Refused):
    code = "contact_missing"
    field = "contacted_at"
    message = _("The submitter must be told directly before the card is referred. Write when that was.")


def record_callback(
    card: Card,
    *,
    held_at: datetime,
    summary: str,
    reaction: int | None,
    by: Person | None,
    now: datetime,
    way: str = Callback.Way.VOICE,
    measures: str = "",
    would_not_answer: bool = False,
    reason: str = "",
    reason_not_given: bool = False,
    alternative: str = "",
    alternative_not_given: bool = False,
    register_alternative: bool = False,
    interview: bool | None = None,
) -> Callback:
    """Record the conversation in which the submitter got the answer, and report back to the service centre.

    `held_at` is aware. `reaction` is 1–6, None with `would_not_answer`. After 1–3 the reason and the alternative are
    asked for; either may be «not given». With `register_alternative` the alternative becomes a suggestion card of its
    own, linked to this one. `interview`: whether the submitter may be rung later for one; None where nobody asked.

    Raises ImpossibleReaction, NoPhone, ReasonMissing, AlternativeMissing, WrittenNotAgreed, UnknownChoice, ImpossibleMoment,
    TextMissing, NotAllowed, WrongState.
    """
    with transaction.atomic():
        card = take(card, Step.CALLBACK, by)
        summary = words(summary, "summary")
        reason, alternative = reason.strip(), alternative.strip()
        if (reaction is None) != would_not_answer or (reaction is not None and not LOWEST <= reaction <= HIGHEST):
            raise ImpossibleReaction
        if is_negative(reaction):
            if not reason and not reason_not_given:
                raise ReasonMissing
            if not alternative and not alternative_not_given:
                raise AlternativeMissing
        submitter = getattr(card, "submitter", None)
        if way not in Callback.Way.values:
            raise UnknownChoice("way", way)
        agreed = submitter.other_way if submitter is not None else ""
        if way == Callback.Way.WRITTEN and agreed != Submitter.OtherWay.WRITTEN:
            raise WrittenNotAgreed
        check_moment(held_at, card, now=now, field="held_at")
        callback = Callback.objects.create(
            card=card,
            cycle=card.cycle,
            held_at=held_at,
            way=way,
            summary=summary,
            measures=measures.strip(),
            reaction=reaction,
            would_not_answer=would_not_answer,
            reason=reason,
            reason_not_given=reason_not_given and not reason,
            alternative=alternative,
            alternative_not_given=alternative_not_given and not alternative,
            recorded_at=now,
            recorded_by=by,
        )
        complete(card, State.CALLED_BACK, held_at)
        write(card, CardEvent.What.CALLED_BACK, by=by, now=now, to_value=reaction or "", callback=callback.pk, way=way)
        _report_back(card, municipality(), by=by, now=now, callback=callback)
        if interview is not None:
            keep_interview_answer(card, agreed=interview, by=by, now=now)
        if register_alternative and alternative:
            _register_alternative(card, alternative, by=by, now=now)
        return callback


def complete(card: Card, state: State, at: datetime) -> None:
    """Set the state that completes the card. A card that was completed before (a contact card was posted) keeps its time."""
    if card.state in OPEN_STATES:
        card.completed_at = at
    card.state = state
    card.expected_on = None
    card.save(update_fields=["state", "completed_at", "expected_on"])


def _report_back(
    card: Card,
    house: Municipality,
    *,
    by: Person | None,
    now: datetime,
    callback: Callback | None = None,
    follow_up: FollowUp | None = None,
) -> None:
    """Rule 7: date of contact, measures and reaction go to the forwarder, unless the service centre did it itself."""
    centre = service_centre()
    if card.unit_id == centre.pk:
        return
    write(card, CardEvent.What.REPORTED_BACK, by=by, now=now, to_value=centre.code)
    queue_mails(mails.report_back(card, centre, house=house, callback=callback, follow_up=follow_up), now=now)


def _register_alternative(
    card: Card, alternative: str, *, by: Person | None, now: datetime, channel: str = Channel.PHONE, **details: Any
) -> Card:
    intake = Intake(
        channel=channel,
        text=alternative,
        kind=Kind.SUGGESTION,
        category=card.category,
        language=card.language,
        place=card.place,
        area=card.area,
        unit=answering_unit(card.unit),
    )
    made = register_card(intake, by=by, now=now, house=House.read(), origin=card, origin_kind=Card.Origin.ALTERNATIVE)
    write(card, CardEvent.What.ALTERNATIVE_REGISTERED, by=by, now=now, to_value=made.reference, **details)
    return made


def register_own_alternative(card: Card, *, by: Person | None, now: datetime) -> Card:
    """Make what the submitter proposed on the own page a suggestion card of its own, linked to this one.

    Raises NoAlternative where nothing was proposed that is not a card yet, NotAllowed.
    """
    with transaction.atomic():
        card = take(card, Step.REGISTER_ALTERNATIVE, by)
        done = CardEvent.objects.filter(card=card, what=CardEvent.What.ALTERNATIVE_REGISTERED)
        registered = [event.details.get("own_reaction") for event in done]
        own = OwnReaction.objects.filter(card=card).exclude(alternative="").exclude(pk__in=registered).first()
        if own is None:
            raise NoAlternative
        return _register_alternative(card, own.alternative, by=by, now=now, channel=Channel.WEB, own_reaction=own.pk)


def record_follow_up(
    card: Card,
    *,
    done_at: datetime,
    summary: str,
    by: Person | None,
    now: datetime,
    measures: str = "",
    told: str = "",
) -> FollowUp:
    """Record what was done about a card to whose submitter no callback is owed: that completes it.

    `told` is for the submitter, who reads it on the private page; summary and measures are for staff.

    Raises CallbackOwed, TextMissing, ImpossibleMoment, NotAllowed, WrongState.
    """
    with transaction.atomic():
        card = take(card, Step.FOLLOW_UP, by)
        if card.callback_owed:
            raise CallbackOwed
        check_moment(done_at, card, now=now, field="done_at")
        follow_up = FollowUp.objects.create(
            card=card,
            cycle=card.cycle,
            done_at=done_at,
            summary=words(summary, "summary"),
            measures=measures.strip(),
            told=told.strip(),
            recorded_at=now,
            recorded_by=by,
        )
        complete(card, State.FOLLOWED_UP, done_at)
        write(card, CardEvent.What.FOLLOWED_UP, by=by, now=now, follow_up=follow_up.pk)
        _report_back(card, municipality(), by=by, now=now, follow_up=follow_up)
        return follow_up


def refer_card(
    card: Card,
    *,
    body: str,
    contacted_at: datetime | None,
    by: Person | None,
    now: datetime,
    text: str = "",
    note: str = "",
) -> Referral:
    """Record that the matter belongs outside the municipality: to whom the submitter was referred, and when they were told.

    The card is not forwarded; the service centre tells the submitter directly (rule 3). `contacted_at` may be None only
    where no callback is owed, as nobody can be told then. Where there is an e-mail address the submitter gets it in
    writing too, in the words of `text`, else in ours.

    Raises TextMissing, ContactMissing, ImpossibleMoment, NotAllowed, WrongState.
    """
    with transaction.atomic():
        card = take(card, Step.REFER, by)
        body = words(body, "body")[:150]
        if contacted_at is None and card.callback_owed:
            raise ContactMissing
        if contacted_at is not None:
            check_moment(contacted_at, card, now=now, field="contacted_at")
        referral = Referral.objects.create(
            card=card,
            cycle=card.cycle,
            body=body,
            contacted_at=contacted_at,
            text=text.strip(),
            note=note.strip(),
            recorded_at=now,
            recorded_by=by,
        )
        complete(card, State.REFERRED, contacted_at or now)
        write(card, CardEvent.What.REFERRED, by=by, now=now, referral=referral.pk)
        submitter = getattr(card, "submitter", None)
        if submitter is not None and submitter.email:
            queue_mails([mails.referred(card, referral, submitter, municipality())], now=now)
        return referral
