"""Results as pages write them: numbers with their unit, a status as colour, sign and word."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import get_language

from reporting.behind import Behind
from reporting.judging import Change, Range
from reporting.models import Indicator, Theme, Value
from reporting.periods import Period
from reporting.tables import Cell
from reporting.weakness import FALLING, Reason
from reporting.wording import (
    REASON_WORDS,
    STATUS_COLOURS,
    STATUS_SIGNS,
    STATUS_WORDS,
    TURN_COLOURS,
    TURN_WORDS,
    change_said,
    number_said,
    period_said,
    range_said,
    value_said,
)

register = template.Library()


def _language() -> str:
    return get_language() or "en"


@register.simple_tag
def said(value: Decimal | None, indicator: Indicator) -> str:
    """«87 %», «4,6», «–» where there is none."""
    return "–" if value is None else value_said(value, indicator.scale, indicator.decimals, _language())


@register.simple_tag
def named(row: Theme | Indicator) -> str:
    """A theme or an indicator by its name in the reader's language."""
    return row.name_in(_language())


@register.simple_tag
def asked(limits: Range | None, indicator: Indicator) -> str:
    """«4,6–6,0»."""
    return "" if limits is None else range_said(limits, indicator.scale, indicator.decimals, _language())


@register.inclusion_tag("reporting/_status.html")
def status(status: str | None, short: bool = False) -> dict[str, Any]:
    """A status: its sign with the word beside it, or (`short`) for those who hear the page alone."""
    if status is None:
        return {}
    return {
        "sign": STATUS_SIGNS[status],
        "word": STATUS_WORDS[status],
        "colour": STATUS_COLOURS[status],
        "short": short,
    }


@register.inclusion_tag("reporting/_change.html")
def change(change: Change | None, indicator: Indicator) -> dict[str, Any]:
    """«▲ +0,2 siden 2013, bedre»."""
    if change is None:
        return {}
    return {
        "amount": change_said(change.amount, indicator.decimals, _language()),
        "sign": "▲" if change.amount > 0 else "▼" if change.amount < 0 else "=",
        "since": change.since,
        "word": TURN_WORDS[change.turn],
        "colour": TURN_COLOURS.get(change.turn, "neutral"),
    }


@register.filter
def period(value: Value) -> str:
    return period_said(value.period, _language())


@register.simple_tag
def behind(ways: Behind | str, indicator: Indicator, figure: Cell | Value) -> str:
    """The address of what lies behind a figure, empty where it leads nowhere. Of a table's cell the period is its year.

    On a page without `ways` a template hands over an empty string.
    """
    if isinstance(ways, str):
        return ""
    period = figure.period if isinstance(figure, Value) else Period(figure.year)
    return ways.address(indicator, period, figure.source)


@register.filter
def decimals(value: Decimal, places: int) -> str:
    """«3,6»: rounded, with so many decimals, as the reader writes numbers."""
    return number_said(value, places, _language())


@register.inclusion_tag("reporting/_reason.html")
def reason(reason: Reason) -> dict[str, Any]:
    """Why a side is weak or falling: sign and words."""
    falls = reason in FALLING
    return {
        "sign": ("▲" if reason is Reason.MORE_CARDS else "▼") if falls else "✕",
        "word": REASON_WORDS[reason],
        "colour": "warning" if falls else "danger",
    }
