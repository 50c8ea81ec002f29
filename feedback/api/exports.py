"""`/api/v1/cards/export.csv` and `export.ndjson`: any filtered list as one stream."""

from __future__ import annotations

from itertools import chain, islice
from typing import Any

from django.http import StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import BooleanFilter
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request

from feedback.api.callers import SeesCards, caller
from feedback.api.documentation import LANGUAGE, problems
from feedback.api.filtering import ListFilter, StrictFilters
from feedback.exporting import write_down
from feedback.models import Card
from feedback.queries import visible_to
from feedback.streaming import LINES, Shape, in_parts, rows_of

CONTENT_TYPES = {"csv": "text/csv", "ndjson": "application/x-ndjson"}
CSV_EXAMPLE = "reference,url,state,channel\r\n26-004217-5,https://solvik.example/api/v1/cards/26-004217-5/,forwarded,api\r\n#end,1\r\n"
NDJSON_EXAMPLE = '{"reference":"26-004217-5","state":"forwarded","channel":"api"}\n{"end":true,"cards":1}\n'


class ExportFilter(ListFilter):
    """The list's filters, and whether what people wrote and who they are comes along."""

    texts = BooleanFilter(method="by_nothing", label=_("With text and submitter: personal data."))


class AsTheAddressSays(DefaultContentNegotiation):
    """The address says what is answered, whatever Accept says. Problems are JSON as everywhere."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


def _documented(form: str, summary: Any, example: str) -> Any:
    answer = OpenApiResponse(
        OpenApiTypes.STR, examples=[OpenApiExample("One card, shortened", example, response_only=True)]
    )
    return extend_schema(
        operation_id=f"cards_export_{form}",
        summary=summary,
        description=_(
            "The list's filters, every page of it, the newest first, as a stream. The fields are those of a card;"
            " without `texts=true` its text and its submitter are left out. The last line says how many cards there"
            " were: where it is missing, the stream broke off."
        ),
        tags=["cards"],
        parameters=[LANGUAGE],
        filters=True,
        responses={(200, CONTENT_TYPES[form]): answer} | problems(400, 401, 403, 500, 503),
    )


class ExportView(GenericAPIView):
    """The cards of a list that the caller may see, in constant memory. Each is written down in the log."""

    permission_classes = [IsAuthenticated, SeesCards]
    content_negotiation_class = AsTheAddressSays
    filter_backends = [StrictFilters]
    filterset_class = ExportFilter
    pagination_class = None
    queryset = Card.objects.none()  # for the schema; `get` begins with what the caller may see
    form = ""

    def stream(self, request: Request) -> StreamingHttpResponse:
        person = caller(request)
        rows = rows_of(self.filter_queryset(visible_to(person)))
        # What is wrong with the first rows is still answered as a problem; later a stream can only break off.
        first = list(islice(rows, 1))
        with_texts = request.query_params.get("texts") == "true"
        at = request.build_absolute_uri(reverse("api:cards"))
        shape = Shape(at=at, zone=timezone.get_current_timezone(), with_texts=with_texts, whose=person)
        write_down(person, self.form, list(request.query_params), with_texts=with_texts)
        lines = LINES[self.form](shape, chain(first, rows))
        answer = StreamingHttpResponse(in_parts(lines), content_type=f"{CONTENT_TYPES[self.form]}; charset=utf-8")
        name = f"cards-{timezone.localdate().isoformat()}.{self.form}"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer


class CsvView(ExportView):
    form = "csv"

    @_documented("csv", _("All cards of a list as CSV"), CSV_EXAMPLE)
    def get(self, request: Request) -> StreamingHttpResponse:
        return self.stream(request)


class NdjsonView(ExportView):
    form = "ndjson"

    @_documented("ndjson", _("All cards of a list as NDJSON, one JSON object a line"), NDJSON_EXAMPLE)
    def get(self, request: Request) -> StreamingHttpResponse:
        return self.stream(request)
