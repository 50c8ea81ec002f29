"""Pages of rows, the latest written first, by a cursor that rows coming in meanwhile do not shift."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

from feedback.api.pagination import DEFAULT_SIZE, LARGEST_SIZE, NewestFirst, size_of


class LatestFirst(NewestFirst):
    """A page begins after the last row of the one before, told by its number: rows are numbered as they are written."""

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        """Return the page that the request asks for, in one query. Raises ValidationError for what is no page."""
        self.request = request
        size = size_of(request, default=DEFAULT_SIZE, largest=LARGEST_SIZE)
        if text := request.query_params.get("cursor"):
            queryset = queryset.filter(pk__lt=_number(text))
        rows = list(queryset.order_by("-pk")[: size + 1])
        self.last = rows[size - 1] if len(rows) > size else None
        return rows[:size]

    def _cursor(self, last: Any) -> str:
        return base64.urlsafe_b64encode(f"row:{last.pk}".encode()).decode().rstrip("=")


def _number(text: str) -> int:
    try:
        word, _colon, number = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition(":")
        found = int(number) if word == "row" and number.isascii() and number.isdigit() and len(number) < 20 else 0
    except (binascii.Error, ValueError):
        found = 0
    if not 0 < found < 2**63:
        raise ValidationError({"cursor": [_("That is no cursor. Take it from «next» of the page before.")]}, "invalid")
    return found
