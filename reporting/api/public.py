"""What everybody may see, without signing in: the figures of «What we hear from you», and the open data."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from feedback.api.documentation import LANGUAGE, OK, problems
from feedback.api.filtering import only_parameters
from feedback.queries import all_categories
from organisation.models import Municipality
from reporting.api import shapes
from reporting.exchange import open_data
from reporting.figures import what_we_hear

STATISTICS: dict[str, Any] = {
    "municipality": "Solvik",
    "licence": "https://data.norge.no/nlod/no/2.0",
    "messages": {
        "counted_at": "2026-11-16T09:00:00+01:00",
        "first": "2025-11-01",
        "last": "2026-10-31",
        "total": 4210,
        "months": [{"month": "2026-10", "messages": 385, "in_time": 0.91}],
        "categories": {"groups": [{"key": "street-lights", "name": "Gatelys", "messages": 640}], "others": 15},
        "areas": None,
        "promise": {"answered": 0.91, "not_reached": 0.04, "late": 0.05},
        "days_to_callback": 4.0,
    },
    "indicators": [
        {
            "key": "called-back-in-time",
            "names": {"nb": "Ringt i tide"},
            "scale": "percent",
            "direction": "higher",
            "decimals": 0,
            "values": [{"period": "2025", "standing": "measured", "value": 91, "n": 3200, "revision": 1}],
        }
    ],
}


class PublicStatisticsView(APIView):
    """Nobody signs in, and nothing is counted for who asks: the figures are those that are counted each hour."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="public_statistics",
        summary=_("What everybody may see"),
        description=_(
            "The figures of the page «What we hear from you» and of the open data: small groups are held back, numbers of"
            " messages rounded."
        ),
        tags=["public"],
        parameters=[LANGUAGE],
        auth=[],
        responses={OK: shapes.PublicStatisticsSerializer} | problems(400, 406, 500, 503),
        examples=[OpenApiExample("Answer", STATISTICS, response_only=True, status_codes=["200"])],
    )
    def get(self, request: Request) -> Response:
        only_parameters(request, ())
        house: Municipality = request._request.municipality  # type: ignore[attr-defined]
        heard = what_we_hear(now=timezone.now(), zone=house.zone)
        categories = {one.pk: (one.code, str(one)) for one in all_categories()}
        return Response(
            {
                "municipality": house.name,
                "licence": settings.OPEN_DATA_LICENCE,
                "messages": heard.as_json(categories, without=(_now("Without a category"), _now("No area given"))),
                "indicators": open_data(house).document["indicators"],
            }
        )
