"""Look ahead: what the next run of the overdue lists would list, and who would get it. Stores and sends nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from feedback.actions.listing import Recipients, cards_to_list
from feedback.errors import NotAllowed
from feedback.models import OverdueRun
from organisation.calendar import IsoWeek
from organisation.models import Person, Unit
from organisation.permissions import Permission
from organisation.queries import Recipient, grants_of, municipality, with_leaders, working_calendar


@dataclass(frozen=True)
class ListToCome:
    """One unit's list before it is run: how many cards for the first, second and later time, and who would get it."""

    unit: Unit
    first: int
    second: int
    later: int
    to: Recipient | None

    @property
    def cards(self) -> int:
        return self.first + self.second + self.later


@dataclass(frozen=True)
class WeekToCome:
    """What the next run would list. `as_of` is when it judges; what is completed before that moment falls away."""

    week: IsoWeek
    as_of: datetime
    grace_on: date
    lists: list[ListToCome]

    @property
    def cards(self) -> int:
        return sum(listed.cards for listed in self.lists)

    @property
    def first(self) -> int:
        return sum(listed.first for listed in self.lists)

    @property
    def again(self) -> int:
        return self.cards - self.first


def lists_to_come(*, now: datetime, by: Person) -> WeekToCome:
    """Return what the next run would list, unit by unit, storing and sending nothing: the latest Monday's where that was
    not run, else next Monday's.

    Raises NotAllowed for a person who may not run lists.
    """
    if not grants_of(by).allows(Permission.RUN_OVERDUE_LISTS):
        raise NotAllowed
    house = municipality()
    calendar = working_calendar(house)
    week = calendar.latest_list_week(now)
    if OverdueRun.objects.filter(iso_year=week.year, iso_week=week.week).exists():
        week = week.next()
    moment = calendar.list_moment(week)
    by_unit = cards_to_list(week, moment, calendar, now)
    told = Recipients(house, calendar.local_date(max(now, moment)))
    lists = [
        ListToCome(
            unit=unit,
            first=by_unit[unit.pk].get(1, 0),
            second=by_unit[unit.pk].get(2, 0),
            later=sum(cards for times, cards in by_unit[unit.pk].items() if times > 2),
            to=told.of(unit),
        )
        for unit in with_leaders(Unit.objects.filter(pk__in=by_unit))
    ]
    return WeekToCome(week, moment, calendar.last_working_day(week), lists)
