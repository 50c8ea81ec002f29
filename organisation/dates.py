"""Dates and moments as people write them. Pure: the language and the time zone are arguments."""

from __future__ import annotations

from datetime import date, datetime, tzinfo

from babel.dates import format_date

# Babel's locale for each of our languages; English as it is written in Europe: day before month.
_LOCALES = {"nb": "nb_NO", "nn": "nn_NO", "sv": "sv_SE", "en": "en_GB"}
_DAY_WITH_POINT = {"nb_NO", "nn_NO"}


def _locale(language: str) -> str:
    return _LOCALES.get(language.split("-")[0], "en_GB")


def _pattern(locale: str, pattern: str) -> str:
    return pattern.replace("d ", "d. ") if locale in _DAY_WITH_POINT else pattern


def long_day(day: date, language: str) -> str:
    """«fredag 20. november»: a day near enough to need no year."""
    locale = _locale(language)
    return format_date(day, _pattern(locale, "EEEE d MMMM"), locale)


def full_day(day: date, language: str) -> str:
    """«fredag 20. november 2026»: a day to keep."""
    locale = _locale(language)
    return format_date(day, _pattern(locale, "EEEE d MMMM y"), locale)


def short_day(day: date, language: str) -> str:
    """«20. nov. 2026»: a day in a table."""
    locale = _locale(language)
    return format_date(day, _pattern(locale, "d MMM y"), locale)


def clock(instant: datetime, zone: tzinfo) -> str:
    """«06:00» of an aware instant, on the clock of `zone`."""
    return f"{instant.astimezone(zone):%H:%M}"
