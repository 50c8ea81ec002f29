"""How long Solvik keeps its cards: the usual rule, a shorter one for parking, one card that must not go, and a run."""

from __future__ import annotations

from datetime import datetime, timedelta

from feedback.actions.retention import hold_card, set_rule
from feedback.models import Card, Category, RetentionHold, RetentionRun
from feedback.retention import count_kept
from organisation.models import Person

PARKING = "parking"


def keeping(*, by: Person, now: datetime) -> None:
    """Set the rules and keep a card. The run is of the night before: nothing was two years old."""
    made = now - timedelta(days=200)
    set_rule(None, block_days=730, anonymise_days=1825, delete_days=None, archive_duty=False, by=by, now=made)
    parking = Category.objects.filter(code=PARKING).first()
    if parking is not None:
        set_rule(parking, block_days=365, anonymise_days=730, delete_days=None, archive_duty=False, by=by, now=made)
    oldest = Card.objects.filter(closed_at__isnull=False).order_by("closed_at").first()
    if oldest is not None:
        hold_card(oldest, kind=RetentionHold.Kind.LEGAL, reason="Klagesak 26/1184", by=by, now=now - timedelta(days=30))
    night = now - timedelta(hours=6)
    counts = [counted.as_json() for counted in count_kept(today=night.date())]
    RetentionRun.objects.create(started_at=night, finished_at=night + timedelta(seconds=2), counts=counts)
