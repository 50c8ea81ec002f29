"""What the schema says of every operation on figures: words, parameters, an example, and each answer it may give."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema

from feedback.api.documentation import LANGUAGE, OK, problems

YEAR = {"type": "integer", "minimum": 1950, "maximum": 2200}


def in_query(name: str, description: Any, schema: Any = str) -> OpenApiParameter:
    return OpenApiParameter(name, schema, OpenApiParameter.QUERY, description=description)


def in_path(name: str, description: Any, schema: Any = str) -> OpenApiParameter:
    return OpenApiParameter(name, schema, OpenApiParameter.PATH, description=description)


UNIT = in_query("unit", _("A unit's or sector's code; without one, the whole municipality."))


def reading(
    name: str,
    summary: Any,
    shape: Any,
    example: dict[str, Any],
    *parameters: OpenApiParameter,
    tag: str,
    description: Any = None,
    codes: tuple[int, ...] = (),
    in_list: bool = False,
) -> Any:
    """Return the decorator of a read. `codes` are problems beside those that every read may answer with."""
    shown = {"next": None, "results": [example]} if in_list else example
    return extend_schema(
        operation_id=name,
        summary=summary,
        description=description,
        tags=[tag],
        parameters=[LANGUAGE, *parameters],
        responses={OK: shape} | problems(*sorted({401, 403, 406, 500, 503, *codes})),
        examples=[OpenApiExample("Answer", shown, response_only=True, status_codes=["200"])],
    )
