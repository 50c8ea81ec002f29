"""A small municipality for the tests of mails, documents and the outbox: few units, few people, Norwegian letters."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from feedback.actions.intake import Intake
from feedback.actions.registration import register_card
from feedback.deadlines import Contact
from feedback.models import Card, Category, OverdueList
from organisation.models import Municipality, Person, RoleAssignment, Unit
from organisation.permissions import Role

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
"""A Monday, 10:30 in Oslo."""


class Town:
    """Sandøy: a service centre, two units in a sector, their people, a chief executive."""

    def __init__(self) -> None:
        self.house = Municipality.objects.create(
            name="Sandøy kommune",
            email="post@sandoy.example",
            phone="+47 70 00 00 00",
            address="Rådhusgata 1\n6480 Sandøy",
        )
        self.leader = Person.objects.create_user("leiar@sandoy.example", "Åse Ørjasæter", language="nn")
        self.handler = Person.objects.create_user("handler@sandoy.example", "Bjørn Åsen")
        self.chief = Person.objects.create_user("chief@sandoy.example", "Märta Öberg", language="sv")
        self.centre_clerk = Person.objects.create_user("clerk@sandoy.example", "Kari Næss", language="en")
        self.centre = Unit.objects.create(
            code="service", name="Servicetorget", kind=Unit.Kind.SERVICE_CENTRE, email="service@sandoy.example"
        )
        self.sector = Unit.objects.create(code="teknisk", name="Teknisk sektor", kind=Unit.Kind.SECTOR)
        self.roads = Unit.objects.create(
            code="veg", name="Veg og gate", parent=self.sector, email="veg@sandoy.example", leader=self.leader
        )
        self.parks = Unit.objects.create(code="park", name="Park og idrett", parent=self.sector, leader=self.handler)
        RoleAssignment.objects.create(person=self.handler, role=Role.CASE_HANDLER, unit=self.roads)
        RoleAssignment.objects.create(person=self.chief, role=Role.CHIEF_EXECUTIVE)
        RoleAssignment.objects.create(person=self.centre_clerk, role=Role.SERVICE_CENTRE)
        self.category = Category.objects.create(code="veg", name="Veg", names={"sv": "Väg", "en": "Roads"})

    def card(self, text: str = "Hull i vegen ved brua.", *, now: datetime = NOW, **fields: Any) -> Card:
        """Register a card from somebody who is owed a call, with the roads unit unless `unit` says otherwise."""
        contact = fields.pop(
            "contact",
            Contact(
                name="Åge Sjøvær",
                address="Bråtaveien 3\n6480 Sandøy",
                phone="+47 400 00 000",
                email="age@example.org",
            ),
        )
        fields = {"channel": "web", "category": self.category, "unit": self.roads, "place": "Brua"} | fields
        return register_card(Intake(text=text, contact=contact, **fields), by=None, now=now)

    def overdue_list(self, *, cards: int = 1, now: datetime = datetime(2026, 11, 16, 6, 0, tzinfo=UTC)) -> OverdueList:
        """Register cards on 2 November and run week 47's lists, sending nothing. Returns the roads unit's list."""
        from feedback.actions.listing import run_overdue_list

        for number in range(cards):
            self.card(f"Hull {number + 1} i vegen ved brua.")
        run_overdue_list(now=now, mail=False)
        return OverdueList.objects.get(unit=self.roads)


MONDAY = date(2026, 11, 16)
