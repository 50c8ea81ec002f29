"""A card's way in one call, for tests that begin further on."""

from __future__ import annotations

from datetime import datetime

from feedback.actions.answering import record_callback, record_follow_up, refer_card
from feedback.actions.calling import make_contact_card, post_contact_card, record_contact_attempt
from feedback.actions.closing import close_card
from feedback.models import Callback, Card, ContactAttempt, ContactCard, FollowUp, Referral
from organisation.models import Person
from tests.factories import OSLO


def called_back(card: Card, *, by: Person | None, now: datetime, held_at: datetime | None = None) -> Callback:
    return record_callback(card, held_at=held_at or now, summary="Hullet er tettet", reaction=5, by=by, now=now)


def followed_up(card: Card, *, by: Person | None, now: datetime) -> FollowUp:
    return record_follow_up(card, done_at=now, summary="Hullet er tettet", by=by, now=now)


def referred(card: Card, *, by: Person | None, now: datetime) -> Referral:
    return refer_card(card, body="Statens vegvesen", contacted_at=now, by=by, now=now)


def try_three_times(card: Card, *, by: Person | None, now: datetime) -> list[ContactAttempt]:
    return [record_contact_attempt(card, by=by, now=now) for _ in range(3)]


def posted(card: Card, *, by: Person | None, now: datetime) -> ContactCard:
    """Three calls that failed, and the contact card posted the same day."""
    try_three_times(card, by=by, now=now)
    make_contact_card(card, by=by, now=now)
    return post_contact_card(card, posted_on=now.astimezone(OSLO).date(), by=by, now=now)


def closed(card: Card, *, by: Person | None, now: datetime, result: str = "withdrawn") -> Card:
    return close_card(card, result=result, by=by, now=now)
