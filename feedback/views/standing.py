"""What the submitter is told of a card: where it stands, its four steps and its history, in plain words.

No names of staff, and nothing that is not so: a call is promised only where one is owed, and «we told you» is said only
where somebody did.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from feedback.models import (
    Addition,
    Attachment,
    Callback,
    Card,
    CardEvent,
    ContactCard,
    FollowUp,
    InterviewConsent,
    OwnReaction,
    Referral,
    ReopeningRequest,
    Submitter,
)
from feedback.models.contact import OfCard
from feedback.workflow import COMPLETED_STATES, CloseResult, State
from organisation.models import Municipality, Unit
from organisation.models.municipality import CallbackRule
from organisation.templatetags.page import full_day, long_day

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

What = CardEvent.What
OtherWay = Submitter.OtherWay
Row = TypeVar("Row", bound=OfCard)


class Step(NamedTuple):
    """One of the four steps of a card's way; `at` is when it was reached, None for what is to come."""

    name: str
    at: datetime | date | None
    done: bool
    current: bool
    note: str = ""


class Told(NamedTuple):
    """One thing that happened. `text` is what was written at it, `link` the secret of a card that it made."""

    at: datetime
    words: str
    text: str = ""
    link: str = ""


class Sent(NamedTuple):
    """What the submitter sent at one time."""

    at: datetime
    text: str
    files: list[Attachment]


def _last(rows: Iterable[Row], card: Card) -> Row | None:
    """Return the last of the rows that belong to the card's present cycle."""
    return max((row for row in rows if row.cycle == card.cycle), key=lambda row: row.pk, default=None)


@dataclass
class Standing:
    """A card with all that `card_by_secret` joins, as its submitter meets it on the local date `today`."""

    card: Card
    house: Municipality
    today: date

    def __post_init__(self) -> None:
        card = self.card
        self.submitter: Submitter | None = getattr(card, "submitter", None)
        self.callback: Callback | None = _last(card.callbacks.all(), card)
        self.follow_up: FollowUp | None = _last(card.followups.all(), card)
        self.referral: Referral | None = _last(card.referrals.all(), card)
        self.contact_card: ContactCard | None = _last(card.contactcards.all(), card)
        self.own_reaction: OwnReaction | None = _last(card.ownreactions.all(), card)
        self.interview: InterviewConsent | None = next(iter(card.interviewconsents.all()), None)
        self.request: ReopeningRequest | None = _last(card.reopeningrequests.all(), card)
        self.attempts = sum(
            attempt.cycle == card.cycle and attempt.undone_at is None for attempt in card.contactattempts.all()
        )
        self.other_way = self.submitter.other_way if self.submitter is not None else ""

    @property
    def asks(self) -> bool:
        """Whether a request to reopen waits for an answer."""
        return self.request is not None and self.request.answered_at is None

    @property
    def ends_on(self) -> date | None:
        """The last day of this page: known once the card is closed."""
        if self.card.closed_at is None:
            return None
        return (self.card.closed_at.astimezone(self.house.zone) + timedelta(days=self.house.private_page_days)).date()

    # --- In a few sentences ------------------------------------------------------------------------------------------

    def sentences(self) -> list[str]:
        """Return where it stands, the most important first."""
        told = [*self._about_request(), *self._about_state()]
        return [str(sentence) for sentence in told if sentence]

    def _about_request(self) -> list[str]:
        if self.request is None or self.card.is_open:
            return []
        if self.request.answered_at is not None:
            return [_("You asked us to open the matter again. We do not: you see why below.")]
        words = _("You have asked us to open the matter again. We look at it and answer you here.")
        if self.submitter is not None and self.submitter.email:
            words = _("You have asked us to open the matter again. We look at it and answer you here and by e-mail.")
        return [words]

    def _about_state(self) -> list[str]:
        state = State(self.card.state)
        if self.card.is_open:
            return self._about_open()
        if state == State.CONTACT_CARD_POSTED:
            return self._about_contact_card()
        if state == State.CLOSED:
            return self._about_closed()
        return self._about_done()

    def _about_open(self) -> list[str]:
        if not self.card.callback_owed:
            rule = self.house.callback_rule
            return [
                _("We read it and follow it up. We ring only those who have given a phone number.")
                if rule == CallbackRule.PHONE
                else _(
                    "We read it and follow it up. We ring only those who have given name, address and daytime phone."
                )
            ]
        return [self.promise(), *self._about_attempts()]

    @property
    def late(self) -> bool:
        """Whether an answer that was promised should have come before today."""
        card = self.card
        return card.is_open and card.callback_owed and (card.expected_on or card.due_on) < self.today

    def promise(self) -> str:
        """Return by when the answer comes and how, or that it is late."""
        card = self.card
        if self.late:
            late = {"day": long_day(card.expected_on or card.due_on)}
            return _("You should have had an answer by %(day)s. We are late, and sorry for it.") % late
        if card.expected_on:
            day = {"day": long_day(card.expected_on)}
            return _("The answer takes longer than we thought. We expect to have it by %(day)s.") % day
        day = {"day": long_day(card.due_on)}
        if self.other_way == OtherWay.WRITTEN:
            return _("You get a written answer, as agreed, by %(day)s at the latest.") % day
        if self.other_way == OtherWay.INTERPRETER:
            return _("We talk with you with an interpreter, as agreed, by %(day)s at the latest.") % day
        if self.other_way == OtherWay.VISIT:
            return _("We talk with you in person, as agreed, by %(day)s at the latest.") % day
        return _("We ring you with an answer by %(day)s at the latest.") % day

    def _about_attempts(self) -> list[str]:
        if not self.attempts:
            return []
        tried = ngettext(
            "We have tried to ring you once, and did not reach you.",
            "We have tried to ring you %(times)s times, and did not reach you.",
            self.attempts,
        ) % {"times": self.attempts}
        again = _("We try again.") if self.attempts < self.house.minimum_attempts else ""
        return [f"{tried} {again}".strip(), self.ring_us()]

    def ring_us(self) -> str:
        """Return how to be reached, or to reach us."""
        words = {"phone": self.house.phone, "reference": self.card.reference}
        if not self.house.phone:
            return _("Write below when we can reach you.")
        return _("Ring us on %(phone)s and say the number %(reference)s, or write below when we can reach you.") % words

    def _about_contact_card(self) -> list[str]:
        posted = self.contact_card.posted_on if self.contact_card is not None else None
        if posted is None:
            return [self.ring_us()]
        last = posted + timedelta(days=self.house.not_reached_after_days)
        return [
            _("We did not reach you by phone, and sent you a card by post on %(day)s.") % {"day": long_day(posted)},
            self.ring_us(),
            _("If we hear nothing from you by %(day)s, we close the matter.") % {"day": long_day(last)},
        ]

    def _about_done(self) -> list[str]:
        if self.callback is not None:
            return [self._answered()]
        if self.referral is not None:
            told = self.referral.contacted_at
            return [
                _("It is not the municipality that decides this, but %(body)s.") % {"body": self.referral.body},
                _("We told you so on %(day)s.") % {"day": long_day(told)} if told else "",
                self.referral.text,
            ]
        if self.follow_up is not None:
            day = {"day": long_day(self.follow_up.done_at)}
            return [_("We followed up your message on %(day)s.") % day, self.follow_up.told]
        return []

    def _answered(self) -> str:
        callback = self.callback
        assert callback is not None  # noqa: S101 (asked by the callers)
        day = {"day": long_day(callback.held_at)}
        if callback.way == Callback.Way.WRITTEN:
            return _("You got a written answer on %(day)s.") % day
        return _("We talked with you on %(day)s, and gave you an answer.") % day

    def _about_closed(self) -> list[str]:
        result = CloseResult(self.card.close_result)
        if result in _CLOSED:
            return [str(_CLOSED[result])]
        return [*self._about_done(), _("The matter is closed.")]

    # --- In four steps -----------------------------------------------------------------------------------------------

    def steps(self) -> list[Step]:
        """Return the four steps: received, with those who answer for it, answered, closed."""
        card = self.card
        taken_back = self._taken_back()
        moved = [
            event.at
            for event in card.events.all()
            if event.what in (What.FORWARDED, What.REROUTED) and event.pk not in taken_back
        ]
        with_unit = card.unit.kind != Unit.Kind.SERVICE_CENTRE
        completed, closed = card.state in COMPLETED_STATES, card.state == State.CLOSED
        # What the service centre answers itself went to nobody else.
        answered_there = completed and card.close_result not in _WITHOUT_ANSWER
        return [
            Step(_("Received"), card.registered_at, done=True, current=False),
            Step(
                _("With those who answer for it"),
                max(moved) if moved and with_unit else None,
                done=with_unit or answered_there,
                current=not with_unit and not completed,
                note=card.unit.name if with_unit or answered_there else "",
            ),
            self._third_step(current=with_unit and not completed),
            Step(
                _("Closed"),
                card.closed_at,
                done=closed,
                current=completed and not closed and card.state != State.CONTACT_CARD_POSTED,
            ),
        ]

    def _third_step(self, *, current: bool) -> Step:
        card = self.card
        if self.callback is not None:
            return Step(_("You got an answer"), self.callback.held_at, done=True, current=False)
        if self.follow_up is not None:
            return Step(_("We followed it up"), self.follow_up.done_at, done=True, current=False)
        if self.referral is not None:
            name = _("You were told who decides") if self.referral.contacted_at else _("For others to decide")
            return Step(name, self.referral.contacted_at, done=True, current=False, note=self.referral.body)
        if self.contact_card is not None and self.contact_card.posted_on is not None:
            waits = card.state == State.CONTACT_CARD_POSTED
            return Step(
                _("We did not reach you"),
                self.contact_card.posted_on,
                done=not waits and card.close_result == CloseResult.NOT_REACHED,
                current=waits,
                note=_("We sent you a card by post."),
            )
        if card.close_result == CloseResult.NOTED:
            return Step(_("We took note of it"), card.completed_at, done=True, current=False)
        name = self._coming()
        if card.state == State.CLOSED:
            # Of a duplicate we do not know whether the other one brings an answer to this submitter.
            note = (
                _("Not needed any more.") if card.close_result == CloseResult.WITHDRAWN else _("Not on this message.")
            )
            return Step(name, None, done=False, current=False, note=note)
        return Step(name, None, done=False, current=current, note=self._by_when())

    def _coming(self) -> str:
        if not self.card.callback_owed:
            return _("We follow it up")
        if self.other_way == OtherWay.WRITTEN:
            return _("We write to you")
        return _("We talk with you") if self.other_way else _("We ring you")

    def _by_when(self) -> str:
        card = self.card
        if not card.callback_owed:
            return ""
        day = card.expected_on or card.due_on
        if day < self.today:
            return _("Should have been by %(day)s.") % {"day": long_day(day)}
        if card.expected_on:
            return _("Now expected by %(day)s.") % {"day": long_day(day)}
        return _("By %(day)s at the latest.") % {"day": long_day(day)}

    # --- All that happened -------------------------------------------------------------------------------------------

    def story(self) -> list[Told]:
        """Return what the submitter is told, newest first. What was undone is left out with the event that it was."""
        events = sorted(self.card.events.all(), key=lambda event: (event.at, event.pk))
        undone = {event.details.get("attempt") for event in events if event.what == What.ATTEMPT_UNDONE}
        taken_back = self._taken_back()
        answers = sorted(self.card.preliminaryanswers.all(), key=lambda answer: answer.recorded_at)
        told: list[Told] = []
        for event in events:
            if event.what == What.CONTACT_ATTEMPTED and event.details.get("attempt") in undone:
                continue
            if event.pk in taken_back:
                continue
            words = self._words(event)
            if not words:
                continue
            text, link = "", ""
            if event.what == What.PRELIMINARY_ANSWER and answers:
                text = answers.pop(0).reason
            elif event.what in (What.REOPENING_ASKED, What.REOPENING_DECLINED):
                text = self._of_request(event)
            elif event.what in (What.FOLLOWED_UP, What.REFERRED):
                text = self._told_earlier(event)
            elif event.what == What.SPLIT:
                link = self._secret_of(event.to_value)
            told.append(Told(event.at, words, text, link))
        return told[::-1]

    def _words(self, event: CardEvent) -> str:
        """Return what the submitter is told of an event; nothing where it is the municipality's own affair."""
        after = event.to_value
        if event.what == What.CLOSED:
            return str(_CLOSED.get(CloseResult(after), _("The matter is closed.")))
        if event.what == What.CALLED_BACK:
            if event.details.get("way") == Callback.Way.WRITTEN:
                return _("We gave you a written answer, as agreed.")
            return _("We talked with you, and gave you an answer.")
        if event.what == What.OTHER_WAY_AGREED:
            return str(_AGREED.get(after, _("We agreed with you to ring as usual.")))
        if event.what == What.REFERRED:
            return self._referred(event)
        if event.what == What.OWN_REACTION:
            return _("You told us what you think of the answer: %(reaction)s of 6.") % {"reaction": after}
        if event.what == What.INTERVIEW_ANSWERED:
            if after == "yes":
                return _("You said yes to be rung later for an interview.")
            return _("You said no to be rung later for an interview.")
        if event.what in (What.PRELIMINARY_ANSWER, What.DEADLINE_SET):
            return self._new_day(event)
        return str(TO_SUBMITTER.get(event.what, ""))

    def _taken_back(self) -> set[int | None]:
        """Return the ids of the events that were undone."""
        return {event.details.get("event") for event in self.card.events.all() if event.what == What.UNDONE}

    def _referred(self, event: CardEvent) -> str:
        referral = self._referral_of(event)
        if referral is None:
            return ""
        if referral.contacted_at is None:
            return _("It is not the municipality that decides this, but %(body)s.") % {"body": referral.body}
        return _("We told you that it is not the municipality that decides this, but %(body)s.") % {
            "body": referral.body
        }

    def _new_day(self, event: CardEvent) -> str:
        try:
            day = {"day": long_day(date.fromisoformat(event.to_value))}
        except ValueError:
            return ""
        if event.what == What.PRELIMINARY_ANSWER:
            return _("The answer takes longer than we thought. We expect to have it by %(day)s.") % day
        return _("You get an answer by %(day)s at the latest.") % day if self.card.callback_owed else ""

    def _of_request(self, event: CardEvent) -> str:
        asked = next((row for row in self.card.reopeningrequests.all() if row.pk == event.details.get("request")), None)
        if asked is None:
            return ""
        return asked.reason if event.what == What.REOPENING_ASKED else asked.answer_reason

    def _told_earlier(self, event: CardEvent) -> str:
        """What was told of it in a cycle that is over; that of the present one stands at the top of the page."""
        followed_up = event.details.get("follow_up")
        earlier = (row.told for row in self.card.followups.all() if row.pk == followed_up and row != self.follow_up)
        referral = self._referral_of(event)
        return next(earlier, referral.text if referral is not None and referral != self.referral else "")

    def _referral_of(self, event: CardEvent) -> Referral | None:
        return next((row for row in self.card.referrals.all() if row.pk == event.details.get("referral")), None)

    def _secret_of(self, reference: str) -> str:
        """Both halves of a split card are the same submitter's."""
        split = (other for other in self.card.offspring.all() if other.origin_kind == Card.Origin.SPLIT)
        return next((other.secret for other in split if other.reference == reference), "")

    def sent(self) -> list[Sent]:
        """Return what the submitter sent: the message with its files, and what was added. Scans by staff are not there."""
        files = [file for file in self.card.attachments.all() if file.by_submitter]
        additions: list[Addition] = sorted(self.card.additions.all(), key=lambda addition: addition.recorded_at)
        first = Sent(self.card.registered_at, self.card.text, [file for file in files if file.addition_id is None])
        later = [
            Sent(one.recorded_at, one.text, [file for file in files if file.addition_id == one.pk]) for one in additions
        ]
        return [first, *later]

    def last_day(self) -> str:
        """Return until when this page can be read; empty while nobody knows."""
        return _("This page can be read until %(day)s.") % {"day": full_day(self.ends_on)} if self.ends_on else ""


# What a submitter is told of the plain events. What is not here is told by its values, or the municipality's own affair.
TO_SUBMITTER: dict[str, _StrPromise] = {
    What.REGISTERED: gettext_lazy("We received your message."),
    What.FORWARDED: gettext_lazy("We sent it to those who answer for it."),
    What.REROUTED: gettext_lazy("It belongs to others here, and we sent it on to them."),
    What.SPLIT: gettext_lazy("It was about two matters, so we made two messages of it."),
    What.CONTACT_ATTEMPTED: gettext_lazy("We called you, but did not reach you."),
    What.CONTACT_CARD_POSTED: gettext_lazy(
        "We did not reach you by phone, and sent you a card by post: get in touch with us."
    ),
    What.FOLLOWED_UP: gettext_lazy("We followed up your message."),
    What.REOPENED: gettext_lazy("We opened the matter again."),
    What.SUBMITTER_ADDED: gettext_lazy("You added something to the message."),
    What.WITHDRAWN: gettext_lazy("You withdrew the message."),
    What.REOPENING_ASKED: gettext_lazy("You asked us to open the matter again."),
    What.REOPENING_DECLINED: gettext_lazy("We looked at it, and do not open the matter again."),
}

_AGREED: dict[str, _StrPromise] = {
    OtherWay.WRITTEN: gettext_lazy("We agreed with you on a written answer."),
    OtherWay.INTERPRETER: gettext_lazy("We agreed with you to talk with an interpreter."),
    OtherWay.VISIT: gettext_lazy("We agreed with you to talk in person."),
}

# The results that say more than «closed». Of a duplicate nothing is said of the other: it may be somebody else's.
_CLOSED: dict[CloseResult, _StrPromise] = {
    CloseResult.NOT_REACHED: gettext_lazy(
        "The matter is closed, because we did not reach you. Do you still want an answer? Ask us to open it again."
    ),
    CloseResult.WITHDRAWN: gettext_lazy("The message is withdrawn, and the matter is closed."),
    CloseResult.DUPLICATE: gettext_lazy("There is another message about the same matter, so this one is closed."),
    CloseResult.NOTED: gettext_lazy("We have taken note of your message, and the matter is closed."),
}

_WITHOUT_ANSWER = {CloseResult.WITHDRAWN, CloseResult.DUPLICATE}
