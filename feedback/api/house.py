"""What a card can be sent to and called: units, categories, and where a card would go."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from feedback.actions.intake import House, prepare_card
from feedback.api.callers import OnCards, SeesCards, caller
from feedback.api.documentation import LANGUAGE, NEW_CARD, OK, problems
from feedback.api.house_serializers import CategorySerializer, UnitSerializer
from feedback.api.serializers import NewCard
from feedback.api.shaping import shaped_list, shapes
from feedback.api.step_serializers import listed
from feedback.queries import all_categories, rule_name
from organisation.queries import units_with_people


class RouteSerializer(serializers.Serializer):
    """Where a card would go and what would be promised, if it came now."""

    BY = (
        ("political", _("Political content")),
        ("chosen", _("The unit that was named")),
        ("rule", _("A routing rule")),
        ("nothing", _("No rule fits")),
    )

    unit = serializers.CharField(help_text=_("The unit's code."))
    by = serializers.ChoiceField(choices=BY)
    rule = serializers.CharField(allow_null=True, help_text=_("The rule's name."))
    callback_owed = serializers.BooleanField()
    due_on = serializers.DateField()


def _listing(name: str, summary: Any, serializer: Any, example: dict[str, Any]) -> Any:
    return extend_schema(
        operation_id=f"{name}_list",
        summary=summary,
        tags=["house"],
        parameters=[LANGUAGE, *shapes(serializer)],
        responses={OK: listed(serializer)} | problems(400, 401, 403, 406, 500, 503),
        examples=[
            OpenApiExample("All", {"next": None, "results": [example]}, response_only=True, status_codes=["200"])
        ],
    )


UNIT = {
    "code": "technical",
    "name": "Veg og gatelys",
    "kind": "unit",
    "parent": "infrastructure",
    "leader": {"name": "Kari Nordmann", "email": "kari@solvik.example"},
    "closed_on": None,
    "successor": None,
}
CATEGORY = {
    "code": "street-lights",
    "name": "Gatelys",
    "names": {"en": "Street lights"},
    "in_use": True,
    "political": False,
    "deadline_days": None,
}
ROUTE = {"unit": "technical", "by": "rule", "rule": "Gatelys", "callback_owed": True, "due_on": "2026-11-26"}


class UnitsView(APIView):
    """All units and sectors, closed ones too, in the alphabet's order."""

    permission_classes = [IsAuthenticated, SeesCards]

    @_listing("units", _("The units"), UnitSerializer, UNIT)
    def get(self, request: Request) -> Response:
        return Response({"next": None, "results": shaped_list(request, UnitSerializer, units_with_people())})


class CategoriesView(APIView):
    """All categories in their order, those that are no longer in use too."""

    permission_classes = [IsAuthenticated, SeesCards]

    @_listing("categories", _("The categories"), CategorySerializer, CATEGORY)
    def get(self, request: Request) -> Response:
        return Response({"next": None, "results": shaped_list(request, CategorySerializer, all_categories())})


class RoutingPreviewView(APIView):
    """Where a card would go. Nothing is written."""

    permission_classes = [IsAuthenticated, OnCards]

    @extend_schema(
        operation_id="routing_preview",
        summary=_("See where a card would go"),
        description=_("By the routing rules as they are now. Nothing is registered and nobody is told."),
        tags=["house"],
        parameters=[LANGUAGE],
        request=NewCard,
        responses={OK: RouteSerializer} | problems(400, 401, 403, 406, 409, 413, 415, 500, 503),
        examples=[
            OpenApiExample("A dark street light", NEW_CARD, request_only=True),
            OpenApiExample("The way it would go", ROUTE, response_only=True, status_codes=["200"]),
        ],
    )
    def post(self, request: Request) -> Response:
        card = NewCard(data=request.data)
        card.is_valid(raise_exception=True)
        house = House.read(request._request.municipality)  # type: ignore[attr-defined]
        intake = card.intake(language=house.municipality.language, idempotency_key=None)
        prepared = prepare_card(intake, house, by=caller(request), now=timezone.now())
        routed = prepared.routed
        found = {
            "unit": routed.unit.code,
            "by": routed.by,
            "rule": rule_name(routed.rule_id) if routed.rule_id is not None else None,
            "callback_owed": prepared.values["callback_owed"],
            "due_on": prepared.values["due_on"],
        }
        return Response(RouteSerializer(found).data)
