"""Numbers and months as each language writes them."""

from __future__ import annotations

from datetime import date

import pytest

from organisation.dates import long_date, month, short_month
from organisation.numbers import percent, thousands


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("nb", ["12\u00a0000", "4,5", "87\u00a0%"]),
        ("nn", ["12\u00a0000", "4,5", "87\u00a0%"]),
        ("sv", ["12\u00a0000", "4,5", "87\u00a0%"]),
        ("en", ["12,000", "4.5", "87%"]),
    ],
)
def test_numbers(language: str, written: list[str]) -> None:
    assert [thousands(12_000, language), thousands(4.5, language), percent(0.87, language)] == written


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("nb", ["mars 2026", "mars 26", "3. mars 2026"]),
        ("nn", ["mars 2026", "mars 26", "3. mars 2026"]),
        ("sv", ["mars 2026", "mars 26", "3 mars 2026"]),
        ("en", ["March 2026", "Mar 26", "3 March 2026"]),
    ],
)
def test_months_and_dates(language: str, written: list[str]) -> None:
    day = date(2026, 3, 3)
    assert [month(day, language), short_month(day, language), long_date(day, language)] == written
