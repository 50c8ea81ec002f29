"""Choose the figures of the overview."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organisation.actions.changes import log_created, log_removed
from organisation.errors import Refused
from organisation.models import Person
from reporting.models import Indicator, OverviewFigure
from reporting.overview import MOST
from reporting.rules import require_manager
from surveys.actions.building_base import STEP


class FigureTwice(Refused):
    code = "figure_twice"
    message = _("This figure is chosen twice. Choose another, or none.")

    def __init__(self, place: int) -> None:
        super().__init__()
        self.field = f"figure_{place}"


class TooManyFigures(Refused):
    code = "too_many_figures"
    field = "figure_1"
    message = _("The overview has room for %(most)s figures.")


def choose_overview(chosen: Sequence[Indicator | None], *, by: Person | None, now: datetime) -> None:
    """Let the overview show exactly `chosen`, in that order. None at a place leaves it out; none at all lets the overview
    show the first of the scorecards again.

    Raises NotAllowed, TooManyFigures, FigureTwice (`field` is `figure_` with the place from 1).
    """
    require_manager(by)
    wanted: list[int] = []
    for place, indicator in enumerate(chosen, start=1):
        if indicator is None:
            continue
        if indicator.pk in wanted:
            raise FigureTwice(place)
        wanted.append(indicator.pk)
    if len(wanted) > MOST:
        raise TooManyFigures(most=MOST)
    with transaction.atomic():
        there = {row.indicator_id: row for row in OverviewFigure.objects.select_for_update()}
        for pk, row in there.items():
            if pk not in wanted:
                log_removed(row, by=by, now=now)
                row.delete()
        for number, pk in enumerate(wanted, start=1):
            found = there.get(pk)
            if found is None:
                found = OverviewFigure(indicator_id=pk, position=number * STEP)
                found.save(force_insert=True)
                log_created(found, by=by, now=now)
            elif found.position != number * STEP:
                found.position = number * STEP
                found.save(update_fields=["position"])
