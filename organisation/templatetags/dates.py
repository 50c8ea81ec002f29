"""The filters of `organisation.dates` in the language of the text. A moment takes the municipality's time zone."""

from __future__ import annotations

from datetime import date, datetime, tzinfo

from django import template
from django.utils.translation import get_language

from organisation import dates

register = template.Library()


def _language() -> str:
    return get_language() or "en"


@register.filter
def long_day(day: date | None) -> str:
    """«fredag 20. november»."""
    return dates.long_day(day, _language()) if day else ""


@register.filter
def full_day(day: date | None) -> str:
    """«fredag 20. november 2026»."""
    return dates.full_day(day, _language()) if day else ""


@register.filter
def short_day(day: date | None) -> str:
    """«20. nov. 2026»."""
    return dates.short_day(day, _language()) if day else ""


@register.filter
def month(day: date | None) -> str:
    """«november 2026»."""
    return dates.month(day, _language()) if day else ""


@register.filter
def clock_in(instant: datetime | None, zone: tzinfo) -> str:
    """«06:00» of an instant, on the clock of `zone`."""
    return dates.clock(instant, zone) if instant else ""


@register.filter
def day_in(instant: datetime | None, zone: tzinfo) -> date | None:
    """The local date of an instant in `zone`, to be written by another filter."""
    return instant.astimezone(zone).date() if instant else None
