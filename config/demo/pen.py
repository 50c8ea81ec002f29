"""The pen that writes a card's steps: at the hours in which a town hall works, each later than the last."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

from config.demo import texts_answers as said
from config.demo.days import DAY, add_working, at, working_on_or_after
from config.demo.municipality import SERVICE_CENTRE_STAFF, handlers_of, leader_of
from config.demo.places import first_unit
from config.demo.plans import (
    NEGATIVE,
    AttemptFailed,
    CalledBack,
    Closed,
    ContactCardPrepared,
    DelayExplained,
    Delegated,
    FollowedUp,
    Forwarded,
    Noted,
    PreliminaryAnswered,
    ReferredOutside,
    Rerouted,
    ReturnedMisrouted,
    Step,
)
from config.demo.voices import Draft
from config.demo.wording import choose

# What a card is closed as, by what completed it.
RESULTS: dict[type[Step], str] = {CalledBack: "answered", FollowedUp: "followed_up", ReferredOutside: "referred"}

# Where a card goes that is not the unit's own, and why.
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
}
# Where the service centre sends what no rule has a unit for, unless it answers itself.
OTHER_UNITS = ("EIEN", "KULT", "PARK", "VEI")


class Pen:
    """Writes steps one after the other: always later than the last, on working days, in office hours."""

    def __init__(self, rng: random.Random, card: Draft, *, due_on: date, limit: datetime) -> None:
        self.rng = rng
        self.card = card
        self.due_on = due_on
        self.limit = limit
        self.steps: list[Step] = []
        self.last = card.arrival.registered_at
        self.unit = "SERV"
        self.clerk = card.arrival.registered_by or rng.choice(SERVICE_CENTRE_STAFF)
        self.actor = self.clerk

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
        self.last = max(self.last, step.at)

    def text(self, options: tuple[str, ...]) -> str:
        """One of the options, filled with the card's street and the voices of its category."""
        place = self.card.place.split(" x ")[0].rstrip("0123456789 ")
        streets = self.card.inhabitant.area.streets
        filled = choose(self.rng, self.rng.choice(options)).format(
            street=place if place in streets else self.card.inhabitant.street,
            week=(self.last.date() + self.rng.randint(9, 24) * DAY).isocalendar().week,
            **self.voice.slots(),
        )
        return " ".join(filled.split())

    @property
    def voice(self) -> said.Voice:
        return said.VOICES.get(self.card.category or "", said.OTHER_VOICE)

    @property
    def on_roads(self) -> bool:
        return self.card.category in said.ROAD_CATEGORIES

    def room_until(self, target: date) -> int:
        """Days between the last step and the target."""
        return (target - self.last.date()).days

    # Who has it

    def forward(self, *, automatic: bool, unit: str, when: datetime, by: str | None) -> None:
        self.add(Forwarded(at=when, by=by, unit=unit, automatic=automatic))
        self.unit = unit
        self.actor = leader_of(unit)

    def route(self) -> bool:
        """By the rules at registration; False where the card stays with the service centre."""
        card = self.card
        unit = first_unit(
            category=card.category,
            kind=card.kind,
            area=card.area,
            place=card.place,
            text=card.text,
            political=card.political,
        )
        if unit == "SERV":
            return False
        self.forward(automatic=True, unit=unit, when=card.arrival.registered_at, by=card.arrival.registered_by)
        return True

    def keep_chosen_unit(self, steps: tuple[Step, ...]) -> None:
        """With the unit that the first card was with when it was answered: nobody asks the rules."""
        units = [s.unit for s in steps if isinstance(s, Forwarded | Rerouted)]
        if units:
            self.forward(automatic=True, unit=units[-1], when=self.last, by=self.card.arrival.registered_by)

    def route_or_keep(self) -> None:
        """By the rules; what they leave with the service centre it keeps, or sends on by hand where nothing fits."""
        if not self.route() and self.card.category in (None, "other") and self.rng.random() < 0.6:
            self.route_by_hand(self.rng.choice((0, 0, 1)), self.rng.choice(OTHER_UNITS))

    def route_by_hand(self, working_days: int, unit: str) -> None:
        self.forward(automatic=False, unit=unit, when=self.after(working_days), by=self.clerk)

    def return_misrouted(self) -> None:
        self.add(
            ReturnedMisrouted(
                at=self.after(self.rng.choice((0, 1, 1, 2))),
                by=self.actor,
                reason=self.rng.choice(said.MISROUTED_REASONS),
            )
        )
        self.unit = "SERV"
        self.actor = self.clerk

    def reroute(self) -> None:
        """The unit rings the service centre, which moves the card."""
        unit, reason = self.rng.choice(REROUTES[self.unit])
        self.add(Rerouted(at=self.after(self.rng.choice((0, 1, 1, 2))), by=self.clerk, unit=unit, reason=reason))
        self.unit = unit
        self.actor = leader_of(unit)

    def delegate(self) -> None:
        to = self.rng.choice(handlers_of(self.unit))
        leader = leader_of(self.unit)
        self.add(Delegated(at=self.after(self.rng.choice((0, 0, 1, 1, 2))), by=leader, to=to))
        if self.rng.random() < 0.08:
            self.add(
                Noted(
                    at=self.last + timedelta(seconds=self.rng.randint(30, 90)),
                    by=leader,
                    text=self.rng.choice(said.INTERNAL_NOTES),
                )
            )
        self.actor = to

    # Words with the submitter

    def preliminary(self, day: date) -> None:
        reasons = said.PRELIMINARY_REASONS + (said.OUTDOOR_PRELIMINARY_REASONS if self.voice.outdoors else ())
        moment = self.moment(day)
        expected = working_on_or_after(max(self.due_on, moment.date()) + DAY * self.rng.randint(4, 20))
        self.add(PreliminaryAnswered(at=moment, by=self.actor, reason=self.text(reasons), expected_on=expected))

    def explain_delay(self, day: date) -> None:
        """Why it is late, on the first working day after the deadline or later."""
        moment = self.moment(max(day, self.due_on + DAY))
        self.add(DelayExplained(at=moment, by=self.actor, reason=self.text(said.DELAY_REASONS)))

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
        self.delegate()
        self.attempts(3, last_day - DAY)
        self.add(ContactCardPrepared(at=self.moment(last_day), by=self.actor))

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

    def callback(self, day: date, *, written: bool = False, idea: str = "") -> None:
        """The conversation. `idea`: a disappointed submitter's alternative that becomes a card of its own."""
        rng, card = self.rng, self.card
        when = self.moment(day)
        mark = rng.choice((2, 3)) if idea else self.reaction(late=when.date() > self.due_on)
        options = said.SUMMARIES[card.kind]
        if written:
            options = said.WRITTEN_SUMMARIES
        elif self.on_roads and card.category != "street_light":
            options += said.ROAD_SUMMARIES.get(card.kind, ())
        reasons = said.NEGATIVE_REASONS + (said.ROAD_REASONS if self.on_roads else ())
        alternatives = said.ALTERNATIVES + (said.ROAD_ALTERNATIVES if card.category == "road" else ())
        negative = mark is not None and mark <= 3
        silent, no_idea = negative and rng.random() < 0.08, negative and not idea and rng.random() < 0.5
        self.add(
            CalledBack(
                at=when,
                by=self.actor,
                summary=self.text(options),
                measures=self.measures(),
                reaction=mark,
                reason=rng.choice(reasons) if negative and not silent else "",
                reason_not_given=silent,
                alternative=idea or (rng.choice(alternatives) if negative and not no_idea else ""),
                alternative_not_given=no_idea,
                way="written" if written else "visit" if rng.random() < 0.02 else "voice",
                registers_alternative=bool(idea),
            )
        )

    def measures(self, none: tuple[str, ...] = said.NO_MEASURE) -> str:
        if self.card.kind == "praise" or self.rng.random() < 0.3:
            return self.rng.choice(none)
        return self.text(said.MEASURES[self.card.kind])

    def follow_up(self, day: date) -> None:
        self.add(
            FollowedUp(
                at=self.moment(day),
                by=self.actor,
                note=self.text(said.FOLLOW_UPS[self.card.kind]),
                measures=self.measures(none=("",)),
            )
        )

    # The end

    def close(self, *, surely: bool = False) -> None:
        """The service centre closes what is done, as a rule within the week."""
        when = self.after(self.rng.choice((0, 0, 1, 1, 2, 4)))
        if when <= self.limit and (surely or self.rng.random() < 0.85 or self.limit - when > timedelta(days=20)):
            done = next(s for s in reversed(self.steps) if type(s) in RESULTS)
            self.add(Closed(at=when, by=self.clerk, result=RESULTS[type(done)], note=self.rng.choice(said.CLOSE_NOTES)))

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
