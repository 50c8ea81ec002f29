"""Many tests at once. None stands for a test that could not be made; it counts for nothing. R: `p.adjust`."""

from __future__ import annotations

from collections.abc import Sequence


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Return Holm's adjusted p-values: with them under 0.05, the chance of even one false «different» is at most 5 %.

    Sorted upwards, p_(i) becomes the largest of (m − j + 1)·p_(j) for j ≤ i, at most 1; m is the tests made. The
    house's use: over the items of one survey shown against one comparator. Source: Holm, A simple sequentially
    rejective multiple test procedure, Scandinavian Journal of Statistics 6 (1979). R: `p.adjust(p, "holm")`.
    """
    order = _order(p_values)
    adjusted: list[float | None] = [None] * len(p_values)
    highest = 0.0
    for rank, (p, place) in enumerate(order):
        highest = max(highest, min(1.0, (len(order) - rank) * p))
        adjusted[place] = highest
    return adjusted


def benjamini_hochberg(p_values: Sequence[float | None]) -> list[float | None]:
    """Return Benjamini and Hochberg's: with them under 0.05, at most 5 % of the «different» are false, on average.

    Sorted upwards, p_(i) becomes the smallest of m/j·p_(j) for j ≥ i, at most 1. Source: Benjamini and Hochberg,
    Controlling the false discovery rate, JRSS B 57 (1995). R: `p.adjust(p, "BH")`.
    """
    order = _order(p_values)
    adjusted: list[float | None] = [None] * len(p_values)
    lowest = 1.0
    for rank, (p, place) in reversed(list(enumerate(order, start=1))):
        lowest = min(lowest, len(order) / rank * p)
        adjusted[place] = lowest
    return adjusted


def _order(p_values: Sequence[float | None]) -> list[tuple[float, int]]:
    return sorted((p, place) for place, p in enumerate(p_values) if p is not None)
