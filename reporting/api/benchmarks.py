"""Our figures beside those of a group of municipalities."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils import timezone
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
from reporting.api.callers import OnFiguresOfAll
from reporting.api.documentation import YEAR, in_path, in_query, reading
from reporting.api.tables import language
from reporting.benchmark_sets import ALL, set_called
from reporting.benchmarks import Against, benchmark_of
from reporting.group_queries import group_called, groups_with_members, places_of
from reporting.periods import FIRST_YEAR

MEMBERS = [{"code": "3907", "name": "Sandefjord"}]
GROUP = {
    "key": "naboer",
    "name": "Naboene",
    "kind": "region",
    "members": MEMBERS,
    "url": "https://solvik.example/api/v1/benchmarks/naboer/",
}
FIGURE = {
    "code": "3909",
    "name": "Solvik",
    "value": 87.0,
    "standing": "measured",
    "n": 1204,
    "margin": None,
    "source": "",
    "measured_on": None,
    "so_far": None,
}
LINE = {
    "indicator": "Ringt i tide",
    "key": "called-back-in-time",
    "scale": "percent",
    "direction": "higher",
    "ours": FIGURE,
    "others": [FIGURE | {"code": "3907", "name": "Sandefjord", "value": 82.0}],
    "group_mean": {"value": 82.0, "municipalities": 1, "weighs": "municipalities"},
    "country": None,
    "quartiles": None,
    "quarter": None,
    "rank": {"place": 1, "of": 2, "tied": 1},
    "to_group": {"amount": 5.0, "turn": "better", "saying": "not_tested", "p": None, "p_holm": None},
    "to_country": None,
    "years": {"2025": {"ours": 87.0, "standing": "measured", "group_mean": 82.0, "municipalities": 1, "country": None}},
}
BENCHMARK: dict[str, Any] = {
    "group": {name: GROUP[name] for name in ("key", "name", "kind", "members")},
    "municipality": "Solvik",
    "set": "all",
    "set_name": "",
    "year": 2025,
    "years": [2025, 2024],
    "against": "group",
    "counted_at": "2026-11-16T05:00:00+01:00",
    "quartile_definition": "Hyndman and Fan type 7",
    "parts": [{"title": "Brukere", "lines": [LINE]}],
    "over_mean": ["called-back-in-time"],
    "under_mean": [],
    "alike": [],
    "neither_better": [],
    "not_compared": [],
}


class BenchmarksView(APIView):
    """The groups of municipalities that ours can be held against."""

    permission_classes = [IsAuthenticated, OnFiguresOfAll]

    @reading(
        "benchmarks_list", _("The groups to be compared with"), listed(shapes.BenchmarkGroupSerializer), GROUP,
        tag="figures", in_list=True, codes=(400,),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        only_parameters(request, ())
        rows = [
            {
                "key": group.key,
                "name": group.name_in(language()),
                "kind": group.kind,
                "members": [{"code": place.code, "name": place.name} for place in members],
                "url": reverse("figures:benchmark", [group.key], request=request),
            }
            for group, members in groups_with_members()
        ]
        return Response({"next": None, "results": rows})


class BenchmarkView(APIView):
    """Ours beside one group's."""

    permission_classes = [IsAuthenticated, OnFiguresOfAll]

    @reading(
        "benchmarks_retrieve",
        _("Our figures beside a group's"),
        shapes.BenchmarkSerializer,
        BENCHMARK,
        in_path("group", _("The group's key.")),
        in_query("set", _("Of which indicators: all, profile:KEY or scorecard:KEY.")),
        in_query("year", _("The latest of which others have figures if not given."), YEAR),
        in_query("against", _("What differences are taken to."), {"type": "string", "enum": list(Against)}),
        tag="figures",
        description=_(
            "With the group's mean, the country's, quartiles, rank, and where we are over and under the mean."
        ),
        codes=(400, 404),
    )
    def get(self, request: Request, group: str) -> Response:
        only_parameters(request, ("set", "year", "against"))
        found = group_called(group)
        if found is None:
            raise Http404
        house = request._request.municipality  # type: ignore[attr-defined]
        places = places_of(found, house.country)
        chosen = set_called(request.query_params.get("set", ALL), places.ids, language())
        against = request.query_params.get("against", Against.GROUP)
        if chosen is None:
            raise ValidationError({"set": [_("There is no such set. Write all, profile:KEY or scorecard:KEY.")]})
        if against not in list(Against):
            raise ValidationError({"against": [_("Write group or country.")]})
        shown = benchmark_of(
            found, chosen, house=house, language=language(), year=_year(request), against=against, places=places
        )
        return Response(shown.as_json())


def _year(request: Request) -> int | None:
    written = request.query_params.get("year")
    if written is None:
        return None
    last = timezone.localdate().year
    if not (written.isascii() and written.isdigit() and len(written) == 4 and FIRST_YEAR <= int(written) <= last):
        sentence = _("Write a year from %(first)s to %(last)s.") % {"first": FIRST_YEAR, "last": last}
        raise ValidationError({"year": [sentence]}, "invalid")
    return int(written)
