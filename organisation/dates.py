"""Dates and moments as people write them. Pure: the language and the time zone are arguments."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from functools import lru_cache

from babel.dates import format_date

# Babel's locale for each of our languages; English as it is written in Europe: day before month.
_LOCALES = {"nb": "nb_NO", "nn": "nn_NO", "sv": "sv_SE", "en": "en_GB"}
_DAY_WITH_POINT = {"nb_NO", "nn_NO"}


def locale_of(language: str) -> str:
    """Babel's locale for one of our languages."""
    return _LOCALES.get(language.split("-")[0], "en_GB")


def _pattern(locale: str, pattern: str) -> str:
    return pattern.replace("d ", "d. ") if locale in _DAY_WITH_POINT else pattern


def long_day(day: date, language: str) -> str:
    """«fredag 20. november»: a day near enough to need no year."""
    locale = locale_of(language)
    return format_date(day, _pattern(locale, "EEEE d MMMM"), locale)


def full_day(day: date, language: str) -> str:
    """«fredag 20. november 2026»: a day to keep."""
    locale = locale_of(language)
    return format_date(day, _pattern(locale, "EEEE d MMMM y"), locale)


def long_date(day: date, language: str) -> str:
    """«20. november 2026»: a day whose weekday tells nothing."""
    locale = locale_of(language)
    return format_date(day, _pattern(locale, "d MMMM y"), locale)


@lru_cache(maxsize=2048)
def short_day(day: date, language: str) -> str:
    """«20. nov. 2026»: a day in a table."""
    locale = locale_of(language)
    return format_date(day, _pattern(locale, "d MMM y"), locale)


def month(day: date, language: str) -> str:
    """«november 2026»."""
    return format_date(day, "LLLL y", locale_of(language))


def short_month(day: date, language: str) -> str:
    """«nov. 26»: a month below a chart."""
    return format_date(day, "MMM yy", locale_of(language))


def clock(instant: datetime, zone: tzinfo) -> str:
    """«06:00» of an aware instant, on the clock of `zone`."""
    return f"{instant.astimezone(zone):%H:%M}"
