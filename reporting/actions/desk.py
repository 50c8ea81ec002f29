"""Count a contact at the desk, and take it back."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organisation.errors import Refused
from organisation.models import Person
from reporting.models import DeskContact
from reporting.rules import require_desk

UNDO_FOR = timedelta(minutes=10)


class WayUnknown(Refused):
    code = "way_unknown"
    field = "way"
    message = _("Choose visit, call, or e-mail and chat.")


class TooLateToUndo(Refused):
    code = "too_late"
    message = _("That contact was counted more than ten minutes ago, or is taken back already.")


def count_contact(*, way: str, by: Person, now: datetime) -> DeskContact:
    """Count one contact. Who counted is not kept. Raises NotAllowed, WayUnknown."""
    require_desk(by)
    if way not in DeskContact.Way.values:
        raise WayUnknown
    return DeskContact.objects.create(way=way, at=now)


def uncount_contact(pk: int, *, by: Person, now: datetime) -> None:
    """Take a contact back that was counted within the last ten minutes. Raises NotAllowed, TooLateToUndo."""
    require_desk(by)
    with transaction.atomic():
        gone, _rows = DeskContact.objects.filter(pk=pk, at__gt=now - UNDO_FOR, at__lte=now).delete()
        if not gone:
            raise TooLateToUndo
