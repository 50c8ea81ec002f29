"""What may be said of a difference. The words themselves are for pages to translate."""

from __future__ import annotations

from enum import StrEnum

from surveys.statistics.comparing import Comparison

LEVEL = 0.05


class Saying(StrEnum):
    """«tydelig høyere», «noe høyere», «ingen sikker forskjell», «noe lavere», «tydelig lavere», «kan ikke prøves»."""

    CLEARLY_HIGHER = "clearly_higher"
    SLIGHTLY_HIGHER = "slightly_higher"
    NO_CERTAIN_DIFFERENCE = "no_certain_difference"
    SLIGHTLY_LOWER = "slightly_lower"
    CLEARLY_LOWER = "clearly_lower"
    NOT_TESTED = "not_tested"


def saying(comparison: Comparison, *, level: float = LEVEL, clear_from: float = 0.0) -> Saying:
    """Return what the comparison allows to say.

    1. Without a p-value: `not_tested`.
    2. p (Holm's, where the comparison was one of several) at or above `level`: `no_certain_difference`, however large it
       looks. This does not say that the two are alike.
    3. Otherwise by its sign: `clearly_…` where the difference is at least `clear_from` points, `slightly_…` under that:
       with thousands of answers a difference can be certain and matter to nobody. The default of 0 never says «slightly».
    """
    p = comparison.p if comparison.p_holm is None else comparison.p_holm
    difference = comparison.difference
    if p is None or difference is None:
        return Saying.NOT_TESTED
    if p >= level:
        return Saying.NO_CERTAIN_DIFFERENCE
    if abs(difference) >= clear_from:
        return Saying.CLEARLY_HIGHER if difference > 0 else Saying.CLEARLY_LOWER
    return Saying.SLIGHTLY_HIGHER if difference > 0 else Saying.SLIGHTLY_LOWER
