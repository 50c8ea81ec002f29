"""Pages of cards, newest first, by a cursor that rows coming in meanwhile do not shift."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

DEFAULT_SIZE, LARGEST_SIZE = 50, 200


def size_of(request: Request, *, default: int, largest: int) -> int:
    """Return how many rows the request asks for at once. Raises ValidationError for what is no number from 1 to `largest`."""
    text = request.query_params.get("page_size")
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= largest):
        sentence = _("The size of a page is a number from 1 to %(largest)s.") % {"largest": largest}
        raise ValidationError({"page_size": [sentence]}, "invalid")
    return int(text)


class NewestFirst(BasePagination):
    """A page begins after the last card of the one before, told by its moment and row.

    REST framework's own cursor counts rows with the same moment by an offset, up to a thousand: an import gives whole
    days one moment.
    """

    parameters = ("cursor", "page_size")

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        """Return the page that the request asks for, in one query. Raises ValidationError for what is no page."""
        self.request = request
        size = size_of(request, default=DEFAULT_SIZE, largest=LARGEST_SIZE)
        if text := request.query_params.get("cursor"):
            moment, pk = self._read(text)
            # The first condition lets the index begin at the moment; the second leaves out what was shown of it.
            queryset = queryset.filter(Q(registered_at__lt=moment) | Q(id__lt=pk), registered_at__lte=moment)
        rows = list(queryset.order_by("-registered_at", "-id")[: size + 1])
        self.last = rows[size - 1] if len(rows) > size else None
        return rows[:size]

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self._next(), "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {
            "type": ["string", "null"],
            "format": "uri",
            "description": str(_("The next page; null on the last.")),
            "example": "https://solvik.example/api/v1/cards/?cursor=MjAyNi0xMS0xNg",
        }
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {"next": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        return [
            {
                "name": "cursor",
                "in": "query",
                "required": False,
                "description": str(_("From `next` of the page before.")),
                "schema": {"type": "string"},
            },
            {
                "name": "page_size",
                "in": "query",
                "required": False,
                "description": str(_("Rows on a page.")),
                "schema": {"type": "integer", "minimum": 1, "maximum": LARGEST_SIZE, "default": DEFAULT_SIZE},
            },
        ]

    def _next(self) -> str | None:
        if self.last is None:
            return None
        cursor = self._cursor(self.last)
        kept = [
            (key, value) for key, values in self.request.query_params.lists() for value in values if key != "cursor"
        ]
        return f"{self.request.build_absolute_uri(self.request.path)}?{urlencode([*kept, ('cursor', cursor)])}"

    def _cursor(self, last: Any) -> str:
        return base64.urlsafe_b64encode(f"{last.registered_at.isoformat()}|{last.pk}".encode()).decode().rstrip("=")

    def _read(self, text: str) -> tuple[datetime, int]:
        try:
            moment_text, _bar, number = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition("|")
            moment, pk = parse_datetime(moment_text), int(number)
        except (binascii.Error, ValueError):
            moment, pk = None, 0
        if moment is None or moment.tzinfo is None or not 0 < pk < 2**63:
            raise ValidationError(
                {"cursor": [_("That is no cursor. Take it from «next» of the page before.")]}, "invalid"
            )
        return moment, pk
