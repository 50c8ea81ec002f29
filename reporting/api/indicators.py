"""What is measured, and the figures: read with those that stood before, and written in bulk by the import's own door."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from feedback.api.callers import caller
from feedback.api.documentation import IDEMPOTENCY_KEY, LANGUAGE, OK, problems
from feedback.api.filtering import StrictFilters, only_parameters
from feedback.api.serializers import Choice, Day, Strict, Text, YesNo
from feedback.api.step_serializers import Whole, listed
from feedback.api.writes import carried_out
from feedback.importing.reading import Line
from organisation.models import Unit
from reporting.api import shapes
from reporting.api.callers import OnFigures
from reporting.api.documentation import in_path, reading
from reporting.api.pages import LatestFirst
from reporting.api.tables import language
from reporting.importing import OURS, ValueReport, import_lines
from reporting.models import Elsewhere, Indicator, Value
from reporting.periods import FIRST_YEAR, Every, read_period
from reporting.queries import figures_written, indicator_called, indicators
from reporting.rules import figures_seen
from reporting.scales import LARGEST, Origin, Standing, bounds, kept

LAST_YEAR = 2200
MOST = 5000
"""Figures in one request."""

INDICATOR: dict[str, Any] = {
    "key": "opplevd-god-service",
    "name": "Opplevd god service",
    "names": {"nb": "Opplevd god service"},
    "explanation": "",
    "perspective": "users",
    "scale": "1-6",
    "lowest": 1.0,
    "highest": 6.0,
    "decimals": 1,
    "direction": "higher",
    "origin": "typed",
    "made_of": None,
    "source": "KS",
    "may_be_written": True,
    "public": False,
    "url": "https://solvik.example/api/v1/indicators/opplevd-god-service/",
    "values_url": "https://solvik.example/api/v1/values/?indicator=opplevd-god-service",
}
VALUE: dict[str, Any] = {
    "indicator": "opplevd-god-service",
    "unit": "technical",
    "municipality": None,
    "period": "2025",
    "standing": "measured",
    "value": 4.66,
    "shown": 4.7,
    "n": 212,
    "margin": 0.2,
    "source": "KS",
    "measured_on": "2025-10-31",
    "so_far": None,
    "how": "imported",
    "revision": 2,
    "recorded_at": "2026-01-15T10:00:00+01:00",
    "recorded_by": "Kari Nordmann",
    "replaced_at": None,
}
NEW_VALUES: dict[str, Any] = {
    "source": "KS",
    "values": [
        {"indicator": "opplevd-god-service", "period": "2025", "unit": "technical", "value": 4.66, "n": 212},
        {"indicator": "opplevd-god-service", "period": "2024", "unit": "technical", "standing": "not_measured"},
    ],
}
WRITTEN = {"rows": 2, "new": 1, "changed": 1, "unchanged": 0, "dry_run": False}


# --- Indicators -------------------------------------------------------------------------------------------------------


class IndicatorsView(APIView):
    """All indicators, by perspective."""

    permission_classes = [IsAuthenticated, OnFigures]

    @reading(
        "indicators_list", _("The indicators"), listed(shapes.IndicatorSerializer), INDICATOR, tag="figures",
        in_list=True, codes=(400,),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        only_parameters(request, ())
        return Response({"next": None, "results": [_indicator_json(each, request) for each in indicators()]})


class IndicatorView(APIView):
    """One indicator."""

    permission_classes = [IsAuthenticated, OnFigures]

    @reading(
        "indicators_retrieve", _("One indicator"), shapes.IndicatorSerializer, INDICATOR,
        in_path("key", _("The indicator's key.")), tag="figures", codes=(400, 404),
    )  # fmt: skip
    def get(self, request: Request, key: str) -> Response:
        only_parameters(request, ())
        found = indicator_called(key)
        if found is None:
            raise Http404
        return Response(_indicator_json(found, request))


def _indicator_json(indicator: Indicator, request: Request) -> dict[str, Any]:
    low, high = bounds(indicator.scale)
    return {
        "key": indicator.key,
        "name": indicator.name_in(language()),
        "names": indicator.names,
        "explanation": indicator.explained(language()),
        "perspective": indicator.perspective,
        "scale": indicator.scale,
        "lowest": float(low),
        "highest": float(high),
        "decimals": indicator.decimals,
        "direction": indicator.direction,
        "origin": indicator.origin,
        "made_of": indicator.formula or None,
        "source": indicator.source,
        "may_be_written": indicator.is_typeable,
        "public": indicator.is_public,
        "url": reverse("figures:indicator", [indicator.key], request=request),
        "values_url": f"{reverse('figures:values', request=request)}?indicator={indicator.key}",
    }


# --- Values: shapes ---------------------------------------------------------------------------------------------------


@extend_schema_field({"type": ["number", "null"]})
class Exact(serializers.Field):
    """A figure as it is kept: to six decimals."""

    def to_representation(self, value: Decimal) -> float:
        return float(value)


class ValueSerializer(serializers.ModelSerializer):
    """One figure: of the whole municipality, of a unit of ours, or of a municipality elsewhere."""

    indicator: Any = serializers.SlugRelatedField(slug_field="key", read_only=True)
    unit: Any = serializers.SlugRelatedField(slug_field="code", read_only=True, allow_null=True)
    municipality: Any = serializers.SlugRelatedField(
        source="elsewhere",
        slug_field="code",
        read_only=True,
        allow_null=True,
        help_text=_("The number of one elsewhere."),
    )
    period = serializers.CharField(read_only=True, help_text="2025, 2025-Q3, 2025-07")
    standing = shapes.OneOf(Standing, read_only=True, help_text=_("«Not measured» is known of a period, and no value."))
    value = Exact(read_only=True, allow_null=True)
    shown = serializers.SerializerMethodField(help_text=_("Rounded as everybody sees it, and judged."))
    margin = Exact(read_only=True, allow_null=True)
    so_far = serializers.DateField(
        source="counted_through", read_only=True, allow_null=True,
        help_text=_("The last day counted, of a period that is not over."),
    )  # fmt: skip
    how = shapes.OneOf(Value.How, read_only=True, help_text=_("How it came."))
    recorded_by = serializers.SerializerMethodField()
    replaced_at = serializers.DateTimeField(
        read_only=True,
        allow_null=True,
        help_text=_("Null of the figure that stands; the others are earlier revisions."),
    )

    class Meta:
        model = Value
        fields = [
            "indicator",
            "unit",
            "municipality",
            "period",
            "standing",
            "value",
            "shown",
            "n",
            "margin",
            "source",
            "measured_on",
            "so_far",
            "how",
            "revision",
            "recorded_at",
            "recorded_by",
            "replaced_at",
        ]
        read_only_fields = fields

    @extend_schema_field({"type": ["number", "null"]})
    def get_shown(self, value: Value) -> float | None:
        shown = value.shown(value.indicator.decimals)
        return None if shown is None else float(shown)

    @extend_schema_field({"type": ["string", "null"]})
    def get_recorded_by(self, value: Value) -> str | None:
        return value.recorded_by.name if value.recorded_by else None


@extend_schema_field({"type": ["number", "null"]})
class Number(serializers.Field):
    """A number, and neither a text nor true that looks like one; kept to six decimals."""

    default_error_messages = {"invalid": _("A number is needed here.")}

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, bool) or not isinstance(data, (int, float)) or not abs(data) <= LARGEST:
            self.fail("invalid")
        return kept(Decimal(repr(data)))


class NewValue(Strict):
    """One figure to write. One that stands otherwise becomes an earlier revision."""

    WRITEABLE = [(Standing.MEASURED, Standing.MEASURED.label), (Standing.NOT_MEASURED, Standing.NOT_MEASURED.label)]

    indicator = Text(max_length=60, help_text=_("The indicator's key."))
    period = Text(max_length=20, help_text="2025, 2025-Q3, 2025-07")
    standing = Choice(choices=WRITEABLE, default=Standing.MEASURED)
    value = Number(
        required=False, allow_null=True, help_text=_("On the indicator's scale. Nothing where not measured.")
    )
    unit = Text(max_length=60, required=False, allow_null=True, help_text=_("The code of a unit of ours."))
    municipality = Text(
        max_length=100, required=False, allow_null=True, help_text=_("The number or name of a municipality elsewhere.")
    )
    n = Whole(required=False, allow_null=True, min_value=0, max_value=2**31 - 1, help_text=_("Of how many."))
    margin = Number(required=False, allow_null=True)
    source = Text(max_length=250, required=False, allow_blank=True)  # type: ignore[assignment]
    measured_on = Day(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Say of what was not measured that it has no value, and of what was, which."""
        is_measured, value = attrs["standing"] == Standing.MEASURED, attrs.get("value")
        if is_measured and value is None:
            sentence = _("Give the value, or say that there is none: standing «not_measured».")
            raise serializers.ValidationError({"value": [sentence]}, "required")
        if not is_measured and value is not None:
            raise serializers.ValidationError({"value": [_("What was not measured has no value.")]}, "invalid")
        return attrs


class NewValues(Strict):
    """Figures to write: all of them, or none."""

    values: Any = serializers.ListSerializer(child=NewValue(), allow_empty=False, max_length=MOST)
    source = Text(  # type: ignore[assignment]
        max_length=250, required=False, allow_blank=True, help_text=_("Of those that name none of their own.")
    )
    dry_run = YesNo(default=False, help_text=_("Check everything and write nothing."))


class ValuesReport(serializers.Serializer):
    """What came of it."""

    rows = serializers.IntegerField()
    new = serializers.IntegerField()
    changed = serializers.IntegerField(help_text=_("Those for which there is a new revision."))
    unchanged = serializers.IntegerField()
    dry_run = serializers.BooleanField()


# --- Values: filters --------------------------------------------------------------------------------------------------


class YearFilter(django_filters.Filter):
    field_class = forms.IntegerField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, min_value=FIRST_YEAR, max_value=LAST_YEAR, **kwargs)


class ValueFilter(django_filters.FilterSet):
    """Which figures: of what, of whom, of when, how they came."""

    indicator = django_filters.ModelMultipleChoiceFilter(
        "indicator__key", queryset=Indicator.objects.all(), to_field_name="key", distinct=False, label=_("Indicator")
    )
    unit = django_filters.ModelMultipleChoiceFilter(
        "unit__code", queryset=Unit.objects.all(), to_field_name="code", distinct=False, label=_("Unit or sector")
    )
    municipality = django_filters.CharFilter(
        method="by_municipality", label=_("The number of a municipality; ours: the whole municipality")
    )
    period = django_filters.CharFilter(method="by_period", label=_("A year, a quarter (2025-Q3) or a month (2025-07)"))
    year = YearFilter("year", label=_("Year"))
    year_from = YearFilter("year", "gte", label=_("From the year"))
    year_until = YearFilter("year", "lte", label=_("To the year"))
    every = django_filters.ChoiceFilter(choices=Every.choices, label=_("Of years, quarters or months"))
    standing = django_filters.ChoiceFilter(choices=Standing.choices, label=_("Standing"))
    how = django_filters.ChoiceFilter(choices=Value.How.choices, label=_("How it came"))
    origin = django_filters.ChoiceFilter("indicator__origin", choices=Origin.choices, label=_("Where values come from"))
    revisions = django_filters.BooleanFilter(method="by_nothing", label=_("Earlier revisions too"))

    class Meta:
        model = Value
        fields: list[str] = []

    def by_municipality(self, values: QuerySet[Value], name: str, written: str) -> QuerySet[Value]:
        if written == self.request._request.municipality.number:
            return values.filter(unit=None, elsewhere=None)
        if not Elsewhere.objects.filter(code=written).exists():
            sentence = _("There is no municipality «%(name)s» here.") % {"name": written[:60]}
            raise ValidationError({name: [sentence]}, "invalid_choice")
        return values.filter(elsewhere__code=written)

    def by_period(self, values: QuerySet[Value], name: str, written: str) -> QuerySet[Value]:
        period = read_period(written, last_year=LAST_YEAR)
        if period is None:
            sentence = _("Write a year, a quarter (2025-Q3) or a month (2025-07).")
            raise ValidationError({name: [sentence]}, "invalid")
        return values.filter(year=period.year, every=period.every, number=period.number)

    def by_nothing(self, values: QuerySet[Value], name: str, wanted: bool) -> QuerySet[Value]:
        return values

    def filter_queryset(self, queryset: QuerySet[Value]) -> QuerySet[Value]:
        values: QuerySet[Value] = super().filter_queryset(queryset)
        return values if self.form.cleaned_data["revisions"] else values.filter(replaced_at=None)


for _name in ("indicator", "unit"):
    extend_schema_field(OpenApiTypes.STR)(ValueFilter.base_filters[_name])
for _name in ("year", "year_from", "year_until"):
    extend_schema_field(OpenApiTypes.INT)(ValueFilter.base_filters[_name])


# --- Values: the way out and in ---------------------------------------------------------------------------------------


class ValuesView(GenericAPIView):
    """The figures, those written last first, and the way in for new ones."""

    permission_classes = [IsAuthenticated, OnFigures]
    serializer_class = ValueSerializer
    filter_backends = [StrictFilters]
    filterset_class = ValueFilter
    pagination_class = LatestFirst
    queryset = Value.objects.none()  # for the schema; `get` begins with what the caller may see

    @extend_schema(
        operation_id="values_list",
        summary=_("List figures"),
        description=_(
            "Those that stand, or with `revisions=true` those too that stood before. The figures written last come first;"
            " follow `next` until it is null. Numbers are kept to six decimals; `shown` is what everybody sees."
        ),
        tags=["figures"],
        parameters=[LANGUAGE],
        responses={OK: ValueSerializer(many=True)} | problems(400, 401, 403, 406, 500, 503),
        examples=[OpenApiExample("A page", VALUE, response_only=True, status_codes=["200"])],
    )
    def get(self, request: Request) -> Response:
        values = self.filter_queryset(figures_written(figures_seen(caller(request))))
        page = self.paginate_queryset(values)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(
        operation_id="values_create",
        summary=_("Write figures in bulk"),
        description=_(
            "All of them or none: where one cannot be, the answer names each that is wrong, counted from 1, and nothing is"
            " written. Sent a second time it changes nothing. What the house computes of us cannot be written."
        ),
        tags=["figures"],
        parameters=[LANGUAGE, IDEMPOTENCY_KEY],
        request=NewValues,
        responses={OK: ValuesReport} | problems(400, 401, 403, 406, 409, 413, 415, 422, 500, 503),
        examples=[
            OpenApiExample("A figure, and one that was not measured", NEW_VALUES, request_only=True),
            OpenApiExample("What came of it", WRITTEN, response_only=True, status_codes=["200"]),
        ],
    )
    def post(self, request: Request) -> Response:
        body = NewValues(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        by, now, this_year = caller(request), timezone.now(), timezone.localdate().year

        def act() -> dict[str, Any]:
            report = import_lines(
                OURS, _lines(given["values"]), source=given.get("source", ""), by=by, now=now, this_year=this_year,
                dry_run=given["dry_run"],
            )  # fmt: skip
            if report.problems:
                raise _refused(report)
            return {
                "rows": report.rows,
                "new": report.new,
                "changed": report.changed,
                "unchanged": 0 if report.dry_run else report.same,
                "dry_run": report.dry_run,
            }

        done = carried_out(request, act)
        return Response(done.answer, headers={"Idempotent-Replayed": "true"} if done.replayed else None)


def _lines(values: list[Mapping[str, Any]]) -> Iterator[Line]:
    """The figures as the lines of the file that the import reads, counted from 1."""
    for number, value in enumerate(values, start=1):
        cells = dict(value) | {"year": value["period"], "date": value.get("measured_on")}
        if value["standing"] == Standing.NOT_MEASURED:
            cells["value"] = Standing.NOT_MEASURED.value
        yield Line(number, [_cell(cells.get(name)) for name in OURS])


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _refused(report: ValueReport) -> ValidationError:
    """One error for each figure that is wrong, by its number."""
    return ValidationError(
        {"values": {str(one.line): [ErrorDetail(one.sentence, one.code)] for one in report.problems}}
    )
