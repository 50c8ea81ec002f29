"""What tests are made of: a municipality with its units and people, and cards that came in by the front door.

Cards are registered through `register_card`, so that a test stands on rows as the software writes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import factory
from factory.django import DjangoModelFactory

from feedback.actions.intake import House, Intake
from feedback.actions.registration import register_card
from feedback.deadlines import Contact
from feedback.models import Card, Category, RoutingRule
from feedback.workflow import Channel
from organisation.alphabet import sort_key
from organisation.models import Absence, DayOff, Municipality, OutgoingMail, Person, RoleAssignment, Unit
from organisation.permissions import Role

OSLO = ZoneInfo("Europe/Oslo")


def oslo(year: int, month: int, day: int, hour: int = 12, minute: int = 0, second: int = 0) -> datetime:
    """Return an instant by its local time in Oslo."""
    return datetime(year, month, day, hour, minute, second, tzinfo=OSLO).astimezone(UTC)


MONDAY = oslo(2026, 11, 2, 9)
"""2 November 2026, a Monday of week 45, nine in the morning: the day on which most tests begin."""


class MunicipalityFactory(DjangoModelFactory):
    class Meta:
        model = Municipality

    id = 1
    name = "Solvik"


class PersonFactory(DjangoModelFactory):
    class Meta:
        model = Person

    name = factory.Sequence(lambda n: f"Person {n:05}")
    email = factory.Sequence(lambda n: f"person{n}@solvik.test")


class UnitFactory(DjangoModelFactory):
    class Meta:
        model = Unit

    code = factory.Sequence(lambda n: f"unit-{n}")
    name = factory.Sequence(lambda n: f"Unit {n:05}")
    email = factory.LazyAttribute(lambda unit: f"{unit.code}@solvik.test")


class RoleFactory(DjangoModelFactory):
    class Meta:
        model = RoleAssignment

    person = factory.SubFactory(PersonFactory)
    role = Role.SERVICE_CENTRE


class AbsenceFactory(DjangoModelFactory):
    class Meta:
        model = Absence

    person = factory.SubFactory(PersonFactory)


class DayOffFactory(DjangoModelFactory):
    class Meta:
        model = DayOff

    name = "Closed"


class CategoryFactory(DjangoModelFactory):
    class Meta:
        model = Category

    code = factory.Sequence(lambda n: f"category-{n}")
    name = factory.Sequence(lambda n: f"Category {n:05}")


class RuleFactory(DjangoModelFactory):
    class Meta:
        model = RoutingRule

    position = factory.Sequence(lambda n: n)
    name = factory.Sequence(lambda n: f"Rule {n}")
    unit = factory.SubFactory(UnitFactory)


PEOPLE = [
    "clerk", "roads_leader", "roads_deputy", "handler", "water_leader", "sector_leader", "chief", "mayors_secretary",
    "administrator", "reader",
]  # fmt: skip


@dataclass
class Solvik:
    """A small municipality: a sector with two units, the service centre, the mayor's office, and who works there."""

    municipality: Municipality
    sector: Unit
    roads: Unit
    water: Unit
    centre: Unit
    mayor: Unit
    clerk: Person
    roads_leader: Person
    roads_deputy: Person
    handler: Person
    water_leader: Person
    sector_leader: Person
    chief: Person
    mayors_secretary: Person
    administrator: Person
    reader: Person

    def fresh(self, person: Person) -> Person:
        """Return the person as the next request meets them: without the grants that were read before."""
        return Person.objects.get(pk=person.pk)


def _save_at_once(rows: list[Person] | list[Unit]) -> None:
    """Save new rows by one statement, with what `save` would keep beside their names: half of all tests begin so."""
    for row in rows:
        row.name_key = sort_key(row.name)
    type(rows[0])._default_manager.bulk_create(rows)


def make_solvik(**settings: Any) -> Solvik:
    """Make the municipality. `settings` are fields of its row."""
    municipality = MunicipalityFactory(**settings)
    people = {
        name: PersonFactory.build(name=name.replace("_", " ").title(), email=f"{name}@solvik.test") for name in PEOPLE
    }
    _save_at_once(list(people.values()))
    sector = UnitFactory(
        code="technical", name="Teknisk sektor", kind="sector", leader=people["sector_leader"], email=""
    )
    roads = UnitFactory.build(
        code="roads", name="Vei", parent=sector, leader=people["roads_leader"], deputy=people["roads_deputy"]
    )
    water = UnitFactory.build(code="water", name="Vann", parent=sector, leader=people["water_leader"])
    centre = UnitFactory.build(code="service-centre", name="Servicesenteret", kind="service_centre")
    mayor = UnitFactory.build(code="mayor", name="Ordførerens kontor", kind="mayors_office")
    _save_at_once([roads, water, centre, mayor])
    roles = {
        "clerk": Role.SERVICE_CENTRE, "handler": Role.CASE_HANDLER, "chief": Role.CHIEF_EXECUTIVE,
        "mayors_secretary": Role.MAYORS_OFFICE, "administrator": Role.ADMINISTRATOR, "reader": Role.READER,
    }  # fmt: skip
    RoleAssignment.objects.bulk_create(
        RoleAssignment(person=people[name], role=role, unit=roads if role == Role.CASE_HANDLER else None)
        for name, role in roles.items()
    )
    return Solvik(
        municipality=municipality, sector=sector, roads=roads, water=water, centre=centre, mayor=mayor, **people
    )


FULL_CONTACT = Contact(name="Kari Nordmann", address="Storgata 1", phone="33 18 10 00", email="kari@example.test")
"""Name, address and daytime phone: a callback is owed."""

NO_PHONE = Contact(name="Per Hansen", email="per@example.test")
"""No callback is owed."""


def a_card(
    *,
    now: datetime = MONDAY,
    text: str = "Hull i veien",
    contact: Contact = FULL_CONTACT,
    by: Person | None = None,
    house: House | None = None,
    channel: str = Channel.WEB,
    **intake: Any,
) -> Card:
    """Register a card at `now`, with the contact details that make a callback owed unless others are given."""
    made = Intake(channel=channel, text=text, contact=contact, **intake)
    return register_card(made, by=by, now=now, house=house)


def many_cards(how_many: int, *, now: datetime = MONDAY, **intake: Any) -> list[Card]:
    """Register cards that are alike, reading the municipality once."""
    house = House.read()
    return [a_card(now=now, house=house, text=f"Hull {n}", **intake) for n in range(1, how_many + 1)]


def mails() -> list[tuple[str, str]]:
    """Return what lies in the outbox, as (kind, address), in the order in which it was queued."""
    return list(OutgoingMail.objects.order_by("id").values_list("kind", "to"))


def events(card: Card) -> list[tuple[str, str, str]]:
    """Return a card's history as (what, from, to)."""
    return list(card.events.order_by("id").values_list("what", "from_value", "to_value"))


def day(text: str) -> date:
    return date.fromisoformat(text)
