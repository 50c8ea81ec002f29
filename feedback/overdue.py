"""Which week and which moment an overdue list is judged at. Pure: no database, no clock.

Source: `domain/README.md`, «Overdue list».
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from feedback.errors import Refused
from organisation.calendar import IsoWeek, WorkingCalendar


class WeeksDisagree(Refused):
    code = "weeks_disagree"
    field = "as_of"
    message = _("The moment lies in week %(of_moment)s, not in week %(week)s. Give one of them, or two that agree.")


class InTheFuture(Refused):
    code = "in_the_future"
    field = "as_of"
    message = _("The list of week %(week)s is judged at %(moment)s, which has not come yet.")


def judged_at(
    *,
    week: IsoWeek | None,
    as_of: datetime | None,
    now: datetime,
    calendar: WorkingCalendar,
    allow_future: bool = False,
) -> tuple[IsoWeek, datetime]:
    """Return the list's ISO week and the instant at which cards are judged.

    `week` alone: that week's Monday 06:00 local. `as_of` alone (aware): that instant, and the list is its week's. Both
    must agree. Neither: this week's Monday. `allow_future` is for the demonstration and for tests.

    Raises WeeksDisagree, InTheFuture.
    """
    if as_of is not None:
        of_moment = IsoWeek.of(calendar.local_date(as_of))
        if week is not None and week != of_moment:
            raise WeeksDisagree(week=week, of_moment=of_moment)
        week, moment = of_moment, as_of
    else:
        week = week or IsoWeek.of(calendar.local_date(now))
        moment = calendar.list_moment(week)
    if moment > now and not allow_future:
        raise InTheFuture(week=week, moment=moment.astimezone(calendar.zone).strftime("%Y-%m-%d %H:%M"))
    return week, moment
