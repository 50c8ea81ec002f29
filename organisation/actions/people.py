"""Let people in, give and take roles, and write down when people are away."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organisation.actions.base import check_row, may_manage, require_manager
from organisation.actions.changes import log_changed, log_created, log_removed, values_of
from organisation.errors import NotAllowed, Refused
from organisation.models import Absence, Person, RoleAssignment, Unit
from organisation.permissions import Role


class LeaderIsOnUnit(Refused):
    code = "leader_is_on_unit"
    field = "role"
    message = _("Leader and deputy are set on the unit.")


class RoleNeedsUnit(Refused):
    code = "role_needs_unit"
    field = "unit"
    message = _("A case handler belongs to a unit; the other roles to none.")


class UnitHoldsNoCards(Refused):
    code = "unit_holds_no_cards"
    field = "unit"
    message = _("«%(unit)s» is a sector or is closed: nobody handles cards there.")


class LastAdministrator(Refused):
    code = "last_administrator"
    message = _("%(person)s is the last administrator. Give somebody else the role first.")


class EndsBeforeStart(Refused):
    code = "ends_before_start"
    field = "last_on"
    message = _("The last day cannot be before the first.")


def create_person(
    *, email: str, name: str, phone: str = "", language: str = "nb", by: Person | None, now: datetime
) -> Person:
    """Make a login without a password: the person sets one by the link that is mailed. Raises NotAllowed, Unfit."""
    require_manager(by)
    person = Person(email=email.strip().lower(), name=name.strip(), phone=phone.strip(), language=language)
    person.set_unusable_password()
    check_row(person)
    with transaction.atomic():
        person.save(force_insert=True)
        log_created(person, by=by, now=now)
    return person


def change_person(
    person: Person,
    *,
    email: str,
    name: str,
    phone: str,
    language: str,
    is_active: bool,
    by: Person | None,
    now: datetime,
) -> Person:
    """Change a login, or close it: who is not active cannot sign in, and what they did stays theirs.

    Raises NotAllowed, Unfit, and LastAdministrator where nobody would be left to let others in.
    """
    require_manager(by)
    with transaction.atomic():
        stored = Person.objects.select_for_update().get(pk=person.pk)
        leaves = stored.is_active and not is_active
        if leaves and stored.role_assignments.filter(role=Role.ADMINISTRATOR).exists():
            check_administrators_without(stored)
        before = values_of(stored)
        stored.email, stored.name = email.strip().lower(), name.strip()
        stored.phone, stored.language, stored.is_active = phone.strip(), language, is_active
        check_row(stored)
        stored.save()
        log_changed(stored, before, by=by, now=now)
    return stored


def check_role(role: str, unit: Unit | None) -> None:
    """Raise LeaderIsOnUnit, RoleNeedsUnit or UnitHoldsNoCards for a role that nobody can have like that."""
    if role == Role.UNIT_LEADER:
        raise LeaderIsOnUnit
    if (role == Role.CASE_HANDLER) != (unit is not None):
        raise RoleNeedsUnit
    if unit is not None and (unit.kind == Unit.Kind.SECTOR or unit.closed_on is not None):
        raise UnitHoldsNoCards(unit=unit.name)


def assign_role(
    person: Person, *, role: str, unit: Unit | None = None, by: Person | None, now: datetime
) -> RoleAssignment:
    """Give `person` a role, for the municipality or, as a case handler, in `unit`. Given twice it is there once.

    Raises NotAllowed, LeaderIsOnUnit, RoleNeedsUnit, UnitHoldsNoCards.
    """
    require_manager(by)
    check_role(role, unit)
    with transaction.atomic():
        assignment, made = RoleAssignment.objects.get_or_create(person=person, role=role, unit=unit)
        if made:
            log_created(assignment, by=by, now=now)
    return assignment


def remove_role(assignment: RoleAssignment, *, by: Person | None, now: datetime) -> None:
    """Take a role away. Raises NotAllowed, and LastAdministrator where nobody would be left to give one."""
    require_manager(by)
    with transaction.atomic():
        if assignment.role == Role.ADMINISTRATOR:
            check_administrators_without(assignment.person)
        log_removed(assignment, by=by, now=now)
        assignment.delete()


def check_administrators_without(person: Person) -> None:
    """Raise LastAdministrator if no active administrator is left without `person`. Call it in a transaction.

    The rows are locked: of two administrators who remove each other the second is refused.
    """
    others = RoleAssignment.objects.select_for_update().filter(role=Role.ADMINISTRATOR)
    if not [row for row in others.select_related("person") if row.person_id != person.pk and row.person.is_active]:
        raise LastAdministrator(person=person.name)


def register_absence(person: Person, *, first_on: date, last_on: date, by: Person | None) -> Absence:
    """Write down that `person` is away from `first_on` until `last_on`, both included; the deputy acts meanwhile.

    People write down their own, administrators anybody's. Raises NotAllowed, EndsBeforeStart.
    """
    if by is not None and by.pk != person.pk and not may_manage(by):
        raise NotAllowed
    if last_on < first_on:
        raise EndsBeforeStart
    return Absence.objects.create(person=person, first_on=first_on, last_on=last_on)


def remove_absence(absence: Absence, *, by: Person | None) -> None:
    """Take back an absence. Raises NotAllowed."""
    if by is not None and by.pk != absence.person_id and not may_manage(by):
        raise NotAllowed
    absence.delete()
