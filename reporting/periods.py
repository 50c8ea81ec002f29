"""The time that a figure is about: a year, a quarter or a month. Pure: no database, no clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

FIRST_YEAR = 1950
"""No figure of ours is older: «0215» and «20225» are slips of the hand."""


class Every(models.TextChoices):
    YEAR = "year", _("Year")
    QUARTER = "quarter", _("Quarter")
    MONTH = "month", _("Month")


_MONTHS = {Every.YEAR: 12, Every.QUARTER: 3, Every.MONTH: 1}
PARTS = {Every.YEAR: 0, Every.QUARTER: 4, Every.MONTH: 12}
"""How many of them a year has, counted from 1; a year itself is number 0."""


@dataclass(frozen=True, order=True)
class Period:
    """`number` is the quarter 1–4 or the month 1–12, and 0 for the year as a whole. Periods of one kind sort by time."""

    year: int
    every: str = Every.YEAR
    number: int = 0

    @property
    def first(self) -> date:
        return date(self.year, 1 + (max(self.number, 1) - 1) * _MONTHS[Every(self.every)], 1)

    @property
    def last(self) -> date:
        months = self.first.month - 1 + _MONTHS[Every(self.every)]
        return date(self.year + months // 12, months % 12 + 1, 1) - timedelta(days=1)

    def is_over(self, today: date) -> bool:
        """Whether its last day has passed on the local day `today`."""
        return self.last < today

    def __str__(self) -> str:
        if self.every == Every.QUARTER:
            return f"{self.year}-Q{self.number}"
        return f"{self.year}-{self.number:02d}" if self.every == Every.MONTH else str(self.year)


def period_of(day: date, every: str) -> Period:
    """Return the year, quarter or month in which `day` lies."""
    if every == Every.QUARTER:
        return Period(day.year, every, (day.month + 2) // 3)
    return Period(day.year, every, day.month) if every == Every.MONTH else Period(day.year)


_WRITTEN = re.compile(r"([0-9]{4})(?:-(?:[QqKk]([1-4])|(0[1-9]|1[0-2])))?")


def read_period(text: str, *, last_year: int) -> Period | None:
    """Return the period written as «2025», «2025-Q3» («2025-K3») or «2025-07»; None for what is none, or no year that can
    be: before 1950, or after `last_year`."""
    match = _WRITTEN.fullmatch(text.strip())
    if match is None or not FIRST_YEAR <= int(match[1]) <= last_year:
        return None
    if match[2]:
        return Period(int(match[1]), Every.QUARTER, int(match[2]))
    return Period(int(match[1]), Every.MONTH, int(match[3])) if match[3] else Period(int(match[1]))


def before(period: Period) -> Period:
    """Return the period that ends where `period` begins."""
    return period_of(period.first - timedelta(days=1), period.every)


def year_before(period: Period) -> Period:
    return Period(period.year - 1, period.every, period.number)


def months_of(first: date, last: date) -> list[Period]:
    """Return the months from the one of `first` to the one of `last`."""
    found = [period_of(first, Every.MONTH)]
    while found[-1].last < last:
        found.append(period_of(found[-1].last + timedelta(days=1), Every.MONTH))
    return found
