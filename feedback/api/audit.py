"""`/api/v1/audit/`: who read and who changed what, for systems that watch over it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from feedback.api.callers import caller
from feedback.api.documentation import LANGUAGE, OK, problems
from feedback.api.filtering import only_parameters
from organisation.audit_log import actions, entries, kinds, page_of_entries
from organisation.forms.audit import AuditFilter
from organisation.models import AuditEntry
from organisation.permissions import Permission
from organisation.queries import grants_of

FILTERS = ("reference", "person", "action", "kind", "first", "last")


class SeesAudit(BasePermission):
    """For who sees the log of the whole municipality: a key that is limited to units does not."""

    message = _("Your roles do not let you see the audit log.")
    code = "not_allowed"

    def has_permission(self, request: Request, view: APIView) -> bool:
        grants = grants_of(caller(request))
        return grants.allows(Permission.SEE_AUDIT) and grants.reaches(None)


class AuditEntrySerializer(serializers.ModelSerializer):
    """One look or one change: ids and codes, and the place in the chain."""

    person = serializers.IntegerField(
        source="person_id", allow_null=True, help_text=_("Id; null for nobody signed in.")
    )
    api_key = serializers.IntegerField(source="api_key_id", allow_null=True)

    class Meta:
        model = AuditEntry
        fields = [
            "number", "at", "written_at", "person", "api_key", "action", "kind", "row", "reference", "fields", "was",
            "became", "shown", "hash",
        ]  # fmt: skip
        read_only_fields = fields


class AuditSerializer(serializers.Serializer):
    """A page of the log, the newest first."""

    next = serializers.URLField(allow_null=True, help_text=_("The next page; null on the last."))
    results = AuditEntrySerializer(many=True)


ANSWER: dict[str, Any] = {
    "next": None,
    "results": [
        {
            "number": 5120, "at": "2026-11-16T09:30:00Z", "written_at": "2026-11-16T09:30:00.004Z", "person": 7,
            "api_key": None, "action": "read", "kind": "feedback.card", "row": None, "reference": "26-004217-5",
            "fields": [], "was": "", "became": "", "shown": None,
            "hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        }
    ],
}  # fmt: skip


def _query(name: str, words: Any, kind: Any = str) -> OpenApiParameter:
    return OpenApiParameter(name, kind, description=words)


class AuditView(APIView):
    """The audit log."""

    permission_classes = [IsAuthenticated, SeesAudit]

    @extend_schema(
        operation_id="audit_list",
        summary=_("Read who read and changed what"),
        description=_(
            "Each look at protected data and each change of it, the newest first: ids, names of fields and codes, nothing of"
            " what the fields held. An entry gets its `number` and `hash` in the chain within a minute."
        ),
        tags=["audit"],
        parameters=[
            LANGUAGE,
            _query("reference", _("Of a card, a survey or a list.")),
            _query("person", _("Id of who did it."), int),
            _query("action", _("A code; `looks` or `changes` for all of either sort.")),
            _query("kind", _("What it was done with, such as `feedback.card`.")),
            _query("first", _("From this local date on."), {"type": "string", "format": "date"}),
            _query("last", _("Until this local date."), {"type": "string", "format": "date"}),
            _query("cursor", _("From `next` of the page before.")),
        ],
        responses={OK: AuditSerializer} | problems(400, 401, 403, 406, 500, 503),
        examples=[OpenApiExample("A card was opened", ANSWER, response_only=True, status_codes=["200"])],
    )
    def get(self, request: Request) -> Response:
        only_parameters(request, (*FILTERS, "cursor"))
        form = AuditFilter(request.query_params, kinds=kinds(), actions=actions())
        if not form.is_valid():
            raise ValidationError({name: [str(one) for one in said] for name, said in form.errors.items()}, "invalid")
        found = entries(zone=request._request.municipality.zone, **form.cleaned_data)  # type: ignore[attr-defined]
        page = page_of_entries(found, after=request.query_params.get("cursor", ""))
        kept = {name: value for name, value in request.query_params.items() if name != "cursor"}
        address = request.build_absolute_uri(request.path)
        return Response(
            {
                "next": f"{address}?{urlencode(kept | {'cursor': page.older})}" if page.older else None,
                "results": AuditEntrySerializer([told.entry for told in page.rows], many=True).data,
            }
        )
