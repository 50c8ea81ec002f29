"""Who may do what: the table of roles, and what a person holds by roles and by leading a unit."""

from __future__ import annotations

import pytest

from organisation.models import Person, Unit
from organisation.permissions import ROLES, Permission, Role
from organisation.queries import Grants, descendants, grants_of, handlers_of
from tests.factories import PersonFactory, RoleFactory, Solvik, UnitFactory

P = Permission

# service centre, unit leader, case handler, mayor's office, chief executive, quality adviser, administrator, reader, privacy
TABLE = {
    P.SEE_ALL_CARDS: "x....x.x.",
    P.SEE_UNIT_CARDS: ".xxx.....",
    P.SEE_POLITICAL_CARDS: "x..x.....",
    P.SEE_ESCALATED_CARDS: "....x....",
    P.REGISTER_CARDS: "x........",
    P.ROUTE_CARDS: "x........",
    P.WORK_ON_CARDS: "xxxx.....",
    P.DELEGATE_CARDS: "xx.x.....",
    P.CLOSE_CARDS: "xxxx.....",
    P.SEE_OVERDUE_LISTS: "xx.x.x.x.",
    P.RUN_OVERDUE_LISTS: "x........",
    P.SEE_ESCALATIONS: "x...xx...",
    P.INFORM_CITIZENS: "x........",
    P.MANAGE_ORGANISATION: "......x..",
    P.MANAGE_SURVEYS: ".....x...",
    P.SEE_SURVEYS: ".....x.x.",
    P.TYPE_ANSWERS: "x....x...",
    P.SEE_SCORECARDS: "xx.xxxxx.",
    P.MANAGE_SCORECARDS: ".....xx..",
    P.SEE_ACTIONS: "xx.xxxxx.",
    P.PLAN_ACTIONS: ".x...xx..",
    P.COUNT_CONTACTS: "x........",
    P.MANAGE_WEBHOOKS: "......x..",
    P.SEE_AUDIT: ".x...xx.x",
    P.MARK_SENSITIVE: "xxxx.x...",
    P.TAKE_JOURNAL: "x.....x.x",
    P.HANDLE_PERSONAL_DATA: "........x",
}


@pytest.mark.parametrize("permission", Permission)
def test_permissions_by_role(permission: Permission) -> None:
    held = "".join("x" if permission in ROLES[role].permissions else "." for role in Role)
    assert held == TABLE[permission]


def test_every_role_has_a_sentence() -> None:
    assert set(ROLES) == set(Role)
    assert [role for role in Role if not str(ROLES[role].sentence).endswith(".")] == []


def grants(person: Person) -> Grants:
    return grants_of(Person.objects.get(pk=person.pk))


LEADER = ROLES[Role.UNIT_LEADER].permissions


def test_leader_and_deputy_hold_the_leaders_role_in_their_unit_alone(solvik: Solvik) -> None:
    """Rule 4: «The unit leader is responsible for each card of the unit»"""
    for person in (solvik.roads_leader, solvik.roads_deputy):
        held = grants(person)
        assert (held.everywhere, held.in_units) == (frozenset(), {solvik.roads.pk: LEADER})
        assert held.allows(P.DELEGATE_CARDS, solvik.roads.pk)
        assert not held.allows(P.DELEGATE_CARDS, solvik.water.pk)
        assert not held.allows(P.DELEGATE_CARDS)
        assert held.somewhere(P.DELEGATE_CARDS)
        assert not held.somewhere(P.REGISTER_CARDS)


def test_leader_of_a_sector_holds_all_units_below_whatever_the_depth(solvik: Solvik) -> None:
    office = UnitFactory(kind="sector", parent=solvik.sector)
    deep = UnitFactory(parent=office)
    held = grants(solvik.sector_leader)
    assert held.in_units == dict.fromkeys(
        [solvik.sector.pk, solvik.roads.pk, solvik.water.pk, office.pk, deep.pk], LEADER
    )
    assert not held.allows(P.SEE_UNIT_CARDS, solvik.centre.pk)


def test_case_handler_holds_the_unit_alone(solvik: Solvik) -> None:
    assert grants(solvik.handler).in_units == {solvik.roads.pk: ROLES[Role.CASE_HANDLER].permissions}


def test_mayors_secretary_holds_the_mayors_office_alone(solvik: Solvik) -> None:
    held = grants(solvik.mayors_secretary)
    assert (held.everywhere, held.in_units) == (
        frozenset(), {solvik.mayor.pk: ROLES[Role.MAYORS_OFFICE].permissions},
    )  # fmt: skip


def test_mayors_secretary_without_an_office_holds_nothing(solvik: Solvik) -> None:
    solvik.mayor.delete()
    held = grants(solvik.mayors_secretary)
    assert (held.everywhere, held.in_units) == (frozenset(), {})


@pytest.mark.parametrize(
    ("person", "role"),
    [
        ("clerk", Role.SERVICE_CENTRE),
        ("chief", Role.CHIEF_EXECUTIVE),
        ("administrator", Role.ADMINISTRATOR),
        ("reader", Role.READER),
    ],
)
def test_municipality_wide_roles_hold_everywhere(solvik: Solvik, person: str, role: Role) -> None:
    held = grants(getattr(solvik, person))
    assert (held.everywhere, held.in_units, held.roles) == (ROLES[role].permissions, {}, frozenset({role}))


def test_roles_add_up(solvik: Solvik) -> None:
    RoleFactory(person=solvik.roads_leader, role=Role.READER)
    RoleFactory(person=solvik.roads_leader, role=Role.CASE_HANDLER, unit=solvik.water)
    held = grants(solvik.roads_leader)
    assert held.everywhere == ROLES[Role.READER].permissions
    assert held.allows(P.WORK_ON_CARDS, solvik.water.pk)
    assert not held.allows(P.DELEGATE_CARDS, solvik.water.pk)


@pytest.mark.parametrize("person", ["clerk", "roads_leader", "handler", "chief", "mayors_secretary"])
def test_person_who_left_holds_nothing(solvik: Solvik, person: str) -> None:
    left = getattr(solvik, person)
    left.is_active = False
    left.save()
    held = grants(left)
    assert (held.everywhere, held.in_units, held.roles) == (frozenset(), {}, frozenset())


def test_person_without_a_role_holds_nothing(solvik: Solvik) -> None:
    held = grants(PersonFactory(is_staff=True, is_superuser=True))
    assert (held.everywhere, held.in_units) == (frozenset(), {})


def test_grants_are_read_once_a_person(solvik: Solvik, django_assert_num_queries: object) -> None:
    person = Person.objects.get(pk=solvik.sector_leader.pk)
    with django_assert_num_queries(2):
        grants_of(person)
        grants_of(person)


def test_descendants_of_a_ring_end(solvik: Solvik) -> None:
    """A sector below itself is a mistake somebody can make in the admin; nothing may hang on it."""
    lower = UnitFactory(kind="sector", parent=solvik.sector)
    Unit.objects.filter(pk=solvik.sector.pk).update(parent=lower)
    assert set(descendants([solvik.sector.pk])) == {solvik.sector.pk, lower.pk, solvik.roads.pk, solvik.water.pk}


def test_handlers_of_a_unit_are_its_own_active_people(solvik: Solvik) -> None:
    gone = PersonFactory(is_active=False)
    RoleFactory(person=gone, role=Role.CASE_HANDLER, unit=solvik.roads)
    RoleFactory(role=Role.CASE_HANDLER, unit=solvik.water)
    assert set(handlers_of(solvik.roads)) == {solvik.roads_leader, solvik.roads_deputy, solvik.handler}
    assert set(handlers_of(solvik.centre)) == {solvik.clerk}
    assert set(handlers_of(solvik.mayor)) == {solvik.mayors_secretary}
