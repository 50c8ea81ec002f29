"""The themes that most municipalities want, with what is laid on each. Pure: names and keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class UsualTheme:
    """Keys by side: areas and questions of the survey library, areas of the forms of assessment, our own indicators, and
    codes of categories where a municipality has them."""

    key: str
    name: _StrPromise
    survey: tuple[str, ...] = ()
    assessment: tuple[str, ...] = ()
    indicator: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()


USUAL = (
    UsualTheme(
        "roads", _("Roads and traffic"), survey=("transport", "roads", "winter-maintenance", "safe-in-traffic"),
        cards=("road", "roads", "snow", "street_light", "lights", "traffic_safety", "parking", "public_transport"),
    ),
    UsualTheme(
        "meeting", _("Meeting the municipality"), survey=("meeting", "got-an-answer", "easy-to-reach"),
        assessment=("users",),
        indicator=("called-back-in-time", "median-days-to-contact", "reached", "registered-same-day", "mean-reaction"),
        cards=("service",),
    ),
    UsualTheme(
        "democracy", _("Local democracy and openness"), survey=("democracy", "can-influence", "informed-of-decisions"),
        assessment=("interplay", "openness"), cards=("political",),
    ),
    UsualTheme("services", _("The services as a whole"), survey=("services", "service-users"), assessment=("quality",)),
    UsualTheme(
        "growing-up", _("Schools and kindergartens"), survey=("kindergartens", "schools", "safe-way-to-school"),
        cards=("school", "schools", "kindergarten"),
    ),
    UsualTheme(
        "health", _("Health and care"), survey=("doctors", "home-care", "nursing-homes"),
        cards=("health", "home_care", "nursing_home"),
    ),
    UsualTheme(
        "water-and-waste", _("Water and waste"), survey=("water-supply", "waste-collection"), cards=("water", "waste"),
    ),
    UsualTheme(
        "planning", _("Planning, building and homes"), survey=("housing", "building-applications", "affordable-homes"),
        cards=("building", "planning"),
    ),
    UsualTheme(
        "surroundings", _("Environment and parks"), survey=("environment", "clean-public-places", "places-to-play"),
        cards=("park", "playground"),
    ),
    UsualTheme("safety", _("Safety"), survey=("safety", "street-lighting")),
    UsualTheme(
        "culture", _("Culture, sports and outdoor life"), survey=("culture", "activities-for-young-people"),
        cards=("culture", "library", "sports", "trail"),
    ),
    UsualTheme(
        "reputation", _("Reputation and trust"), survey=("reputation", "trust-in-the-municipality", "keeps-promises"),
        assessment=("community",), indicator=("complaints-to-praise",),
    ),
    UsualTheme(
        "steering", _("Steering and use of money"), survey=("money-well-spent",),
        assessment=("steering", "political-steering", "efficiency", "results"), indicator=("overdue-a-week",),
    ),
    UsualTheme(
        "employees", _("Leadership and staff"), assessment=("leadership", "working-life", "employer", "development"),
    ),
)  # fmt: skip
