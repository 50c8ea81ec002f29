"""Who may do what with indicators and scorecards."""

from __future__ import annotations

from organisation.errors import NotAllowed
from organisation.models import Person
from organisation.permissions import Permission
from organisation.queries import grants_of


def may_manage(person: Person) -> bool:
    """Whether `person` may keep indicators and scorecards, and write values."""
    return grants_of(person).allows(Permission.MANAGE_SCORECARDS)


def may_count(person: Person) -> bool:
    """Whether `person` counts contacts at the desk."""
    return grants_of(person).allows(Permission.COUNT_CONTACTS)


def may_interview(person: Person) -> bool:
    """Whether `person` draws whom to ring for an interview, and sees names and numbers: who runs surveys."""
    return grants_of(person).allows(Permission.MANAGE_SURVEYS)


def require_interviewer(by: Person | None) -> None:
    """Raise NotAllowed unless `by` may draw for interviews. None is the machine's own command line."""
    if by is not None and not may_interview(by):
        raise NotAllowed


def require_manager(by: Person | None) -> None:
    """Raise NotAllowed unless `by` may manage scorecards. None is the machine's own work."""
    if by is not None and not may_manage(by):
        raise NotAllowed


def require_desk(by: Person) -> None:
    """Raise NotAllowed unless `by` counts contacts at the desk."""
    if not may_count(by):
        raise NotAllowed
