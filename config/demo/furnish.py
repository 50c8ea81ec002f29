"""Solvik's own rows: the municipality, its days off, people, units, roles, categories and routing rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password

from config.demo import municipality as solvik
from config.demo.days import DAY, at, own_days_off
from config.demo.places import RULES
from config.demo.places import RoutingRule as Rule
from feedback.actions.routing import move_rule
from feedback.models import Category, RoutingRule
from organisation.actions.settings import add_day_off
from organisation.actions.units import change_unit
from organisation.actions.wordings import set_wordings
from organisation.alphabet import sort_key
from organisation.models import Absence, DayOff, Municipality, Person, RoleAssignment, Unit
from organisation.models.municipality import DeadlineKind
from organisation.permissions import Role
from organisation.wordings import known

_DAY_OFF_NAMES = {(12, 24): "Julaften", (12, 31): "Nyttårsaften"}


@dataclass(frozen=True)
class Furnished:
    """What the cards refer to: people by e-mail address, units and categories by code."""

    people: dict[str, Person]
    units: dict[str, Unit]
    categories: dict[str, Category]


def furnish(today: date) -> Furnished:
    """Write all that Solvik has but cards. In the caller's transaction; there is no municipality yet."""
    Municipality.objects.create(
        name=solvik.NAME,
        number=solvik.NUMBER,
        country=solvik.COUNTRY,
        time_zone=solvik.TIME_ZONE,
        languages=list(solvik.LANGUAGES),
        email=solvik.EMAIL,
        phone=solvik.PHONE,
        address=f"{solvik.STREET_ADDRESS}\n{solvik.POSTCODE} {solvik.SHORT_NAME}",
        is_demonstration=True,
    )
    DayOff.objects.bulk_create(
        DayOff(on=day, name=_DAY_OFF_NAMES[day.month, day.day]) for day in own_days_off(today.year - 2, today.year + 2)
    )
    people = _people()
    units = _units(people)
    _roles(people, units, today)
    categories = _categories()
    make_rules(RULES, units, categories)
    _changes(people, units, today)
    return Furnished(people, units, categories)


def _people() -> dict[str, Person]:
    # One hash for all: the password is on the sign-in page, and forty-seven slow hashes would take half the load. Where
    # there are no demonstration logins, the people are there and nobody can sign in as them.
    password = make_password(settings.DEMONSTRATION_PASSWORD if settings.DEMONSTRATION else None)
    made = [
        Person(
            email=person.email,
            name=person.name,
            name_key=sort_key(person.name),
            phone=f"{solvik.STAFF_PHONE_SERIES}{number}",
            password=password,
        )
        for number, person in enumerate(solvik.PEOPLE, start=10)
    ]
    return {person.email: person for person in Person.objects.bulk_create(made)}


def _units(people: dict[str, Person]) -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for sector in solvik.SECTORS:
        units[sector.code] = Unit.objects.create(
            code=sector.code,
            name=sector.name,
            kind=Unit.Kind.SECTOR,
            email=sector.email,
            leader=people[sector.leader],
        )
    for unit in solvik.UNITS:
        kind = Unit.Kind.UNIT
        if unit.service_centre:
            kind = Unit.Kind.SERVICE_CENTRE
        elif unit.mayors_office:
            kind = Unit.Kind.MAYORS_OFFICE
        units[unit.code] = Unit.objects.create(
            code=unit.code,
            name=unit.name,
            kind=kind,
            parent=units[unit.sector],
            email=unit.email,
            leader=people[unit.leader],
            deputy=people[unit.deputy],
        )
    return units


def _roles(people: dict[str, Person], units: dict[str, Unit], today: date) -> None:
    """Leaders stand on their units; a case handler's role is in one unit, the others are everywhere."""
    RoleAssignment.objects.bulk_create(
        RoleAssignment(
            person=people[person.email],
            role=role,
            unit=units[person.unit] if person.unit and role == Role.CASE_HANDLER else None,
        )
        for person in solvik.PEOPLE
        for role in person.roles
        if role != Role.UNIT_LEADER
    )
    Absence.objects.bulk_create(
        Absence(
            person=people[unit.leader],
            first_on=today + unit.leader_away[0] * DAY,
            last_on=today + unit.leader_away[1] * DAY,
        )
        for unit in solvik.UNITS
        if unit.leader_away
    )


def _categories() -> dict[str, Category]:
    made = Category.objects.bulk_create(
        Category(
            code=category.code,
            name=category.nb,
            names={"nn": category.nn, "sv": category.sv, "en": category.en},
            position=10 * number,
            is_political=category.code == solvik.POLITICAL_CATEGORY,
            deadline_days=category.deadline_days,
            deadline_kind=DeadlineKind.CALENDAR_DAYS if category.deadline_days else "",
        )
        for number, category in enumerate(solvik.CATEGORIES, start=1)
    )
    return {category.code: category for category in made}


def make_rules(rules: Iterable[Rule], units: dict[str, Unit], categories: dict[str, Category]) -> None:
    """Add routing rules after those that are there."""
    there = RoutingRule.objects.count()
    RoutingRule.objects.bulk_create(
        RoutingRule(
            position=10 * number,
            name=rule.name,
            category=categories[rule.category] if rule.category else None,
            area=rule.area,
            words=list(rule.words),
            unit=units[rule.unit],
        )
        for number, rule in enumerate(rules, start=there + 1)
    )


def _changes(people: dict[str, Person], units: dict[str, Unit], today: date) -> None:
    """What the administrator has changed of late, by the actions themselves, so that the log tells of it as of the rest."""
    by = people[solvik.email_of("Vidar Klokk")]

    def ago(days: int, hour: int) -> datetime:
        return at(today - days * DAY, hour)

    library = units["BIB"]
    values: dict[str, Any] = {
        "parent": library.parent,
        "email": library.email,
        "leader": library.leader,
        "deputy": library.deputy,
    }
    change_unit(library, name="Solvik folkebibliotek", **values, by=by, now=ago(40, 10))
    change_unit(library, name=library.name, **values, by=by, now=ago(39, 9))
    own = solvik.OWN_TEXT
    set_wordings(known(own.key), {"nb": own.nb, "nn": own.nn}, by=by, now=ago(21, 13))
    rule = RoutingRule.objects.order_by("position")[2]
    move_rule(rule, up=False, by=by, now=ago(12, 11))
    move_rule(rule, up=True, by=by, now=ago(12, 12))
    if (day := date(today.year + 1, 5, 15)).weekday() < 5:
        add_day_off(on=day, name="Inneklemt dag", by=by, now=ago(5, 9))
