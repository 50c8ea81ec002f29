"""Keep meetings with residents, write down what was said, and make message cards of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.actions.intake import Intake, TooLong
from feedback.actions.registration import register_card
from feedback.deadlines import Contact
from feedback.models import Card, Category
from feedback.workflow import Channel
from organisation.actions.base import check_row
from organisation.actions.changes import log_changed, log_created, log_removed, values_of
from organisation.errors import NotAllowed, Refused
from organisation.models import Person, Unit
from organisation.queries import municipality
from reporting.models import Meeting, MeetingInput, Theme
from reporting.plans import LONGEST_INPUT, MOST_INPUTS
from reporting.rules import may_hold, require_holder


class MeetingAhead(Refused):
    code = "meeting_ahead"
    field = "held_on"
    message = _("The meeting has not been held yet. Write what is said when it is.")


class MeetingUntitled(Refused):
    code = "meeting_untitled"
    field = "title"
    message = _("Write what the meeting is called.")


class NoInputs(Refused):
    code = "no_inputs"
    field = "inputs"
    message = _("Write what was said, one thing a line.")


class NoWords(Refused):
    code = "no_words"
    field = "text"
    message = _("Write what was said.")


class InputTooLong(Refused):
    code = "input_too_long"
    field = "inputs"
    message = _(
        "Number %(number)s has more than %(limit)s characters: «%(beginning)s …». Shorten it, or divide it in two."
    )


class TooManyInputs(Refused):
    code = "too_many_inputs"
    field = "inputs"
    message = _("That is %(number)s at once. Write at most %(most)s, and then the rest.")


class InputUsed(Refused):
    code = "input_used"
    message = _("A card or an action has come of this input. It stays.")


class CardPutAway(Refused):
    code = "card_put_away"
    message = _("A card was made of this input, and has been put away since. It is not made again.")


class UnitHoldsNoCards(Refused):
    code = "not_an_answering_unit"
    field = "unit"
    message = _("«%(unit)s» is a sector or is closed and cannot hold cards. Choose a unit.")


@dataclass(frozen=True)
class Held:
    """One meeting as it is written down. `unit` is whose user council it is, None for the whole municipality."""

    title: str
    held_on: date
    kind: str
    place: str = ""
    unit: Unit | None = None
    theme: Theme | None = None
    participants: int | None = None


def record_meeting(held: Held, *, by: Person | None, now: datetime, today: date) -> Meeting:
    """Write a meeting down. Raises NotAllowed, MeetingUntitled, MeetingAhead, Unfit."""
    if by is not None and not may_hold(by, held.unit.pk if held.unit else None):
        raise NotAllowed
    with transaction.atomic():
        meeting = _filled(Meeting(made_by=by), held, today)
        meeting.save(force_insert=True)
        log_created(meeting, by=by, now=now)
    return meeting


def change_meeting(meeting: Meeting, held: Held, *, by: Person | None, now: datetime, today: date) -> Meeting:
    """Put a meeting right; what was said stays. Raises as `record_meeting`."""
    require_holder(by, meeting)
    if by is not None and not may_hold(by, held.unit.pk if held.unit else None):
        raise NotAllowed
    with transaction.atomic():
        locked = Meeting.objects.select_for_update().get(pk=meeting.pk)
        before = values_of(locked)
        _filled(locked, held, today)
        locked.save()
        log_changed(locked, before, by=by, now=now)
    return locked


def remove_meeting(meeting: Meeting, *, by: Person | None, now: datetime) -> None:
    """Throw a meeting away with what was said, unless something came of it. Raises NotAllowed, InputUsed."""
    require_holder(by, meeting)
    with transaction.atomic():
        inputs = list(MeetingInput.objects.select_for_update().filter(meeting=meeting))
        if any(each.card_made or each.initiative_id is not None for each in inputs):
            raise InputUsed
        log_removed(meeting, by=by, now=now)
        Meeting.objects.filter(pk=meeting.pk).delete()


def write_inputs(meeting: Meeting, said: Sequence[str], *, by: Person | None) -> list[MeetingInput]:
    """Write down what was said, one by one, in its order. All of it or nothing.

    What stands there already, word for word, is not written twice: a form that is sent again adds nothing.

    Raises NotAllowed, NoInputs, TooManyInputs, InputTooLong.
    """
    require_holder(by, meeting)
    if not said:
        raise NoInputs
    if len(said) > MOST_INPUTS:
        raise TooManyInputs(number=len(said), most=MOST_INPUTS)
    for number, text in enumerate(said, start=1):
        if len(text) > LONGEST_INPUT:
            raise InputTooLong(number=number, limit=LONGEST_INPUT, beginning=text[:40])
    with transaction.atomic():
        Meeting.objects.select_for_update().get(pk=meeting.pk)
        there = set(MeetingInput.objects.filter(meeting=meeting).values_list("text", flat=True))
        new = [MeetingInput(meeting=meeting, text=text) for text in dict.fromkeys(said) if text not in there]
        return MeetingInput.objects.bulk_create(new)


def reword_input(said: MeetingInput, text: str, *, by: Person | None) -> None:
    """Put what was said right, such as where somebody is named. Its card keeps its own words. Raises NotAllowed,
    NoWords, TooLong."""
    require_holder(by, said.meeting)
    text = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if not text:
        raise NoWords
    if len(text) > LONGEST_INPUT:
        raise TooLong("text", LONGEST_INPUT)
    MeetingInput.objects.filter(pk=said.pk).update(text=text)


def take_input_away(said: MeetingInput, *, by: Person | None) -> None:
    """Take one input away, of which nothing has come. Raises NotAllowed, InputUsed."""
    require_holder(by, said.meeting)
    with transaction.atomic():
        free = MeetingInput.objects.filter(pk=said.pk, card_made=False, initiative=None)
        if not free.delete()[0] and MeetingInput.objects.filter(pk=said.pk).exists():
            raise InputUsed


@dataclass(frozen=True)
class AsCard:
    """How an input becomes a card. All may be left out: the meeting's own unit gets it, or the rules choose; nobody is
    named unless somebody wants to be called."""

    unit: Unit | None = None
    kind: str = ""
    category: Category | None = None
    contact: Contact | None = None


def make_card(said: MeetingInput, as_card: AsCard | None = None, *, by: Person | None, now: datetime) -> Card:
    """Make a message card of what was said in a meeting, and return it; of an input that has a card, that card.

    It came in by a meeting on the day of the meeting, and is due counted from today, when it is registered. Raises
    NotAllowed, CardPutAway, UnitHoldsNoCards, and what registering a card raises.
    """
    given = as_card or AsCard()
    with transaction.atomic():
        locked = MeetingInput.objects.select_for_update(of=("self",)).select_related("meeting__unit").get(pk=said.pk)
        meeting = locked.meeting
        require_holder(by, meeting)
        if locked.card_id is not None:
            return Card.objects.select_related("unit").get(pk=locked.card_id)
        if locked.card_made:
            raise CardPutAway
        if given.unit is not None and not _holds_cards(given.unit):
            raise UnitHoldsNoCards(unit=given.unit.name)
        own = meeting.unit if meeting.unit is not None and _holds_cards(meeting.unit) else None
        intake = Intake(
            channel=Channel.MEETING,
            text=locked.text,
            kind=given.kind,
            category=given.category,
            language=municipality().language,
            received_on=meeting.held_on,
            contact=given.contact or Contact(),
            unit=given.unit or own,
            source=meeting.title,
            idempotency_key=f"meeting-input-{locked.pk}",
        )
        card = register_card(intake, by=by, now=now)
        locked.card, locked.card_made = card, True
        locked.save(update_fields=["card", "card_made"])
    return card


def _holds_cards(unit: Unit) -> bool:
    return unit.closed_on is None and unit.kind != Unit.Kind.SECTOR


def _filled(row: Meeting, held: Held, today: date) -> Meeting:
    if not held.title.strip():
        raise MeetingUntitled
    if held.held_on > today:
        raise MeetingAhead
    for field in fields(Held):
        value = getattr(held, field.name)
        setattr(row, field.name, " ".join(value.replace("\x00", "").split()) if isinstance(value, str) else value)
    check_row(row)
    return row
