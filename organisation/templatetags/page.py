"""`organisation.dates` on pages: an instant is shown on the clock of the page, which is the municipality's."""

from __future__ import annotations

from datetime import date, datetime
from html import escape
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from organisation import dates, numbers

register = template.Library()


@register.simple_tag
def tag(word: Any, colour: str, sign: str = "", variant: str = "") -> SafeString:
    """A word in its colour, with a sign before it: nothing is told by colour alone. Nothing without a word."""
    if not word:
        return SafeString("")
    kind = f' data-variant="{escape(variant)}"' if variant else ""
    before = f'<span class="tag-sign" aria-hidden="true">{escape(sign)}</span>' if sign else ""
    words = conditional_escape(word)
    return mark_safe(f'<span class="ds-tag" data-color="{escape(colour)}"{kind}>{before}{words}</span>')  # noqa: S308


def _language() -> str:
    return get_language() or "en"


def _day(value: date | datetime) -> date:
    return value.astimezone(timezone.get_current_timezone()).date() if isinstance(value, datetime) else value


@register.filter
def long_day(value: date | datetime | None) -> str:
    """«tirsdag 1. desember»: a day near enough to need no year."""
    return dates.long_day(_day(value), _language()) if value else ""


@register.filter
def full_day(value: date | datetime | None) -> str:
    """«tirsdag 1. desember 2026»: a day to keep."""
    return dates.full_day(_day(value), _language()) if value else ""


@register.filter
def short_day(value: date | datetime | None) -> str:
    """«1. des. 2026»: a day in a list."""
    return dates.short_day(_day(value), _language()) if value else ""


@register.filter
def month(value: date | datetime | None) -> str:
    """«desember 2026»."""
    return dates.month(_day(value), _language()) if value else ""


@register.filter
def thousands(number: int | float) -> str:
    """«12 000», «4,5»."""
    return numbers.thousands(number, _language())


@register.filter
def percent(share: float) -> str:
    """«87 %» of a share from 0 to 1."""
    return numbers.percent(share, _language())


@register.filter
def to_tenths(number: float | str | None) -> str:
    """«4,6», «–» where there is none."""
    return "–" if number is None or isinstance(number, str) else numbers.to_tenths(number, _language())


@register.filter
def to_hundredths(number: float | str | None) -> str:
    """«0,21», «–» where there is none."""
    return "–" if number is None or isinstance(number, str) else numbers.to_hundredths(number, _language())


@register.filter
def moment(value: datetime | None) -> str:
    """«1. des. 2026, 06:00»."""
    if not value:
        return ""
    return f"{short_day(value)}, {dates.clock(value, timezone.get_current_timezone())}"
