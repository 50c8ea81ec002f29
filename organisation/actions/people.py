"""Give and take roles, and write down when people are away."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organisation.actions.base import check_row, may_manage, require_manager
from organisation.actions.changes import log_changed, log_created, log_removed, values_of
from organisation.actions.sign_ins import shut_out
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


class UnknownLanguage(Refused):
    code = "unknown_language"
    field = "language"
    message = _("«%(value)s» is not one of the languages here.")


class OverAlready(Refused):
    code = "over_already"
    field = "last_on"
    message = _("Those days are over already. Look at the dates again.")


class AwayTooLong(Refused):
    code = "away_too_long"
    field = "last_on"
    message = _(
        "That is more than a year. Look at the year again, or ask the administrator to give the unit another leader."
    )


class AwayAlready(Refused):
    code = "away_already"
    field = "first_on"
    message = _("Some of these days are written down as absence already. Remove that one first, or choose other days.")


LONGEST_ABSENCE = timedelta(days=366)
"""Of one absence: a last day further on is a slip of the pen."""


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
    is_emergency: bool = False,
    by: Person | None,
    now: datetime,
) -> Person:
    """Change a login, or close it: who is not active is out at once wherever they were in, and what they did stays theirs.

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
        stored.is_emergency = is_emergency
        check_row(stored)
        stored.save()
        log_changed(stored, before, by=by, now=now)
        if leaves:
            shut_out(stored, now=now)
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


def choose_language(person: Person, *, language: str, by: Person | None) -> None:
    """Keep the language in which `person` reads pages and gets mails: their own choice.

    Raises NotAllowed, UnknownLanguage.
    """
    if by is not None and by.pk != person.pk and not may_manage(by):
        raise NotAllowed
    if language not in dict(settings.LANGUAGES):
        raise UnknownLanguage(value=language)
    person.language = language
    person.save(update_fields=["language"])


def register_absence(
    person: Person, *, first_on: date, last_on: date, by: Person | None, today: date | None = None
) -> Absence:
    """Write down that `person` is away from `first_on` until `last_on`, both included; the deputy acts meanwhile.

    People write down their own, administrators anybody's. With the local date `today` an absence that is over is refused.
    Raises NotAllowed, EndsBeforeStart, OverAlready, AwayTooLong, AwayAlready.
    """
    if by is not None and by.pk != person.pk and not may_manage(by):
        raise NotAllowed
    if today is not None and last_on < today:
        raise OverAlready
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).only("pk").get(pk=person.pk)  # pressed twice, it is one absence
        check_absence(person, first_on=first_on, last_on=last_on)
        return Absence.objects.create(person=person, first_on=first_on, last_on=last_on)


def check_absence(person: Person, *, first_on: date, last_on: date, besides: int | None = None) -> None:
    """Raise EndsBeforeStart, AwayTooLong, or AwayAlready where one of the days lies in another absence than `besides`."""
    if last_on < first_on:
        raise EndsBeforeStart
    if last_on - first_on > LONGEST_ABSENCE:
        raise AwayTooLong
    others = Absence.objects.filter(person=person, first_on__lte=last_on, last_on__gte=first_on)
    if any(pk != besides for pk in others.values_list("pk", flat=True)):
        raise AwayAlready


def remove_absence(absence: Absence, *, by: Person | None) -> None:
    """Take back an absence. Raises NotAllowed."""
    if by is not None and by.pk != absence.person_id and not may_manage(by):
        raise NotAllowed
    absence.delete()
