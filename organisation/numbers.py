"""Numbers as people write them. Pure: the language is an argument."""

from __future__ import annotations

from babel.numbers import format_decimal, format_percent

from organisation.dates import locale_of


def thousands(number: int | float, language: str) -> str:
    """«12 000», «12,000», «4,5»."""
    return format_decimal(number, locale=locale_of(language))


def percent(share: float, language: str) -> str:
    """«87 %» of a share from 0 to 1, in whole hundredths."""
    return format_percent(share, locale=locale_of(language))


def to_tenths(number: float, language: str) -> str:
    """«4,6»: a mean on a scale."""
    return format_decimal(number, format="0.0", locale=locale_of(language))


def to_hundredths(number: float, language: str) -> str:
    """«0,21»: an error, a difference."""
    return format_decimal(number, format="0.00", locale=locale_of(language))
