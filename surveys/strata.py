"""The groups that a draw is made from, and how they are called. Pure.

Only the stratum of a person is copied to the answer. So that it tells nothing of one person, groups with few people are
joined before the draw.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol, TypeVar

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

FEWEST = 5
"""People in a stratum, and invited from it (`domain/README.md`: fewer than five are never shown)."""
UNKNOWN = "unknown"
"""The key of those of whom the register does not tell it."""
JOINED = "joined"
"""The key of the groups that were joined because each has few people."""

_BANDS = [(0, 17), (18, 29), (30, 44), (45, 59), (60, 74), (75, None)]

T = TypeVar("T")


class Stratum(models.TextChoices):
    DISTRICT = "district", gettext_lazy("District")
    GENDER = "gender", gettext_lazy("Gender")
    AGE = "age", gettext_lazy("Age")


class Gender(models.TextChoices):
    FEMALE = "female", gettext_lazy("Women")
    MALE = "male", gettext_lazy("Men")
    OTHER = "other", gettext_lazy("Other gender")


class SomebodyOfTheRegister(Protocol):
    birth_year: int | None
    gender: str
    district: str


def key_by(stratum: str, year: int) -> Callable[[SomebodyOfTheRegister], str]:
    """Return the function that tells in which group of `stratum` somebody is. Age is what they turn in `year`."""
    if stratum == Stratum.AGE:
        return lambda person: UNKNOWN if person.birth_year is None else age_band(year - person.birth_year)
    return lambda person: getattr(person, stratum) or UNKNOWN


def age_band(age: int) -> str:
    """Return the band of an age in whole years, «30–44»."""
    for low, high in _BANDS:
        if high is None or age <= high:
            return f"{low}+" if high is None else f"{low}–{high}"
    raise AssertionError


def grouped(people: Iterable[T], key: Callable[[T], str]) -> dict[str, list[T]]:
    """Return the people by group, groups by name."""
    groups: dict[str, list[T]] = {}
    for person in people:
        groups.setdefault(key(person), []).append(person)
    return dict(sorted(groups.items()))


def joins(sizes: Mapping[str, int], fewest: int = FEWEST) -> dict[str, str]:
    """Return by group under which key it is drawn: its own, or `JOINED` for those with fewer than `fewest` people.

    Where the small ones together still have too few, the smallest of the others is joined with them.
    """
    by_size = sorted(sizes, key=lambda group: (sizes[group], group))
    small = [group for group in by_size if sizes[group] < fewest]
    rest = by_size[len(small) :]
    while small and rest and sum(sizes[group] for group in small) < fewest:
        small.append(rest.pop(0))
    return {group: JOINED if group in small and len(small) > 1 else group for group in sizes}


def label(stratum: str, key: str) -> str:
    """Return what a group is called, in the active language."""
    if key == UNKNOWN:
        return _("Not known")
    if key == JOINED:
        return _("Small groups, joined")
    if stratum == Stratum.GENDER and key in Gender.values:
        return str(Gender(key).label)
    if stratum == Stratum.AGE:
        return _("%(band)s years") % {"band": key}
    return key
