"""What a report is of, and the name it goes by: «cards-2026-q3», «unit-VEI-2026-q3», «annual-2025». Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from reporting.periods import Every, Period, read_period


class Kind(models.TextChoices):
    CARDS = "cards", _("Report on the messages")
    UNIT = "unit", _("Report of a unit or sector")
    ANNUAL = "annual", _("Annual report to the council")
    SCORECARD = "scorecard", _("Report of a scorecard")
    ASSESSMENT = "assessment", _("Report of an assessment")
    BENCHMARK = "benchmark", _("Report of a comparison")


QUARTERLY = frozenset({Kind.CARDS, Kind.UNIT})
"""Those that can be of a quarter; all can be of a year."""
OF_SOMETHING = frozenset({Kind.UNIT, Kind.SCORECARD, Kind.ASSESSMENT, Kind.BENCHMARK})
"""Those that are of one unit, one scorecard, one form of assessment, one group: `what` is its code or key."""


@dataclass(frozen=True)
class Asked:
    """A report as it is asked for. `what` is a unit's code, a scorecard's or a group's key, or a form of assessment with its
    kind («kommunekompasset-2010-external»); empty for the whole municipality."""

    kind: str
    period: Period
    what: str = ""

    @property
    def name(self) -> str:
        return "-".join(part for part in (self.kind, self.what, str(self.period).lower()) if part)

    @property
    def fits(self) -> bool:
        """Whether there can be such a report."""
        quarterly = self.period.every == Every.QUARTER and self.kind in QUARTERLY
        return bool(self.what) == (self.kind in OF_SOMETHING) and (quarterly or self.period.every == Every.YEAR)


_NAME = re.compile(r"([a-z]+)(?:-([-\w]+?))?-([0-9]{4}(?:-[qQ][1-4])?)", re.ASCII)


def read_name(name: str, *, last_year: int) -> Asked | None:
    """Return what a report of this name is of; None where no report can have it."""
    match = _NAME.fullmatch(name)
    if match is None or match[1] not in Kind.values:
        return None
    period = read_period(match[3], last_year=last_year)
    asked = None if period is None else Asked(match[1], period, match[2] or "")
    return asked if asked is not None and asked.fits else None
