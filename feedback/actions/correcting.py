"""Put right what was taken down wrong: contact details, category, place; split a card; add a note or a file."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.actions.base import take, words, write
from feedback.actions.intake import House, Intake, check_choices, checked, clean, deadline_rule, phone_key, tidy
from feedback.actions.moving import move
from feedback.actions.registration import register_card
from feedback.actions.storing import Upload as Upload
from feedback.actions.storing import fill_from_upload
from feedback.deadlines import Contact, due_on, owes_callback
from feedback.errors import NotAllowed, Refused
from feedback.models import Addition, Attachment, Card, CardEvent, Category, Submitter
from feedback.rules import may_do
from feedback.workflow import Step
from organisation.models import Person, Unit
from organisation.queries import mayors_office, municipality, working_calendar


class NothingChanged(Refused):
    code = "nothing_changed"
    message = _("Nothing was changed.")


class SplitKeepsNothing(Refused):
    code = "split_keeps_nothing"
    field = "remaining_text"
    message = _("Both cards need a text: what stays here, and what becomes a card of its own.")


@dataclass(frozen=True)
class About:
    """What a card is about: the fields that staff may correct."""

    kind: str = ""
    category: Category | None = None
    language: str = "nb"
    place: str = ""
    area: str = ""
    political: bool = False


def contact_of(card: Card) -> Contact:
    """Return the contact details of a card; all empty for an anonymous one."""
    submitter = getattr(card, "submitter", None)
    if submitter is None:
        return Contact()
    return Contact(**{name: getattr(submitter, name) for name in Contact.__dataclass_fields__})


def store_contact(card: Card, submitter: Submitter, *, by: Person | None, now: datetime) -> None:
    """Save the submitter of a locked card and weigh anew whether a callback is owed."""
    house = municipality()
    submitter.phone_key = phone_key(submitter.phone, house.country)
    submitter.save()
    card.submitter = submitter
    owed = owes_callback(contact_of(card), house.callback_rule, wanted=card.callback_wanted)
    if owed != card.callback_owed:
        card.callback_owed = owed
        card.save(update_fields=["callback_owed"])


def correct_contact(card: Card, *, contact: Contact, by: Person | None, now: datetime) -> Card:
    """Correct the submitter's contact details. Whether a callback is owed follows from them; the deadline stays.

    The history names the fields, never the values. Raises TooLong, NothingChanged, NotAllowed, WrongState.
    """
    with transaction.atomic():
        card = take(card, Step.CORRECT, by)
        before, contact = contact_of(card), tidy(contact)
        changed = [name for name, value in asdict(contact).items() if value != getattr(before, name)]
        if not changed:
            raise NothingChanged
        submitter = getattr(card, "submitter", None) or Submitter(card=card)
        for name in changed:
            setattr(submitter, name, getattr(contact, name))
        if "email" in changed:
            submitter.email_failed_at = None  # of the address before
        owed = card.callback_owed
        store_contact(card, submitter, by=by, now=now)
        write(card, CardEvent.What.CORRECTED, by=by, now=now, fields=changed, callback_owed=[owed, card.callback_owed])
        return card


def correct_card(card: Card, *, about: About, by: Person | None, now: datetime) -> Card:
    """Correct what a card is about. A category with a deadline of its own makes the deadline count anew from the
    registration, or from the last reopening. An open card that turns out to be political goes to the mayor's office.

    Raises NothingChanged, UnknownChoice, UnknownLanguage, NotAllowed, WrongState.
    """
    with transaction.atomic():
        card = take(card, Step.CORRECT, by)
        about = replace(about, place=clean(about.place)[:250], area=clean(about.area)[:100])
        check_choices(about.kind, about.language)
        if about.category is not None and about.category.is_political:
            about = replace(about, political=True)
        changed = [name for name in About.__dataclass_fields__ if getattr(card, name) != getattr(about, name)]
        if not changed:
            raise NothingChanged
        codes = {}
        for name in changed:
            old, new = getattr(card, name), getattr(about, name)
            if name in ("kind", "language", "political"):
                codes[name] = [old, new]
            elif name == "category":
                codes[name] = [old.code if old else "", new.code if new else ""]
            setattr(card, name, new)
        card.save(update_fields=changed)
        write(card, CardEvent.What.CORRECTED, by=by, now=now, fields=changed, codes=codes)
        if "category" in changed:
            _count_deadline_anew(card, by=by, now=now)
        if "political" in changed and card.political and card.is_open:
            office = mayors_office()
            if office is not None and office.pk != card.unit_id:
                move(card, office, CardEvent.What.REROUTED, by=by, now=now)
        return card


def _count_deadline_anew(card: Card, *, by: Person | None, now: datetime) -> None:
    house = municipality()
    calendar = working_calendar(house)
    start = calendar.local_date(card.reopened_at or card.registered_at)
    due = due_on(start, deadline_rule(card.category, house), calendar)
    if due != card.due_on:
        before, card.due_on = card.due_on, due
        card.save(update_fields=["due_on"])
        write(card, CardEvent.What.DEADLINE_SET, by=by, now=now, from_value=before, to_value=due)


def split_card(
    card: Card,
    *,
    remaining_text: str,
    split_text: str,
    by: Person | None,
    now: datetime,
    category: Category | None = None,
    kind: str = "",
    unit: Unit | None = None,
) -> Card:
    """Make a second card of one that holds two matters, and return it.

    Both keep the submitter, the received date, the registration and the reopening: the promise was given then, so the
    deadline of the second counts from there too. The first card's former text is kept as a note in its history.

    Raises SplitKeepsNothing, NotAllowed, WrongState.
    """
    with transaction.atomic():
        card = take(card, Step.SPLIT, by)
        if not remaining_text.strip() or not split_text.strip():
            raise SplitKeepsNothing
        intake = Intake(
            channel=card.channel,
            text=split_text,
            kind=kind or card.kind,
            category=category,
            language=card.language,
            received_on=card.received_on,
            registered_at=card.registered_at,
            contact=contact_of(card),
            callback_wanted=card.callback_wanted,
            place=card.place,
            area=card.area,
            latitude=card.latitude,
            longitude=card.longitude,
            unit=unit,
        )
        house = House.read()
        second = register_card(intake, by=by, now=now, house=house, origin=card, origin_kind=Card.Origin.SPLIT)
        if card.reopened_at is not None:
            second.cycle, second.reopened_at = card.cycle, card.reopened_at
            start = house.calendar.local_date(card.reopened_at)
            second.due_on = due_on(start, deadline_rule(second.category, house.municipality), house.calendar)
            second.save(update_fields=["cycle", "reopened_at", "due_on"])
        former, card.text = card.text, checked(replace(intake, text=remaining_text)).text
        card.save(update_fields=["text"])
        write(card, CardEvent.What.SPLIT, by=by, now=now, to_value=second.reference, note=former)
        return second


def add_note(card: Card, *, text: str, by: Person, now: datetime) -> CardEvent:
    """Write an internal note on a card, whatever its state. Raises TextMissing, NotAllowed."""
    with transaction.atomic():
        card = take(card, Step.CORRECT, by)
        return write(card, CardEvent.What.NOTE_ADDED, by=by, now=now, note=words(text, "text"))


def add_attachments(
    card: Card, uploads: list[Upload], *, by: Person | None, now: datetime, addition: Addition | None = None
) -> list[Attachment]:
    """Store files with a card, in the caller's transaction if there is one. Raises NotAllowed.

    `by` is None for the submitter, who then sees them again on the private page; `addition` is what they came with.
    """
    if by is not None and not may_do(by, Step.CORRECT, card) and card.registered_by_id != by.pk:
        raise NotAllowed
    stored: list[Attachment] = []
    if not uploads:
        return stored
    with transaction.atomic():
        for upload in uploads:
            attachment = Attachment(card=card, added_at=now, added_by=by, by_submitter=by is None, addition=addition)
            fill_from_upload(attachment, upload, called=card.reference)
            attachment.save()
            stored.append(attachment)
            write(card, CardEvent.What.ATTACHMENT_ADDED, by=by, now=now, to_value=attachment.pk)
    return stored
