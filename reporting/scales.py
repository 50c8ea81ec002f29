"""What an indicator is measured in, and what can be a value of it. Pure: no database, no clock."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.db import models
from django.utils.translation import gettext_lazy as _

PLACES = Decimal("0.000001")
"""As exact as a value is kept."""
LARGEST = Decimal(10) ** 11


class Perspective(models.TextChoices):
    """The point of view that a goal and its indicators belong to (Kristiansund's «fokusområde»)."""

    USERS = "users", _("Users")
    COMMUNITY = "community", _("Community")
    EMPLOYEES = "employees", _("Employees")
    ECONOMY = "economy", _("Economy")
    WORK = "work", _("How we work")


class Scale(models.TextChoices):
    """Percentages are kept as 0–100, not as 0–1; a ratio is so many to one."""

    ONE_TO_SIX = "1-6", _("Scale 1–6")
    HUNDRED = "0-100", _("Points 0–100")
    PER_CENT = "percent", _("Per cent")
    DAYS = "days", _("Days")
    COUNT = "count", _("A count")
    PER_INHABITANT = "per_inhabitant", _("Per inhabitant")
    RATIO = "ratio", _("So many to one")


class Direction(models.TextChoices):
    HIGHER = "higher", _("Higher is better")
    LOWER = "lower", _("Lower is better")
    NEITHER = "neither", _("Neither is better")


class Origin(models.TextChoices):
    """Where an indicator's values come from. Only those of `TYPEABLE` can be typed or imported."""

    TYPED = "typed", _("Typed in")
    IMPORTED = "imported", _("Imported")
    DESK = "desk", _("Counted at the desk")
    FEEDBACK = "feedback", _("Counted from message cards")
    SURVEY = "survey", _("From a published survey")
    PER_INHABITANT = "per_inhabitant", _("Another indicator per inhabitant")


TYPEABLE = frozenset({Origin.TYPED, Origin.IMPORTED, Origin.DESK})


class Standing(models.TextChoices):
    """Whether there is a figure. «Not measured» is known of a year, and is not the same as that nobody has written it."""

    MEASURED = "measured", _("Measured")
    NOT_MEASURED = "not_measured", _("Not measured")
    TOO_FEW = "too_few", _("Too few answers")


BOUNDS: dict[str, tuple[Decimal, Decimal]] = {
    Scale.ONE_TO_SIX: (Decimal(1), Decimal(6)),
    Scale.HUNDRED: (Decimal(0), Decimal(100)),
    Scale.PER_CENT: (Decimal(0), Decimal(100)),
}
DECIMALS = {
    Scale.ONE_TO_SIX: 1, Scale.HUNDRED: 1, Scale.PER_CENT: 0, Scale.DAYS: 1, Scale.COUNT: 0, Scale.PER_INHABITANT: 1,
    Scale.RATIO: 1,
}  # fmt: skip
"""How many decimals are shown where the indicator does not say otherwise."""


def bounds(scale: str) -> tuple[Decimal, Decimal]:
    """Return the least and the greatest value there can be."""
    return BOUNDS.get(scale, (Decimal(0), LARGEST))


def fits(value: Decimal, scale: str) -> bool:
    low, high = bounds(scale)
    return low <= value <= high


def as_shown(value: Decimal, decimals: int) -> Decimal:
    """Return the value rounded as every page, file and document shows it: halves go up. It is what is judged, too: what a
    reader sees as 4,6 is within 4,6–6,0."""
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def kept(value: float | Decimal) -> Decimal:
    """Return a computed figure as the database keeps it."""
    return Decimal(value).quantize(PLACES, rounding=ROUND_HALF_UP)


_SPACES = re.compile(r"[\s\u00a0\u202f]")
_NUMBER = re.compile(r"-?[0-9]{1,12}(?:[.,][0-9]{1,6})?")


def read_number(text: str) -> Decimal | None:
    """Return a number as people here write it («1 018 671», «34,9», «4.6 %»), None for what is none."""
    bare = _SPACES.sub("", text).removesuffix("%").replace("−", "-")
    if not _NUMBER.fullmatch(bare):
        return None
    try:
        return Decimal(bare.replace(",", "."))
    except InvalidOperation:
        return None


_NOT_MEASURED = frozenset({"-", "–", "—", "ikkemålt", "ikkjemålt", "ejmätt", "intemätt", "notmeasured", "not_measured"})


def says_not_measured(text: str) -> bool:
    """Whether somebody wrote that it was not measured: «–», «Ikke målt», «Ej mätt» …"""
    return _SPACES.sub("", text).casefold() in _NOT_MEASURED
