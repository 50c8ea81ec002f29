"""Solvik's calendar: working days, months back, the Mondays on which overdue lists are made. Pure; takes dates, gives dates."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from config.demo.municipality import COUNTRY, OWN_DAYS_OFF, TIME_ZONE
from organisation.calendar import LIST_TIME, WorkingCalendar

OSLO = ZoneInfo(TIME_ZONE)
DAY = timedelta(days=1)


def own_days_off(first_year: int, last_year: int) -> list[date]:
    return [date(year, month, day) for year in range(first_year, last_year + 1) for month, day in OWN_DAYS_OFF]


CALENDAR = WorkingCalendar.of(COUNTRY, OSLO, own_days_off(2020, 2060))
is_working = CALENDAR.is_working_day


def working_on_or_after(day: date) -> date:
    while not is_working(day):
        day += DAY
    return day


def working_on_or_before(day: date) -> date:
    while not is_working(day):
        day -= DAY
    return day


def previous_working(day: date) -> date:
    return working_on_or_before(day - DAY)


def add_working(day: date, count: int) -> date:
    """The working day `count` working days after `day` (or after the first working day from it)."""
    day = working_on_or_after(day)
    for _ in range(count):
        day = working_on_or_after(day + DAY)
    return day


def add_months(day: date, months: int) -> date:
    """The same day of the month that many months on; the month's last day where it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - DAY).day
    return date(year, month + 1, min(day.day, last))


def monday_on_or_before(day: date) -> date:
    return day - timedelta(days=day.weekday())


def list_moment(monday: date) -> datetime:
    """When a week's overdue lists are made: Monday 06:00 local."""
    return datetime.combine(monday, LIST_TIME, OSLO)


def at(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=OSLO)
