"""Writes on the organisation: roles, absences, units. Each checks its rule and refuses by name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from organisation.actions import people, units
from organisation.errors import NotAllowed, Refused
from organisation.models import Absence, Person, RoleAssignment, Unit
from organisation.permissions import Role

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 16)
NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)


@pytest.fixture
def boss() -> Person:
    person = Person.objects.create_user("boss@solvik.test", "Boss")
    people.assign_role(person, role=Role.ADMINISTRATOR, by=None, now=NOW)
    return Person.objects.get(pk=person.pk)


@pytest.fixture
def clerk() -> Person:
    person = Person.objects.create_user("clerk@solvik.test", "Clerk")
    RoleAssignment.objects.create(person=person, role=Role.SERVICE_CENTRE)
    return person


@pytest.fixture
def sector() -> Unit:
    return Unit.objects.create(code="sector", name="Sektor", kind=Unit.Kind.SECTOR)


@pytest.fixture
def roads(sector: Unit) -> Unit:
    return Unit.objects.create(code="roads", name="Veg", parent=sector)


@pytest.fixture
def parks(sector: Unit) -> Unit:
    return Unit.objects.create(code="parks", name="Park", parent=sector)


def test_only_administrators_manage_and_a_denial_writes_nothing(
    clerk: Person, boss: Person, roads: Unit, parks: Unit
) -> None:
    role, absence = boss.role_assignments.get(), Absence.objects.create(person=boss, first_on=TODAY, last_on=TODAY)
    tries: list[Callable[[], Any]] = [
        lambda: people.assign_role(clerk, role=Role.ADMINISTRATOR, by=clerk, now=NOW),
        lambda: people.remove_role(role, by=clerk, now=NOW),
        lambda: people.register_absence(boss, first_on=TODAY, last_on=TODAY, by=clerk),
        lambda: people.remove_absence(absence, by=clerk),
        lambda: units.create_unit(code="new", name="Ny", by=clerk, now=NOW),
        lambda: units.close_unit(roads, successor=parks, on=TODAY, today=TODAY, by=clerk, now=NOW),
    ]
    for one in tries:
        with pytest.raises(NotAllowed):
            one()
    assert (RoleAssignment.objects.count(), Absence.objects.count(), Unit.objects.count()) == (2, 1, 3)
    assert Unit.objects.get(code="roads").closed_on is None


# --- Roles -------------------------------------------------------------------------------------------------------------


def test_a_role_given_twice_is_there_once(boss: Person, clerk: Person, roads: Unit) -> None:
    first = people.assign_role(clerk, role=Role.CASE_HANDLER, unit=roads, by=boss, now=NOW)
    assert people.assign_role(clerk, role=Role.CASE_HANDLER, unit=roads, by=boss, now=NOW) == first


@pytest.mark.parametrize(
    ("role", "unit", "refusal"),
    [
        (Role.UNIT_LEADER, "roads", people.LeaderIsOnUnit),
        (Role.CASE_HANDLER, None, people.RoleNeedsUnit),
        (Role.READER, "roads", people.RoleNeedsUnit),
        (Role.CASE_HANDLER, "sector", people.UnitHoldsNoCards),
    ],
)
def test_a_role_that_nobody_can_have_is_refused(
    boss: Person, clerk: Person, roads: Unit, role: Role, unit: str | None, refusal: type[Refused]
) -> None:
    place = Unit.objects.get(code=unit) if unit else None
    with pytest.raises(refusal):
        people.assign_role(clerk, role=role, unit=place, by=boss, now=NOW)


def test_the_last_active_administrator_keeps_the_role(boss: Person, clerk: Person) -> None:
    people.assign_role(clerk, role=Role.ADMINISTRATOR, by=boss, now=NOW)
    Person.objects.filter(pk=clerk.pk).update(is_active=False)
    with pytest.raises(people.LastAdministrator) as refused:
        people.remove_role(boss.role_assignments.get(), by=boss, now=NOW)
    assert str(refused.value).startswith("Boss ")


# --- Absences ----------------------------------------------------------------------------------------------------------


def test_people_write_down_their_own_absence(clerk: Person) -> None:
    absence = people.register_absence(clerk, first_on=TODAY, last_on=date(2026, 11, 20), by=clerk)
    assert clerk.absences.get() == absence
    people.remove_absence(absence, by=clerk)
    assert not clerk.absences.exists()


def test_an_absence_that_ends_before_it_begins_is_refused(clerk: Person) -> None:
    with pytest.raises(people.EndsBeforeStart):
        people.register_absence(clerk, first_on=TODAY, last_on=date(2026, 11, 15), by=clerk)


# --- Units -------------------------------------------------------------------------------------------------------------


def test_a_unit_is_opened_below_a_sector(boss: Person, sector: Unit) -> None:
    assert units.create_unit(code="water", name="Vann", parent=sector, by=boss, now=NOW).parent == sector


def test_a_code_that_is_taken_and_a_parent_that_is_none_are_refused(boss: Person, roads: Unit) -> None:
    with pytest.raises(units.CodeTaken):
        units.create_unit(code="roads", name="Veger", by=boss, now=NOW)
    with pytest.raises(units.ParentNotASector):
        units.create_unit(code="bridges", name="Bruer", parent=roads, by=boss, now=NOW)


def test_a_sector_cannot_lie_below_itself(sector: Unit) -> None:
    below = Unit.objects.create(code="below", name="Under", kind=Unit.Kind.SECTOR, parent=sector)
    with pytest.raises(units.ParentNotASector):
        units.check_parent(sector, below)


def test_closing_names_the_successor(boss: Person, roads: Unit, parks: Unit) -> None:
    units.close_unit(roads, successor=parks, on=TODAY, today=TODAY, by=boss, now=NOW)
    roads.refresh_from_db()
    assert (roads.closed_on, roads.successor) == (TODAY, parks)


@pytest.mark.parametrize(
    ("unit", "successor", "on", "refusal"),
    [
        ("roads", None, TODAY, units.SuccessorNeeded),
        ("roads", "roads", TODAY, units.SuccessorNeeded),
        ("roads", "sector", TODAY, units.SuccessorNeeded),
        ("roads", "closed", TODAY, units.SuccessorNeeded),
        ("roads", "parks", date(2026, 11, 17), units.ClosedInTheFuture),
        ("closed", "parks", TODAY, units.AlreadyClosed),
        ("centre", "parks", TODAY, units.ServiceCentreStays),
        ("sector", None, TODAY, units.UnitsBelow),
    ],
)
def test_a_closing_that_cannot_be_is_refused(
    boss: Person, roads: Unit, parks: Unit, unit: str, successor: str | None, on: date, refusal: type[Refused]
) -> None:
    Unit.objects.create(code="centre", name="Servicesenteret", kind=Unit.Kind.SERVICE_CENTRE)
    Unit.objects.create(code="closed", name="Nedlagt", closed_on=TODAY, successor=parks)
    before = list(Unit.objects.order_by("pk").values("code", "closed_on", "successor"))
    with pytest.raises(refusal):
        units.close_unit(
            Unit.objects.get(code=unit),
            successor=Unit.objects.get(code=successor) if successor else None,
            on=on,
            today=TODAY,
            by=boss,
            now=NOW,
        )
    assert list(Unit.objects.order_by("pk").values("code", "closed_on", "successor")) == before
