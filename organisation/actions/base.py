"""What every action on the organisation begins with."""

from __future__ import annotations

from organisation.errors import NotAllowed
from organisation.models import Person
from organisation.permissions import Permission
from organisation.queries import grants_of


def may_manage(person: Person) -> bool:
    """Whether `person` may keep units, people and roles."""
    return grants_of(person).allows(Permission.MANAGE_ORGANISATION)


def require_manager(by: Person | None) -> None:
    """Raise NotAllowed unless `by` may manage the organisation. None is the machine's own command line."""
    if by is not None and not may_manage(by):
        raise NotAllowed
