"""An indicator's course as a drawing: every period from the first to the last, with a gap where nothing was measured."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from organisation.charts import Chart, Point, trend
from organisation.dates import short_month
from reporting.models import Indicator, Value
from reporting.periods import PARTS, Every, Period
from reporting.scales import BOUNDS, Scale


def course(
    indicator: Indicator, values: Sequence[Value], language: str, *, thousand: int = 1, whole: bool = True
) -> Chart | None:
    """Return the course of values of one kind of period, divided by `thousand`; None of fewer than two.

    The scale begins where the indicator's does, at 0 or at 1, and ends where it ends, so that a small change looks small.
    Without `whole` shares that are all in the lower half end where the largest needs it.
    """
    measured = {value.period: value.shown(indicator.decimals) for value in values if value.value is not None}
    if len(measured) < 2:
        return None
    points = [
        Point(label(period, language), None if (shown := measured.get(period)) is None else _plain(shown / thousand))
        for period in between(min(measured), max(measured))
    ]
    low, high = BOUNDS.get(indicator.scale, (0, None))
    largest = max(shown for shown in measured.values() if shown is not None)
    if not whole and indicator.scale != Scale.ONE_TO_SIX and high is not None and largest < high / 2:
        high = None
    return trend(points, bottom=float(low), top=None if high is None else float(high))


def thousands_for(values: Sequence[Value]) -> int:
    """Return 1000 where numbers are too long to stand beside a drawing, else 1."""
    return 1000 if max((value.value for value in values if value.value is not None), default=0) >= 10_000 else 1


def _plain(number: Decimal) -> float:
    return int(number) if number == int(number) else float(number)


def between(first: Period, last: Period) -> list[Period]:
    """Return every period from the first to the last, those without a figure too."""
    parts = PARTS[Every(first.every)]
    found = [
        Period(year, first.every, number)
        for year in range(first.year, last.year + 1)
        for number in (range(1, parts + 1) if parts else (0,))
    ]
    return [period for period in found if first <= period <= last]


def label(period: Period, language: str) -> str:
    if period.every == Every.MONTH:
        return short_month(period.first, language)
    return f"{period.number}/{period.year}" if period.every == Every.QUARTER else str(period.year)
