"""The weekly overdue lists, and what went to the chief executive: read, and run."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.permissions import SAFE_METHODS, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from feedback.actions.listing import run_overdue_list
from feedback.api.callers import caller
from feedback.api.documentation import CREATED, LANGUAGE, OK, problems
from feedback.api.house_serializers import unit_at
from feedback.api.serializers import CardSerializer, Strict
from feedback.api.shaping import Expansion, Shaped, shaped_list, shapes
from feedback.api.step_serializers import EARLIEST, Moment, listed
from feedback.models import OverdueList
from feedback.queries import (
    entries_of,
    entries_of_escalation,
    escalation_of_week,
    escalations_for,
    list_of_unit,
    lists_of_week,
    read_cards_of,
    run_of_week,
    runs_for,
    with_sight,
)
from organisation.calendar import IsoWeek
from organisation.permissions import Permission
from organisation.queries import grants_of


class _Asks(BasePermission):
    """Reading asks for one permission, running for another, anywhere."""

    message = _("Your roles do not let you do that with overdue lists.")
    code = "not_allowed"
    reading = Permission.SEE_OVERDUE_LISTS

    def has_permission(self, request: Request, view: APIView) -> bool:
        wanted = self.reading if request.method in SAFE_METHODS else Permission.RUN_OVERDUE_LISTS
        return grants_of(caller(request)).somewhere(wanted)


class OnEscalations(_Asks):
    reading = Permission.SEE_ESCALATIONS


# --- Shapes ----------------------------------------------------------------------------------------------------------

WEEK = {"type": "string", "pattern": "^[0-9]{4}-W[0-9]{2}$"}


@extend_schema_field(WEEK)
class Week(serializers.CharField):
    """An ISO week like 2026-W47."""

    def to_representation(self, value: Any) -> str:
        return str(value)


@extend_schema_field(WEEK)
class NamedWeek(serializers.Field):
    def to_internal_value(self, data: Any) -> IsoWeek:
        try:
            week = IsoWeek.parse(data[:20] if isinstance(data, str) else "")
            if week.year < EARLIEST:
                raise ValueError
            return week
        except ValueError:
            raise serializers.ValidationError(_("That is not a week. Write it like 2026-W47."), "invalid") from None


class NewRun(Strict):
    """Which week's lists, or judged at which moment. With neither, this week's Monday."""

    week = NamedWeek(required=False)
    as_of = Moment(required=False)


class RunSerializer(Shaped):
    """One week's run, with the numbers of those lists that the caller may see."""

    week = Week()
    as_of = serializers.DateTimeField(help_text=_("The moment at which the cards were judged."))
    units = serializers.IntegerField()
    cards = serializers.IntegerField()
    repeats = serializers.IntegerField(help_text=_("Cards that were on a list before."))
    url = serializers.SerializerMethodField()

    @extend_schema_field({"type": "string", "format": "uri"})
    def get_url(self, run: Any) -> str:
        return reverse("api:overdue-run", [str(run.week)], request=self.context["request"])


class ListSerializer(Shaped):
    """One unit's list of a week, with its numbers."""

    expands = {"unit": unit_at("unit")}

    week = Week()
    unit = serializers.CharField(source="unit.code")
    grace_on = serializers.DateField(help_text=_("To be put right by."))
    cards = serializers.IntegerField()
    new = serializers.IntegerField()
    repeats = serializers.IntegerField()
    solved = serializers.IntegerField(help_text=_("Completed since."))
    url = serializers.SerializerMethodField()

    @extend_schema_field({"type": "string", "format": "uri"})
    def get_url(self, of_unit: OverdueList) -> str:
        return reverse("api:overdue-list", [str(of_unit.week), of_unit.unit.code], request=self.context["request"])


CARD = Expansion(lambda: CardSerializer(source="card_seen", read_only=True, allow_null=True), read_cards_of)


class EntrySerializer(Shaped):
    """One card on a list. `card` is null where the card has gone where the caller does not see it."""

    expands = {"card": CARD}

    reference = serializers.SerializerMethodField(help_text=_("Empty for a sensitive card."))
    card = serializers.SerializerMethodField()
    due_on = serializers.DateField()
    days_over = serializers.IntegerField(help_text=_("Days past the deadline at the list's Monday."))
    times = serializers.IntegerField(help_text=_("Which list in a row this is: 1 is the first."))
    solved = serializers.BooleanField(source="is_solved")

    def get_reference(self, entry: Any) -> str:
        return "" if entry.card.sensitive else str(entry.card.reference)

    @extend_schema_field({"type": ["string", "null"], "format": "uri"})
    def get_card(self, entry: Any) -> str | None:
        return reverse("api:card", [entry.card.reference], request=self.context["request"]) if entry.in_sight else None


class EscalatedSerializer(EntrySerializer):
    """One card that was reported to the chief executive, with the unit on whose list it was."""

    expands = {"card": CARD, "unit": unit_at("overdue_list__unit")}

    unit = serializers.CharField(source="overdue_list.unit.code")


class EscalationSerializer(Shaped):
    """A week's message to the chief executive."""

    week = Week()
    cards = serializers.IntegerField(source="cards_seen")
    units = serializers.IntegerField(source="units_seen")
    created_at = serializers.DateTimeField()
    url = serializers.SerializerMethodField()

    @extend_schema_field({"type": "string", "format": "uri"})
    def get_url(self, escalation: Any) -> str:
        return reverse("api:escalation", [str(escalation.week)], request=self.context["request"])


# --- What the schema says --------------------------------------------------------------------------------------------

HERE = "https://solvik.example/api/v1/overdue-runs/2026-W47/"
RUN = {"week": "2026-W47", "as_of": "2026-11-16T06:00:00+01:00", "units": 7, "cards": 31, "repeats": 9, "url": HERE}
LIST = {
    "week": "2026-W47",
    "unit": "technical",
    "grace_on": "2026-11-20",
    "cards": 6,
    "new": 4,
    "repeats": 2,
    "solved": 1,
    "url": f"{HERE}technical/",
}
ENTRY = {
    "reference": "26-004217-5",
    "card": "https://solvik.example/api/v1/cards/26-004217-5/",
    "due_on": "2026-11-09",
    "days_over": 7,
    "times": 2,
    "solved": False,
}
ESCALATION = {
    "week": "2026-W47",
    "cards": 9,
    "units": 4,
    "created_at": "2026-11-16T06:00:04+01:00",
    "url": "https://solvik.example/api/v1/escalations/2026-W47/",
}
OF_WEEK = OpenApiParameter("week", WEEK, OpenApiParameter.PATH, description=_("An ISO week like 2026-W47."))


def _reading(name: str, summary: Any, serializer: Any, example: dict[str, Any], *parameters: Any) -> Any:
    return extend_schema(
        operation_id=name,
        summary=summary,
        tags=["overdue"],
        parameters=[LANGUAGE, *shapes(serializer), *parameters],
        responses={OK: listed(serializer)} | problems(400, 401, 403, *([404] if parameters else []), 406, 500, 503),
        examples=[
            OpenApiExample("All", {"next": None, "results": [example]}, response_only=True, status_codes=["200"])
        ],
    )


def _week(text: str) -> IsoWeek:
    try:
        return IsoWeek.parse(text)
    except ValueError:
        raise Http404 from None


def _answer(rows: Any, serializer: Any, request: Request) -> Response:
    return Response({"next": None, "results": shaped_list(request, serializer, rows)})


class RunsView(APIView):
    """The latest sixty weeks, and the way to run one."""

    permission_classes = [IsAuthenticated, _Asks]

    @_reading("overdue_runs_list", _("The weeks whose lists were run"), RunSerializer, RUN)
    def get(self, request: Request) -> Response:
        return _answer(runs_for(caller(request)), RunSerializer, request)

    @extend_schema(
        operation_id="overdue_runs_create",
        summary=_("Run a week's lists"),
        description=_("Sent again it changes nothing: a week's lists are made once, and the answer is 200 then."),
        tags=["overdue"],
        parameters=[LANGUAGE],
        request=NewRun,
        responses={CREATED: RunSerializer, OK: RunSerializer} | problems(400, 401, 403, 406, 409, 413, 415, 500, 503),
        examples=[
            OpenApiExample("A week", {"week": "2026-W47"}, request_only=True),
            OpenApiExample("The run", RUN, response_only=True, status_codes=["200", "201"]),
        ],
    )
    def post(self, request: Request) -> Response:
        body = NewRun(data=request.data)
        body.is_valid(raise_exception=True)
        report = run_overdue_list(now=timezone.now(), by=caller(request), **body.validated_data)
        run = runs_for(caller(request), week=report.week).get()
        answer = RunSerializer(run, context={"request": request}).data
        return Response(answer, 200 if report.existed else 201, headers={"Location": answer["url"]})


class RunView(APIView):
    """The lists of one week that the caller may see, by unit."""

    permission_classes = [IsAuthenticated, _Asks]

    @_reading("overdue_lists_list", _("The lists of a week"), ListSerializer, LIST, OF_WEEK)
    def get(self, request: Request, week: str) -> Response:
        named = _week(week)
        if run_of_week(named.year, named.week) is None:
            raise Http404
        return _answer(lists_of_week(caller(request), named.year, named.week), ListSerializer, request)


class ListView(APIView):
    """The cards on one unit's list, the longest overdue first."""

    permission_classes = [IsAuthenticated, _Asks]

    @_reading(
        "overdue_entries_list", _("The cards on a list"), EntrySerializer, ENTRY, OF_WEEK,
        OpenApiParameter("unit", str, OpenApiParameter.PATH, description=_("The unit's code.")),
    )  # fmt: skip
    def get(self, request: Request, week: str, unit: str) -> Response:
        named = _week(week)
        found = list_of_unit(caller(request), named.year, named.week, unit)
        if found is None:
            raise Http404
        return _answer(with_sight(entries_of(found), caller(request)), EntrySerializer, request)


class EscalationsView(APIView):
    """The messages to the chief executive, the latest first."""

    permission_classes = [IsAuthenticated, OnEscalations]

    @_reading("escalations_list", _("What went to the chief executive"), EscalationSerializer, ESCALATION)
    def get(self, request: Request) -> Response:
        return _answer(escalations_for(caller(request))[:60], EscalationSerializer, request)


class EscalationView(APIView):
    """The cards that one week's message named, by unit."""

    permission_classes = [IsAuthenticated, OnEscalations]

    @_reading(
        "escalated_cards_list", _("The cards of one escalation"), EscalatedSerializer, ENTRY | {"unit": "technical"},
        OF_WEEK,
    )  # fmt: skip
    def get(self, request: Request, week: str) -> Response:
        named = _week(week)
        found = escalation_of_week(caller(request), named.year, named.week)
        if found is None:
            raise Http404
        return _answer(
            with_sight(entries_of_escalation(found, caller(request)), caller(request)), EscalatedSerializer, request
        )
