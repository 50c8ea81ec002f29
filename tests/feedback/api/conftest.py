"""A small municipality, one person a role, and cards, for the tests of the API."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from feedback.actions.intake import Intake
from feedback.actions.registration import register_card
from feedback.models import Card, Category, RoutingRule
from organisation.models import Municipality, Person, RoleAssignment, Unit
from organisation.permissions import Role

PASSWORD = "et langt passord som ingen gjetter"
NOW = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)


@dataclass
class Town:
    """Units, categories and people by short names."""

    municipality: Municipality
    centre: Unit
    roads: Unit
    schools: Unit
    mayor: Unit
    lights: Category
    people: dict[str, Person]

    def card(self, text: str = "Hullet i veien er blitt dypere.", **values: Any) -> Card:
        """Register a card as the service centre did at NOW, or `at` another moment."""
        moment = values.pop("at", NOW)
        return register_card(Intake(**({"channel": "phone", "text": text} | values)), by=None, now=moment)


@pytest.fixture
def town(db: None) -> Town:
    """A municipality with four units and somebody in each role: `leader` and `handler` belong to roads."""
    municipality = Municipality.objects.create(name="Solvik")
    sector = Unit.objects.create(code="sector", name="Teknisk", kind=Unit.Kind.SECTOR)
    centre = Unit.objects.create(
        code="centre", name="Servicesenteret", kind=Unit.Kind.SERVICE_CENTRE, email="centre@solvik.example"
    )
    roads = Unit.objects.create(code="roads", name="Veg", parent=sector, email="roads@solvik.example")
    schools = Unit.objects.create(code="schools", name="Skole", email="schools@solvik.example")
    mayor = Unit.objects.create(code="mayor", name="Ordføreren", kind=Unit.Kind.MAYORS_OFFICE)
    lights = Category.objects.create(code="lights", name="Gatelys")
    Category.objects.create(code="old", name="Nedlagt", is_active=False)
    RoutingRule.objects.create(position=1, name="Gatelys", category=lights, unit=roads)
    people = {}
    for role in Role:
        person = Person.objects.create_user(f"{role}@solvik.example", role.name, PASSWORD)
        people[str(role)] = person
        if role is Role.UNIT_LEADER:
            roads.leader = person
            roads.save()
        else:
            RoleAssignment.objects.create(person=person, role=role, unit=roads if role is Role.CASE_HANDLER else None)
    people["nobody"] = Person.objects.create_user("nobody@solvik.example", "Ingen", PASSWORD)
    people["gone"] = Person.objects.create_user("gone@solvik.example", "Sluttet", PASSWORD, is_active=False)
    RoleAssignment.objects.create(person=people["gone"], role=Role.SERVICE_CENTRE)
    return Town(municipality, centre, roads, schools, mayor, lights, people)


@pytest.fixture
def client_of(town: Town) -> Callable[..., APIClient]:
    """Return a client that carries the token of somebody in a role; without one, a stranger's."""

    def make(who: str | None = None, language: str = "en") -> APIClient:
        client = APIClient(headers={"Accept-Language": language}, raise_request_exception=False)
        if who is not None:
            token = Token.objects.get_or_create(user=town.people[who])[0]
            client.credentials(HTTP_AUTHORIZATION=f"Token {token.key}")
        return client

    return make


@pytest.fixture
def centre(client_of: Callable[..., APIClient]) -> APIClient:
    """Return the service centre's client, in English."""
    return client_of("service_centre")


def hours(number: float) -> timedelta:
    return timedelta(hours=number)
