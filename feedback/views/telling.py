"""A card's history in plain words: for the submitter without names of staff, for staff with who and when."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback.models import Card, CardEvent
from feedback.workflow import COMPLETED_STATES, CloseResult, State
from organisation.templatetags.page import long_day, short_day

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

What = CardEvent.What


class Step(NamedTuple):
    """One of the four steps of a card's way; `at` is when it was reached, None for what is to come."""

    name: str
    at: datetime | date | None
    done: bool
    current: bool
    note: str = ""


class Told(NamedTuple):
    at: datetime
    words: str
    text: str = ""


# What a submitter is told of each event. What is not here is the municipality's own affair.
TO_SUBMITTER: dict[str, _StrPromise] = {
    What.REGISTERED: gettext_lazy("We received your message."),
    What.FORWARDED: gettext_lazy("We sent it to those who answer for it."),
    What.REROUTED: gettext_lazy("It belongs to others here, and we sent it on to them."),
    What.SPLIT: gettext_lazy("It was about two matters, so we made two messages of it."),
    What.PRELIMINARY_ANSWER: gettext_lazy("The answer takes longer than we thought."),
    What.CONTACT_ATTEMPTED: gettext_lazy("We called you, but did not reach you."),
    What.CONTACT_CARD_POSTED: gettext_lazy(
        "We did not reach you by phone, and sent you a card by post: get in touch with us."
    ),
    What.CALLED_BACK: gettext_lazy("We gave you an answer."),
    What.FOLLOWED_UP: gettext_lazy("We followed up your message."),
    What.REFERRED: gettext_lazy("This is not for the municipality to decide. We told you who can help."),
    What.CLOSED: gettext_lazy("The matter is closed."),
    What.REOPENED: gettext_lazy("We opened the matter again."),
    What.OTHER_WAY_AGREED: gettext_lazy("We agreed with you on another way than the phone."),
}


def for_submitter(card: Card) -> list[Told]:
    """Return what the submitter is told, newest first. What was undone is left out with the event that it was."""
    undone = {event.details.get("attempt") for event in card.events.all() if event.what == What.ATTEMPT_UNDONE}
    taken_back = _taken_back(card)
    answers = sorted(card.preliminaryanswers.all(), key=lambda answer: answer.recorded_at)
    told: list[Told] = []
    for event in sorted(card.events.all(), key=lambda event: (event.at, event.pk)):
        words = TO_SUBMITTER.get(event.what)
        if (
            words is None
            or event.pk in taken_back
            or (event.what == What.CONTACT_ATTEMPTED and event.details.get("attempt") in undone)
        ):
            continue
        text = answers.pop(0).reason if event.what == What.PRELIMINARY_ANSWER and answers else ""
        told.append(Told(event.at, str(words), text))
    return told[::-1]


def _taken_back(card: Card) -> set[int | None]:
    """Return the ids of the events that were undone."""
    return {event.details.get("event") for event in card.events.all() if event.what == What.UNDONE}


def steps_of(card: Card) -> list[Step]:
    """Return the four steps: received, sent to the unit, called (or looked at), closed."""
    taken_back = _taken_back(card)
    forwarded = [
        event.at
        for event in card.events.all()
        if event.what in (What.FORWARDED, What.REROUTED) and event.pk not in taken_back
    ]
    with_unit = card.state != State.REGISTERED
    completed = card.state in COMPLETED_STATES
    closed = card.state == State.CLOSED
    return [
        Step(_("Received"), card.registered_at, done=True, current=False),
        Step(
            _("With those who answer for it"),
            max(forwarded) if forwarded and with_unit else None,
            done=with_unit,
            current=not with_unit,
            note=card.unit.name if with_unit else "",
        ),
        Step(
            _("We ring you") if card.callback_owed else _("We follow it up"),
            card.completed_at if completed else None,
            done=completed,
            current=with_unit and not completed,
            note=_third_note(card, completed),
        ),
        Step(_("Closed"), card.closed_at, done=closed, current=completed and not closed),
    ]


def _third_note(card: Card, completed: bool) -> str:
    if completed:
        notes = {
            State.REFERRED: _("You were told who can help."),
            State.CONTACT_CARD_POSTED: _("We sent you a card by post."),
        }
        return notes.get(State(card.state), "")
    if card.expected_on:
        return _("Now expected by %(day)s.") % {"day": long_day(card.expected_on)}
    return _("By %(day)s at the latest.") % {"day": long_day(card.due_on)} if card.callback_owed else ""


# --- For staff -----------------------------------------------------------------------------------------------------


class StaffTold(NamedTuple):
    at: datetime
    what: str
    who: str
    words: str
    note: str
    is_note: bool
    strong: bool


_STRONG = {
    What.REGISTERED,
    What.CALLED_BACK,
    What.FOLLOWED_UP,
    What.REFERRED,
    What.CONTACT_CARD_POSTED,
    What.CLOSED,
    What.REOPENED,
}

_FIELDS: dict[str, _StrPromise] = {
    "name": gettext_lazy("name"),
    "address": gettext_lazy("address"),
    "phone": gettext_lazy("phone"),
    "email": gettext_lazy("e-mail"),
    "other_way": gettext_lazy("other way"),
    "other_way_note": gettext_lazy("about the other way"),
    "kind": gettext_lazy("kind"),
    "category": gettext_lazy("category"),
    "language": gettext_lazy("language"),
    "place": gettext_lazy("place"),
    "area": gettext_lazy("area"),
    "political": gettext_lazy("political content"),
}


def for_staff(card: Card, unit_names: dict[str, str], person_names: dict[str, str]) -> list[StaffTold]:
    """Return the whole history, newest first. The dictionaries give names for the codes and ids that events hold."""
    return [
        StaffTold(
            at=event.at,
            what=str(What(event.what).label),
            who=event.by.name
            if event.by
            else _("the submitter")
            if event.what == What.REGISTERED and card.channel == "web"
            else "",
            words=_words(event, unit_names, person_names),
            note=event.note.text if hasattr(event, "note") else "",
            is_note=event.what == What.NOTE_ADDED,
            strong=event.what in _STRONG,
        )
        for event in card.events.all()
    ]


def _words(event: CardEvent, unit_names: dict[str, str], person_names: dict[str, str]) -> str:
    """Return what the codes of an event say, as a reader would say it."""
    before, after = event.from_value, event.to_value
    if event.what in (What.FORWARDED, What.REROUTED, What.RETURNED):
        units = {"before": unit_names.get(before, before), "after": unit_names.get(after, after)}
        return _("from %(before)s to %(after)s") % units if before else _("to %(after)s") % units
    if event.what == What.UNDONE:
        return str(dict(What.choices).get(before, before))
    if event.what == What.REPORTED_BACK:
        return unit_names.get(after, after)
    if event.what == What.DELEGATED:
        return person_names.get(after, "") if after else _("taken back")
    if event.what == What.CORRECTED:
        return ", ".join(str(_FIELDS.get(name, name)) for name in event.details.get("fields", []))
    if event.what == What.CONTACT_ATTEMPTED:
        return _("attempt number %(number)s") % {"number": after}
    if event.what == What.CALLED_BACK:
        return (
            _("reaction %(reaction)s of 6") % {"reaction": after}
            if after
            else _("would not say how the answer was taken")
        )
    if event.what == What.CLOSED:
        return str(dict(CloseResult.choices).get(after, after))
    return _dates_and_references(event, before, after)


def _dates_and_references(event: CardEvent, before: str, after: str) -> str:
    if event.what == What.DEADLINE_SET:
        return _("from %(before)s to %(after)s") % {"before": _day(before), "after": _day(after)}
    if event.what in (What.PRELIMINARY_ANSWER, What.CONTACT_CARD_POSTED):
        return _day(after)
    if event.what in (What.SPLIT, What.ALTERNATIVE_REGISTERED, What.LISTED, What.ESCALATED):
        return after
    return ""


def _day(text: str) -> str:
    try:
        return short_day(date.fromisoformat(text))
    except ValueError:
        return text
