"""The figures that everybody may see: «what we hear from you»."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from feedback.counts import (
    Kept,
    days_to_callback,
    kept_by_month,
    received_by_area,
    received_by_category,
    received_by_month,
)
from organisation.replica import read_figures
from reporting.keeping import found, keep
from reporting.small_groups import SMALLEST_BASE, Shown, rounded, share, shown

MONTHS = 12


@dataclass(frozen=True)
class Promise:
    """How the promise was kept in the whole time, as shares of the callbacks that were owed. None where they were few."""

    answered: float | None
    not_reached: float | None
    late: float | None


@dataclass(frozen=True)
class Heard:
    """The figures as they stood at `counted_at`. Months are first days; `messages` of a month is None where they were few.

    `categories` and `areas` are None where nothing of them may be shown. Keys are ids and names, None or empty for the
    messages without one.
    """

    counted_at: datetime
    months: list[date]
    total: int | None
    messages: list[int | None]
    categories: Shown[int | None] | None
    areas: Shown[str] | None
    in_time: list[float | None]
    promise: Promise
    days_to_callback: float | None

    @property
    def first(self) -> date:
        return self.months[0]

    @property
    def last(self) -> date:
        """The last day of the last month."""
        return month_after(self.months[-1]) - timedelta(days=1)

    def as_json(self, categories: Mapping[int, tuple[str, str]], *, without: tuple[str, str]) -> dict[str, Any]:
        """Return it for machines. `categories` are code and name by id, `without` what messages are called that have no
        category and those that have no area."""
        named = {pk: (None, without[0]) if pk is None else categories.get(pk, (None, without[0])) for pk in self._ids()}
        return {
            "counted_at": self.counted_at.isoformat(),
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "total": self.total,
            "months": [
                {"month": f"{month:%Y-%m}", "messages": messages, "in_time": in_time}
                for month, messages, in_time in zip(self.months, self.messages, self.in_time, strict=True)
            ],
            "categories": None
            if self.categories is None
            else _groups_json([(*named[pk], n) for pk, n in self.categories.groups.items()], self.categories.others),
            "areas": None
            if self.areas is None or not any(self.areas.groups)
            else _groups_json(
                [(name or None, name or without[1], n) for name, n in self.areas.groups.items()], self.areas.others
            ),
            "promise": asdict(self.promise),
            "days_to_callback": self.days_to_callback,
        }

    def _ids(self) -> list[int | None]:
        return [] if self.categories is None else list(self.categories.groups)


def _groups_json(groups: Iterable[tuple[str | None, str, int]], others: int) -> dict[str, Any]:
    """The groups by size, as the page has them."""
    told = [{"key": key, "name": name, "messages": number} for key, name, number in groups]
    return {"groups": sorted(told, key=lambda one: (-int(str(one["messages"])), str(one["name"]))), "others": others}


def month_after(first_of_month: date) -> date:
    return (first_of_month + timedelta(days=31)).replace(day=1)


def complete_months(today: date, how_many: int = MONTHS) -> list[date]:
    """Return the first days of the latest months that have passed on the local day `today`, the earliest first."""
    months: list[date] = []
    month = today.replace(day=1)
    for _each in range(how_many):
        month = (month - timedelta(days=1)).replace(day=1)
        months.append(month)
    return months[::-1]


def what_we_hear(*, now: datetime, zone: tzinfo) -> Heard:
    """Return the figures of the last twelve months that have passed on the clock of `zone`, as they were counted last.

    They are counted anew each hour (`reporting.tasks`), so that no visitor waits for it; here only where they are not to
    be had.
    """
    return found(_key(complete_months(now.astimezone(zone).date())), Heard) or count_anew(now=now, zone=zone)


def kept_since(*, now: datetime, zone: tzinfo) -> datetime | None:
    """Return when the figures that `what_we_hear` has at hand were counted; None where it would count them."""
    heard = found(_key(complete_months(now.astimezone(zone).date())), Heard)
    return None if heard is None else heard.counted_at


def count_anew(*, now: datetime, zone: tzinfo) -> Heard:
    """Count the figures and keep them for those who come after."""
    months = complete_months(now.astimezone(zone).date())
    heard = read_figures(lambda: count(months, now=now, zone=zone))
    keep(_key(months), heard)
    return heard


def _key(months: list[date]) -> str:
    return f"what-we-hear:{months[0]:%Y-%m}"


def count(months: list[date], *, now: datetime, zone: tzinfo) -> Heard:
    """Count the figures of `months`, which follow each other (five queries)."""
    first, last = months[0], month_after(months[-1]) - timedelta(days=1)
    received = received_by_month(first, last)
    by_month = shown({month: received.get(month, 0) for month in months})
    kept = kept_by_month(first, last, zone)
    callbacks, median = days_to_callback(first, last, zone)
    return Heard(
        counted_at=now,
        months=months,
        total=rounded(sum(received.values())) if by_month is not None else None,
        messages=[
            0 if month not in received else by_month.groups.get(month) if by_month is not None else None
            for month in months
        ],
        categories=shown(received_by_category(first, last)),
        areas=shown(received_by_area(first, last)),
        in_time=[share(kept[month].answered, kept[month].owed) if month in kept else None for month in months],
        promise=_promise(list(kept.values())),
        days_to_callback=median if callbacks >= SMALLEST_BASE else None,
    )


def _promise(kept: list[Kept]) -> Promise:
    owed = sum(month.owed for month in kept)
    answered, not_reached = (sum(month.answered for month in kept), sum(month.not_reached for month in kept))
    return Promise(share(answered, owed), share(not_reached, owed), share(owed - answered - not_reached, owed))
