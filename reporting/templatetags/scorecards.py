"""Results as pages write them: numbers with their unit, a status as colour, sign and word."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from organisation.dates import month
from reporting.judging import Change, Range
from reporting.models import Indicator, Theme, Value
from reporting.periods import Every, Period
from reporting.wording import (
    STATUS_COLOURS,
    STATUS_SIGNS,
    STATUS_WORDS,
    TURN_COLOURS,
    TURN_WORDS,
    change_said,
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


def period_said(period: Period, language: str) -> str:
    """«2025», «3. kvartal 2025», «juli 2025»."""
    if period.every == Every.QUARTER:
        return _("quarter %(number)s, %(year)s") % {"number": period.number, "year": period.year}
    return month(period.first, language) if period.every == Every.MONTH else str(period.year)


@register.filter
def period(value: Value) -> str:
    return period_said(value.period, _language())
