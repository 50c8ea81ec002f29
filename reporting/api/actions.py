"""Actions («tiltak»): the list, one with its course and effect, planning, putting right, and writing how they go."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from feedback.api.callers import caller
from feedback.api.documentation import CREATED, IDEMPOTENCY_KEY, LANGUAGE, OK, problems
from feedback.api.filtering import StrictFilters
from feedback.api.serializers import Choice, Code, Day, Email, Strict, Text
from feedback.api.step_documentation import ETAG, IF_MATCH
from feedback.api.step_serializers import Whole, WhoSerializer
from feedback.api.writes import carried_out, states_named
from organisation.models import Person, Unit
from organisation.queries import handlers_of
from reporting.actions import initiatives as acting
from reporting.actions.as_seen import if_action_as_seen, latest_event_of
from reporting.api import shapes
from reporting.api.callers import OnActions
from reporting.api.documentation import in_path
from reporting.api.indicators import Number
from reporting.api.pages import LatestFirst
from reporting.effects import Line, Stage, lines_of
from reporting.models import Indicator, Initiative, InitiativeEvent, Theme
from reporting.plan_queries import IS_OPEN, history_of, initiative_referred, initiatives_for, is_late, is_mine
from reporting.plans import Origin, Status, currency_of

LARGEST_AMOUNT = 10**12

EFFECT: dict[str, Any] = {
    "stage": "so_far",
    "before": {"year": 2024, "value": 4.1, "n": 300, "margin": 0.2},
    "after": {"year": 2026, "value": 4.4, "n": 310, "margin": 0.2},
    "change": {"amount": 0.3, "since": 2024, "until": 2026, "turn": "better"},
    "certain": True,
    "target": 4.6,
    "target_year": 2027,
    "reached": False,
}
ACTION: dict[str, Any] = {
    "reference": "t-7fk3m9qd",
    "url": "https://solvik.example/api/v1/actions/t-7fk3m9qd/",
    "title": "Brøyteplan for skoleveiene",
    "what": "Skoleveiene brøytes først.",
    "status": "under_way",
    "late": False,
    "theme": "roads",
    "origin": "survey",
    "source": "Innbyggerundersøkelsen 2024",
    "unit": "technical",
    "person": {"name": "Kari Nordmann", "email": "kari@solvik.example"},
    "indicator": "roads-winter",
    "place": None,
    "planned_on": "2025-03-01",
    "due_on": "2026-12-01",
    "started_on": "2025-04-01",
    "ended_on": None,
    "budget": {"year": 2026, "amount": 350000, "currency": "NOK", "note": "Ett mannskap"},
    "effect": EFFECT,
}
ONE = ACTION | {
    "history": [
        {
            "what": "followed_up",
            "at": "2025-04-01T10:00:00+02:00",
            "by": {"name": "Kari Nordmann", "email": "kari@solvik.example"},
            "from": "",
            "to": "",
            "fields": [],
            "note": {"on": "2025-04-01", "text": "Begynt."},
        }
    ],
    "evidence": [{"text": "Kartet", "url": "https://solvik.example/kart", "added_at": "2025-09-01T10:00:00+02:00"}],
}
PLAN: dict[str, Any] = {
    "title": "Brøyteplan for skoleveiene",
    "unit": "technical",
    "due_on": "2026-12-01",
    "indicator": "roads-winter",
    "target": 4.6,
    "budget_amount": 350000,
}


# --- Shapes -----------------------------------------------------------------------------------------------------------


class EffectFigure(serializers.Serializer):
    year = serializers.IntegerField()
    value = serializers.FloatField()
    n = serializers.IntegerField(allow_null=True)
    margin = serializers.FloatField(allow_null=True)


class EffectSerializer(serializers.Serializer):
    """The indicator before and after. `certain` is null where no margin is known."""

    stage = shapes.OneOf(Stage)
    before = EffectFigure(allow_null=True)
    after = EffectFigure(allow_null=True)
    change = shapes.ChangeShape(allow_null=True)
    certain = serializers.BooleanField(allow_null=True)
    target = serializers.FloatField(allow_null=True)
    target_year = serializers.IntegerField(allow_null=True)
    reached = serializers.BooleanField(allow_null=True)


class BudgetSerializer(serializers.Serializer):
    year = serializers.IntegerField(allow_null=True)
    amount = serializers.IntegerField(allow_null=True, help_text=_("In whole units of the currency."))
    currency = serializers.CharField()
    note = serializers.CharField()


class ActionSerializer(serializers.Serializer):
    """What is done about a weak result. Without a person it is whoever leads the unit."""

    reference = serializers.CharField()
    url = serializers.URLField()
    title = serializers.CharField()
    what = serializers.CharField()
    status = shapes.OneOf(Status)
    late = serializers.BooleanField()
    theme = serializers.CharField(allow_null=True)
    origin = shapes.OneOf(Origin, allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment]
    unit = serializers.CharField()
    person = WhoSerializer(allow_null=True)
    indicator = serializers.CharField(allow_null=True)
    place = serializers.CharField(allow_null=True, help_text=_("Whose figures the indicator is read of."))
    planned_on = serializers.DateField()
    due_on = serializers.DateField()
    started_on = serializers.DateField(allow_null=True)
    ended_on = serializers.DateField(allow_null=True)
    budget = BudgetSerializer()
    effect = EffectSerializer(allow_null=True)


class ActionNote(serializers.Serializer):
    on = serializers.DateField()
    text = serializers.CharField()


class ActionEventSerializer(serializers.Serializer):
    what = shapes.OneOf(InitiativeEvent.What)
    at = serializers.DateTimeField()
    by = WhoSerializer(allow_null=True)
    to = serializers.CharField()
    fields = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment]
    note = ActionNote(allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        return super().get_fields() | {"from": serializers.CharField()}


class ActionEvidence(serializers.Serializer):
    text = serializers.CharField()
    url = serializers.CharField()
    added_at = serializers.DateTimeField()


class OneActionSerializer(ActionSerializer):
    """One action with what happened to it, the latest first, and what shows that something was done."""

    history = ActionEventSerializer(many=True)
    evidence = ActionEvidence(many=True)


class Key(Code):
    """A theme or an indicator by its key."""

    default_error_messages = {
        "does_not_exist": _("There is none with the key «{value}»."),
        "invalid": _("A key is a text."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.slug_field = "key"


OF_INDICATOR = _("What is to become better, as it is measured.")


class NewAction(Strict):
    """An action as it is planned. What is compulsory, and what fits together, the rules say."""

    title = Text(max_length=150)
    unit = Code(queryset=Unit.objects.all(), help_text=_("The unit that is responsible."))
    due_on = Day()
    what = Text(max_length=2000, required=False, allow_blank=True)
    person = Email(
        max_length=254, required=False, allow_null=True, help_text=_("Somebody in the unit, by e-mail address.")
    )
    theme = Key(queryset=Theme.objects.all(), required=False, allow_null=True)
    indicator = Key(queryset=Indicator.objects.all(), required=False, allow_null=True, help_text=OF_INDICATOR)
    place = Code(queryset=Unit.objects.all(), required=False, allow_null=True, help_text=_("Measured for."))
    target = Number(required=False, allow_null=True, help_text=_("On the indicator's scale."))
    target_year = Whole(required=False, allow_null=True, min_value=1950, max_value=2200)
    budget_year = Whole(required=False, allow_null=True, min_value=1950, max_value=2200)
    budget_amount = Whole(required=False, allow_null=True, min_value=0, max_value=LARGEST_AMOUNT)
    budget_note = Text(max_length=1000, required=False, allow_blank=True)
    origin = Choice(choices=Origin.choices, required=False, allow_blank=True)
    source = Text(max_length=250, required=False, allow_blank=True)  # type: ignore[assignment]


class ChangedAction(NewAction):
    """What is to be put right of a plan; what is not named stays."""

    def get_fields(self) -> dict[str, Any]:
        found = super().get_fields()
        for field in found.values():
            field.required = False
        return found


class NewProgress(Strict):
    """How an action goes: a few words, and what is new of status and deadline."""

    text = Text(max_length=2000, required=False, allow_blank=True)
    status = Choice(choices=Status.choices, required=False)
    due_on = Day(required=False, help_text=_("A new deadline."))
    on = Day(required=False, help_text=_("When it was; today if not given."))


class NewEvidence(Strict):
    """What shows that something was done: words, a link, or both."""

    text = Text(max_length=500, required=False, allow_blank=True)
    url = Text(max_length=500, required=False, allow_blank=True)


# --- Filters ----------------------------------------------------------------------------------------------------------


class ActionFilter(django_filters.FilterSet):
    """Which actions. `status` knows «open» and «late» too: it reads the local date, so this belongs to the door."""

    STATUS = [("open", _("Not ended")), ("late", _("Late")), *Status.choices]

    status = django_filters.ChoiceFilter(choices=STATUS, method="by_status", label=_("Status"))
    unit = django_filters.ModelMultipleChoiceFilter(
        "unit__code", queryset=Unit.objects.all(), to_field_name="code", distinct=False, label=_("Responsible unit")
    )
    theme = django_filters.ModelMultipleChoiceFilter(
        "theme__key", queryset=Theme.objects.all(), to_field_name="key", distinct=False, label=_("Theme")
    )
    indicator = django_filters.ModelMultipleChoiceFilter(
        "indicator__key", queryset=Indicator.objects.all(), to_field_name="key", distinct=False, label=_("Indicator")
    )
    mine = django_filters.BooleanFilter(method="by_mine", label=_("Only mine"))

    class Meta:
        model = Initiative
        fields: list[str] = []

    def by_status(self, found: QuerySet[Initiative], name: str, value: str) -> QuerySet[Initiative]:
        if value == "open":
            return found.filter(IS_OPEN)
        return found.filter(is_late(timezone.localdate()) if value == "late" else Q(status=value))

    def by_mine(self, found: QuerySet[Initiative], name: str, value: bool) -> QuerySet[Initiative]:
        return found.filter(is_mine(self.request.user)) if value else found


for _name in ("unit", "theme", "indicator"):
    extend_schema_field(OpenApiTypes.STR)(ActionFilter.base_filters[_name])


# --- What is told -----------------------------------------------------------------------------------------------------


def _json(line: Line, request: Request) -> dict[str, Any]:
    country: str = request._request.municipality.country  # type: ignore[attr-defined]
    row = line.initiative
    return line.as_json(currency_of(country)) | {
        "url": reverse("figures:action", [row.reference], request=request),
        "person": _who(row.person),
    }


def _who(person: Person | None) -> dict[str, str] | None:
    return None if person is None else {"name": person.name, "email": person.email}


def _event(event: InitiativeEvent) -> dict[str, Any]:
    note = getattr(event, "note", None)
    return {
        "what": event.what,
        "at": event.at,
        "by": _who(event.by),
        "from": event.from_value,
        "to": event.to_value if event.what != InitiativeEvent.What.EVIDENCE else "",
        "fields": event.fields,
        "note": {"on": note.on, "text": note.text} if note else None,
    }


def _answer(request: Request, found: Initiative, *, status: int = 200, replayed: bool = False) -> Response:
    [line] = lines_of([found], timezone.localdate())
    body = _json(line, request) | {
        "history": [_event(event) for event in history_of(found)],
        "evidence": [
            {"text": one.text, "url": one.url, "added_at": one.added_at} for one in found.evidence.order_by("pk")
        ],
    }
    headers = {"ETag": f'"{latest_event_of(found)}"'} | ({"Idempotent-Replayed": "true"} if replayed else {})
    if status == 201:
        headers["Location"] = body["url"]
    return Response(body, status, headers=headers)


def _action(request: Request, reference: str) -> Initiative:
    found = initiative_referred(caller(request), reference)
    if found is None:
        raise Http404
    return found


def _person(unit: Unit, address: str | None, was: Person | None = None) -> Person | None:
    """Return who works in the unit and has that address. Raises ValidationError."""
    if address is None:
        return None
    if was is not None and was.email.casefold() == address.casefold():
        return was
    found = handlers_of(unit).filter(email__iexact=address).first()
    if found is None:
        raise ValidationError({"person": [_("Nobody in the unit has that address.")]}, "does_not_exist")
    return found


# --- Operations -------------------------------------------------------------------------------------------------------

REFERENCE = in_path("reference", _("The action's reference, such as t-7fk3m9qd."))
NEW = [LANGUAGE, IDEMPOTENCY_KEY]
ON_ONE = [LANGUAGE, REFERENCE, IF_MATCH, IDEMPOTENCY_KEY, ETAG]
WRITING = (400, 401, 403, 406, 409, 413, 415, 422, 500, 503)


def _writing(name: str, summary: Any, takes: type[Strict], example: dict[str, Any], description: Any = None) -> Any:
    return extend_schema(
        operation_id=name,
        summary=summary,
        description=description,
        tags=["actions"],
        parameters=ON_ONE,
        request=takes,
        responses={OK: OneActionSerializer} | problems(*sorted({*WRITING, 404, 412})),
        examples=[
            OpenApiExample("Request", example, request_only=True),
            OpenApiExample("The action", ONE, response_only=True, status_codes=["200"]),
        ],
    )


class ActionsView(GenericAPIView):
    """The actions that the caller may see, those planned last first, and the way in for new ones."""

    permission_classes = [IsAuthenticated, OnActions]
    serializer_class = ActionSerializer
    filter_backends = [StrictFilters]
    filterset_class = ActionFilter
    pagination_class = LatestFirst
    queryset = Initiative.objects.none()  # for the schema; `get` begins with what the caller may see
    plans = True

    @extend_schema(
        operation_id="actions_list",
        summary=_("List actions"),
        description=_("Those planned last come first; follow `next` until it is null."),
        tags=["actions"],
        parameters=[LANGUAGE],
        responses={OK: ActionSerializer(many=True)} | problems(400, 401, 403, 406, 500, 503),
        examples=[OpenApiExample("A page", ACTION, response_only=True, status_codes=["200"])],
    )
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(initiatives_for(caller(request))))
        lines = lines_of(page or (), timezone.localdate())
        return self.get_paginated_response([_json(line, request) for line in lines])

    @extend_schema(
        operation_id="actions_create",
        summary=_("Plan an action"),
        description=_("For a unit for which the caller plans actions."),
        tags=["actions"],
        parameters=NEW,
        request=NewAction,
        responses={CREATED: OneActionSerializer} | problems(*WRITING),
        examples=[
            OpenApiExample("A plan", PLAN, request_only=True),
            OpenApiExample("The action", ONE, response_only=True, status_codes=["201"]),
        ],
    )
    def post(self, request: Request) -> Response:
        body = NewAction(data=request.data)
        body.is_valid(raise_exception=True)
        given = dict(body.validated_data)
        by, now, today = caller(request), timezone.now(), timezone.localdate()
        given["person"] = _person(given["unit"], given.get("person"))

        def act() -> str:
            return acting.plan_initiative(acting.Plan(**given), by=by, now=now, today=today).reference

        done = carried_out(request, act)
        return _answer(request, _action(request, done.answer), status=201, replayed=done.replayed)


class ActionView(APIView):
    """One action."""

    permission_classes = [IsAuthenticated, OnActions]

    @extend_schema(
        operation_id="actions_retrieve",
        summary=_("Read one action"),
        description=_("An action that you may not see is answered like one that is not there."),
        tags=["actions"],
        parameters=[LANGUAGE, REFERENCE, ETAG],
        responses={OK: OneActionSerializer} | problems(401, 403, 404, 406, 500, 503),
        examples=[OpenApiExample("An action", ONE, response_only=True, status_codes=["200"])],
    )
    def get(self, request: Request, reference: str) -> Response:
        return _answer(request, _action(request, reference))

    @_writing("actions_update", _("Put a plan right"), ChangedAction, {"due_on": "2027-03-01"})
    def patch(self, request: Request, reference: str) -> Response:
        def change(found: Initiative, given: Mapping[str, Any]) -> Any:
            stands = {name: getattr(found, name) for name in acting.FIELDS}
            plan = stands | dict(given)
            if "person" in given:
                plan["person"] = _person(plan["unit"], given["person"], found.person)
            return acting.change_initiative(
                found, acting.Plan(**plan), by=caller(request), now=timezone.now(), today=timezone.localdate()
            )

        return _written(request, reference, ChangedAction, change)


class FollowUpsView(APIView):
    """The way in for how an action goes; what was written is read in its history."""

    permission_classes = [IsAuthenticated, OnActions]

    @_writing(
        "actions_follow_up",
        _("Write how an action goes"),
        NewProgress,
        {"text": "Begynt.", "status": "under_way"},
        _("By who plans actions of the unit, or is responsible for this one."),
    )
    def post(self, request: Request, reference: str) -> Response:
        def follow(found: Initiative, given: Mapping[str, Any]) -> Any:
            return acting.follow_up(
                found, acting.Said(**given), by=caller(request), now=timezone.now(), today=timezone.localdate()
            )

        return _written(request, reference, NewProgress, follow)


class EvidenceView(APIView):
    """The way in for what shows that something was done."""

    permission_classes = [IsAuthenticated, OnActions]

    @_writing("actions_add_evidence", _("Add evidence"), NewEvidence, {"url": "https://solvik.example/kart"})
    def post(self, request: Request, reference: str) -> Response:
        def add(found: Initiative, given: Mapping[str, Any]) -> Any:
            texts = {name: given.get(name, "") for name in ("text", "url")}
            return acting.add_evidence(found, **texts, by=caller(request), now=timezone.now())

        return _written(request, reference, NewEvidence, add)


def _written(
    request: Request, reference: str, takes: type[Strict], act: Callable[[Initiative, Mapping[str, Any]], Any]
) -> Response:
    """Run `act` with the action and the body: with If-Match only while it is as that says, with Idempotency-Key once."""
    body = takes(data=request.data)
    body.is_valid(raise_exception=True)
    found, seen = _action(request, reference), states_named(request)

    def acted() -> None:
        if seen is None:
            act(found, body.validated_data)
        else:
            if_action_as_seen(found, seen, lambda: act(found, body.validated_data))

    done = carried_out(request, acted)
    return _answer(request, _action(request, reference), replayed=done.replayed)
