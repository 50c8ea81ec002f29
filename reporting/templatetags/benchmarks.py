"""Comparisons as pages write them: a difference with sign and words, a quarter, a rank."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import get_language

from reporting.benchmarks import BenchmarkLine, Difference
from reporting.comparing import Rank
from reporting.judging import Turn
from reporting.models import Indicator
from reporting.scales import Direction
from reporting.wording import (
    QUARTER_COLOURS,
    QUARTER_SIGNS,
    QUARTER_SIZES,
    QUARTER_WORDS,
    TURN_COLOURS,
    TURN_WORDS,
    change_said,
)
from surveys.publishing import saying_in_words

register = template.Library()


@register.inclusion_tag("reporting/_difference.html")
def difference(difference: Difference | None, indicator: Indicator, short: bool = False) -> dict[str, Any]:
    """«▲ +3 bedre, tydelig høyere», «▼ −0,2 ingen sikker forskjell», «▼ −4 dårligere, ingen margin kjent»; never a star.

    `short` leaves out that no margin is known, where a page says so once for all.
    """
    if difference is None:
        return {}
    amount = difference.amount
    return {
        "amount": change_said(amount, indicator.decimals, get_language() or "en"),
        "sign": "▲" if amount > 0 else "▼" if amount < 0 else "=",
        "word": "" if difference.may_be_chance else TURN_WORDS[difference.turn],
        "colour": "neutral" if difference.may_be_chance else TURN_COLOURS.get(difference.turn, "neutral"),
        "saying": saying_in_words(difference.saying) if difference.is_tested and amount else "",
        "unknown": not difference.is_tested and not short and difference.turn != Turn.UNCHANGED,
    }


@register.inclusion_tag("reporting/_quarter.html")
def quarter(line: BenchmarkLine) -> dict[str, Any]:
    """«●●●○ nest beste fjerdedel»; by size where neither is better, without colour."""
    if line.quarter is None:
        return {}
    by_size = line.indicator.direction == Direction.NEITHER
    return {
        "sign": QUARTER_SIGNS[line.quarter],
        "word": (QUARTER_SIZES if by_size else QUARTER_WORDS)[line.quarter],
        "colour": "neutral" if by_size else QUARTER_COLOURS.get(line.quarter, "neutral"),
    }


@register.inclusion_tag("reporting/_rank.html")
def rank(rank: Rank | None) -> dict[str, Any]:
    """«3 av 12», «delt 3 av 12»."""
    return {} if rank is None else {"place": rank.place, "of": rank.of, "shared": rank.tied > 1}


@register.filter
def held(line: BenchmarkLine, what: str) -> Decimal | None:
    """What the line's difference is taken to: the group's mean, or the country's."""
    return line.held_against(what)


@register.filter
def to(line: BenchmarkLine, what: str) -> Difference | None:
    return line.against(what)


@register.filter
def name_of(indicator: Indicator) -> str:
    return indicator.name_in(get_language() or "en")
