"""Give and take roles, and write down when people are away."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organisation.actions.base import may_manage, require_manager
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


def check_role(role: str, unit: Unit | None) -> None:
    """Raise LeaderIsOnUnit, RoleNeedsUnit or UnitHoldsNoCards for a role that nobody can have like that."""
    if role == Role.UNIT_LEADER:
        raise LeaderIsOnUnit
    if (role == Role.CASE_HANDLER) != (unit is not None):
        raise RoleNeedsUnit
    if unit is not None and (unit.kind == Unit.Kind.SECTOR or unit.closed_on is not None):
        raise UnitHoldsNoCards(unit=unit.name)


def assign_role(person: Person, *, role: str, unit: Unit | None = None, by: Person | None) -> RoleAssignment:
    """Give `person` a role, for the municipality or, as a case handler, in `unit`. Given twice it is there once.

    Administrators get into the Django admin, where the organisation is kept. Raises NotAllowed, LeaderIsOnUnit,
    RoleNeedsUnit, UnitHoldsNoCards.
    """
    require_manager(by)
    check_role(role, unit)
    with transaction.atomic():
        assignment, _made = RoleAssignment.objects.get_or_create(person=person, role=role, unit=unit)
        if role == Role.ADMINISTRATOR:
            Person.objects.filter(pk=person.pk).update(is_staff=True)
    return assignment


def remove_role(assignment: RoleAssignment, *, by: Person | None) -> None:
    """Take a role away. Raises NotAllowed, and LastAdministrator where nobody would be left to give one."""
    require_manager(by)
    with transaction.atomic():
        if assignment.role == Role.ADMINISTRATOR:
            check_administrators_without(assignment.person)
            Person.objects.filter(pk=assignment.person_id, is_superuser=False).update(is_staff=False)
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
