"""Dates and moments as people write them, in the language of the page."""

from __future__ import annotations

from datetime import date, datetime

from babel.dates import format_date, format_datetime
from django import template
from django.utils import timezone
from django.utils.translation import get_language

register = template.Library()

# Babel's locale for each of our languages; English as it is written in Europe: day before month.
_LOCALES = {"nb": "nb_NO", "nn": "nn_NO", "sv": "sv_SE", "en": "en_GB"}


def _locale() -> str:
    return _LOCALES.get((get_language() or "en").split("-")[0], "en_GB")


def _local(value: date | datetime) -> date:
    if isinstance(value, datetime):
        return timezone.localtime(value).date()  # noqa: TID251 (converts what the middleware's zone says; reads no clock)
    return value


def _with_weekday(value: date | datetime | None, after: str = "") -> str:
    if not value:
        return ""
    locale = _locale()
    day = "d" if locale in ("en_GB", "sv_SE") else "d."
    return format_date(_local(value), f"EEEE {day} MMMM{after}", locale)


@register.filter
def long_day(value: date | datetime | None) -> str:
    """«tirsdag 1. desember»: a day near enough to need no year."""
    return _with_weekday(value)


@register.filter
def full_day(value: date | datetime | None) -> str:
    """«tirsdag 1. desember 2026»: a day to keep."""
    return _with_weekday(value, " y")


@register.filter
def short_day(value: date | datetime | None) -> str:
    """«1. des. 2026»: a day in a list."""
    return format_date(_local(value), "medium", _locale()) if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """«1. des. 2026, 06:00» in the municipality's time zone."""
    if not value:
        return ""
    local = timezone.localtime(value)  # noqa: TID251 (converts; reads no clock)
    return f"{format_date(local.date(), 'medium', _locale())}, {format_datetime(local, 'HH:mm', locale=_locale())}"
