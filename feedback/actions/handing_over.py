"""Send a card to a neighbour, and write down what becomes of it there.

The card stays ours: neither state nor deadline changes, and the submitter is still owed the callback
(`docs/decisions/0027-handed-to-a-neighbour.md`). What is asked for is a row; a worker sends it after the commit.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from feedback import mails
from feedback.actions.base import take, words, write
from feedback.errors import NotAllowed, Refused
from feedback.models import Card, CardEvent, Handover, HandoverUpdate, NeighbourService, Submitter
from feedback.naming import what_names_somebody
from feedback.rules import may_do
from feedback.workflow import Step
from organisation.models import Person, Unit
from organisation.nudging import nudge_on_commit
from organisation.outbox.queueing import queue_mails
from organisation.queries import municipality, with_leaders, working_calendar

State = Handover.State
What = CardEvent.What

SEND_TASK = "feedback.send_handovers"
FIELDS = ("name", "email", "phone")
"""What of the submitter a neighbour can be told."""
LONGEST = 4000
BACK_OFF = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 4 * 60, 12 * 60)]
"""How long to wait after each try that reached nobody; after the last one it has failed."""
CLAIM_FOR = timedelta(minutes=10)
"""A claim older than this belongs to a worker that died."""


class OnItsWay(Refused):
    code = "on_its_way"
    field = "to"
    message = _("The card is with %(neighbour)s already, or on its way there.")


class NotOffered(Refused):
    code = "not_offered"
    field = "to"
    message = _("%(neighbour)s does not take such messages any more. Choose another.")


class BasisMissing(Refused):
    code = "basis_missing"
    field = "basis"
    message = _("Say why the submitter's details may go along.")


class NamesTheSubmitter(Refused):
    code = "names_the_submitter"
    field = "text"
    message = _("This may lead to a person: %(found)s. Take it out, or say below why it may go along.")


class TextTooLongToSend(Refused):
    code = "text_too_long"
    field = "text"
    message = _("Neighbours take at most %(most)s characters. Shorten it.")


class NotNow(Refused):
    code = "not_now"
    message = _("That cannot be done with what was sent as it stands now.")


class NumberMissing(Refused):
    code = "number_missing"
    field = "their_id"
    message = _("Write the number that the neighbour gave it.")


@dataclass(frozen=True)
class ToSend:
    """What goes to a neighbour: the text, answers to the service's questions, whether with the place, and of the
    submitter the named details, with why they may."""

    service: NeighbourService
    text: str
    answers: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    with_place: bool = True
    fields: Sequence[str] = ()
    basis: str = ""


def hand_over(card: Card, what: ToSend, *, by: Person | None, now: datetime) -> Handover:
    """Ask for a card to be sent to a neighbour. A worker sends it once this is committed.

    Raises OnItsWay, NotOffered, TextMissing, TextTooLongToSend, BasisMissing, NamesTheSubmitter, NotAllowed, WrongState.
    """
    with transaction.atomic():
        card = take(card, Step.HAND_OVER, by)
        service = NeighbourService.objects.select_related("neighbour").get(pk=what.service.pk)
        if not service.is_there or not service.neighbour.is_active:
            raise NotOffered(neighbour=service.neighbour.name)
        text = words(what.text, "text").replace("\r\n", "\n")
        if len(text) > LONGEST:
            raise TextTooLongToSend(most=LONGEST)
        submitter = Submitter.objects.filter(card=card).first()
        chosen = [name for name in FIELDS if name in what.fields and submitter and getattr(submitter, name)]
        if chosen and what.basis not in Handover.Basis.values:
            raise BasisMissing
        if not what.basis:
            _look_for_the_submitter(text, submitter)
        if Handover.objects.filter(card=card, neighbour=service.neighbour, state__in=Handover.UNDER_WAY).exists():
            raise OnItsWay(neighbour=service.neighbour.name)
        made = Handover.objects.create(
            card=card,
            neighbour=service.neighbour,
            service_code=service.code,
            service_name=service.name,
            key=uuid.uuid4(),
            text=text,
            answers={
                code: answer if isinstance(answer, str) else list(answer) for code, answer in what.answers.items()
            },
            with_place=what.with_place,
            fields=chosen,
            basis=what.basis if what.basis in Handover.Basis.values else "",
            asked_at=now,
            asked_by=by,
            next_try_at=now,
        )
        write(
            card, What.HANDED_OVER, by=by, now=now, to_value=made.neighbour.name[:120], fields=chosen, basis=made.basis
        )
        nudge_on_commit(SEND_TASK)
        return made


def _look_for_the_submitter(text: str, submitter: Submitter | None) -> None:
    house = municipality()
    found = what_names_somebody(
        text,
        name=submitter.name if submitter else "",
        address="",  # a place in the message is what it is about
        country=house.country,
        ours=(house.phone, house.email),
    )
    if found:
        raise NamesTheSubmitter(found=", ".join(f"«{piece}»" for piece in found))


# --- Sending --------------------------------------------------------------------------------------------------------


def claim_to_send(*, now: datetime) -> Handover | None:
    """Take the next one that is due, and note that it is being posted. None where there is none.

    One whose posting was begun and never ended may have arrived: it is sent again only to a neighbour that knows it again,
    else a person looks.
    """
    while True:
        with transaction.atomic():
            due = Handover.objects.filter(state=State.WAITING, next_try_at__lte=now).order_by("next_try_at", "id")
            found = due.select_for_update(skip_locked=True, of=("self",)).select_related("neighbour", "card").first()
            if found is None:
                return None
            if found.posting_at is not None and not found.neighbour.knows_again:
                _uncertain(found, str(_("The sending was broken off, and nobody knows whether it arrived.")), now=now)
                continue
            found.posting_at, found.next_try_at, found.tries = now, now + CLAIM_FOR, found.tries + 1
            found.save(update_fields=["posting_at", "next_try_at", "tries"])
            return found


def note_arrived(handover: Handover, *, their_id: str, token: str, notice: str, now: datetime) -> None:
    """Write down what the neighbour answered: its number, a token for one, or neither."""
    with transaction.atomic():
        found = _held(handover, State.WAITING)
        if found is None:
            return
        found.their_id, found.token, found.notice = their_id[:200], token[:200], notice[:LONGEST]
        found.state = State.OPEN if their_id else State.TOKEN if token else State.UNNUMBERED
        found.sent_at, found.posting_at, found.fault, found.tries = now, None, "", 0
        found.next_try_at = None if found.state == State.UNNUMBERED else now + timedelta(minutes=1)
        found.save()
        if their_id:
            write(found.card, What.NEIGHBOUR_NUMBERED, by=None, now=now, to_value=found.neighbour.name[:120])


def note_not_reached(handover: Handover, why: str, *, now: datetime) -> None:
    """Nothing arrived: it is tried again, and has failed after the last try."""
    with transaction.atomic():
        found = _held(handover, State.WAITING)
        if found is None:
            return
        found.posting_at, found.fault = None, why[:500]
        if found.tries > len(BACK_OFF):
            _failed(found, why, now=now)
        else:
            found.next_try_at = now + BACK_OFF[found.tries - 1]
            found.save(update_fields=["posting_at", "fault", "next_try_at"])


def note_refused(handover: Handover, why: str, *, now: datetime) -> None:
    """The neighbour said no: a person reads why, and decides."""
    with transaction.atomic():
        found = _held(handover, State.WAITING)
        if found is not None:
            found.posting_at = None
            _failed(found, why, now=now)


def note_unsure(handover: Handover, why: str, *, now: datetime) -> None:
    """It may have arrived: it is sent again to a neighbour that knows it again; else a person looks."""
    with transaction.atomic():
        found = _held(handover, State.WAITING)
        if found is None:
            return
        if found.neighbour.knows_again and found.tries <= len(BACK_OFF):
            found.posting_at, found.fault, found.next_try_at = None, why[:500], now + BACK_OFF[found.tries - 1]
            found.save(update_fields=["posting_at", "fault", "next_try_at"])
        else:
            _uncertain(found, why, now=now)


def _uncertain(found: Handover, why: str, *, now: datetime) -> None:
    found.state, found.fault, found.next_try_at, found.posting_at = State.UNCERTAIN, why[:500], None, None
    found.save(update_fields=["state", "fault", "next_try_at", "posting_at"])
    _tell(found, "failed", What.NEIGHBOUR_REFUSED, now=now)


def _failed(found: Handover, why: str, *, now: datetime) -> None:
    found.state, found.fault, found.next_try_at = State.FAILED, why[:500], None
    found.save(update_fields=["state", "fault", "next_try_at", "posting_at"])
    _tell(found, "failed", What.NEIGHBOUR_REFUSED, now=now)


def _tell(found: Handover, what: str, event: CardEvent.What, *, now: datetime) -> None:
    """Write the event, and mail who works with the card."""
    written = write(found.card, event, by=None, now=now, to_value=found.neighbour.name[:120])
    card = Card.objects.select_related("unit", "handler").get(pk=found.card_id)
    house = municipality()
    [unit] = with_leaders(Unit.objects.filter(pk=card.unit_id))
    on = working_calendar(house).local_date(now)
    told = mails.neighbour_told(
        card, unit, system=found.neighbour.name, what=what, key=f"out:{written.pk}", house=house, on=on
    )
    queue_mails(told, now=now)


def _held(handover: Handover, *states: str) -> Handover | None:
    """Return the row as it stands now, locked, if it is in one of the states."""
    rows = Handover.objects.select_for_update(of=("self",)).select_related("neighbour", "card")
    return rows.filter(pk=handover.pk, state__in=states).first()


# --- What a person does about it ------------------------------------------------------------------------------------


def _held_by(handover: Handover, by: Person, *states: str) -> Handover:
    found = _held(handover, *Handover.State.values)
    if found is None or not may_do(by, Step.HAND_OVER, found.card):
        raise NotAllowed
    if found.state not in states:
        raise NotNow
    return found


def send_again(handover: Handover, *, by: Person, now: datetime) -> Handover:
    """Send what failed, or what nobody knows of, once more. Raises NotNow, OnItsWay, NotAllowed."""
    try:
        with transaction.atomic():
            found = _held_by(handover, by, State.FAILED, State.UNCERTAIN)
            found.state, found.tries, found.fault = State.WAITING, 0, ""
            found.posting_at, found.next_try_at = None, now
            found.save()
            write(found.card, What.HANDED_OVER, by=by, now=now, to_value=found.neighbour.name[:120], again=True)
            nudge_on_commit(SEND_TASK)
            return found
    except IntegrityError:
        raise OnItsWay(neighbour=handover.neighbour.name) from None


def note_number(handover: Handover, *, their_id: str, by: Person, now: datetime) -> Handover:
    """Write down the number that the neighbour gave, which somebody found out otherwise; from then on it is followed.

    Raises NumberMissing, NotNow, NotAllowed.
    """
    with transaction.atomic():
        found = _held_by(handover, by, State.UNCERTAIN, State.UNNUMBERED, State.TOKEN)
        number = their_id.replace("\x00", "").strip()[:200]
        if not number:
            raise NumberMissing
        found.state, found.their_id, found.fault = State.OPEN, number, ""
        found.sent_at, found.next_try_at = found.sent_at or now, now
        found.save()
        write(found.card, What.NEIGHBOUR_NUMBERED, by=by, now=now, to_value=found.neighbour.name[:120])
        return found


def stop_following(handover: Handover, *, by: Person, now: datetime) -> Handover:
    """Follow it no more, whatever its state. What is with the neighbour stays there. Raises NotNow, NotAllowed."""
    with transaction.atomic():
        found = _held_by(
            handover, by, State.FAILED, State.UNCERTAIN, State.TOKEN, State.OPEN, State.UNNUMBERED, State.WAITING
        )
        if found.state == State.WAITING and found.posting_at is not None:
            raise NotNow  # just now it is being sent
        found.state, found.next_try_at = State.STOPPED, None
        found.save(update_fields=["state", "next_try_at"])
        return found


# --- Following ------------------------------------------------------------------------------------------------------


def claim_to_look(*, now: datetime) -> Handover | None:
    """Take the next one to ask its neighbour about, and put the next look off. None where there is none."""
    with transaction.atomic():
        due = Handover.objects.filter(state__in=(State.TOKEN, State.OPEN), next_try_at__lte=now)
        rows = due.order_by("next_try_at", "id").select_for_update(skip_locked=True, of=("self",))
        found = rows.select_related("neighbour", "card").first()
        if found is not None:
            found.next_try_at = now + until_next_look(found.state, now - (found.sent_at or now))
            found.save(update_fields=["next_try_at"])
        return found


def until_next_look(state: str, age: timedelta) -> timedelta:
    """Return how long to wait: a number comes soon or late, a repair takes days."""
    if state == State.TOKEN:
        return timedelta(minutes=1 if age < timedelta(minutes=15) else 30)
    if age < timedelta(days=1):
        return timedelta(minutes=15)
    return timedelta(hours=1 if age < timedelta(days=14) else 6)


def note_number_came(handover: Handover, *, their_id: str, now: datetime) -> None:
    """The token has become a number."""
    with transaction.atomic():
        found = _held(handover, State.TOKEN)
        if found is not None and their_id:
            found.state, found.their_id, found.fault, found.checked_at = State.OPEN, their_id[:200], "", now
            found.save(update_fields=["state", "their_id", "fault", "checked_at"])
            write(found.card, What.NEIGHBOUR_NUMBERED, by=None, now=now, to_value=found.neighbour.name[:120])


def note_looked(handover: Handover, *, is_closed: bool, notes: str, updated_at: datetime | None, now: datetime) -> None:
    """Write down how it stands with the neighbour. Where it closed it, the unit is told, and the card stays as it is."""
    with transaction.atomic():
        found = _held(handover, State.OPEN)
        if found is None:
            return
        found.checked_at, found.fault = now, ""
        found.status_notes, found.their_updated_at = notes[:LONGEST], updated_at
        if is_closed:
            found.state, found.closed_at, found.next_try_at = State.CLOSED, now, None
        found.save()
        if is_closed:
            _tell(found, "closed", What.NEIGHBOUR_CLOSED, now=now)


def note_not_looked(handover: Handover, why: str, *, now: datetime) -> None:
    """The neighbour could not be asked, or does not know it: shown, and looked at again."""
    Handover.objects.filter(pk=handover.pk, state__in=(State.TOKEN, State.OPEN)).update(fault=why[:500], checked_at=now)


@dataclass(frozen=True)
class News:
    """One update as a neighbour tells it."""

    their_id: str
    update_id: str
    status: str
    at: datetime
    text: str
    is_closed: bool


def note_news(neighbour_id: int, news: Sequence[News], *, now: datetime) -> int:
    """Write down what is new of what was handed to a neighbour, each once. Returns how many were new."""
    new = 0
    numbers = {one.their_id for one in news}
    for handover in Handover.objects.filter(neighbour=neighbour_id, state=State.OPEN, their_id__in=numbers):
        for one in (each for each in news if each.their_id == handover.their_id):
            with transaction.atomic():
                _row, made = HandoverUpdate.objects.get_or_create(
                    handover=handover,
                    update_id=one.update_id[:200],
                    defaults={"status": one.status[:40], "at": one.at, "text": one.text[:LONGEST]},
                )
                new += made
                if made and one.is_closed:
                    note_looked(handover, is_closed=True, notes=one.text, updated_at=one.at, now=now)
    return new
