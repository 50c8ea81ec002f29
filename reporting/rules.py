"""Who may do what with indicators, scorecards, actions and meetings."""

from __future__ import annotations

from django.db.models import Q

from organisation.errors import NotAllowed
from organisation.models import Person
from organisation.permissions import Permission
from organisation.queries import grants_of
from reporting.models import Initiative, Meeting


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


def figures_seen(person: Person) -> Q:
    """Return the condition on figures that `person` sees, of those who see any: all, or those of the units to which the key
    of another system is limited."""
    only = grants_of(person).only
    return Q(unit__in=sorted(only)) if only else Q()


def may_see_figures_of(person: Person, unit_id: int | None) -> bool:
    """Whether `person`, who sees figures, sees those of that unit (None: of the whole municipality)."""
    return grants_of(person).reaches(unit_id)


def visible_initiatives(person: Person) -> Q:
    """Return the condition on actions that `person` may see: all, or those that the person is responsible for."""
    grants = grants_of(person)
    if grants.somewhere(Permission.SEE_ACTIONS):
        seen = Q()
    elif grants.leaves(Permission.SEE_ACTIONS):
        seen = Q(person=person)
    else:
        return Q(pk__in=())
    return seen & Q(unit__in=sorted(grants.only)) if grants.only else seen


def may_plan(person: Person, unit_id: int | None = None) -> bool:
    """Whether `person` plans actions: of that unit, or with None of whatever unit there is."""
    grants = grants_of(person)
    return (
        grants.somewhere(Permission.PLAN_ACTIONS)
        if unit_id is None
        else grants.allows(Permission.PLAN_ACTIONS, unit_id)
    )


def planning_units(person: Person) -> Q:
    """Return the condition on units for which `person` plans actions."""
    grants = grants_of(person)
    return Q() if grants.allows(Permission.PLAN_ACTIONS) else Q(pk__in=grants.units_with(Permission.PLAN_ACTIONS))


def may_follow_up(person: Person, initiative: Initiative) -> bool:
    """Whether `person` writes how an action goes: who plans those of its unit, and who is responsible for it."""
    grants = grants_of(person)
    is_own = initiative.person_id == person.pk and grants.reaches(initiative.unit_id)
    return (is_own and grants.leaves(Permission.PLAN_ACTIONS)) or may_plan(person, initiative.unit_id)


def require_planner(by: Person | None, unit_id: int) -> None:
    """Raise NotAllowed unless `by` plans actions of that unit. None is the machine's own work."""
    if by is not None and not may_plan(by, unit_id):
        raise NotAllowed


def require_follower(by: Person | None, initiative: Initiative) -> None:
    """Raise NotAllowed unless `by` follows this action up."""
    if by is not None and not may_follow_up(by, initiative):
        raise NotAllowed


def may_hold(person: Person, unit_id: int | None) -> bool:
    """Whether `person` keeps meetings of that unit (None: of the whole municipality): who plans actions there, and the
    service centre, which registers what was said."""
    grants = grants_of(person)
    return grants.allows(Permission.REGISTER_CARDS) or grants.allows(Permission.PLAN_ACTIONS, unit_id)


def may_hold_some(person: Person) -> bool:
    """Whether `person` keeps meetings at all, of whatever unit."""
    return may_hold(person, None) or may_plan(person)


def require_holder(by: Person | None, meeting: Meeting) -> None:
    """Raise NotAllowed unless `by` keeps this meeting."""
    if by is not None and not may_hold(by, meeting.unit_id):
        raise NotAllowed
