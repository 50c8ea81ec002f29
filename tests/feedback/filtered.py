"""What the costliest look at the work list asks for, and a card that it shows all of."""

from __future__ import annotations

from feedback.actions.moving import forward_card, return_card
from feedback.models import Card
from tests.factories import MONDAY, CategoryFactory, Solvik, a_card

EVERY_FILTER = (
    "unit=roads&unit=service-centre&within=technical&category=light&handler=handler@solvik.test&listed_by=technical"
    "&listed_from=2026-01-01&promise=called&called_from=2026-01-01&state=registered&kind=complaint&channel=web&mine=true"
    "&political=false&callback_owed=true&received_from=2026-01-01&due_until=2026-12-31&same_day=true&q=hull"
)


def sent_back(solvik: Solvik) -> Card:
    """Register a card that a unit sends back to the service centre."""
    card = a_card(category=CategoryFactory(code="light"))
    forward_card(card, unit=solvik.roads, by=solvik.clerk, now=MONDAY)
    return return_card(card, reason="Det er fylkets vei.", by=solvik.roads_leader, now=MONDAY)
