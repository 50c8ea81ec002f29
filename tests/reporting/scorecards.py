"""Indicators with figures, and scorecards of them, as the actions write them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from reporting.actions import scorecards as cards
from reporting.actions.indicators import create_indicator
from reporting.actions.recording import Figure, Written, record_values
from reporting.judging import Limits, Range
from reporting.models import Indicator, Scorecard, ScorecardRow, SuccessFactor
from reporting.periods import Period
from reporting.scales import Scale
from tests.factories import oslo

D = Decimal
NOW = oslo(2026, 11, 16, 9)


def an_indicator(name: str = "Opplevd god service", scale: str = Scale.ONE_TO_SIX, **more: Any) -> Indicator:
    given = {"direction": "higher", "perspective": "users", "by": None, "now": NOW} | more
    return create_indicator(names={"nb": name}, scale=scale, **given)


def write(indicator: Indicator, years: dict[int, Any], by: Any = None, **more: Any) -> Written:
    figures = [Figure(Period(year), None if v is None else D(str(v)), **more) for year, v in years.items()]
    return record_values(indicator, figures, by=by, now=NOW, this_year=2026)


def a_scorecard(*rows: tuple[str, Indicator, Limits | None], name: str = "Målekort") -> Scorecard:
    """A scorecard with one goal; rows that name the same success factor stand under one."""
    made = cards.create_scorecard(names={"nb": name}, by=None, now=NOW)
    goal = cards.add_goal(made, texts={"nb": "Gode tjenester"}, perspective="users", by=None, now=NOW)
    factors: dict[str, SuccessFactor] = {}
    for factor, indicator, limits in rows:
        if factor not in factors:
            factors[factor] = cards.add_factor(goal, texts={"nb": factor}, by=None, now=NOW)
        cards.add_row(factors[factor], indicator=indicator, limits=limits, by=None, now=NOW)
    return made


def a_scorecard_with_figures(now: datetime) -> ScorecardRow:
    """A scorecard whose one indicator has a figure of each kind: desired, not measured, and put right since."""
    indicator = an_indicator(now=now)
    this = now.year
    figures = [Figure(Period(this - 3), D("4.1"), n=212, margin=D("0.2"), source="KS"), Figure(Period(this - 2), None)]
    record_values(indicator, [*figures, Figure(Period(this - 1), D("4.4"))], by=None, now=now, this_year=this)
    record_values(indicator, [Figure(Period(this - 1), D("4.7"))], by=None, now=now, this_year=this)
    a_scorecard(("God kvalitet", indicator, Limits(this - 4, Range(D("4.6"), D(6)), Range(D("4.2"), D("4.5")))))
    return ScorecardRow.objects.select_related("factor__goal__scorecard", "indicator").get()
