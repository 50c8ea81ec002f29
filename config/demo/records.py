"""Solvik's legal references, and which of the latest week's cards the service centre has assessed for the public journal."""

from __future__ import annotations

from datetime import datetime, timedelta

from feedback.actions.records import add_ground, draft_of, grade_card, write_public_version
from feedback.models import Card, LegalGround
from feedback.recorded import records_of
from organisation.models import Person
from organisation.queries import municipality

GROUNDS = [
    ("offl. § 13 jf. fvl. § 13 nr. 1", "Noens personlige forhold"),
    ("offl. § 14", "Organinterne dokumenter"),
    ("offl. § 24 andre ledd", "Tips om lovbrudd"),
    ("offl. § 26 femte ledd", "Fødselsnummer og lignende"),
]
PERSONAL = {"home_care", "school", "kindergarten"}
NOT_YET = timedelta(days=1)
"""What came in within the last day nobody has got to."""


def public_records(*, by: Person, administrator: Person, now: datetime) -> None:
    """Assess the cards of the week before yesterday: what is about people at home or school is exempt, the others public."""
    grounds = [
        add_ground(name=name, about=about, by=administrator, now=now - timedelta(days=200)) for name, about in GROUNDS
    ]
    came = Card.objects.filter(
        registered_at__gte=now - timedelta(days=7),
        registered_at__lt=now - NOT_YET,
        sensitive=False,
        category__isnull=False,
    )
    cards = list(came.select_related("unit", "category", "submitter").order_by("registered_at", "id")[:12])
    house = municipality()
    for place, record in enumerate(records_of(cards, house).values()):
        card, message = record.card, record.texts[0]
        at = min(now, card.registered_at + timedelta(hours=2, minutes=place))
        ground: LegalGround | None = grounds[0] if card.category and card.category.code in PERSONAL else None
        title = str(card.category)
        grade_card(
            card, grade="exempt" if ground else "public", ground=ground, title=title, sender_shown=False, by=by, now=at
        )
        if ground is None:
            write_public_version(card, text=message, version=draft_of(card, card.text, house), by=by, now=at)
