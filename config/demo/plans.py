"""What a story is made of: cards, their submitters, and the steps of each card's life.

A plan is data that knows its own rules (who is owed a callback, when it is due, when it was completed), so that tests
and the loader ask it and not each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from config.demo.municipality import deadline_days

CHANNELS = ("paper", "post", "email", "web", "phone", "fax", "meeting")
KINDS = ("request", "suggestion", "fault_report", "complaint", "criticism", "praise")
NEGATIVE = ("complaint", "criticism")
NOT_REACHED_AFTER = timedelta(days=30)
MIN_ATTEMPTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitter:
    """Everything may be empty; all of it empty is an anonymous card."""

    name: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""

    @property
    def owed_callback(self) -> bool:
        return bool(self.name and self.address and self.phone)

    @property
    def anonymous(self) -> bool:
        return not (self.name or self.address or self.phone or self.email)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`by` is a member of staff's e-mail address; None is the software itself."""

    at: datetime
    by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarded(Step):
    """`automatic`: by the routing rules at registration; otherwise by hand from the service centre's queue.

    A card that stays with the service centre has none.
    """

    unit: str
    automatic: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerouted(Step):
    unit: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedMisrouted(Step):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegated(Step):
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted(Step):
    """An internal note."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PreliminaryAnswered(Step):
    reason: str
    expected_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayExplained(Step):
    """Why the card is over its deadline, for the leader and the chief executive."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnotherWayAgreed(Step):
    """The submitter cannot use the phone: a written answer counts as the callback."""

    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptFailed(Step):
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactCardPrepared(Step):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactCardPosted(Step):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledBack(Step):
    """`reaction` 1–6, 6 best; None where the submitter would not answer. 1–3 carry why and what instead, or «not given».

    `way` is voice, visit or written. `registers_alternative`: what the submitter proposed became a suggestion card of its
    own, the plan with `grown_from` this card.
    """

    summary: str
    measures: str
    reaction: int | None
    reason: str = ""
    reason_not_given: bool = False
    alternative: str = ""
    alternative_not_given: bool = False
    way: str = "voice"
    registers_alternative: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedUp(Step):
    note: str
    measures: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferredOutside(Step):
    body: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Split(Step):
    """The second matter went on a card of its own, the plan with `split_from` this card; the first keeps the rest."""

    remaining_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed(Step):
    """`result`: answered, followed_up, referred, noted, withdrawn, duplicate or not_reached."""

    result: str
    note: str = ""
    duplicate_of: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened(Step):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitterAdded(Step):
    """On the own page, as are the next two: `by` is None."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnReacted(Step):
    reaction: int
    reason: str = ""
    alternative: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopeningAsked(Step):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopeningDeclined(Step):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPlan:
    """One card. `number` counts from 1 in the order of registration; `language` is one of nb, nn, sv, en."""

    number: int
    channel: str
    kind: str
    category: str | None
    text: str
    language: str
    place: str
    area: str
    latitude: float | None
    longitude: float | None
    received_on: date
    registered_at: datetime
    registered_by: str | None
    submitter: Submitter
    political: bool
    outside: str = ""
    split_from: int | None = None
    grown_from: int | None = None
    steps: tuple[Step, ...] = ()

    @property
    def owed_callback(self) -> bool:
        return self.submitter.owed_callback

    @property
    def counted_from(self) -> date:
        """The local date that the deadline counts from: the last reopening, else the registration."""
        reopened = [s.at for s in self.steps if isinstance(s, Reopened)]
        return (reopened[-1] if reopened else self.registered_at).date()

    @property
    def due_on(self) -> date:
        return self.counted_from + timedelta(days=deadline_days(self.category))

    @property
    def first_due_on(self) -> date:
        return self.registered_at.date() + timedelta(days=deadline_days(self.category))

    @property
    def completed_at(self) -> datetime | None:
        """The first completing instant since the last reopening. A contact card is posted at noon: it has only a date."""
        done: datetime | None = None
        prepared: datetime | None = None
        for step in self.steps:
            if isinstance(step, Reopened):
                done = None
            elif isinstance(step, ContactCardPrepared):
                prepared = step.at
            elif done is None and isinstance(step, ContactCardPosted) and prepared is not None:
                done = max(prepared, min(step.at.replace(hour=12, minute=0, second=0), step.at))
            elif done is None and isinstance(step, CalledBack | ReferredOutside | FollowedUp | Closed):
                done = step.at
        return done

    @property
    def closed(self) -> bool:
        own = (SubmitterAdded, OwnReacted, ReopeningAsked, ReopeningDeclined)
        last = next((step for step in reversed(self.steps) if not isinstance(step, own)), None)
        return isinstance(last, Closed)

    @property
    def unit(self) -> str:
        """The unit that has the card now; SERV is the service centre, which has what no other unit has yet."""
        unit = "SERV"
        for step in self.steps:
            if isinstance(step, Forwarded | Rerouted):
                unit = step.unit
            elif isinstance(step, ReturnedMisrouted):
                unit = "SERV"
        return unit

    def overdue_at(self, moment: datetime) -> bool:
        """Past its deadline and not completed at that moment (an event at the moment has not happened yet)."""
        if self.registered_at >= moment or self.due_on >= moment.date():
            return False
        return self.completed_at is None or self.completed_at >= moment


@dataclass(frozen=True, slots=True)
class Story:
    seed: int
    today: date
    now: datetime
    launch: date
    relaunch: date
    cards: tuple[CardPlan, ...]
