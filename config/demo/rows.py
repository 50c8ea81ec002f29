"""A plan's life as rows: what the actions of `feedback` would write step by step, made in memory and written at once.

Two thousand cards take four times as long through the actions, and those queue a mail for almost every step. A test takes
the same plans both ways and compares every row.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from config.demo import plans
from config.demo.days import CALENDAR
from config.demo.furnish import Furnished
from config.demo.municipality import deadline_days
from config.demo.texts_answers import WHOM_TO_TURN_TO
from feedback.actions.intake import House, Intake, Prepared, prepare_card
from feedback.actions.moving import taken_off
from feedback.deadlines import Contact, moment_of
from feedback.models import (
    Addition,
    Callback,
    Card,
    CardEvent,
    CardNote,
    ContactAttempt,
    ContactCard,
    FollowUp,
    OwnReaction,
    PreliminaryAnswer,
    Referral,
    ReopeningRequest,
    Submitter,
)
from feedback.workflow import OPEN_STATES, State
from organisation.models import Person, Unit

What = CardEvent.What
Record = (
    ContactAttempt | ContactCard | Callback | FollowUp | PreliminaryAnswer | Referral
    | Addition | OwnReaction | ReopeningRequest
)  # fmt: skip


class StoryDisagrees(Exception):
    """The story and the software see a card differently: a fault in one of them."""


def intake_of(plan: plans.CardPlan, furnished: Furnished, *, parent_unit: Unit | None = None) -> Intake:
    """What came in, as a form would have handed it on. `parent_unit`: of the card that this one grew out of."""
    unit = parent_unit
    if plan.outside and plan.registered_by is not None:
        # Rule 3: what belongs outside is not forwarded. Whoever took it in saw that, and kept it.
        unit = furnished.units["SERV"]
    whole = plan.submitter
    return Intake(
        channel=plan.channel,
        text=plan.text,
        kind=plan.kind,
        category=furnished.categories[plan.category] if plan.category else None,
        language=plan.language,
        received_on=plan.received_on,
        registered_at=plan.registered_at,
        contact=Contact(name=whole.name, address=whole.address, phone=whole.phone, email=whole.email),
        place=plan.place,
        area=plan.area,
        latitude=Decimal(str(plan.latitude)) if plan.latitude is not None else None,
        longitude=Decimal(str(plan.longitude)) if plan.longitude is not None else None,
        political=plan.political,
        unit=unit,
    )


class Rows:
    """All rows of a story, in the order in which they must be written."""

    def __init__(self, house: House, furnished: Furnished) -> None:
        self.house = house
        self.furnished = furnished
        self.cards: dict[int, Card] = {}
        self.submitters: list[Submitter] = []
        self.records: list[Record] = []
        self.events: list[CardEvent] = []
        self.notes: list[CardNote] = []
        # Of events that name a row by its id, which is known only once the row is written.
        self.pointing: list[tuple[CardEvent, str, Record]] = []

    def person(self, email: str | None) -> Person | None:
        return self.furnished.people[email] if email is not None else None

    def register(self, plan: plans.CardPlan, reference: str) -> None:
        """Make the card as it was registered; its life follows when all cards are there."""
        parent = self.cards.get(plan.grown_from or plan.split_from or 0)
        chosen = self._last_unit_at(parent, plan) if plan.grown_from else None
        intake = intake_of(plan, self.furnished, parent_unit=chosen)
        prepared = prepare_card(intake, self.house, by=self.person(plan.registered_by), now=plan.registered_at)
        self._check(plan, prepared)
        card = prepared.card
        card.reference = reference
        if parent is not None:
            card.origin = parent
            card.origin_kind = Card.Origin.ALTERNATIVE if plan.grown_from else Card.Origin.SPLIT
        self.cards[plan.number] = card
        self.events += prepared.events
        if prepared.submitter is not None:
            card.submitter = prepared.submitter
            self.submitters.append(prepared.submitter)

    def _last_unit_at(self, parent: Card | None, plan: plans.CardPlan) -> Unit:
        """The unit of the first card: where this one was forwarded at its registration, else the service centre."""
        forwarded = [s.unit for s in plan.steps if isinstance(s, plans.Forwarded) and s.automatic]
        return self.furnished.units[forwarded[0] if forwarded else "SERV"]

    def _check(self, plan: plans.CardPlan, prepared: Prepared) -> None:
        forwarded = [s.unit for s in plan.steps if isinstance(s, plans.Forwarded) and s.automatic]
        unit, due = forwarded[0] if forwarded else "SERV", plan.first_due_on
        if (prepared.card.unit.code, prepared.card.due_on) != (unit, due):
            raise StoryDisagrees(
                f"Card {plan.number}: {unit}, due {due}, in the story; {prepared.card.unit.code}, due"
                f" {prepared.card.due_on}, by the rules."
            )

    def live(self, plan: plans.CardPlan, *, split_into: Card | None, grown_into: Card | None) -> None:
        """Make the rows of all that happened to a card."""
        life = _Life(self, self.cards[plan.number], split_into, grown_into)
        for step in plan.steps:
            life.take(step)
        if life.card.completed_at != plan.completed_at:
            raise StoryDisagrees(
                f"Card {plan.number}: completed {plan.completed_at}, by its rows {life.card.completed_at}."
            )


class _Life:
    """One card on its way through its steps, changed as the actions would change it."""

    def __init__(self, rows: Rows, card: Card, split_into: Card | None, grown_into: Card | None) -> None:
        self.rows = rows
        self.card = card
        self.split_into = split_into
        self.grown_into = grown_into
        self.attempts = 0
        self.contact_card: ContactCard | None = None
        self.asked: ReopeningRequest | None = None

    def event(
        self,
        what: What,
        step: plans.Step,
        from_value: object = "",
        to_value: object = "",
        note: str = "",
        points_to: tuple[str, Record] | None = None,
        **details: Any,
    ) -> None:
        made = CardEvent(
            card=self.card,
            what=what,
            at=step.at,
            by=self.rows.person(step.by),
            from_value=str(from_value),
            to_value=str(to_value),
            details=details,
        )
        self.rows.events.append(made)
        if note:
            self.rows.notes.append(CardNote(card=self.card, event=made, text=note))
        if points_to is not None:
            self.rows.pointing.append((made, *points_to))

    def of_card(self, step: plans.Step) -> dict[str, Any]:
        """What every record of contact has."""
        return {
            "card": self.card,
            "cycle": self.card.cycle,
            "recorded_at": step.at,
            "recorded_by": self.rows.person(step.by),
        }

    def take(self, step: plans.Step) -> None:
        """Write what the step writes. A card that the rules forwarded has that event from its registration."""
        match step:
            case plans.Forwarded(automatic=True):
                pass
            case plans.Forwarded(unit=unit):
                self.move(What.FORWARDED, step, unit)
            case plans.Rerouted(unit=unit, reason=reason):
                self.move(What.REROUTED, step, unit, reason)
            case plans.ReturnedMisrouted(reason=reason):
                self.move(What.RETURNED, step, "SERV", reason)
                self.card.returned_at = step.at
            case plans.Delegated(to=to):
                before, self.card.handler = self.card.handler_id, self.rows.person(to)
                self.event(What.DELEGATED, step, before or "", self.card.handler_id or "")
            case plans.Noted(text=text):
                self.event(What.NOTE_ADDED, step, note=text)
            case plans.Split(remaining_text=remaining) if self.split_into is not None:
                former, self.card.text = self.card.text, remaining
                self.event(What.SPLIT, step, to_value=self.split_into.reference, note=former)
            case plans.Closed():
                self.close(step)
            case plans.Reopened(reason=reason):
                self.reopen(step, reason)
            case plans.SubmitterAdded() | plans.OwnReacted() | plans.ReopeningAsked() | plans.ReopeningDeclined():
                self.own_page(step)
            case _:
                self.reach(step)

    def own_page(self, step: plans.Step) -> None:
        """What the submitter does on the own page, and the service centre's no to it."""
        here = self.of_card(step)
        match step:
            case plans.SubmitterAdded(text=text):
                addition = Addition(**here, text=text, key=uuid.uuid4())
                self.rows.records.append(addition)
                self.event(What.SUBMITTER_ADDED, step, points_to=("addition", addition), files=0)
            case plans.OwnReacted(reaction=reaction, reason=reason, alternative=alternative):
                own = OwnReaction(**here, reaction=reaction, reason=reason, alternative=alternative)
                self.rows.records.append(own)
                self.event(What.OWN_REACTION, step, to_value=reaction, points_to=("own_reaction", own))
            case plans.ReopeningAsked(reason=reason):
                self.asked = ReopeningRequest(**here, reason=reason)
                self.rows.records.append(self.asked)
                self.event(What.REOPENING_ASKED, step, points_to=("request", self.asked))
            case plans.ReopeningDeclined(reason=reason) if self.asked is not None:
                asked = self.asked
                asked.answer, asked.answered_at = ReopeningRequest.Answer.DECLINED, step.at
                asked.answer_reason = reason
                self.event(What.REOPENING_DECLINED, step, points_to=("request", asked))

    def reach(self, step: plans.Step) -> None:
        """What is done to reach and answer the submitter."""
        card, here = self.card, self.of_card(step)
        match step:
            case plans.PreliminaryAnswered(reason=reason, expected_on=expected_on):
                self.rows.records.append(PreliminaryAnswer(**here, reason=reason, expected_on=expected_on))
                card.expected_on = expected_on
                self.event(What.PRELIMINARY_ANSWER, step, to_value=expected_on)
            case plans.DelayExplained(reason=reason):
                self.event(What.DELAY_EXPLAINED, step, note=reason)
            case plans.AnotherWayAgreed(note=note):
                way = Submitter.OtherWay.WRITTEN
                card.submitter.other_way, card.submitter.other_way_note = way, note
                self.event(What.OTHER_WAY_AGREED, step, to_value=way.value)
            case plans.AttemptFailed(note=note):
                attempt = ContactAttempt(**here, made_at=step.at, note=note)
                self.rows.records.append(attempt)
                self.attempts += 1
                self.event(What.CONTACT_ATTEMPTED, step, to_value=self.attempts, points_to=("attempt", attempt))
            case plans.ContactCardPrepared():
                self.contact_card = ContactCard(**here, attempts=self.attempts)
                self.rows.records.append(self.contact_card)
                self.event(What.CONTACT_CARD_MADE, step, to_value=self.attempts)
            case plans.ContactCardPosted() if self.contact_card is not None:
                self.post(self.contact_card, step)
            case plans.CalledBack():
                self.call_back(step)
            case plans.FollowedUp(note=summary, measures=measures):
                follow_up = FollowUp(**here, done_at=step.at, summary=summary, measures=measures, told=measures)
                self.rows.records.append(follow_up)
                self.complete(State.FOLLOWED_UP, step.at)
                self.event(What.FOLLOWED_UP, step, points_to=("follow_up", follow_up))
                self.report_back(step)
            case plans.ReferredOutside(body=body, note=note):
                anonymous = getattr(card, "submitter", None) is None
                referral = Referral(
                    **here,
                    body=body,
                    contacted_at=None if anonymous else step.at,
                    text=WHOM_TO_TURN_TO.format(body=body),
                    note=note,
                )
                self.rows.records.append(referral)
                self.complete(State.REFERRED, step.at)
                self.event(What.REFERRED, step, points_to=("referral", referral))
            case _:
                raise StoryDisagrees(f"Card {card.reference}: nobody knows how to write {step}.")

    def move(self, what: What, step: plans.Step, code: str, reason: str = "") -> None:
        card, unit = self.card, self.rows.furnished.units[code]
        before, was = card.unit.code, {} if what == What.RETURNED else taken_off(card)
        card.unit, card.handler, card.returned_at = unit, None, None
        card.state = State.REGISTERED if unit.kind == Unit.Kind.SERVICE_CENTRE else State.FORWARDED
        self.event(what, step, before, code, reason, None, **was)

    def post(self, contact_card: ContactCard, step: plans.Step) -> None:
        day = CALENDAR.local_date(step.at)
        contact_card.posted_on = day
        contact_card.posted_at = moment_of(day, calendar=CALENDAR, not_before=contact_card.recorded_at, now=step.at)
        contact_card.posted_by = self.rows.person(step.by)
        self.card.state, self.card.completed_at = State.CONTACT_CARD_POSTED, contact_card.posted_at
        self.event(What.CONTACT_CARD_POSTED, step, to_value=day, attempts=contact_card.attempts)

    def call_back(self, step: plans.CalledBack) -> None:
        callback = Callback(
            **self.of_card(step),
            held_at=step.at,
            way=step.way,
            summary=step.summary,
            measures=step.measures,
            reaction=step.reaction,
            would_not_answer=step.reaction is None,
            reason=step.reason,
            reason_not_given=step.reason_not_given,
            alternative=step.alternative,
            alternative_not_given=step.alternative_not_given,
        )
        self.rows.records.append(callback)
        self.complete(State.CALLED_BACK, step.at)
        mark = step.reaction or ""
        self.event(What.CALLED_BACK, step, to_value=mark, points_to=("callback", callback), way=step.way)
        self.report_back(step)
        if step.registers_alternative and self.grown_into is not None:
            self.event(What.ALTERNATIVE_REGISTERED, step, to_value=self.grown_into.reference)

    def complete(self, state: State, at: datetime) -> None:
        if self.card.state in OPEN_STATES:
            self.card.completed_at = at
        self.card.state = state
        self.card.expected_on = None

    def report_back(self, step: plans.Step) -> None:
        if self.card.unit.kind != Unit.Kind.SERVICE_CENTRE:
            self.event(What.REPORTED_BACK, step, to_value="SERV")

    def close(self, step: plans.Closed) -> None:
        card, before = self.card, self.card.state
        other = self.rows.cards[step.duplicate_of] if step.duplicate_of else None
        card.completed_at = card.completed_at or step.at
        card.state, card.closed_at, card.close_result, card.duplicate_of = State.CLOSED, step.at, step.result, other
        details: dict[str, Any] = {"duplicate_of": other.reference} if other else {}
        self.event(What.CLOSED, step, before, step.result, step.note, **details)

    def reopen(self, step: plans.Reopened, reason: str) -> None:
        card, before, old_due = self.card, self.card.state, self.card.due_on
        centre = card.unit.kind == Unit.Kind.SERVICE_CENTRE
        card.state = State.REGISTERED if centre else State.FORWARDED
        card.cycle += 1
        card.reopened_at = step.at
        card.completed_at = card.closed_at = card.expected_on = card.returned_at = None
        card.close_result, card.duplicate_of = "", None
        code = card.category.code if card.category else None
        card.due_on = CALENDAR.local_date(step.at) + timedelta(days=deadline_days(code))
        self.attempts, self.contact_card = 0, None
        self.event(What.REOPENED, step, before, card.state, reason)
        self.event(What.DEADLINE_SET, step, old_due, card.due_on)
