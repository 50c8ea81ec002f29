"""The table of what can be done to a card: for each step its form, its words, and the one action that it calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from feedback.actions.answering import record_callback, record_follow_up, refer_card, register_own_alternative
from feedback.actions.calling import (
    agree_other_way,
    give_preliminary_answer,
    make_contact_card,
    post_contact_card,
    record_contact_attempt,
    undo_contact_attempt,
)
from feedback.actions.closing import close_card, reopen_card
from feedback.actions.correcting import (
    About,
    add_attachments,
    add_note,
    contact_of,
    correct_card,
    correct_contact,
    split_card,
)
from feedback.actions.explaining import explain_delay
from feedback.actions.handing_over import hand_over
from feedback.actions.moving import delegate_card, forward_card, reroute_card, return_card
from feedback.actions.reopening import decline_reopening
from feedback.actions.sensitive import mark_sensitive, name_reader, unmark_sensitive, unname_reader
from feedback.forms import sensitive as sensitive_forms
from feedback.forms import steps as forms
from feedback.forms.handing_over import HandOverForm
from feedback.models import Card
from feedback.rules import may_do
from feedback.workflow import State, Step, may
from organisation.models import Person

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Act = Callable[[Card, Any, Person, datetime], object]


@dataclass(frozen=True)
class StepEntry:
    """`slug` is the address and the prefix of the form's fields; `step` is what the rules ask about."""

    slug: str
    step: Step
    heading: _StrPromise
    button: _StrPromise
    done: _StrPromise
    form: type[forms.StepForm]
    act: Act

    def open_to(self, person: Person, card: Card) -> bool:
        return may(self.step, card.state) and may_do(person, self.step, card)


def _about(card: Card, form: forms.AboutForm, by: Person, now: datetime) -> object:
    data = form.cleaned_data
    names = ("kind", "category", "place", "area", "political")
    return correct_card(
        card, about=About(language=card.language, **{name: data[name] for name in names}), by=by, now=now
    )


def _contact(card: Card, form: forms.ContactForm, by: Person, now: datetime) -> object:
    known = contact_of(card)
    contact = form.contact(other_way=known.other_way, other_way_note=known.other_way_note)
    return correct_contact(card, contact=contact, by=by, now=now)


def _split(card: Card, form: forms.SplitForm, by: Person, now: datetime) -> object:
    data = form.cleaned_data
    names = ("remaining_text", "split_text", "category", "unit")
    return split_card(card, **{name: data[name] for name in names}, by=by, now=now)


def _callback(card: Card, form: forms.CallbackForm, by: Person, now: datetime) -> object:
    data = form.cleaned_data
    names = ("summary", "measures", "way", "reason", "reason_not_given", "alternative", "alternative_not_given")
    held_at = form.moment("held_on", "held_time")
    assert held_at is not None  # noqa: S101 (the form asks for the day)
    return record_callback(
        card,
        held_at=held_at,
        reaction=form.reaction_number,
        would_not_answer=form.reaction_number is None,
        register_alternative=data["register_alternative"],
        interview=form.interview_answer,
        by=by,
        now=now,
        **{name: data[name] for name in names},
    )


def _follow_up(card: Card, form: forms.FollowUpForm, by: Person, now: datetime) -> object:
    data, done_at = form.cleaned_data, form.moment("done_on")
    assert done_at is not None  # noqa: S101 (the form asks for the day)
    said = {name: data[name] for name in ("summary", "measures", "told")}
    return record_follow_up(card, done_at=done_at, by=by, now=now, **said)


def _refer(card: Card, form: forms.ReferForm, by: Person, now: datetime) -> object:
    data = form.cleaned_data
    contacted_at = form.moment("contacted_on", "contacted_time")
    names = ("body", "text", "note")
    return refer_card(card, contacted_at=contacted_at, by=by, now=now, **{name: data[name] for name in names})


def _close(card: Card, form: forms.CloseForm, by: Person, now: datetime) -> object:
    data = form.cleaned_data
    other = data.get("duplicate_of") if data["result"] == "duplicate" else None
    return close_card(card, result=data["result"], duplicate_of=other, note=data["note"], by=by, now=now)


ENTRIES = [
    StepEntry(
        "forward", Step.FORWARD, _("Forward to the unit that answers for it"), _("Forward"), _("Forwarded."), forms.UnitForm,
        lambda card, form, by, now: forward_card(card, unit=form.cleaned_data["unit"], by=by, now=now),
    ),
    StepEntry(
        "callback", Step.CALLBACK, _("We talked"), _("Save the conversation"), _("The conversation is saved."),
        forms.CallbackForm, _callback,
    ),
    StepEntry(
        "contact-attempt", Step.CONTACT_ATTEMPT, _("No answer"), _("No answer"), _("The attempt is logged."),
        forms.AttemptForm,
        lambda card, form, by, now: record_contact_attempt(
            card, made_at=form.made_at(), note=form.cleaned_data["note"], by=by, now=now
        ),
    ),
    StepEntry(
        "undo-attempt", Step.UNDO_ATTEMPT, _("Undo an attempt"), _("Undo"), _("The attempt is undone."), forms.UndoForm,
        lambda card, form, by, now: undo_contact_attempt(card, attempt=form.cleaned_data["attempt"], by=by, now=now),
    ),
    StepEntry(
        "contact-card", Step.CONTACT_CARD, _("Make a contact card"), _("Make the contact card"),
        _("The contact card is made. Print it, post it, and write when."), forms.NothingMoreForm,
        lambda card, form, by, now: make_contact_card(card, by=by, now=now),
    ),
    StepEntry(
        "post-contact-card", Step.POST_CONTACT_CARD, _("The contact card is posted"), _("It is posted"),
        _("Noted: the contact card is posted."), forms.PostedForm,
        lambda card, form, by, now: post_contact_card(card, posted_on=form.cleaned_data["posted_on"], by=by, now=now),
    ),
    StepEntry(
        "follow-up", Step.FOLLOW_UP, _("Write down what was done"), _("Save the follow-up"), _("The follow-up is saved."),
        forms.FollowUpForm, _follow_up,
    ),
    StepEntry(
        "preliminary-answer", Step.PRELIMINARY_ANSWER, _("Give a preliminary answer"), _("Save the preliminary answer"),
        _("The preliminary answer is saved."), forms.PreliminaryForm,
        lambda card, form, by, now: give_preliminary_answer(
            card, reason=form.cleaned_data["reason"], expected_on=form.cleaned_data["expected_on"], by=by, now=now
        ),
    ),
    StepEntry(
        "explain-delay", Step.EXPLAIN_DELAY, _("Write why it is late"), _("Save why"), _("Saved. It is shown with the card."),
        forms.DelayForm,
        lambda card, form, by, now: explain_delay(card, reason=form.cleaned_data["reason"], by=by, now=now),
    ),
    StepEntry(
        "agree-other-way", Step.AGREE_OTHER_WAY, _("Agree on another way than the phone"), _("Save the agreement"),
        _("The agreement is saved."), forms.OtherWayForm,
        lambda card, form, by, now: agree_other_way(
            card, way=form.cleaned_data["way"], note=form.cleaned_data["note"], by=by, now=now
        ),
    ),
    StepEntry(
        "delegate", Step.DELEGATE, _("Delegate to a case handler"), _("Delegate"), _("Delegated."), forms.DelegateForm,
        lambda card, form, by, now: delegate_card(card, handler=form.cleaned_data["handler"], by=by, now=now),
    ),
    StepEntry(
        "return", Step.RETURN, _("Send back as misrouted"), _("Send back"), _("Sent back to the service centre."),
        forms.ReasonForm,
        lambda card, form, by, now: return_card(card, reason=form.cleaned_data["reason"], by=by, now=now),
    ),
    StepEntry(
        "reroute", Step.REROUTE, _("Move to another unit"), _("Move"), _("Moved."), forms.RerouteForm,
        lambda card, form, by, now: reroute_card(
            card, unit=form.cleaned_data["unit"], reason=form.cleaned_data["reason"], by=by, now=now
        ),
    ),
    StepEntry(
        "refer", Step.REFER, _("Refer outside the municipality"), _("Refer"), _("Referred."), forms.ReferForm, _refer
    ),
    StepEntry(
        "hand-over", Step.HAND_OVER, _("Send to a neighbour, and keep the card"), _("Send to the neighbour"),
        _("It is on its way. The card stays with us, and so does the callback."), HandOverForm,
        lambda card, form, by, now: hand_over(card, form.to_send(), by=by, now=now),
    ),
    StepEntry(
        "split", Step.SPLIT, _("Split: it is about two matters"), _("Split"), _("Split in two."), forms.SplitForm, _split
    ),
    StepEntry(
        "contact-details", Step.CORRECT, _("Correct the contact details"), _("Save"), _("Corrected."), forms.ContactForm,
        _contact,
    ),
    StepEntry("correct", Step.CORRECT, _("Correct what it is about"), _("Save"), _("Corrected."), forms.AboutForm, _about),
    StepEntry(
        "note", Step.CORRECT, _("Write an internal note"), _("Save the note"), _("The note is saved."), forms.NoteForm,
        lambda card, form, by, now: add_note(card, text=form.cleaned_data["text"], by=by, now=now),
    ),
    StepEntry(
        "attach", Step.CORRECT, _("Attach files"), _("Attach"), _("Attached."), forms.AttachForm,
        lambda card, form, by, now: add_attachments(card, form.cleaned_data["uploads"], by=by, now=now),
    ),
    StepEntry("close", Step.CLOSE, _("Close the card"), _("Close"), _("Closed."), forms.CloseForm, _close),
    StepEntry(
        "reopen", Step.REOPEN, _("Reopen the card"), _("Reopen"), _("Reopened, with a new deadline."), forms.ReopenForm,
        lambda card, form, by, now: reopen_card(card, reason=form.cleaned_data["reason"], by=by, now=now),
    ),
    StepEntry(
        "decline-reopening", Step.DECLINE_REOPENING, _("Answer no, and say why"), _("Send the answer"),
        _("The submitter has the answer."), forms.DeclineForm,
        lambda card, form, by, now: decline_reopening(card, reason=form.cleaned_data["reason"], by=by, now=now),
    ),
    StepEntry(
        "register-alternative", Step.REGISTER_ALTERNATIVE, _("Register the submitter's proposal as a card of its own"),
        _("Register it"), _("The proposal is a card of its own."), forms.NothingMoreForm,
        lambda card, form, by, now: register_own_alternative(card, by=by, now=now),
    ),
    StepEntry(
        "mark-sensitive", Step.MARK_SENSITIVE, _("Mark as sensitive"), _("Mark as sensitive"),
        _("Marked as sensitive. Only the leader and those who are named open it now."), sensitive_forms.MarkForm,
        lambda card, form, by, now: mark_sensitive(
            card, reason=form.cleaned_data["reason"], note=form.cleaned_data["note"], by=by, now=now
        ),
    ),
    StepEntry(
        "name-reader", Step.NAME_READER, _("Let somebody more open it"), _("Name"), _("Named."), sensitive_forms.NameForm,
        lambda card, form, by, now: name_reader(card, person=form.cleaned_data["person"], by=by, now=now),
    ),
    StepEntry(
        "unname-reader", Step.UNNAME_READER, _("Let somebody open it no more"), _("Take away"),
        _("That person opens the card no more."), sensitive_forms.UnnameForm,
        lambda card, form, by, now: unname_reader(card, person=form.cleaned_data["person"], by=by, now=now),
    ),
    StepEntry(
        "unmark-sensitive", Step.UNMARK_SENSITIVE, _("It is not sensitive any more"), _("Take the mark off"),
        _("The mark is off. Everybody who sees the unit's cards sees it again."), sensitive_forms.UnmarkForm,
        lambda card, form, by, now: unmark_sensitive(card, reason=form.cleaned_data["reason"], by=by, now=now),
    ),
]  # fmt: skip

BY_SLUG = {entry.slug: entry for entry in ENTRIES}


def main_step(card: Card, attempts: int, needed: int, *, contact_card_waits: bool) -> str | None:
    """Return the slug of the one thing that is to be done next with a card, whoever does it; None for a closed one."""
    if card.state == State.CLOSED:
        return None
    if card.state == State.REGISTERED:
        return "forward"
    if card.state == State.CONTACT_CARD_POSTED:
        return "callback"
    if card.state != State.FORWARDED:
        return "close"
    if not card.callback_owed:
        return "follow-up"
    if contact_card_waits:
        return "post-contact-card"
    return "contact-card" if attempts >= needed else "callback"
