"""The working calendar: public holidays, the municipality's days off, weeks, and the moment of the weekly list.

Pure: no database, no clock. Dates are local dates of the municipality, instants are aware.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays
from holidays.holiday_base import HolidayBase

LIST_TIME = time(6, 0)
"""The weekly overdue list is judged at Monday 06:00 local time (`domain/README.md`, «Overdue list»)."""

NOON = time(12, 0)
"""A date that came without a time is noon local (`domain/README.md`, «Overdue list»)."""


@lru_cache(maxsize=512)
def public_holidays(country: str, year: int) -> frozenset[date]:
    """Return the public holidays of `country` (NO or SE) in `year`.

    A whole year at a time: the library's own object fills in years as they are asked for, and another thread sees a year
    half filled in.

    Sweden's eves (Midsummer, Christmas, New Year) are days off in practice and in municipal agreements, so they are
    included; Swedish Sundays are not holidays here, as every Sunday is free anyway.
    """
    return frozenset(named_holidays(country, year))


@lru_cache(maxsize=64)
def named_holidays(country: str, year: int, *, english: bool = False) -> dict[date, str]:
    """Return what `public_holidays` does with the name of each day: in the country's own language, or in English.

    Raises ValueError for a country other than NO and SE.
    """
    found: HolidayBase
    if country == "NO":
        found = holidays.country_holidays("NO", years=year, language="en_US" if english else "no")
    elif country == "SE":
        found = holidays.country_holidays(
            "SE",
            years=year,
            language="en_US" if english else "sv",
            categories=("public", "de_facto"),
            include_sundays=False,
        )
    else:
        raise ValueError(f"No calendar for the country «{country}».")
    return dict(sorted(found.items()))


@dataclass(frozen=True)
class WorkingCalendar:
    """Which days are worked in one municipality, and where its days begin and end."""

    country: str = "NO"
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Oslo"))
    days_off: frozenset[date] = frozenset()

    @classmethod
    def of(cls, country: str, zone: ZoneInfo, days_off: Iterable[date]) -> WorkingCalendar:
        return cls(country, zone, frozenset(days_off))

    def is_working_day(self, day: date) -> bool:
        """Monday to Friday, no public holiday and no day off of the municipality's own."""
        return day.weekday() < 5 and day not in self.days_off and day not in public_holidays(self.country, day.year)

    def add_working_days(self, start: date, days: int) -> date:
        """Return the `days`-th working day after `start`; `start` itself never counts. `days` is 1 or more.

        Raises ValueError for less than one day.
        """
        if days < 1:
            raise ValueError("The number of working days is 1 or more.")
        day = start
        while days:
            day += timedelta(days=1)
            days -= self.is_working_day(day)
        return day

    def last_working_day(self, week: IsoWeek) -> date:
        """Return the last working day of `week`, or its Friday where the whole week is free."""
        for weekday in range(5, 0, -1):
            if self.is_working_day(day := week.day(weekday)):
                return day
        return week.day(5)

    def local_date(self, instant: datetime) -> date:
        """Return the local date of an aware instant: 22:30 UTC may be tomorrow here."""
        return instant.astimezone(self.zone).date()

    def noon(self, day: date) -> datetime:
        """Return noon local of `day` as an instant in UTC: what a date without a time counts as."""
        return datetime.combine(day, NOON, self.zone).astimezone(UTC)

    def list_moment(self, week: IsoWeek) -> datetime:
        """Return Monday 06:00 local of `week` as an instant in UTC, public holidays or not."""
        return datetime.combine(week.monday, LIST_TIME, self.zone).astimezone(UTC)

    def latest_list_week(self, now: datetime) -> IsoWeek:
        """Return the week of the latest Monday 06:00 local at or before `now`."""
        week = IsoWeek.of(self.local_date(now))
        return week if self.list_moment(week) <= now else week.previous()


@dataclass(frozen=True, order=True)
class IsoWeek:
    """A week by ISO 8601: Monday first, week 1 has the year's first Thursday. Week 53 exists in some years."""

    year: int
    week: int

    def __post_init__(self) -> None:
        try:
            date.fromisocalendar(self.year, self.week, 1)
        except ValueError:
            raise ValueError(f"{self.year} has no week {self.week}.") from None

    @classmethod
    def of(cls, day: date) -> IsoWeek:
        year, week, _weekday = day.isocalendar()
        return cls(year, week)

    @classmethod
    def parse(cls, text: str) -> IsoWeek:
        """Read «2026-W47». Raises ValueError with a sentence for anything else."""
        match = re.fullmatch(r"(\d{4})-W(\d{1,2})", text.strip(), re.IGNORECASE)
        if match is None:
            raise ValueError(f"«{text}» is not a week. Write it like 2026-W47.")
        return cls(int(match[1]), int(match[2]))

    @property
    def monday(self) -> date:
        return self.day(1)

    def day(self, weekday: int) -> date:
        """Return the date of an ISO weekday of this week: 1 is Monday, 7 Sunday."""
        return date.fromisocalendar(self.year, self.week, weekday)

    def next(self) -> IsoWeek:
        return IsoWeek.of(self.monday + timedelta(days=7))

    def previous(self) -> IsoWeek:
        return IsoWeek.of(self.monday - timedelta(days=7))

    def __str__(self) -> str:
        return f"{self.year}-W{self.week:02d}"
