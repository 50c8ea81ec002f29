"""Compute anew what the house computes, and keep it."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple

from django.db import transaction

from organisation.replica import JOB_WAITS, read_figures
from reporting.actions.indicators import know_our_indicators
from reporting.actions.recording import Figure, Written, compute_per_inhabitant, record_computed
from reporting.counting import counts_of_cards, desk_contacts, first_year, is_counted, published_results
from reporting.measures import FORMULAS
from reporting.models import Counting, Indicator
from reporting.periods import Period
from reporting.scales import Origin, kept


class Computation(NamedTuple):
    new: int
    changed: int


def compute_figures(*, now: datetime, zone: tzinfo) -> Computation:
    """Compute every figure that comes from cards, the desk, surveys and the population, as at the moment `now`.

    A period that is not over is counted through yesterday. Running it twice changes nothing.
    """
    today = now.astimezone(zone).date()
    with transaction.atomic():
        know_our_indicators(now=now)
        by_origin: dict[str, list[Indicator]] = {}
        for indicator in Indicator.objects.all():
            by_origin.setdefault(indicator.origin, []).append(indicator)
        done = [
            *_from_cards(by_origin.get(Origin.FEEDBACK, []), today, now, zone),
            *_from_desk(by_origin.get(Origin.DESK, []), today, now, zone),
            *_from_surveys(by_origin.get(Origin.SURVEY, []), today, now),
            compute_per_inhabitant(now=now),
        ]
        found = Computation(sum(each.new for each in done), sum(each.changed for each in done))
        Counting.objects.create(counted_at=now, new=found.new, changed=found.changed)
    return found


def _so_far(period: Period, today: date) -> date | None:
    return None if period.is_over(today) else today - timedelta(days=1)


def _from_cards(indicators: list[Indicator], today: date, now: datetime, zone: tzinfo) -> list[Written]:
    through = today - timedelta(days=1)
    start = first_year(today)
    if start is None or not indicators or start > through.year:
        return []
    counted = read_figures(lambda: counts_of_cards(date(start, 1, 1), through, zone), wait=JOB_WAITS)
    done = []
    for indicator in indicators:
        formula = FORMULAS[indicator.key]
        figures = []
        for (place, period), counts in counted.items():
            result = formula(counts)
            if result.value is not None:
                figures.append(
                    Figure(
                        period, kept(result.value), unit=place, n=result.n, counted_through=_so_far(period, today)
                    )
                )  # fmt: skip
        done.append(
            record_computed(indicator, figures, now=now, covers=lambda period: is_counted(period, start, through))
        )
    return done


def _from_desk(indicators: list[Indicator], today: date, now: datetime, zone: tzinfo) -> list[Written]:
    """The desk's contacts. Where nobody counted, what was typed stands, and so does a figure that was typed over."""
    if not indicators:
        return []
    counted = desk_contacts(today - timedelta(days=1), zone)
    figures = [
        Figure(period, kept(number), n=number, counted_through=_so_far(period, today))
        for period, number in counted.items()
    ]
    return [record_computed(indicator, figures, now=now) for indicator in indicators]


def _from_surveys(indicators: list[Indicator], today: date, now: datetime) -> list[Written]:
    if not indicators:
        return []
    known = published_results(today)
    return [
        record_computed(
            indicator,
            [
                Figure(
                    Period(result.year),
                    None if result.mean is None else kept(result.mean),
                    unit=result.place,
                    n=result.n,
                    margin=None if result.margin is None else kept(result.margin),
                    source=result.survey,
                    measured_on=result.closed_on,
                    too_few=result.mean is None,
                )
                for result in known.get(indicator.formula, [])
            ],
            now=now,
        )
        for indicator in indicators
    ]
