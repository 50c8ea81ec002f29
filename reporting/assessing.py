"""What an assessment comes to: the total, the change by area, the weakest areas. Pure: points by the key of the area.

Points are whole, 0 to the version's `most` in each area; the total is their sum (Kommunekompasset: eight areas of 100,
800 in all). Only where an area is not known does the published total stand in its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

WEAKEST = 3
"""How many areas are named as the weakest."""


class Total(NamedTuple):
    """`points` is None where neither all areas nor a published total are known.

    `published` is the total as its source gives it, and `disagrees` says that the areas come to something else.
    """

    points: int | None
    published: int | None
    from_areas: bool

    @property
    def disagrees(self) -> bool:
        return self.from_areas and self.published is not None and self.points != self.published


class AreaChange(NamedTuple):
    """The points of one area now and before. `change` is None where one of the two is not known."""

    area: str
    points: int | None
    before: int | None

    @property
    def change(self) -> int | None:
        return None if self.points is None or self.before is None else self.points - self.before


def total_of(points: Mapping[str, int], areas: Sequence[str], published: int | None) -> Total:
    """Return the sum over `areas` if each has points, and else the published total."""
    if areas and all(area in points for area in areas):
        return Total(sum(points[area] for area in areas), published, True)
    return Total(published, published, False)


def changes(now: Mapping[str, int], before: Mapping[str, int], areas: Sequence[str]) -> list[AreaChange]:
    """Return each of `areas`, the points now and before. Areas are the same where their keys are, also over versions."""
    return [AreaChange(area, now.get(area), before.get(area)) for area in areas]


def weakest(points: Mapping[str, int], count: int = WEAKEST) -> list[str]:
    """Return the areas with the fewest points, the weakest first; of equals the one named first. No more than half."""
    order = {area: place for place, area in enumerate(points)}
    return sorted(points, key=lambda area: (points[area], order[area]))[: min(count, len(points) // 2)]
