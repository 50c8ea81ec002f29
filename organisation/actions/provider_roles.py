"""What the identity provider's roles are here, and the roles that somebody gets by them at each sign-in."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organisation.actions.base import check_row, require_manager
from organisation.actions.changes import log_created, log_removed
from organisation.actions.people import LastAdministrator, check_administrators_without, check_role
from organisation.errors import Refused
from organisation.models import Person, ProviderRole, RoleAssignment, Unit
from organisation.permissions import Role


class NoRoleHere(Refused):
    code = "no_role_here"
    message = _("You have no role in Innspill. Ask the administrator of the municipality.")


class LoginClosed(Refused):
    code = "login_closed"
    message = _("This login is closed. Ask the administrator.")


def add_provider_role(
    *, value: str, role: str, unit: Unit | None = None, by: Person | None, now: datetime
) -> ProviderRole:
    """Say what a role of the identity provider is here. Raises NotAllowed, RoleNeedsUnit, UnitHoldsNoCards, Unfit."""
    require_manager(by)
    check_role(role, unit)
    row = ProviderRole(value=value.strip(), role=role, unit=unit)
    check_row(row)
    with transaction.atomic():
        row.save()
        log_created(row, by=by, now=now)
    return row


def remove_provider_role(row: ProviderRole, *, by: Person | None, now: datetime) -> None:
    """Take a role of the provider out. Who has the role here keeps it until their next sign-in. Raises NotAllowed."""
    require_manager(by)
    with transaction.atomic():
        log_removed(row, by=by, now=now)
        row.delete()


def let_in(
    person: Person | None,
    *,
    email: str,
    name: str,
    language: str,
    values: Collection[str],
    makes_logins: bool,
    now: datetime,
) -> Person:
    """Return who comes from the identity provider, with the roles that its `values` are here; made, where there is none.

    `person` is who came by that identity before, or has the e-mail address. Roles given by hand stay as they are.
    Raises NoRoleHere, LoginClosed.
    """
    with transaction.atomic():
        wanted = {
            (row.role, row.unit_id)
            for row in ProviderRole.objects.filter(value__in=list(values)).select_related("unit")
            if row.unit is None or row.unit.closed_on is None
        }
        if person is None:
            if not wanted or not makes_logins:
                raise NoRoleHere
            person = Person(email=email.strip().lower(), name=name.strip() or email, language=language)
            person.set_unusable_password()
            check_row(person)
            person.save(force_insert=True)
            log_created(person, by=None, now=now)
        elif not person.is_active:
            raise LoginClosed
        _give_roles(person, wanted, now=now)
    return person


def _give_roles(person: Person, wanted: set[tuple[str, int | None]], *, now: datetime) -> None:
    held = {
        (row.role, row.unit_id): row
        for row in RoleAssignment.objects.select_for_update(of=("self",)).filter(person=person)
    }
    for key, row in held.items():
        if not row.from_provider or key in wanted:
            continue
        with suppress(LastAdministrator):  # the last administrator stays one, or nobody could put it right
            if row.role == Role.ADMINISTRATOR:
                check_administrators_without(person)
            log_removed(row, by=None, now=now)
            row.delete()
    for role, unit in sorted(wanted - set(held), key=str):
        made = RoleAssignment.objects.create(person=person, role=role, unit_id=unit, from_provider=True)
        log_created(made, by=None, now=now)
