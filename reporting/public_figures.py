"""What of a figure everybody may have. Pure.

Figures of surveys are those of their publications, which have been protected there. Figures of cards are shown by the rules
of `reporting/small_groups.py`: counts rounded, shares in whole hundredths of no less than ten. What is made of a count of
cards is not shown: its decimals would tell the count.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from reporting.scales import Origin, Scale, Standing, as_shown
from reporting.small_groups import SMALLEST, SMALLEST_BASE, rounded


class PublicFigure(NamedTuple):
    standing: str
    value: Decimal | None = None
    n: int | None = None
    margin: Decimal | None = None


MARGIN_PLACES = 2
"""Margins are shown to hundredths."""

HELD_BACK = PublicFigure(Standing.TOO_FEW)


def public_figure(
    value: Decimal | None,
    *,
    standing: str,
    n: int | None,
    margin: Decimal | None,
    scale: str,
    decimals: int,
    of_cards: bool,
) -> PublicFigure:
    """Return a figure of the whole municipality as everybody may have it, rounded as it is shown."""
    if value is None:
        return PublicFigure(standing)
    if of_cards:
        return _of_cards(value, n, scale, decimals)
    shown = None if margin is None else as_shown(margin, MARGIN_PLACES)
    return PublicFigure(standing, as_shown(value, decimals), n, shown)


def _of_cards(value: Decimal, n: int | None, scale: str, decimals: int) -> PublicFigure:
    if scale == Scale.COUNT:
        number = int(value)
        return PublicFigure(Standing.MEASURED, Decimal(rounded(number))) if number >= SMALLEST else HELD_BACK
    if n is None or n < SMALLEST_BASE:
        return HELD_BACK
    places = 0 if scale == Scale.PER_CENT else min(decimals, 1)
    return PublicFigure(Standing.MEASURED, as_shown(value, places), rounded(n))


def is_published(origin: str, of_origin: str) -> bool:
    """Whether figures of this origin are shown at all. `of_origin` is where those come from that they are made of."""
    return not (origin == Origin.PER_INHABITANT and of_origin == Origin.FEEDBACK)
