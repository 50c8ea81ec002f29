"""`/api/v1/changes/`: what changed since somebody last read."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from feedback.actions.numbering import AT_ONCE, place_changes
from feedback.api.callers import SeesCards, caller
from feedback.api.documentation import CARD, LANGUAGE, OK, problems
from feedback.api.filtering import only_parameters
from feedback.api.pagination import size_of
from feedback.api.serializers import CardSerializer
from feedback.feed import MARGIN, Changes, Cursor, CursorOver, SightChanged, Told, changes_since, first_cursor

DEFAULT_SIZE, LARGEST_SIZE = 200, 1000
PARAMETERS = ("since", "page_size")


class BeginAnew(APIException):
    status_code = 410
    default_code = "cursor_over"
    default_detail = _("This cursor leads nowhere any more. Begin anew: ask without «since», and forget what you hold.")


class SeesOtherCards(APIException):
    status_code = 410
    default_code = "sight_changed"
    default_detail = _("You see other units than before. Begin anew: ask without «since», and forget what you hold.")


class ChangeSerializer(serializers.Serializer):
    """One card that changed."""

    reference = serializers.CharField()
    change = serializers.SerializerMethodField()
    card = CardSerializer(allow_null=True, read_only=True, help_text=_("As it is now; null where it is gone."))

    @extend_schema_field(
        serializers.ChoiceField(
            choices=("changed", "gone"), help_text=_("`gone`: removed, or with somebody whose cards you do not see.")
        )
    )
    def get_change(self, told: Told) -> str:
        return "gone" if told.card is None else "changed"


class ChangesSerializer(serializers.Serializer):
    """Changes in their order, and where to go on."""

    results = ChangeSerializer(many=True)
    cursor = serializers.CharField(help_text=_("Keep it when you have stored the results; send it as `since`."))
    next = serializers.URLField(help_text=_("The address of what follows, now or later."))
    has_more = serializers.BooleanField(help_text=_("Whether more waits already. If not, ask again in a while."))


CURSOR = "eyJiIjoxMjB9"
ADDRESS = f"https://solvik.example/api/v1/changes/?since={CURSOR}"
ANSWER = {
    "results": [
        {"reference": CARD["reference"], "change": "changed", "card": CARD},
        {"reference": "26-004216-7", "change": "gone", "card": None},
    ],
    "cursor": CURSOR,
    "next": ADDRESS,
    "has_more": False,
}


class ChangesView(APIView):
    """The cards that changed, for who keeps a copy of them."""

    permission_classes = [IsAuthenticated, SeesCards]

    @extend_schema(
        operation_id="changes_list",
        summary=_("Read what changed"),
        description=_(
            "Each card that you see, or saw, and to which something happened since: its fields, its history, its calls,"
            " its files. Begin without `since` for all cards, or with a moment (a few minutes before it are told too);"
            " go on with `cursor`. Nothing is missed, however late a change is committed, and nothing is told twice: a"
            " card comes again only where something happened again. A cursor of which we know nothing any more (a backup"
            " was restored, or it is older than 90 days), or that was handed out when you saw other units, is answered by"
            " 410: begin anew."
        ),
        tags=["cards"],
        parameters=[
            LANGUAGE,
            OpenApiParameter("since", str, description=_("A cursor, or a moment with its zone, ISO 8601.")),
            OpenApiParameter(
                "page_size",
                {"type": "integer", "minimum": 1, "maximum": LARGEST_SIZE, "default": DEFAULT_SIZE},
                description=_("Changes at once."),
            ),
        ],
        responses={OK: ChangesSerializer} | problems(400, 401, 403, 406, 410, 500, 503),
        examples=[OpenApiExample("Two changes", ANSWER, response_only=True, status_codes=["200"])],
    )
    def get(self, request: Request) -> Response:
        only_parameters(request, PARAMETERS)
        person, limit = caller(request), size_of(request, default=DEFAULT_SIZE, largest=LARGEST_SIZE)
        text = request.query_params.get("since")
        since = _since(text) if text is not None else None
        waits = place_changes(now=timezone.now()) >= AT_ONCE
        try:
            cursor = since if isinstance(since, Cursor) else first_cursor(person, since=since)
            changes = changes_since(person, cursor, limit=limit)
        except SightChanged:
            raise SeesOtherCards from None
        except CursorOver:
            raise BeginAnew from None
        return Response(_answer(request, changes, more=changes.more or waits))


def _answer(request: Request, changes: Changes, *, more: bool) -> dict[str, Any]:
    cursor = _written(changes.cursor)
    kept = {name: value for name, value in request.query_params.items() if name != "since"}
    address = f"{request.build_absolute_uri(request.path)}?{urlencode(kept | {'since': cursor})}"
    serializer = ChangeSerializer(many=True, context={"request": request, "masked": True})
    results = serializer.to_representation(changes.told)  # `data` would stay with it, which holds itself
    return {"results": results, "cursor": cursor, "next": address, "has_more": more}


def _written(cursor: Cursor) -> str:
    held = [cursor.batch, cursor.row, cursor.token, cursor.sight, cursor.began]
    return base64.urlsafe_b64encode(json.dumps(held, separators=(",", ":")).encode()).decode().rstrip("=")


def _since(text: str) -> Cursor | datetime:
    """Return what `since` says. Raises ValidationError for what is neither a moment nor a cursor of ours."""
    try:
        moment = parse_datetime(text.replace(" ", "+"))  # a plus that was not quoted arrives as a space
        if moment is not None and moment.tzinfo is not None:
            return moment.astimezone(UTC) - MARGIN + MARGIN  # of the year 1 there is none before it
        batch, row, token, sight, began = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        numbers = batch, row, began
        if all(type(one) is int and 0 <= one < 2**63 for one in numbers) and isinstance(token, str):
            return Cursor(batch, row, token, str(sight), began)
    except (binascii.Error, ValueError, TypeError, OverflowError, RecursionError):
        pass
    sentence = _("Send the cursor of the answer before, or a moment with its zone, such as 2026-11-16T09:30:00+01:00.")
    raise ValidationError({"since": [sentence]}, "invalid")
