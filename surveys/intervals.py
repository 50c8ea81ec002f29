"""When the next round of a survey is due. Pure."""

from __future__ import annotations

from datetime import date, timedelta

TOLD_BEFORE = timedelta(days=90)
"""So long before the next round is due its people are reminded: a draw and letters take a quarter to get ready."""


def next_round_on(last: date, every_years: int) -> date:
    """Return the day on which a round is due that is held `every_years` years after the one of `last`.

    A round of 29 February comes again on the 28th.
    """
    try:
        return last.replace(year=last.year + every_years)
    except ValueError:
        return last.replace(year=last.year + every_years, day=28)
