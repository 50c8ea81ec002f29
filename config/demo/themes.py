"""Solvik's themes, and the few figures of its overview."""

from __future__ import annotations

from datetime import datetime

from organisation.models import Person
from reporting.actions.overview import choose_overview
from reporting.actions.themes import change_theme, know_usual_themes
from reporting.models import Indicator, Theme, ThemeLink

# What Solvik laid on the usual themes besides what comes with them.
MORE = {
    "water-and-waste": (ThemeLink.Side.INDICATOR, "water-loss"),
    "employees": (ThemeLink.Side.INDICATOR, "sick-leave"),
    "services": (ThemeLink.Side.INDICATOR, "user-satisfaction"),
    "democracy": (ThemeLink.Side.INDICATOR, "user-involvement"),
    "roads": (ThemeLink.Side.INDICATOR, "road-standard"),
}

OVERVIEW = (
    "called-back-in-time", "median-days-to-contact", "mean-reaction", "cards-received", "user-satisfaction",
    "road-standard", "sick-leave", "website-visits-per-inhabitant",
)  # fmt: skip


def make_themes(*, by: Person, now: datetime) -> None:
    """Make the usual themes, lay Solvik's own indicators on them, and choose the overview's figures."""
    know_usual_themes(by=by, now=now)
    for theme in Theme.objects.filter(key__in=MORE).prefetch_related("links"):
        side, key = MORE[theme.key]
        laid: dict[str, list[str]] = {}
        for link in theme.links.all():
            laid.setdefault(link.side, []).append(link.key)
        laid.setdefault(side, []).append(key)
        change_theme(theme, names=theme.names, laid=laid, by=by, now=now)
    known = {indicator.key: indicator for indicator in Indicator.objects.all()}
    choose_overview([known[key] for key in OVERVIEW], by=by, now=now)
