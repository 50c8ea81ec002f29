"""Open, change and close units."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from organisation.actions.base import check_row, require_manager
from organisation.actions.changes import log_changed, log_created, values_of
from organisation.errors import Refused
from organisation.models import Person, Unit


class CodeTaken(Refused):
    code = "code_taken"
    field = "code"
    message = _("There is a unit with the code «%(code)s», or one of that kind where there can be only one.")


class ParentNotASector(Refused):
    code = "parent_not_a_sector"
    field = "parent"
    message = _("«%(parent)s» is not an open sector above this unit. Choose a sector.")


class DeputyIsLeader(Refused):
    code = "deputy_is_leader"
    field = "deputy"
    message = _("%(person)s leads the unit. The deputy is somebody else, who acts when the leader is away.")


class NobodyActive(Refused):
    code = "not_active"
    message = _("%(person)s is not active any more. Choose somebody else.")

    def __init__(self, field: str, person: Person) -> None:
        super().__init__(person=person.name)
        self.field = field


class UnitClosed(Refused):
    code = "unit_closed"
    message = _("«%(unit)s» is closed and stays as it was.")


class AlreadyClosed(Refused):
    code = "already_closed"
    field = "closed_on"
    message = _("«%(unit)s» is closed already.")


class ClosedInTheFuture(Refused):
    code = "closed_in_the_future"
    field = "closed_on"
    message = _("The unit is closed as soon as this is saved: the date cannot be in the future.")


class ServiceCentreStays(Refused):
    code = "service_centre_stays"
    field = "closed_on"
    message = _("The service centre cannot be closed: cards that no unit has lie there.")


class UnitsBelow(Refused):
    code = "units_below"
    field = "closed_on"
    message = _("There are open units below «%(unit)s». Close or move them first.")


class SuccessorNeeded(Refused):
    code = "successor_needed"
    field = "successor"
    message = _("A unit that is closed needs a successor that takes its cards: an open unit, not a sector.")


def check_parent(unit: Unit, parent: Unit | None) -> None:
    """Raise ParentNotASector unless `parent` is an open sector that is not itself below `unit`."""
    step, seen = parent, {unit.pk}
    while step is not None:
        if step.kind != Unit.Kind.SECTOR or step.closed_on is not None or step.pk in seen:
            raise ParentNotASector(parent=parent.name if parent else "")
        seen.add(step.pk)
        step = step.parent


def check_leaders(leader: Person | None, deputy: Person | None) -> None:
    """Raise NobodyActive or DeputyIsLeader for people who cannot lead a unit together."""
    for field, person in (("leader", leader), ("deputy", deputy)):
        if person is not None and not person.is_active:
            raise NobodyActive(field, person)
    if leader is not None and leader == deputy:
        raise DeputyIsLeader(person=leader.name)


def create_unit(
    *,
    code: str,
    name: str,
    kind: str = Unit.Kind.UNIT,
    parent: Unit | None = None,
    email: str = "",
    leader: Person | None = None,
    deputy: Person | None = None,
    by: Person | None,
    now: datetime,
) -> Unit:
    """Open a unit or a sector. Raises NotAllowed, ParentNotASector, NobodyActive, DeputyIsLeader, CodeTaken."""
    require_manager(by)
    unit = Unit(code=code, name=name, kind=kind, parent=parent, email=email, leader=leader, deputy=deputy)
    check_parent(unit, parent)
    check_leaders(leader, deputy)
    try:
        with transaction.atomic():
            unit.save(force_insert=True)
            log_created(unit, by=by, now=now)
    except IntegrityError as error:
        raise CodeTaken(code=code) from error
    return unit


def change_unit(
    unit: Unit,
    *,
    name: str,
    parent: Unit | None,
    email: str,
    leader: Person | None,
    deputy: Person | None,
    by: Person | None,
    now: datetime,
) -> Unit:
    """Rename or move an open unit, or say who leads it. Its code and kind stay: imports and lists know it by them.

    Raises NotAllowed, UnitClosed, ParentNotASector, NobodyActive, DeputyIsLeader, Unfit.
    """
    require_manager(by)
    with transaction.atomic():
        stored = Unit.objects.select_for_update().get(pk=unit.pk)
        if stored.closed_on is not None:
            raise UnitClosed(unit=stored.name)
        check_parent(stored, parent)
        check_leaders(leader, deputy)
        before = values_of(stored)
        stored.name, stored.parent, stored.email, stored.leader, stored.deputy = name, parent, email, leader, deputy
        check_row(stored)
        stored.save()
        log_changed(stored, before, by=by, now=now)
    return stored


def check_closing(unit: Unit, *, successor: Unit | None, on: date, today: date) -> None:
    """Raise the named refusal where `unit` (as it is stored) cannot be closed like that."""
    if unit.closed_on is not None:
        raise AlreadyClosed(unit=unit.name)
    if on > today:
        raise ClosedInTheFuture
    if unit.kind == Unit.Kind.SERVICE_CENTRE:
        raise ServiceCentreStays
    if unit.children.filter(closed_on=None).exists():
        raise UnitsBelow(unit=unit.name)
    if unit.kind == Unit.Kind.SECTOR:
        return
    if successor is None or successor.pk == unit.pk:
        raise SuccessorNeeded
    if successor.kind == Unit.Kind.SECTOR or successor.closed_on is not None:
        raise SuccessorNeeded


def close_unit(unit: Unit, *, successor: Unit | None, on: date, today: date, by: Person | None, now: datetime) -> Unit:
    """Close a unit on the local date `on`; `successor` answers for what it answered for. A sector needs none.

    Whoever calls this moves the unit's open cards in the same transaction (feedback's `move_cards_of_closed_unit`: this
    app does not know of cards). Raises NotAllowed, AlreadyClosed, ClosedInTheFuture, ServiceCentreStays, UnitsBelow,
    SuccessorNeeded.
    """
    require_manager(by)
    with transaction.atomic():
        stored = Unit.objects.select_for_update().get(pk=unit.pk)
        if successor is not None:
            successor = Unit.objects.select_for_update().get(pk=successor.pk)
        check_closing(stored, successor=successor, on=on, today=today)
        before = values_of(stored)
        stored.closed_on, stored.successor = on, successor
        stored.save(update_fields=["closed_on", "successor"])
        log_changed(stored, before, by=by, now=now)
    return stored
