"""Units and people: who gets a unit's lists, who succeeds whom, and what the database refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from organisation.models import Absence, DayOff, Municipality, OutgoingMail, Person, RoleAssignment, Unit
from organisation.permissions import Role
from organisation.queries import (
    NotSetUp,
    answering_unit,
    answering_units,
    list_recipient,
    mayors_office,
    municipality,
    open_successor,
    people_with,
    service_centre,
    with_leaders,
    working_calendar,
)
from tests.factories import (
    MONDAY,
    AbsenceFactory,
    DayOffFactory,
    MunicipalityFactory,
    PersonFactory,
    RoleFactory,
    Solvik,
    UnitFactory,
    day,
)

TODAY = day("2026-11-16")


def recipient(unit: Unit, on: date = TODAY) -> str | None:
    found = list_recipient(with_leaders(Unit.objects.filter(pk=unit.pk))[0], on=on, language="nb")
    return found.email if found else None


def change(unit: Unit, **values: Any) -> None:
    Unit.objects.filter(pk=unit.pk).update(**values)


def away(person: Person, first: str = "2026-11-16", last: str = "2026-11-16") -> None:
    AbsenceFactory(person=person, first_on=day(first), last_on=day(last))


# --- Who gets the list ----------------------------------------------------------------------------------------------


def test_list_goes_to_the_leader(solvik: Solvik) -> None:
    assert recipient(solvik.roads) == "roads_leader@solvik.test"


@pytest.mark.parametrize(
    ("first", "last", "to"),
    [
        pytest.param("2026-11-16", "2026-11-16", "roads_deputy@solvik.test", id="that one day"),
        pytest.param("2026-11-01", "2026-11-16", "roads_deputy@solvik.test", id="the last day of it"),
        pytest.param("2026-11-16", "2026-12-01", "roads_deputy@solvik.test", id="the first day of it"),
        pytest.param("2026-11-01", "2026-11-15", "roads_leader@solvik.test", id="back the day before"),
        pytest.param("2026-11-17", "2026-12-01", "roads_leader@solvik.test", id="not yet gone"),
    ],
)
def test_deputy_acts_in_the_leaders_absence(solvik: Solvik, first: str, last: str, to: str) -> None:
    away(solvik.roads_leader, first, last)
    assert recipient(solvik.roads) == to


def test_deputy_acts_for_a_leader_who_left(solvik: Solvik) -> None:
    solvik.roads_leader.is_active = False
    solvik.roads_leader.save()
    assert recipient(solvik.roads) == "roads_deputy@solvik.test"


def test_sector_acts_where_both_are_away(solvik: Solvik) -> None:
    away(solvik.roads_leader)
    away(solvik.roads_deputy)
    assert recipient(solvik.roads) == "sector_leader@solvik.test"


def test_sectors_deputy_acts_in_turn(solvik: Solvik) -> None:
    deputy = PersonFactory(email="sector_deputy@solvik.test")
    change(solvik.sector, deputy=deputy)
    change(solvik.water, leader=None)
    away(solvik.sector_leader)
    assert recipient(solvik.water) == "sector_deputy@solvik.test"


def test_unit_with_nobody_gets_it_at_its_own_address(solvik: Solvik) -> None:
    change(solvik.water, leader=None)
    change(solvik.sector, leader=None, email="sektor@solvik.test")
    assert recipient(solvik.water) == "water@solvik.test"
    change(solvik.water, email="")
    assert recipient(solvik.water) == "sektor@solvik.test"


def test_nobody_anywhere_is_nobody(solvik: Solvik) -> None:
    change(solvik.water, leader=None, email="")
    change(solvik.sector, leader=None)
    assert recipient(solvik.water) is None


def test_mail_is_in_the_persons_language_or_the_one_given(solvik: Solvik) -> None:
    Person.objects.filter(pk=solvik.water_leader.pk).update(language="nn")
    units = {unit.code: unit for unit in with_leaders(Unit.objects.all())}
    assert list_recipient(units["water"], on=TODAY, language="sv").language == "nn"
    assert list_recipient(units["service-centre"], on=TODAY, language="sv").language == "sv"


def test_sectors_in_a_ring_come_to_an_end(solvik: Solvik) -> None:
    lower = UnitFactory(kind="sector", parent=solvik.sector, email="")
    change(solvik.sector, parent=lower, leader=None)
    change(solvik.water, leader=None)
    assert recipient(solvik.water) == "water@solvik.test"


def test_people_with_a_role_are_the_active_ones_once(solvik: Solvik) -> None:
    gone = PersonFactory(is_active=False)
    RoleFactory(person=gone, role=Role.CHIEF_EXECUTIVE)
    assert list(people_with(Role.CHIEF_EXECUTIVE)) == [solvik.chief]


# --- Successors -----------------------------------------------------------------------------------------------------


def test_successors_are_followed_to_the_open_one(solvik: Solvik) -> None:
    middle = UnitFactory(closed_on=day("2026-02-01"), successor=solvik.water)
    first = UnitFactory(closed_on=day("2026-01-01"), successor=middle)
    assert open_successor(first) == answering_unit(first) == solvik.water
    assert open_successor(solvik.roads) == answering_unit(solvik.roads) == solvik.roads


def test_where_no_successor_can_hold_cards_the_service_centre_does(solvik: Solvik) -> None:
    into_sector = UnitFactory(closed_on=day("2026-01-01"), successor=solvik.sector)
    one = UnitFactory()
    other = UnitFactory(closed_on=day("2026-01-01"), successor=one)
    one.closed_on, one.successor = day("2026-02-01"), other
    one.save()
    assert [answering_unit(unit) for unit in (into_sector, one, other)] == [solvik.centre] * 3


def test_answering_units_are_the_open_ones_but_no_sectors(solvik: Solvik) -> None:
    UnitFactory(closed_on=day("2026-01-01"), successor=solvik.roads)
    assert list(answering_units()) == [solvik.mayor, solvik.centre, solvik.water, solvik.roads]
    assert (service_centre(), mayors_office()) == (solvik.centre, solvik.mayor)


# --- The municipality -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_without_a_municipality_the_way_out_is_said() -> None:
    with pytest.raises(NotSetUp, match=r"Run «manage.py setup» first\."):
        municipality()


def test_defaults_are_the_domains(solvik: Solvik) -> None:
    """«Each is a setting of the municipality where that makes sense; this is the default»"""
    house = Municipality.objects.get()
    assert (
        house.deadline_days, house.deadline_kind, house.callback_rule, house.minimum_attempts,
        house.not_reached_after_days, house.remind_days_before, house.escalate_repeats, house.time_zone, house.country,
    ) == (10, "calendar_days", "name_address_phone", 3, 30, 2, True, "Europe/Oslo", "NO")  # fmt: skip


def test_calendar_has_the_municipalitys_zone_and_days_off(solvik: Solvik) -> None:
    DayOffFactory(on=day("2026-11-06"))
    calendar = working_calendar(municipality())
    assert calendar.last_working_day(calendar.latest_list_week(MONDAY)) == day("2026-11-05")


# --- What the database refuses --------------------------------------------------------------------------------------


def mail(**values: Any) -> OutgoingMail:
    given = {
        "kind": "receipt", "dedupe_key": "k", "to": "a@b.test", "language": "nb", "subject": "s", "text": "t",
        "queued_at": MONDAY, "next_attempt_at": MONDAY, "delete_on": TODAY,
    }  # fmt: skip
    return OutgoingMail.objects.create(**(given | values))


VIOLATIONS: dict[str, Callable[[Solvik], object]] = {
    "municipality_is_one": lambda s: MunicipalityFactory(id=2),
    "unit_one_service_centre": lambda s: UnitFactory(kind="service_centre"),
    "unit_one_mayors_office": lambda s: UnitFactory(kind="mayors_office"),
    "unit_closed_has_successor": lambda s: UnitFactory(closed_on=TODAY),
    "unit_not_its_own_successor": lambda s: change(s.roads, successor=s.roads),
    "unit_not_its_own_parent": lambda s: change(s.roads, parent=s.roads),
    "organisation_unit_code_key": lambda s: UnitFactory(code="roads"),
    "organisation_person_email_key": lambda s: PersonFactory(email="Clerk@Solvik.test"),
    "role_once": lambda s: RoleFactory(person=s.clerk, role=Role.SERVICE_CENTRE),
    "role_case_handler_has_unit": lambda s: RoleFactory(person=s.clerk, role=Role.CASE_HANDLER),
    "role_leader_is_on_unit": lambda s: RoleFactory(person=s.clerk, role=Role.UNIT_LEADER),
    "absence_ends_after_start": lambda s: away(s.clerk, "2026-11-16", "2026-11-15"),
    "organisation_dayoff_on_key": lambda s: [DayOffFactory(on=TODAY), DayOffFactory(on=TODAY)],
    "organisation_outgoingmail_dedupe_key_key": lambda s: [mail(), mail()],
    "mail_sent_has_time": lambda s: mail(status="sent"),
    "mail_sending_is_claimed": lambda s: mail(status="sending"),
}


@pytest.mark.parametrize("name", VIOLATIONS)
def test_database_refuses(solvik: Solvik, name: str) -> None:
    with pytest.raises(IntegrityError, match=f'"{name}"'), transaction.atomic():
        VIOLATIONS[name](solvik)


def test_every_constraint_of_the_organisation_is_violated_above() -> None:
    named = {
        constraint.name
        for model in (Municipality, DayOff, Unit, Person, RoleAssignment, Absence, OutgoingMail)
        for constraint in model._meta.constraints
    }
    assert named - set(VIOLATIONS) == set()


def test_what_looks_like_it_is_allowed(solvik: Solvik) -> None:
    """A closed service centre beside a new one, a closed sector without a successor, one handler in two units."""
    change(solvik.centre, closed_on=TODAY, successor=solvik.roads)
    UnitFactory(kind="service_centre")
    UnitFactory(kind="sector", closed_on=TODAY)
    RoleFactory(person=solvik.handler, role=Role.CASE_HANDLER, unit=solvik.water)
    assert solvik.handler.role_assignments.count() == 2


def test_unit_that_others_stand_on_is_not_deleted(solvik: Solvik) -> None:
    UnitFactory(closed_on=TODAY, successor=solvik.roads)
    for unit in (solvik.sector, solvik.roads):
        with pytest.raises(ProtectedError):
            unit.delete()


def test_erased_person_leaves_the_unit_without_a_leader(solvik: Solvik) -> None:
    solvik.roads_leader.delete()
    solvik.roads.refresh_from_db()
    assert solvik.roads.leader is None
    assert recipient(solvik.roads) == "roads_deputy@solvik.test"
