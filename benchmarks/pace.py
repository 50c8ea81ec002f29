"""How fast the machine is at this moment. A shared one runs at half its speed for minutes, and no counter tells.

The same small piece of Python is timed before and after each measurement; what it took is kept beside the figures.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable
from typing import Any

_TIMES = 9


def piece_ms() -> float:
    """Return how long the piece takes now (ms, the median of a few), a tenth of a second after one asks."""
    took = []
    for _ in range(_TIMES):
        start = time.perf_counter()
        written: dict[int, str] = {}
        for number in range(60_000):
            written[number % 997] = f"{number}x"
        took.append((time.perf_counter() - start) * 1000)
    return round(statistics.median(took), 2)


def put_beside(figures: Iterable[Any]) -> None:
    """Write as `pace` beside each `piece_ms` how fast the machine was, 1 where it was fastest of all these."""
    timed = [one for one in figures if isinstance(one, dict) and "piece_ms" in one]
    fastest = min((one["piece_ms"] for one in timed), default=0)
    for one in timed:
        one["pace"] = round(fastest / one["piece_ms"], 2)
