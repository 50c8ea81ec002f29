"""Addresses of other systems that are told of events: registered, changed, tried, and sent again what did not get through."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from feedback.api.callers import caller
from feedback.api.documentation import CREATED, IDEMPOTENCY_KEY, LANGUAGE, OK, problems
from feedback.api.serializers import Choice, Code, Strict, Text, YesNo
from feedback.api.step_serializers import Moment, WhoSerializer, listed
from feedback.api.writes import carried_out
from organisation.actions.webhooks import (
    NewSecret,
    change_secret,
    change_webhook,
    create_webhook,
    may_keep_webhooks,
    remove_webhook,
    replay,
    replay_since,
    send_test,
    turn_off,
    turn_on,
)
from organisation.errors import Refused
from organisation.models import Unit, WebhookDelivery, WebhookEndpoint, WebhookEvent
from organisation.models.webhooks import TEST_EVENT
from organisation.webhook_reads import deliveries, delivery_called, page_of, webhook_called, webhooks

EVENTS = WebhookEvent.values


class KeepsWebhooks(BasePermission):
    """For who keeps webhooks, of all units: a key that is limited to units does not."""

    message = _("Your roles do not let you keep webhooks.")
    code = "not_allowed"

    def has_permission(self, request: Request, view: APIView) -> bool:
        return may_keep_webhooks(caller(request))


# --- Shapes -----------------------------------------------------------------------------------------------------------


class NewWebhook(Strict):
    """An address, and what it is to be told of."""

    url = Text(max_length=500, help_text=_("Begins with https://."))
    events = serializers.ListField(child=Choice(choices=EVENTS), min_length=1, max_length=len(EVENTS))
    units = serializers.ListField(
        child=Code(queryset=Unit.objects.exclude(kind=Unit.Kind.SECTOR)), required=False, max_length=200,
        help_text=_("Codes. Only of these units' cards; empty: of all."),
    )  # fmt: skip
    description = Text(max_length=200, required=False, allow_blank=True)


class ChangedWebhook(NewWebhook):
    """What is to be another, and `on`: false switches it off, true on again."""

    url = Text(max_length=500, required=False)
    events = serializers.ListField(child=Choice(choices=EVENTS), min_length=1, max_length=len(EVENTS), required=False)
    on = YesNo(required=False)


class NewSecretAsked(Strict):
    at_once = YesNo(required=False, help_text=_("The former secret ends now and not in 24 hours."))


class ReplayAsked(Strict):
    """One delivery by its id, or all that was given up since a moment."""

    delivery = serializers.UUIDField(required=False)
    since = Moment(required=False)


class WebhookSerializer(serializers.Serializer):
    """One address as it stands. `failing_since` is null while deliveries get through; `off` says why it is switched off."""

    id = serializers.UUIDField(source="key")
    url = serializers.CharField()
    events = serializers.ListField(child=serializers.ChoiceField(choices=EVENTS))
    units = serializers.SerializerMethodField()
    description = serializers.CharField()
    owner = WhoSerializer(allow_null=True)
    on = serializers.SerializerMethodField()
    off_because = serializers.CharField()
    failing_since = serializers.DateTimeField(allow_null=True)
    waiting = serializers.IntegerField()
    given_up = serializers.IntegerField()

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def get_units(self, endpoint: WebhookEndpoint) -> list[str]:
        return [unit.code for unit in endpoint.units.all()]

    def get_on(self, endpoint: WebhookEndpoint) -> bool:
        return endpoint.off_since is None


class WebhookWithSecretSerializer(WebhookSerializer):
    """With the secret that signs, which is never told again."""

    secret = serializers.CharField()


class DeliverySerializer(serializers.Serializer):
    """One event told to one address. `id` is the `webhook-id` of every try."""

    id = serializers.UUIDField(source="key")
    event = serializers.CharField()
    at = serializers.DateTimeField()
    status = serializers.ChoiceField(choices=WebhookDelivery.Status.choices)
    attempts = serializers.IntegerField()
    tried_at = serializers.DateTimeField(allow_null=True)
    next_attempt_at = serializers.SerializerMethodField()
    http_status = serializers.IntegerField(allow_null=True)
    fault = serializers.CharField(help_text=_("Why there was no answer, in a word; empty where there was one."))
    milliseconds = serializers.IntegerField(source="took", allow_null=True)

    @extend_schema_field({"type": ["string", "null"], "format": "date-time"})
    def get_next_attempt_at(self, delivery: WebhookDelivery) -> str | None:
        waits = delivery.status == WebhookDelivery.Status.WAITING
        return serializers.DateTimeField().to_representation(delivery.next_attempt_at) if waits else None


class ReplayedSerializer(serializers.Serializer):
    deliveries = serializers.IntegerField(help_text=_("So many are sent again."))


# --- What the schema says ---------------------------------------------------------------------------------------------

WEBHOOK = {
    "id": "0f1c7c2e-5d0e-4f0c-9a6e-0f6d1f0a8b11",
    "url": "https://maps.solvik.example/hooks/innspill",
    "events": ["card.registered", "card.closed"],
    "units": ["technical"],
    "description": "The map",
    "owner": {"name": "Kari Nordmann", "email": "kari@solvik.example"},
    "on": True,
    "off_because": "",
    "failing_since": None,
    "waiting": 0,
    "given_up": 0,
}
WITH_SECRET = WEBHOOK | {"secret": "whsec_" + "A" * 43 + "="}
DELIVERY = {
    "id": "5b2f3c1e-93a4-4a54-8f5f-2a2d1e6a7c90",
    "event": "card.registered",
    "at": "2026-11-16T09:30:00+01:00",
    "status": "delivered",
    "attempts": 1,
    "tried_at": "2026-11-16T09:30:01+01:00",
    "next_attempt_at": None,
    "http_status": 200,
    "fault": "",
    "milliseconds": 84,
}
NEW = {key: WEBHOOK[key] for key in ("url", "events", "units", "description")}
ID = OpenApiParameter(
    "id", {"type": "string", "format": "uuid"}, OpenApiParameter.PATH, description=_("The webhook's id.")
)
READING, WRITING = (401, 403, 404, 406, 500, 503), (400, 401, 403, 404, 406, 409, 413, 415, 500, 503)


def _about(name: str, summary: Any, description: Any, response: Any, example: Any, *codes: int, **more: Any) -> Any:
    code = response[0][0] if response else 204
    shown = [OpenApiExample("The answer", example, response_only=True, status_codes=[str(code)])] if response else []
    return extend_schema(
        operation_id=f"webhooks_{name}",
        summary=summary,
        description=description,
        tags=["webhooks"],
        parameters=[LANGUAGE, *more.pop("parameters", [])],
        responses=({response[0]: response[1]} if response else {204: None}) | problems(*codes),
        examples=[*shown, *(OpenApiExample("Asked", asked, request_only=True) for asked in more.pop("asked", []))],
        **more,
    )


# --- Doors ------------------------------------------------------------------------------------------------------------


class AnsweredBefore(Refused):
    """The same request was carried out, and its answer, with a secret in it, is not given twice."""

    code = "answered_before"
    message = _("That was done before, and the secret was in the answer. Make a new secret.")


def _once(request: Request, act: Callable[[], object]) -> None:
    """Do it once under its Idempotency-Key, if it has one. Raises AnsweredBefore, KeyUsedBefore."""

    def acted() -> None:  # its answer holds a secret, and is not kept
        act()

    if carried_out(request, acted).replayed:
        raise AnsweredBefore


def _called(key: UUID) -> WebhookEndpoint:
    found = webhook_called(key)
    if found is None:
        raise Http404
    return found


def _shown(endpoint: WebhookEndpoint, secret: str | None = None, **more: Any) -> Response:
    found: Any = _called(endpoint.key)
    if secret is None:
        return Response(WebhookSerializer(found).data, **more)
    found.secret = secret
    return Response(WebhookWithSecretSerializer(found).data, **more)


class _WebhookView(APIView):
    permission_classes = [IsAuthenticated, KeepsWebhooks]


class WebhooksView(_WebhookView):
    """All addresses that are told of events, and the way in for new ones."""

    @_about("list", _("The webhooks"), _("All of them, the oldest first."), (OK, listed(WebhookSerializer)),
            {"next": None, "results": [WEBHOOK]}, 401, 403, 406, 500, 503)  # fmt: skip
    def get(self, request: Request) -> Response:
        return Response({"next": None, "results": WebhookSerializer(webhooks(), many=True).data})

    @_about("create", _("Register a webhook"), _("The answer is the only one that ever shows the secret."),
            (CREATED, WebhookWithSecretSerializer), WITH_SECRET, *WRITING, 422, request=NewWebhook,
            parameters=[IDEMPOTENCY_KEY], asked=[NEW])  # fmt: skip
    def post(self, request: Request) -> Response:
        body = NewWebhook(data=request.data)
        body.is_valid(raise_exception=True)
        made: list[NewSecret] = []
        given, by, now = body.validated_data, caller(request), timezone.now()
        _once(request, lambda: made.append(create_webhook(**given, by=by, now=now)))
        location = reverse("api:webhook", [made[0].endpoint.key], request=request)
        return _shown(made[0].endpoint, made[0].secret, status=201, headers={"Location": location})


class WebhookView(_WebhookView):
    """One address."""

    @_about(
        "retrieve", _("One webhook"), _("How it stands."), (OK, WebhookSerializer), WEBHOOK, *READING, parameters=[ID]
    )
    def get(self, request: Request, id: UUID) -> Response:
        return _shown(_called(id))

    @_about("partial_update", _("Change a webhook"), _("Only what is sent is changed. What waits goes to the new address."),
            (OK, WebhookSerializer), WEBHOOK, *WRITING, parameters=[ID], request=ChangedWebhook,
            asked=[{"events": ["card.closed"], "on": True}])  # fmt: skip
    def patch(self, request: Request, id: UUID) -> Response:
        endpoint = _called(id)
        body = ChangedWebhook(data=request.data)
        body.is_valid(raise_exception=True)
        values: dict[str, Any] = dict(body.validated_data)
        by, now = caller(request), timezone.now()
        on = values.pop("on", None)
        change_webhook(endpoint, values, by=by, now=now)
        if on is not None:
            (turn_on if on else turn_off)(endpoint, by=by, now=now)
        return _shown(endpoint)

    @_about("destroy", _("Remove a webhook"), _("With all that it was told or is to be told."), None, None, *READING,
            parameters=[ID])  # fmt: skip
    def delete(self, request: Request, id: UUID) -> Response:
        remove_webhook(_called(id), by=caller(request), now=timezone.now())
        return Response(status=204)


class SecretView(_WebhookView):
    """Its secret, which can be changed and never read."""

    @_about("new_secret", _("Change a webhook's secret"),
            _("Both sign for 24 hours, so that you can change over without losing anything."),
            (OK, WebhookWithSecretSerializer), WITH_SECRET, *WRITING, 422, request=NewSecretAsked,
            parameters=[ID, IDEMPOTENCY_KEY],
            asked=[{"at_once": False}])  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        endpoint = _called(id)
        body = NewSecretAsked(data=request.data)
        body.is_valid(raise_exception=True)
        made: list[NewSecret] = []
        given, by, now = body.validated_data, caller(request), timezone.now()
        _once(request, lambda: made.append(change_secret(endpoint, **given, by=by, now=now)))
        return _shown(made[0].endpoint, made[0].secret)


class TestView(_WebhookView):
    """The way to see whether it works."""

    @_about("test", _("Send a test"), _("An event `webhook.test`. Read in the deliveries what came of it."),
            ((202, "application/json"), DeliverySerializer), DELIVERY | {"event": TEST_EVENT}, *READING, 409,
            parameters=[ID], request=None)  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        made = send_test(_called(id), by=caller(request), now=timezone.now())
        return Response(DeliverySerializer(made).data, 202)


class DeliveriesView(_WebhookView):
    """What it was told, the latest first."""

    parameters = ("status", "before")

    @_about("deliveries_list", _("What a webhook was told"), _("The latest first. Rows go after some weeks (a setting)."),
            (OK, listed(DeliverySerializer)), {"next": None, "results": [DELIVERY]}, 400, *READING, parameters=[
                ID,
                OpenApiParameter("status", str, enum=WebhookDelivery.Status.values),
                OpenApiParameter("before", OpenApiTypes.UUID, description=_("From `next` of the page before.")),
            ])  # fmt: skip
    def get(self, request: Request, id: UUID) -> Response:
        endpoint = _called(id)
        given = self._given(request.query_params)
        rows, after = page_of(deliveries(endpoint, status=given.get("status", "")), before=given.get("before", ""))
        url = request.build_absolute_uri(request.path)
        link = f"{url}?{urlencode(given | {'before': after})}" if after else None
        return Response({"next": link, "results": DeliverySerializer(rows, many=True).data})

    def _given(self, query: Mapping[str, str]) -> dict[str, str]:
        errors: dict[str, list[Any]] = {}
        for name, value in query.items():
            if name not in self.parameters:
                sentence = _("There is no parameter «%(name)s» here. The parameters are: %(names)s.")
                errors[name[:100]] = [sentence % {"name": name[:100], "names": ", ".join(self.parameters)}]
            elif name == "status" and value not in WebhookDelivery.Status.values:
                errors[name] = [_("Write one of: %(names)s.") % {"names": ", ".join(WebhookDelivery.Status.values)}]
            elif name == "before" and delivery_called(value) is None:
                errors[name] = [_("There is no delivery with that id.")]
        if errors:
            raise ValidationError(errors, "invalid")
        return dict(query.items())


class ReplayView(_WebhookView):
    """The way to send again what did not get through."""

    @_about("replay", _("Send again"), _("One delivery, or all that was given up since a moment, under the same ids."),
            ((202, "application/json"), ReplayedSerializer), {"deliveries": 3}, *WRITING, parameters=[ID],
            request=ReplayAsked, asked=[{"since": "2026-11-16T00:00:00+01:00"}])  # fmt: skip
    def post(self, request: Request, id: UUID) -> Response:
        endpoint = _called(id)
        body = ReplayAsked(data=request.data)
        body.is_valid(raise_exception=True)
        key, since = (body.validated_data.get(name) for name in ("delivery", "since"))
        if (key is None) == (since is None):
            raise ValidationError({"delivery": [_("Name a delivery or a moment, one of the two.")]}, "invalid")
        by, now = caller(request), timezone.now()
        if since is not None:
            return Response({"deliveries": replay_since(endpoint, since=since, by=by, now=now)}, 202)
        delivery = delivery_called(key)
        if delivery is None or delivery.endpoint_id != endpoint.pk:
            raise ValidationError({"delivery": [_("There is no delivery with that id.")]}, "does_not_exist")
        replay(delivery, by=by, now=now)
        return Response({"deliveries": 1}, 202)
