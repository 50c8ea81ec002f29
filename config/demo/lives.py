"""What happens to a card: steps in the order and at the hours in which a town hall would take them."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta

from config.demo import texts_answers as said
from config.demo.days import DAY, OSLO, add_working, at, working_on_or_after
from config.demo.municipality import SERVICE_CENTRE_STAFF, handlers_of, leader_of
from config.demo.places import first_unit
from config.demo.plans import (
    NEGATIVE,
    NOT_REACHED_AFTER,
    AnotherWayAgreed,
    AttemptFailed,
    CalledBack,
    Closed,
    ContactCardPosted,
    ContactCardPrepared,
    Delegated,
    FollowedUp,
    Forwarded,
    PreliminaryAnswered,
    ReferredOutside,
    Reopened,
    Rerouted,
    ReturnedMisrouted,
    Step,
    SuggestionGrown,
)
from config.demo.voices import Draft
from config.demo.wording import choose

# Where a unit sends what is not its own, and why.
REROUTES = {
    "VEI": (
        ("EIEN", "Gjelder kommunal eiendom, ikke vei."),
        ("PARK", "Arealet driftes av Park og idrett."),
        ("PLAN", "Hører til byggesaken på stedet."),
        ("VA", "Kummen er et avløpsanlegg."),
    ),
    "PARK": (
        ("EIEN", "Bygget driftes av Eiendom."),
        ("VEI", "Gatelys, ikke belysning på idrettsanlegget."),
        ("RENO", "Hovedspørsmålet gjelder renovasjonen."),
    ),
    "VA": (("VEI", "Sluket hører til veien."), ("PLAN", "Gjelder en privat byggesak.")),
    "RENO": (("PARK", "Kassene i parken tømmes av Park og idrett."), ("VEI", "Dette er veigrus, ikke avfall.")),
    "PLAN": (("EIEN", "Kommunen er selv byggherre her."), ("VEI", "Gjelder gravetillatelsen.")),
    "EIEN": (("KULT", "Utlånet styres av Kultur og ungdom."), ("PARK", "Uteområdet driftes av Park og idrett.")),
    "STRA": (("NES", "Innmelder mener ungdomsskolen, ikke barneskolen."), ("EIEN", "Gjelder bygget, ikke skolen.")),
    "LIA": (("EIEN", "Gjelder bygget, ikke skolen."), ("STRA", "Barnet går på Strand skole.")),
    "BIB": (("KULT", "Arrangementet er kulturhusets."),),
    "KULT": (("BIB", "Gjelder biblioteket."), ("EIEN", "Teknisk anlegg i bygget.")),
    "SERV": (("KULT", "Gjelder et tilskudd."), ("EIEN", "Gjelder bygget.")),
}
# Where the service centre sends what no rule has a unit for.
OTHER_UNITS = ("EIEN", "KULT", "PARK", "SERV", "SERV", "VEI")


class Pen:
    """Writes steps one after the other: always later than the last, on working days, in office hours."""

    def __init__(self, rng: random.Random, card: Draft, *, due_on: date, limit: datetime) -> None:
        self.rng = rng
        self.card = card
        self.due_on = due_on
        self.limit = limit
        self.steps: list[Step] = []
        self.last = card.arrival.registered_at
        self.unit: str | None = None
        self.actor = rng.choice(SERVICE_CENTRE_STAFF)
        self.clerk = card.arrival.registered_by or rng.choice(SERVICE_CENTRE_STAFF)

    def moment(self, day: date) -> datetime:
        """An instant on `day`, or on the first working day after it that has room."""
        day = working_on_or_after(max(day, self.last.date()))
        while True:
            start = max(at(day, 8, 1), self.last + timedelta(minutes=self.rng.randint(3, 25)))
            end = at(day, 15, 28)
            if start <= end:
                seconds = int((end - start).total_seconds() * self.rng.random() ** 1.5)
                return (start + timedelta(seconds=seconds)).replace(microsecond=0)
            day = working_on_or_after(day + DAY)

    def after(self, working_days: int) -> datetime:
        if working_days == 0:
            return self.moment(self.last.date())
        return self.moment(add_working(self.last.date(), working_days))

    def add(self, step: Step) -> None:
        self.steps.append(step)
        self.last = step.at

    def text(self, options: tuple[str, ...]) -> str:
        place = self.card.place.split(" x ")[0].rstrip("0123456789 ") or "gata"
        area = self.card.inhabitant.area
        filled = choose(self.rng, self.rng.choice(options)).format(
            street=place if place in area.streets else self.card.inhabitant.street,
            area=self.card.area or area.name,
            park=area.park,
            no=self.rng.randint(4, 48),
            week=min(52, (self.last.date() + 14 * DAY).isocalendar().week),
        )
        return " ".join(filled.split())

    def room_until(self, target: date) -> int:
        """Days between the last step and the target."""
        return (target - self.last.date()).days

    # Who has it

    def forward(self, *, automatic: bool, unit: str, when: datetime, by: str | None) -> None:
        self.add(Forwarded(at=when, by=by, unit=unit, automatic=automatic))
        self.unit = unit
        self.actor = leader_of(unit)

    def route(self) -> bool:
        """By the rules at registration; False where nothing fits."""
        card = self.card
        unit = first_unit(
            category=card.category, kind=card.kind, area=card.area, text=card.text, political=card.political
        )
        if unit is None:
            return False
        self.forward(automatic=True, unit=unit, when=card.arrival.registered_at, by=card.arrival.registered_by)
        return True

    def route_by_hand(self, working_days: int, unit: str | None = None) -> None:
        self.forward(
            automatic=False, unit=unit or self.rng.choice(OTHER_UNITS), when=self.after(working_days), by=self.clerk
        )

    def return_misrouted(self) -> None:
        self.add(
            ReturnedMisrouted(
                at=self.after(self.rng.choice((0, 1, 1, 2))),
                by=self.actor,
                reason=self.rng.choice(said.MISROUTED_REASONS),
            )
        )
        self.unit = None

    def reroute(self) -> None:
        unit, reason = self.rng.choice(REROUTES[self.unit or ""])
        self.add(Rerouted(at=self.after(self.rng.choice((0, 1, 1, 2))), by=self.actor, unit=unit, reason=reason))
        self.unit = unit
        self.actor = leader_of(unit)

    def delegate(self) -> None:
        handlers = handlers_of(self.unit or "SERV")
        if not handlers:
            return
        to = self.rng.choice(handlers)
        self.add(
            Delegated(
                at=self.after(self.rng.choice((0, 0, 1, 1, 2))),
                by=self.actor,
                to=to,
                note=self.rng.choice(said.DELEGATION_NOTES),
            )
        )
        self.actor = to

    # Words with the submitter

    def preliminary(self, day: date) -> None:
        moment = self.moment(day)
        expected = working_on_or_after(max(self.due_on, moment.date()) + DAY * self.rng.randint(4, 20))
        self.add(
            PreliminaryAnswered(
                at=moment, by=self.actor, reason=self.rng.choice(said.PRELIMINARY_REASONS), expected_on=expected
            )
        )

    def attempts(self, count: int, until: date) -> None:
        """Calls that nobody answers, spread over the days until then."""
        room = max(0, self.room_until(until))
        first = self.last.date()
        for offset in sorted(self.rng.randint(0, room) for _ in range(count)):
            self.add(
                AttemptFailed(
                    at=self.moment(first + DAY * offset), by=self.actor, note=self.rng.choice(said.NO_ANSWER_NOTES)
                )
            )

    def wait_to_post(self, last_day: date) -> None:
        """Three calls in vain and the card written, but not in the post yet."""
        handlers = handlers_of(self.unit or "SERV")
        if handlers:
            self.actor = handlers[0]
            self.add(Delegated(at=self.after(0), by=leader_of(self.unit or "SERV"), to=self.actor))
        self.attempts(3, last_day - DAY)
        self.add(ContactCardPrepared(at=self.moment(last_day), by=self.actor, note=said.CONTACT_CARD_NOTES[0]))

    def reaction(self, *, late: bool) -> int | None:
        if self.rng.random() < 0.04:
            return None
        if self.card.kind == "praise":
            weights = (0, 0, 1, 4, 25, 70)
        elif self.card.kind in NEGATIVE:
            weights = (8, 12, 18, 27, 24, 11)
        else:
            weights = (3, 5, 10, 24, 34, 24)
        mark = self.rng.choices(range(1, 7), weights)[0]
        return max(1, mark - 1) if late and self.rng.random() < 0.5 else mark

    def callback(self, day: date, *, written: bool = False, disappointed: bool = False, reason: str = "") -> None:
        rng, card = self.rng, self.card
        when = self.moment(day)
        mark = rng.choice((2, 3)) if disappointed else self.reaction(late=when.date() > self.due_on)
        category = card.category or ""
        if written:
            options = said.WRITTEN_SUMMARIES
        elif card.kind == "praise":
            options = said.SUMMARIES["", "praise"]
        else:
            options = (
                said.SUMMARIES.get((category, card.kind))
                or said.SUMMARIES.get((category, ""))
                or said.SUMMARIES["", card.kind]
            )
        negative = mark is not None and mark <= 3
        silent, no_idea = negative and rng.random() < 0.08, negative and not disappointed and rng.random() < 0.5
        self.add(
            CalledBack(
                at=when,
                by=self.actor,
                summary=self.text(options),
                measures=self.measures(),
                reaction=mark,
                reason=reason or (rng.choice(said.NEGATIVE_REASONS) if negative and not silent else ""),
                reason_not_given=silent and not reason,
                alternative=rng.choice(said.ALTERNATIVES) if negative and not no_idea else "",
                alternative_not_given=no_idea,
                written=written,
            )
        )

    def measures(self) -> str:
        if self.card.kind == "praise" or self.rng.random() < 0.3:
            return self.rng.choice(said.NO_MEASURE)
        return self.text(said.MEASURES.get(self.card.category or "", said.MEASURES[""]))

    def follow_up(self, day: date) -> None:
        self.add(
            FollowedUp(
                at=self.moment(day),
                by=self.actor,
                note=self.rng.choice(said.FOLLOW_UPS[self.card.kind]),
                measures=self.measures(),
            )
        )

    # The end

    def close(self, *, surely: bool = False) -> None:
        """The service centre closes what is done, as a rule within the week."""
        when = self.after(self.rng.choice((0, 0, 1, 1, 2, 4)))
        if when <= self.limit and (surely or self.rng.random() < 0.85 or self.limit - when > timedelta(days=20)):
            self.add(Closed(at=when, by=self.clerk, result="done", note=self.rng.choice(said.CLOSE_NOTES)))

    def close_early(self, result: str, duplicate_of: int | None = None) -> None:
        notes = said.DUPLICATE_NOTES if result == "duplicate" else said.WITHDRAWN_NOTES
        self.add(
            Closed(
                at=self.after(self.rng.choice((0, 1))),
                by=self.clerk,
                result=result,
                note=self.rng.choice(notes),
                duplicate_of=duplicate_of,
            )
        )


def contact_card(pen: Pen, target: date) -> None:
    """Three or four calls in vain, the card, and then either a call from the submitter or thirty days of silence."""
    pen.attempts(pen.rng.choice((3, 3, 4)), target - DAY)
    pen.add(ContactCardPrepared(at=pen.moment(target), by=pen.actor, note=pen.rng.choice(said.CONTACT_CARD_NOTES)))
    pen.add(ContactCardPosted(at=pen.after(pen.rng.choice((0, 0, 1))), by=pen.clerk))
    posted = pen.last
    if pen.rng.random() < 0.4:
        answer = working_on_or_after(posted.date() + DAY * pen.rng.randint(2, 18))
        if pen.moment(answer) + timedelta(hours=8) <= pen.limit:
            pen.callback(answer)
            pen.close()
            return
    silence = datetime.combine((posted + NOT_REACHED_AFTER).date() + DAY, datetime.min.time().replace(hour=7), OSLO)
    if silence <= pen.limit:
        pen.add(Closed(at=silence, by=None, result="not_reached"))


def outside(pen: Pen) -> None:
    """Not the municipality's: registered by staff it is never forwarded; from the web the rules have sent it somewhere first."""
    if pen.card.arrival.registered_by is None and pen.route() and pen.unit not in ("SERV", None):
        pen.return_misrouted()
    note = said.OUTSIDE_ANONYMOUS_NOTE if pen.card.submitter.anonymous else pen.rng.choice(said.OUTSIDE_NOTES)
    pen.add(ReferredOutside(at=pen.after(pen.rng.choice((0, 0, 1, 2))), by=pen.clerk, body=pen.card.outside, note=note))
    pen.close()


def done_life(pen: Pen, target: date) -> None:
    """The usual life of a card that is completed on `target` or as soon after it as the office hours allow."""
    rng = pen.rng
    if pen.card.outside:
        outside(pen)
        return
    if not pen.route():
        pen.route_by_hand(rng.choice((0, 0, 1)))
    begin(pen, target)
    if pen.due_on < target and rng.random() < 0.35:
        pen.preliminary(min(pen.due_on, target) - DAY)
    elif rng.random() < 0.03 and pen.room_until(target) > 4:
        pen.preliminary(pen.last.date() + 3 * DAY)
    finish(pen, target)


def begin(pen: Pen, target: date) -> None:
    """Into the right hands: sometimes by way of the wrong ones."""
    rng, luck = pen.rng, pen.rng.random()
    if pen.room_until(target) >= 4 and pen.unit in REROUTES:
        if luck < 0.03:
            first = pen.unit
            pen.return_misrouted()
            pen.route_by_hand(rng.choice((0, 0, 1)), rng.choice([u for u, _ in REROUTES[first]]))
        elif luck < 0.07:
            pen.reroute()
    if pen.room_until(target) >= 1 and rng.random() < (0.75 if pen.unit in ("VEI", "PLAN") else 0.55):
        pen.delegate()


def finish(pen: Pen, target: date) -> None:
    rng, luck = pen.rng, pen.rng.random()
    if not pen.card.submitter.owed_callback:
        pen.follow_up(target)
        pen.close()
    elif luck < 0.012:
        pen.close_early("withdrawn")
    elif luck < 0.03 and pen.card.submitter.email:
        pen.add(
            AnotherWayAgreed(
                at=pen.after(0),
                by=pen.actor,
                note=rng.choice(said.AGREED_WAYS[:2] if pen.card.language == "nb" else said.AGREED_WAYS[1:]),
            )
        )
        pen.callback(target, written=True)
        pen.close()
    elif luck < 0.09 and pen.room_until(target) >= 4:
        contact_card(pen, target)
    else:
        if luck < 0.36 and pen.room_until(target) >= 1:
            pen.attempts(rng.choice((1, 1, 1, 2, 2, 3)), target - DAY)
        pen.callback(target)
        pen.close()


def reopened_life(pen: Pen, target: date, *, still_open: datetime | None = None) -> None:
    """Answered and closed, then opened again; answered once more unless `still_open` says when it was reopened."""
    if not pen.route():
        pen.route_by_hand(0)
    pen.callback(target)
    pen.close(surely=True)
    when = still_open or pen.after(pen.rng.randint(3, 12))
    pen.add(Reopened(at=when, by=pen.clerk, reason=pen.rng.choice(said.REOPEN_REASONS)))
    if still_open is None:
        pen.callback(working_on_or_after(pen.last.date() + DAY * pen.rng.randint(1, 8)))
        pen.close()


def grown_life(pen: Pen, target: date, reason: str) -> None:
    """A disappointed submitter proposes something so good that it becomes a suggestion of its own."""
    if not pen.route():
        pen.route_by_hand(0)
    pen.callback(target, disappointed=True, reason=reason)
    pen.add(SuggestionGrown(at=pen.last + timedelta(minutes=pen.rng.randint(4, 9)), by=pen.actor))
    pen.close()


def open_life(pen: Pen, until: date) -> None:
    """Not completed: as far as somebody had come on `until`, the last day of work."""
    rng = pen.rng
    if not pen.route():
        pen.route_by_hand(0)
    ways: list[Callable[[], None]] = []
    if rng.random() < 0.06 and pen.unit in REROUTES:
        ways.append(pen.reroute)
    if rng.random() < 0.65:
        ways.append(pen.delegate)
    if pen.card.submitter.owed_callback and rng.random() < 0.5:
        ways.append(lambda: pen.attempts(rng.choice((1, 1, 2)), until))
    if until > pen.due_on - 3 * DAY and rng.random() < 0.4:
        ways.append(lambda: pen.preliminary(min(pen.due_on, until)))
    for way in ways:
        way()
