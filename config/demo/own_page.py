"""What a few citizens of Solvik did on their own pages: added something, said how the answer was, asked to reopen.

Told after the rest of the story and with dice of its own, so that the rest is the same without it.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta

from config.demo import texts_answers as said
from config.demo.days import at, working_on_or_after
from config.demo.plans import (
    AttemptFailed,
    CalledBack,
    CardPlan,
    Closed,
    Delegated,
    Forwarded,
    OwnReacted,
    ReopeningAsked,
    ReopeningDeclined,
    Step,
    SubmitterAdded,
)

ADDITIONS, REACTIONS, REQUESTS = 6, 24, 3
LATELY = timedelta(days=60)


def with_own_pages(cards: tuple[CardPlan, ...], *, seed: int, now: datetime, clerk: str) -> tuple[CardPlan, ...]:
    """Return the cards with what their submitters did. Of those who ask to reopen one has had a no, the others wait."""
    rng = random.Random(f"own pages {seed}")
    added: dict[int, list[Step]] = {}
    waiting = [card for card in cards if card.completed_at is None and isinstance(_last(card), _MID_WAY)]
    for card, text in zip(_some(rng, waiting, ADDITIONS), said.ADDED_WORDS, strict=False):
        added[card.number] = [SubmitterAdded(at=_between(rng, card.steps[-1].at, now), by=None, text=text)]
    answered = [card for card in cards if _answered_lately(card, now)]
    unhappy = [card for card in answered if isinstance(_last(card), Closed)]
    asking = _some(rng, unhappy, REQUESTS)
    for card in [*asking, *_some(rng, [card for card in answered if card not in asking], REACTIONS)]:
        added[card.number] = [_reaction(rng, card, now, low=card in asking)]
    for card, reason in zip(asking, said.REQUEST_REASONS, strict=False):
        when = _between(rng, added[card.number][-1].at, now)
        added[card.number].append(ReopeningAsked(at=when, by=None, reason=reason))
    for card in asking[:1]:
        _decline(added[card.number], now, clerk)
    return tuple(replace(card, steps=(*card.steps, *added.get(card.number, ()))) for card in cards)


_MID_WAY = (Forwarded, Delegated, AttemptFailed)


def _last(card: CardPlan) -> Step | None:
    return card.steps[-1] if card.steps else None


def _some(rng: random.Random, cards: list[CardPlan], count: int) -> list[CardPlan]:
    return rng.sample(cards, min(count, len(cards)))


def _between(rng: random.Random, start: datetime, end: datetime) -> datetime:
    """Return a whole second in the first days after `start`, before `end`."""
    room = min((end - start).total_seconds(), timedelta(days=3).total_seconds())
    when = start + timedelta(seconds=max(1, int(room * rng.uniform(0.2, 0.8))))
    # On one night of the year there is no time between two and three.
    return when + timedelta(hours=2) if when.hour == 2 else when


def _answered_lately(card: CardPlan, now: datetime) -> bool:
    """Whether the last that happened was a conversation, or the closing after it, with time since for an own word."""
    last = _last(card)
    if last is None or not now - LATELY < last.at < now - timedelta(days=4):
        return False
    done = [step for step in card.steps if isinstance(step, CalledBack)]
    return bool(done) and (last is done[-1] or isinstance(last, Closed)) and card.completed_at == done[-1].at


def _reaction(rng: random.Random, card: CardPlan, now: datetime, *, low: bool) -> OwnReacted:
    talk = next(step for step in reversed(card.steps) if isinstance(step, CalledBack))
    mark = rng.choice((1, 2)) if low else min(6, max(1, (talk.reaction or 4) + rng.choice((-2, -1, 0, 0, 0, 1))))
    negative = mark <= 3
    return OwnReacted(
        at=_between(rng, card.steps[-1].at, now),
        by=None,
        reaction=mark,
        reason=rng.choice(said.OWN_REASONS) if negative and rng.random() < 0.8 else "",
        alternative=rng.choice(said.OWN_ALTERNATIVES) if negative and rng.random() < 0.5 else "",
    )


def _decline(steps: list[Step], now: datetime, clerk: str) -> None:
    """The service centre's no, in the forenoon of a later working day if there has been one."""
    asked = steps[-1].at
    day = working_on_or_after((asked + timedelta(days=1)).date())
    answer = at(day, 9, 40)
    if answer < now:
        steps.append(ReopeningDeclined(at=answer, by=clerk, reason=said.DECLINE_REASON))
