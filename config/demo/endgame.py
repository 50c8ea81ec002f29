"""Which of the last weeks' cards are still open today, and how: late ones, some due soon, and one of each odd state."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from config.demo.days import DAY, at, monday_on_or_before, previous_working, working_on_or_after
from config.demo.voices import Draft

LATE_OPEN = 14
ON_EARLIER_LISTS = 5
OPEN_BEFORE_TODAY = 14
DUE_TODAY = DUE_TOMORROW = 2
DUE_THIS_WEEK = 3
CARDS_WAITING = 2
POLITICAL = 4
MISROUTED = 2


class Role(Enum):
    """How a card stands today."""

    DONE = "done"
    OPEN = "open"
    UNROUTED = "unrouted"
    MISROUTED = "misrouted"
    CARD_WAITING = "contact card waiting to be posted"
    CARD_POSTED = "contact card posted, no word yet"
    REFERRED = "referred outside, not closed yet"
    REOPENED = "reopened and open"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A card that could still be open: its place in the list, its deadline and the moment it was registered."""

    key: int
    draft: Draft
    due_on: date

    @property
    def registered_at(self) -> datetime:
        return self.draft.arrival.registered_at


def _take(rng: random.Random, pool: list[Candidate], count: int) -> list[Candidate]:
    return rng.sample(pool, max(0, min(count, len(pool))))


def working_days_between(first: date, last: date) -> int:
    """Working days after `first`, up to and with `last`."""
    day, count = first, 0
    while day < last:
        day = working_on_or_after(day + DAY)
        count += day <= last
    return count


def choose_roles(
    rng: random.Random, candidates: list[Candidate], *, today: date, unrouted: set[int]
) -> dict[int, Role]:
    """The role of each card that is not simply done. `candidates`: those of the last six weeks, oldest first."""
    roles = dict.fromkeys(unrouted, Role.UNROUTED)
    last_work = previous_working(today)
    ours = [c for c in candidates if not c.draft.outside]

    for late in _late_ones(rng, ours, today):
        roles[late.key] = Role.OPEN

    current = [c for c in candidates if c.due_on >= today and c.key not in roles]
    # Where nobody has been at work since, a card is open whatever it is.
    fresh = [c for c in current if c.registered_at > at(last_work, 14)]
    roles |= {c.key: Role.OPEN for c in fresh}

    in_work = [c for c in current if c.key not in roles and not c.draft.outside]
    called = [
        c
        for c in in_work
        if c.draft.submitter.owed_callback and working_days_between(c.registered_at.date(), last_work) >= 3
    ]
    for card in _take(rng, called, CARDS_WAITING):
        roles[card.key] = Role.CARD_WAITING
    political = [c for c in in_work if c.draft.political and c.key not in roles]
    roles |= {card.key: Role.OPEN for card in _take(rng, political, POLITICAL)}
    sent_wrong = [
        c for c in in_work if c.key not in roles and _routed_wrongly(c) and c.registered_at.date() < last_work
    ]
    for card in _take(rng, sent_wrong, MISROUTED):
        roles[card.key] = Role.MISROUTED

    spans = (
        (today, today, DUE_TODAY),
        (today + DAY, today + DAY, DUE_TOMORROW),
        (today + 2 * DAY, today + 7 * DAY, DUE_THIS_WEEK),
    )
    for first, last, wanted in spans:
        due = [c for c in current if first <= c.due_on <= last and c.key not in roles]
        ours_first = _take(rng, [c for c in due if not c.draft.outside], wanted)
        others = _take(rng, [c for c in due if c.draft.outside], wanted - len(ours_first))
        roles |= {card.key: Role.OPEN for card in ours_first + others}
    still_open = sum(1 for c in current if roles.get(c.key) is not None and c.registered_at.date() < today)
    rest = [c for c in in_work if c.key not in roles and today < c.due_on <= today + 12 * DAY]
    for card in _take(rng, rest, OPEN_BEFORE_TODAY - still_open):
        roles[card.key] = Role.OPEN

    answered = [c for c in candidates if c.draft.submitter.owed_callback and c.key not in roles and not c.draft.outside]
    settled = [
        c for c in answered if c.due_on < today - 10 * DAY and at(today, 8) - c.registered_at < timedelta(days=38)
    ]
    for card in _take(rng, settled, 1):
        roles[card.key] = Role.REOPENED
    unheard = [c for c in settled if c.key not in roles and at(today, 8) - c.registered_at < timedelta(days=32)]
    for card in _take(rng, unheard, 1):
        roles[card.key] = Role.CARD_POSTED
    outside = [
        c for c in candidates if c.draft.outside and c.key not in roles and c.registered_at.date() < last_work - 4 * DAY
    ]
    roles |= {card.key: Role.REFERRED for card in outside[-1:]}
    return roles


def _late_ones(rng: random.Random, candidates: list[Candidate], today: date) -> list[Candidate]:
    """Fourteen past their deadline: one on three lists, two on two, two on one, the rest since the last Monday or so."""
    monday = monday_on_or_before(today)
    # Today's own list, and yesterday's, are not «earlier»: what they hold for the first time is still fresh.
    latest_earlier = monday if today.weekday() >= 2 else monday - 7 * DAY
    chosen: list[Candidate] = []

    def pick(first: date, last: date, count: int) -> None:
        pool = [c for c in candidates if first <= c.due_on <= last and c not in chosen]
        chosen.extend(_take(rng, pool, count))

    pick(latest_earlier - 26 * DAY, latest_earlier - 15 * DAY, 1)
    pick(latest_earlier - 14 * DAY, latest_earlier - 8 * DAY, 2)
    pick(latest_earlier - 7 * DAY, latest_earlier - DAY, ON_EARLIER_LISTS - len(chosen))
    recent = LATE_OPEN - len(chosen)
    pick(max(latest_earlier, today - 6 * DAY), today - DAY, recent)
    # After a week of public holidays too few cards have come: then some more were on the last list.
    pick(latest_earlier - 7 * DAY, latest_earlier - DAY, LATE_OPEN - len(chosen))
    return chosen


def _routed_wrongly(card: Candidate) -> bool:
    return card.draft.category in ("road", "park", "water", "waste", "building") and not card.draft.political


def completed_on(rng: random.Random, *, registered: date, due_on: date, today: date, late: bool) -> date:
    """The day on which a card that is done was completed: a working day before today."""
    last_work = previous_working(today)
    if late:
        extra = 1 + min(24, int(rng.expovariate(1 / 4)))
        day = working_on_or_after(due_on + DAY * extra)
        if day > last_work:
            day = last_work
        if day > due_on:
            return day
    span = (min(due_on, last_work) - registered).days
    day = registered + DAY * round(rng.triangular(0, max(span, 0), max(span, 0) * 0.68))
    while day > registered and working_on_or_after(day) > min(due_on, last_work):
        day -= DAY
    return working_on_or_after(day)
