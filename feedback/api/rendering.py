"""The JSON of an answer, after which nothing of the answer is left lying."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework.renderers import JSONRenderer


class LetGo(JSONRenderer):
    """Takes the data from the response once it is written, and leaves for the audit log how many rows a list showed.

    Django REST framework's response, view and request hold each other, and what such a ring holds waits for the collector:
    dozens of answers of a megabyte or two, before it looks at what is old.
    """

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        written: bytes = super().render(data, accepted_media_type, renderer_context)
        if renderer_context and (response := renderer_context.get("response")) is not None:
            if isinstance(data, dict) and isinstance(rows := data.get("results"), list):
                renderer_context["request"]._request.shown = len(rows)
            response.data = None
        return written
