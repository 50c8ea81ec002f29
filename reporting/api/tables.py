"""Scorecards, the overview and the themes: each as its page shows it."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from feedback.api.filtering import only_parameters
from feedback.api.step_serializers import listed
from reporting.api import shapes
from reporting.api.callers import OnFigures, OnFiguresOfAll, OutsideTheKey, place_asked
from reporting.api.documentation import UNIT, YEAR, in_path, in_query, reading
from reporting.card_themes import cards_by_category
from reporting.forms.scorecards import TableForm
from reporting.models import Scorecard
from reporting.overview import overview_of, shown_indicators
from reporting.queries import places_with_indicators_of, scorecard_called, scorecards
from reporting.rules import may_see_figures_of
from reporting.tables import table_of
from reporting.theme_table import theme_table

CHANGE = {"amount": 0.2, "since": 2023, "until": 2025, "turn": "better"}
SCORECARD = {
    "key": "solvik",
    "name": "Kommunens målekort",
    "unit": None,
    "years": 3,
    "indicators": 14,
    "url": "https://solvik.example/api/v1/scorecards/solvik/",
}
LINE = {
    "success_factor": "God kvalitet",
    "indicator": "Opplevd god service",
    "key": "opplevd-god-service",
    "scale": "1-6",
    "direction": "higher",
    "desired": [4.6, 6.0],
    "acceptable": [4.2, 4.5],
    "results": {"2024": None, "2025": 4.7},
    "standings": {"2024": "not_measured", "2025": "measured"},
    "statuses": {"2024": None, "2025": "desired"},
    "n": {"2024": None, "2025": 212},
    "so_far": {},
    "change": CHANGE,
    "status": "desired",
    "note": "",
}
TABLE = {
    "scorecard": "solvik",
    "name": "Kommunens målekort",
    "unit": None,
    "years": [2024, 2025],
    "counted_at": "2026-11-16T05:00:00+01:00",
    "goals": [{"perspective": "users", "main_goal": "Gode tjenester", "rows": [LINE]}],
}
FIGURE = {
    "key": "called-back-in-time",
    "name": "Ringt i tide",
    "year": 2026,
    "value": 87.0,
    "n": 1204,
    "so_far": "2026-11-15",
    "status": "acceptable",
    "change": CHANGE,
}
THEMES = {
    "counted_at": "2026-11-16T05:00:00+01:00",
    "cards_counted_at": "2026-11-16T09:00:00+01:00",
    "themes": [
        {
            "theme": "roads",
            "name": "Veg",
            "weak_sides": 2,
            "falling_sides": 1,
            "several": True,
            "sides": {"survey": [], "assessment": [], "indicator": [], "cards": []},
        }
    ],
}


def language() -> str:
    return get_language() or "nb"


class ScorecardsView(APIView):
    """The scorecards, in their order."""

    permission_classes = [IsAuthenticated, OnFigures]

    @reading(
        "scorecards_list", _("The scorecards"), listed(shapes.ScorecardSerializer), SCORECARD, tag="figures",
        in_list=True, codes=(400,),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        only_parameters(request, ())
        rows = [
            {
                "key": card.key,
                "name": card.name_in(language()),
                "unit": card.unit.code if card.unit else None,
                "years": card.years,
                "indicators": card.indicator_count,  # type: ignore[attr-defined]
                "url": reverse("figures:scorecard", [card.key], request=request),
            }
            for card in scorecards()
        ]
        return Response({"next": None, "results": rows})


class ScorecardView(APIView):
    """One scorecard with its results, of the whole municipality or one unit, and of the years asked for."""

    permission_classes = [IsAuthenticated, OnFigures]

    @reading(
        "scorecards_retrieve",
        _("One scorecard with its results"),
        shapes.ScorecardTableSerializer,
        TABLE,
        in_path("key", _("The scorecard's key.")),
        UNIT,
        in_query("first", _("The first year."), YEAR),
        in_query("last", _("The last year; this year if not given."), YEAR),
        tag="figures",
        description=_("What is asked of each indicator, its results, and the change since it was last measured."),
        codes=(400, 404),
    )
    def get(self, request: Request, key: str) -> Response:
        only_parameters(request, ("unit", "first", "last"))
        found = scorecard_called(key)
        if found is None:
            raise Http404
        form = _form(request, found)
        place = form.place()
        if not may_see_figures_of(request.user, place.pk if place else None):  # type: ignore[arg-type]
            raise OutsideTheKey
        return Response(table_of(found, place=place, years=form.years(), language=language()).as_json())


def _form(request: Request, scorecard: Scorecard) -> TableForm:
    """The page's form, which says what can be asked for. Raises ValidationError."""
    form = TableForm(
        request.query_params.dict(),
        scorecard=scorecard,
        places=places_with_indicators_of(scorecard),
        this_year=timezone.localdate().year,
    )
    errors: dict[str, Any] = {name: list(sentences) for name, sentences in form.errors.items()}
    if "unit" in request.query_params and "unit" not in form.fields:
        errors["unit"] = [_("There are no figures of that unit here. Choose another.")]
    if errors:
        raise ValidationError(errors, "invalid")
    return form


class OverviewView(APIView):
    """The few figures that leaders look at first."""

    permission_classes = [IsAuthenticated, OnFigures]

    @reading(
        "overview",
        _("The overview"),
        shapes.OverviewSerializer,
        {"unit": None, "counted_at": "2026-11-16T05:00:00+01:00", "figures": [FIGURE]},
        UNIT,
        tag="figures",
        codes=(400, 404),
    )
    def get(self, request: Request) -> Response:
        only_parameters(request, ("unit",))
        return Response(overview_of(shown_indicators(), place_asked(request), language()).as_json())


class ThemesView(APIView):
    """The same weakness from several sides."""

    permission_classes = [IsAuthenticated, OnFiguresOfAll]

    @reading(
        "themes",
        _("The same weakness from several sides"),
        shapes.ThemesSerializer,
        THEMES,
        tag="figures",
        codes=(400,),
    )
    def get(self, request: Request) -> Response:
        only_parameters(request, ())
        zone = request._request.municipality.zone  # type: ignore[attr-defined]
        cards = cards_by_category(now=timezone.now(), zone=zone)
        return Response(theme_table(cards, today=timezone.localdate(), language=language()).as_json())
