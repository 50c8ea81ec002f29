"""Who may do what with surveys."""

from __future__ import annotations

from django.db.models import Q

from organisation.errors import NotAllowed
from organisation.models import Person
from organisation.permissions import Permission
from organisation.queries import grants_of

SEEING_SURVEYS = (Permission.SEE_SURVEYS, Permission.MANAGE_SURVEYS, Permission.TYPE_ANSWERS)
"""Whoever holds one of these has the list of surveys and each survey's own page."""


def may_manage(person: Person) -> bool:
    """Whether `person` may build, draw, field, close and publish surveys."""
    return grants_of(person).allows(Permission.MANAGE_SURVEYS)


def may_type(person: Person) -> bool:
    """Whether `person` may type in answers that came on paper, and start the tablet."""
    return grants_of(person).somewhere(Permission.TYPE_ANSWERS)


def visible_surveys(person: Person) -> Q:
    """Return the condition on surveys that `person` has the pages of: all, or those of the units in which a right is held."""
    grants = grants_of(person)
    if any(grants.allows(held) for held in SEEING_SURVEYS):
        return Q()
    return Q(unit__in={unit for held in SEEING_SURVEYS for unit in grants.units_with(held)})


def require_manager(by: Person | None) -> None:
    """Raise NotAllowed unless `by` may manage surveys. None is the machine's own command line."""
    if by is not None and not may_manage(by):
        raise NotAllowed
