"""`build_story(seed, today)`: 1,891 cards of Solvik and their lives over the fourteen months before `today`.

Shaped like the figures that the evaluation of Larvik's scheme reported. Same seed and day, same story.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from config.demo.arrivals import Arrival, Span, make_arrivals, span_of
from config.demo.days import DAY, at, previous_working
from config.demo.endgame import Candidate, Role, choose_roles, completed_on
from config.demo.lives import contact_card, done_life, open_life, outside, reopened_life, split_life
from config.demo.municipality import SERVICE_CENTRE_STAFF, deadline_days
from config.demo.own_page import with_own_pages
from config.demo.pen import Pen
from config.demo.plans import CalledBack, CardPlan, Closed, Step, Story, Submitter
from config.demo.texts_answers import GROWN_SUGGESTIONS
from config.demo.texts_languages import FOREIGN
from config.demo.texts_people import TWO_MATTERS, UNROUTED
from config.demo.voices import Draft, Scribe, completeness_for, kinds_for

TOTAL = 1891
DUPLICATES = 9
REOPENED = 12
UNROUTED_TODAY = 3
RECENT = timedelta(days=48)


@dataclass(slots=True)
class Entry:
    """A card on its way to being a plan. Other cards are named by their place in the list, numbers come last."""

    draft: Draft
    steps: tuple[Step, ...] = ()
    split_from: int | None = None
    grown_from: int | None = None

    @property
    def due_on(self) -> date:
        return self.draft.arrival.registered_at.date() + timedelta(days=deadline_days(self.draft.category))


def build_story(seed: int, today: date) -> Story:
    """The whole story, judged at 08:00 local of `today`: nothing in it happens later than that."""
    rng = random.Random(seed)
    span = span_of(today)
    now = at(today, 8)
    arrivals = make_arrivals(
        rng, span, total=TOTAL, paper_children=len(TWO_MATTERS), phone_children=len(GROWN_SUGGESTIONS)
    )
    teller = _Teller(rng, span, now)
    teller.write_cards(arrivals)
    teller.make_duplicates()
    teller.choose_roles()
    key = 0
    while key < len(teller.entries):  # suggestions that grow out of answers are added on the way
        teller.live(key)
        key += 1
    cards = with_own_pages(_numbered(teller.entries), seed=seed, now=now, clerk=SERVICE_CENTRE_STAFF[0])
    return Story(seed, today, now, span.launch, span.relaunch, cards)


class _Teller:
    def __init__(self, rng: random.Random, span: Span, now: datetime) -> None:
        self.rng = rng
        self.span = span
        self.now = now
        self.scribe = Scribe(rng)
        self.entries: list[Entry] = []
        self.unrouted: set[int] = set()
        self.splits: dict[
            int, tuple[str, datetime]
        ] = {}  # of cards with two matters: what stays on them, when they are split
        self.duplicate_of: dict[int, int] = {}
        self.roles: dict[int, Role] = {}
        self.grown_parents: dict[int, str] = {}
        self.reopened: set[int] = set()

    # What is written

    def write_cards(self, arrivals: list[Arrival]) -> None:
        rng = self.rng
        splittable = [
            i
            for i, a in enumerate(arrivals)
            if a.channel == "paper"
            and a.registered_at.hour < 14
            and self._long_ago(a)
            and a.registered_at.date() != self.span.peak
        ]
        parents = dict(zip(sorted(rng.sample(splittable, len(TWO_MATTERS))), TWO_MATTERS, strict=True))
        from_today = [i for i, a in enumerate(arrivals) if a.registered_at.date() == self.span.today]
        self.unrouted = set(from_today[:UNROUTED_TODAY])
        taken = {"request": len(parents), "suggestion": len(GROWN_SUGGESTIONS)}
        kinds = kinds_for(rng, len(arrivals), taken=taken)
        # What nobody can route are questions, and so are the cards with two matters: swap for kinds later in the pile.
        for i in sorted(self.unrouted | parents.keys()):
            if kinds[i] != "request":
                j = next(
                    k
                    for k, kind in enumerate(kinds)
                    if kind == "request" and k not in self.unrouted and k not in parents
                )
                kinds[i], kinds[j] = kinds[j], kinds[i]
        texts = rng.sample(range(len(UNROUTED)), UNROUTED_TODAY)
        for i, (arrival, kind, completeness) in enumerate(
            zip(arrivals, kinds, completeness_for(rng, len(arrivals)), strict=True)
        ):
            unrouted = texts.pop() if i in self.unrouted else None
            self.entries.append(Entry(self.scribe.draft(arrival, kind, completeness, unrouted=unrouted)))
        self._write_foreign(parents.keys() | self.unrouted)
        for i, matters in parents.items():
            self._write_two_matters(i, matters)

    def _long_ago(self, arrival: Arrival) -> bool:
        return arrival.registered_at.date() < self.span.today - RECENT

    def _write_foreign(self, keep: set[int]) -> None:
        nynorsk = [f for f in FOREIGN if f.language == "nn"]
        for source in (*FOREIGN, *self.rng.sample(nynorsk, 7)):
            fitting = [
                e.draft
                for i, e in enumerate(self.entries)
                if i not in keep
                and e.draft.language == "nb"
                and e.draft.kind == source.kind
                and e.draft.arrival.received_on.month in source.months
            ]
            self.scribe.foreign(self.rng.choice(fitting), source)

    def _write_two_matters(self, key: int, matters: tuple[str, str, str, str]) -> None:
        """The parent says both; within the hour the second becomes a card of its own, with the same sender and dates."""
        category, text, second_category, second_text = matters
        parent = self.entries[key].draft
        slots = self.scribe.slots(parent.inhabitant, parent.arrival.received_on)
        text, second_text = text.format_map(slots), second_text.format_map(slots)
        parent.category, parent.outside, parent.political, parent.language = category, "", False, "nb"
        parent.text = f"{text} {second_text}"
        parent.place = self.scribe.place(matters[1], category, slots)
        parent.area = parent.inhabitant.area.name
        self.splits[key] = text, parent.arrival.registered_at + timedelta(minutes=self.rng.randint(20, 50))
        child = replace(parent, kind="request", category=second_category, text=second_text)
        self.entries.append(Entry(child, split_from=key))

    def make_duplicates(self) -> None:
        """The same sender with the same words, a few days after."""
        special = (
            self.splits.keys() | {i for i, e in enumerate(self.entries) if e.split_from is not None} | self.unrouted
        )
        while len(self.duplicate_of) < DUPLICATES:
            key = self.rng.randrange(300, len(self.entries) - 200)
            first = key - self.rng.randint(3, 20)
            card, original = self.entries[key].draft, self.entries[first].draft
            used = special | self.duplicate_of.keys() | set(self.duplicate_of.values())
            if (
                key in used
                or first in used
                or card.kind != original.kind
                or original.outside
                or original.submitter.anonymous
                or original.category == "other"
            ):
                continue
            self.duplicate_of[key] = first
            card.category, card.text, card.language, card.place, card.area = (
                original.category,
                original.text,
                original.language,
                original.place,
                original.area,
            )
            card.submitter, card.inhabitant, card.political, card.outside = (
                original.submitter,
                original.inhabitant,
                original.political,
                "",
            )

    # What becomes of it

    def choose_roles(self) -> None:
        rng = self.rng
        special = self.splits.keys() | self.duplicate_of.keys()
        candidates = [
            Candidate(i, e.draft, e.due_on)
            for i, e in enumerate(self.entries)
            if e.draft.arrival.registered_at > self.now - RECENT and i not in special and e.split_from is None
        ]
        self.roles = choose_roles(rng, candidates, today=self.span.today, unrouted=self.unrouted)
        settled = [
            i
            for i, e in enumerate(self.entries)
            if self._long_ago(e.draft.arrival)
            and e.draft.submitter.owed_callback
            and not e.draft.outside
            and i not in special
            and e.draft.category != "planning"
        ]
        self.reopened = set(rng.sample(settled, REOPENED))
        disappointed = [
            i
            for i in settled
            if i not in self.reopened
            and self.entries[i].draft.kind in ("complaint", "criticism")
            and not self.entries[i].draft.political
        ]
        disappointed = [i for i in disappointed if self.entries[i].draft.arrival.registered_at.date() > self.span.peak]
        for category in GROWN_SUGGESTIONS:
            self.grown_parents[rng.choice([i for i in disappointed if self.entries[i].draft.category == category])] = (
                category
            )

    def live(self, key: int) -> None:
        """Try until every step lies before now and the card stands as its role says."""
        entry, role = self.entries[key], self.roles.get(key, Role.DONE)
        if role is Role.DONE:
            late = self.rng.random() < self._chance_to_be_late(entry.draft.arrival)
            target = completed_on(
                self.rng,
                registered=entry.draft.arrival.registered_at.date(),
                due_on=entry.due_on,
                today=self.span.today,
                late=late,
            )
        else:
            target = previous_working(self.span.today)
        for attempt in range(60):
            pen = Pen(self.rng, entry.draft, due_on=entry.due_on, limit=self.now)
            self._write_life(pen, key, role, target)
            if all(step.at < self.now for step in pen.steps):
                break
            if attempt > 20 and role is Role.DONE:
                target = max(entry.draft.arrival.registered_at.date(), target - DAY)
        else:
            pen = Pen(self.rng, entry.draft, due_on=entry.due_on, limit=self.now)
            pen.route()
        entry.steps = tuple(pen.steps)
        if key in self.grown_parents:
            self._add_grown(key)

    def _chance_to_be_late(self, arrival: Arrival) -> float:
        """The first weeks' flood was more than the units could take."""
        return 0.17 if arrival.registered_at.date() < self.span.launch + 42 * DAY else 0.095

    def _write_life(self, pen: Pen, key: int, role: Role, target: date) -> None:
        if (whole := self.entries[key].split_from) is not None:
            pen.last = self.splits[whole][1]  # nobody touches the second card before there is one
        if key in self.duplicate_of:
            pen.route()
            pen.close_early("duplicate", self.duplicate_of[key])
        elif key in self.splits:
            text, split_at = self.splits[key]
            split_life(pen, target, split_at=split_at, remaining_text=text)
        elif key in self.reopened:
            reopened_life(pen, target)
        elif key in self.grown_parents:
            pen.route()
            pen.callback(
                target, idea=GROWN_SUGGESTIONS[self.grown_parents[key]].format(street=pen.card.inhabitant.street)
            )
            pen.close()
        elif (first := self.entries[key].grown_from) is not None:
            pen.keep_chosen_unit(self.entries[first].steps)
            pen.follow_up(target)
            pen.close()
        elif role is Role.DONE:
            done_life(pen, target)
        elif role is Role.REOPENED:
            again = at(previous_working(previous_working(target)), 10, 17)
            reopened_life(
                pen,
                completed_on(
                    self.rng, registered=pen.last.date(), due_on=pen.due_on, today=again.date() - 6 * DAY, late=False
                ),
                still_open=again,
            )
        elif role is Role.CARD_WAITING:
            pen.route()
            pen.wait_to_post(target)
        elif role is Role.CARD_POSTED:
            pen.route()
            contact_card(pen, target - 4 * DAY, answered=False)
        elif role is Role.REFERRED:
            outside(pen, close=False)
        elif role is Role.MISROUTED:
            pen.route()
            pen.return_misrouted()
        elif role is Role.UNROUTED:
            pen.route()
        elif pen.last.date() < self.span.today:
            open_life(pen, target)
        else:
            pen.route()

    def _add_grown(self, key: int) -> None:
        """The alternative from the conversation as a suggestion of its own: of the same place and unit, from nobody."""
        parent = self.entries[key].draft
        talk = next(s for s in self.entries[key].steps if isinstance(s, CalledBack))
        arrival = Arrival("phone", talk.at.date(), talk.at, talk.by)
        child = replace(
            parent, arrival=arrival, kind="suggestion", text=talk.alternative, submitter=Submitter(), position=None
        )
        self.entries.append(Entry(child, grown_from=key))


def _numbered(entries: list[Entry]) -> tuple[CardPlan, ...]:
    """Plans in the order of registration, references to other cards turned into numbers."""
    order = sorted(range(len(entries)), key=lambda i: (entries[i].draft.arrival.registered_at, i))
    number = {key: position for position, key in enumerate(order, start=1)}
    plans = []
    for key in order:
        entry, draft = entries[key], entries[key].draft
        steps = tuple(
            replace(s, duplicate_of=number[s.duplicate_of])
            if isinstance(s, Closed) and s.duplicate_of is not None
            else s
            for s in entry.steps
        )
        plan = CardPlan(
            number=number[key], channel=draft.arrival.channel, kind=draft.kind, category=draft.category, text=draft.text,
            language=draft.language, place=draft.place, area=draft.area,
            latitude=draft.position[0] if draft.position else None, longitude=draft.position[1] if draft.position else None,
            received_on=draft.arrival.received_on, registered_at=draft.arrival.registered_at, registered_by=draft.arrival.registered_by,
            submitter=draft.submitter, political=draft.political, outside=draft.outside,
            split_from=number[entry.split_from] if entry.split_from is not None else None,
            grown_from=number[entry.grown_from] if entry.grown_from is not None else None,
            steps=steps,
        )  # fmt: skip
        plans.append(plan)
    return tuple(plans)
