"""One card in Solvik that is sensitive, and who has looked at it."""

from __future__ import annotations

from datetime import timedelta

from config.demo.furnish import Furnished
from config.demo.plans import Story as Told
from feedback.actions.sensitive import look, mark_sensitive
from feedback.models import Card
from feedback.workflow import OPEN_STATES

CLERK = "lene.myhre@solvik.example"


def sensitive(told: Told, furnished: Furnished) -> None:
    """Mark an open card about care at home, or a school, and let the unit's leader look at it twice."""
    cards = Card.objects.filter(
        category__code__in=["home_care", "school"], state__in=OPEN_STATES, unit__leader__isnull=False
    )
    card = cards.select_related("unit__leader").order_by("category__code", "due_on", "id").first()
    if card is None or card.unit.leader is None:
        return
    marked_at = max(card.registered_at + timedelta(minutes=4), told.now - timedelta(days=1, minutes=40))
    mark_sensitive(card, reason="health", by=furnished.people[CLERK], now=marked_at)
    for reason, text, ago in (
        ("work", "", timedelta(minutes=30)),
        ("other", "Avklarte med kommuneoverlegen", timedelta(0)),
    ):
        look(
            card,
            reason=reason,
            text=text,
            by=card.unit.leader,
            now=max(marked_at, told.now - timedelta(minutes=5) - ago),
        )
