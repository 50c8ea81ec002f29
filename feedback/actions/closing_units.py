"""Close a unit with all that lies with it."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from feedback.actions.moving import move_cards_of_closed_unit
from organisation.actions.units import close_unit
from organisation.models import Person, Unit


def close_unit_and_move_cards(
    unit: Unit, *, successor: Unit | None, on: date, today: date, by: Person | None, now: datetime
) -> int:
    """Close `unit` on the local date `on` and move its open cards to `successor`, together or not at all.

    Returns how many cards moved; their deadlines stay. Raises what `organisation.actions.units.close_unit` does.
    """
    with transaction.atomic():
        closed = close_unit(unit, successor=successor, on=on, today=today, by=by, now=now)
        return move_cards_of_closed_unit(closed, by=by, now=now)
