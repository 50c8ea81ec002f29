"""Keep the neighbours to whom cards can be sent, and what they offer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.errors import Refused
from feedback.models import Category, Neighbour, NeighbourService
from organisation.actions.base import check_row, require_manager
from organisation.actions.changes import log_changed, log_created, values_of
from organisation.models import Person
from organisation.outgoing import CannotReach, checked


class WrongAddress(Refused):
    code = "wrong_address"
    field = "address"
    message = "%(why)s"


class NeighbourCodeTaken(Refused):
    code = "neighbour_code_taken"
    field = "code"
    message = _("There is a neighbour with the code «%(code)s» already.")


@dataclass(frozen=True)
class Known:
    """What is written down of a neighbour. `key` is None where the one that is there stays."""

    name: str
    address: str
    jurisdiction: str = ""
    key: str | None = None
    format: str = Neighbour.Format.XML
    knows_again: bool = False
    tells_updates: bool = False
    is_active: bool = True


@dataclass(frozen=True)
class OfferedThere:
    """One service as a neighbour tells of it."""

    code: str
    name: str
    group: str = ""
    description: str = ""
    attributes: Sequence[dict[str, Any]] | None = None


def save_neighbour(
    neighbour: Neighbour | None, known: Known, *, code: str = "", allow_plain: bool, by: Person | None, now: datetime
) -> Neighbour:
    """Add a neighbour under `code`, or change one. `allow_plain` lets the address be plain HTTP.

    Raises NotAllowed, NeighbourCodeTaken, WrongAddress, Unfit.
    """
    require_manager(by)
    try:
        address = known.address.strip()
        if "?" in address or "#" in address:
            raise CannotReach(_("The address ends before any question mark."), "address")
        checked(address, allow_plain=allow_plain)
    except CannotReach as error:
        raise WrongAddress(why=str(error)) from None
    with transaction.atomic():
        if neighbour is None:
            if Neighbour.objects.filter(code=code).exists():
                raise NeighbourCodeTaken(code=code)
            stored = Neighbour(code=code)
        else:
            stored = Neighbour.objects.select_for_update().get(pk=neighbour.pk)
        before = values_of(stored)
        for name in ("name", "jurisdiction", "format", "knows_again", "tells_updates", "is_active"):
            value = getattr(known, name)
            setattr(stored, name, value.strip() if isinstance(value, str) else value)
        stored.address = address
        if known.key is not None:
            stored.key = known.key.strip()
        check_row(stored)
        stored.save()
        if neighbour is None:
            log_created(stored, by=by, now=now)
        else:
            log_changed(stored, before, by=by, now=now)
    return stored


def keep_services(neighbour: Neighbour, offered: Sequence[OfferedThere], *, now: datetime) -> int:
    """Write down what a neighbour offers; what is not on its list any more stays for the cards that were sent, and is
    offered no more. Returns how many services there are."""
    with transaction.atomic():
        stored = Neighbour.objects.select_for_update().get(pk=neighbour.pk)
        known = {service.code: service for service in stored.services.all()}
        there = {one.code: one for one in offered}
        for code, one in there.items():
            service = known.get(code) or NeighbourService(neighbour=stored, code=code)
            service.name, service.group, service.description = one.name, one.group, one.description
            service.is_there = True
            if one.attributes is not None:
                service.attributes = list(one.attributes)
            service.save()
        gone = [service.pk for code, service in known.items() if code not in there]
        NeighbourService.objects.filter(pk__in=gone).update(is_there=False)
        Neighbour.objects.filter(pk=stored.pk).update(asked_at=now, fault="")
    return len(there)


def note_fault(neighbour: Neighbour, why: str, *, now: datetime) -> None:
    """Write down that a neighbour could not be asked."""
    Neighbour.objects.filter(pk=neighbour.pk).update(asked_at=now, fault=why[:300])


def map_categories(
    neighbour: Neighbour, chosen: Mapping[str, Collection[Category]], *, by: Person | None, now: datetime
) -> None:
    """Say which of our categories belong to which of a neighbour's services, by the service's code. Raises NotAllowed."""
    require_manager(by)
    with transaction.atomic():
        for service in neighbour.services.select_for_update():
            if service.code in chosen:
                service.categories.set(chosen[service.code])
