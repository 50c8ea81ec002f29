"""Reports: which there are, and one as JSON, with exactly the figures of its page, PDF and spreadsheet."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from feedback.api.callers import caller
from feedback.api.filtering import only_parameters
from feedback.api.step_serializers import listed
from reporting.api import shapes
from reporting.api.callers import OnFigures
from reporting.api.documentation import in_path, in_query, reading
from reporting.models import Report
from reporting.report_files import report_data
from reporting.report_pages import edition_of
from reporting.report_queries import report_called, reports_for, version_of

VERSION = {
    "version": 1,
    "state": "published",
    "reason": "",
    "computed_at": "2026-10-03T06:00:00+02:00",
    "published_on": "2026-10-15",
    "withdrawn_at": None,
}
REPORT: dict[str, Any] = {
    "name": "cards-2026-q3",
    "kind": "cards",
    "period": "2026-Q3",
    "unit": None,
    "public": True,
    "versions": [VERSION],
    "url": "https://solvik.example/api/v1/reports/cards-2026-q3/",
}
CELL = {"value": 87.234, "shown": 87, "scale": "percent", "decimals": 0, "n": 1204}
DOCUMENT: dict[str, Any] = {
    "structure": 1,
    "name": "cards-2026-q3",
    "kind": "cards",
    "title": {"en": "The messages, 3rd quarter of 2026"},
    "period": "2026-Q3",
    "first": "2026-07-01",
    "last": "2026-09-30",
    "through": "2026-09-30",
    "place": {"en": "Solvik"},
    "counted_at": "2026-10-03T06:00:00+02:00",
    "notes": [],
    "sections": [
        {
            "key": "in-short",
            "heading": {"en": "In short"},
            "notes": [],
            "tables": [
                {
                    "key": "key-figures",
                    "title": {"en": "Key figures"},
                    "head": {"en": "Figure"},
                    "columns": [{"en": "3rd quarter"}],
                    "notes": [],
                    "guard": "figures",
                    "drawn": "",
                    "rows": [
                        {
                            "key": "called-back-in-time",
                            "label": {"en": "Called back in time"},
                            "level": 0,
                            "is_total": False,
                            "cells": [CELL],
                        }
                    ],
                }
            ],
        }
    ],
    "version": 1,
    "published_on": "2026-10-15",
    "reason": "",
    "texts": {"summary": {"nb": "Flere fikk svar i tide."}},
}


class ReportsView(APIView):
    """The reports that the caller may read, each with its versions."""

    permission_classes = [IsAuthenticated, OnFigures]

    @reading(
        "reports_list", _("The reports"), listed(shapes.ReportSerializer), REPORT, tag="figures", in_list=True,
        codes=(400,),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        only_parameters(request, ())
        return Response({"next": None, "results": [_json(each, request) for each in reports_for(caller(request))]})


class ReportView(APIView):
    """One version of a report."""

    permission_classes = [IsAuthenticated, OnFigures]

    @reading(
        "reports_retrieve",
        _("One report with its figures"),
        shapes.ReportDocumentSerializer,
        DOCUMENT,
        in_path("name", _("The report's name.")),
        in_query("version", _("A version; the latest if not given."), {"type": "integer", "minimum": 1}),
        tag="figures",
        description=_("A version whose figures are not computed yet is answered like one that is not there."),
        codes=(400, 404),
    )
    def get(self, request: Request, name: str) -> Response:
        only_parameters(request, ("version",))
        found = report_called(caller(request), name)
        asked = request.query_params.get("version", "")
        if found is None or (asked and not (asked.isascii() and asked.isdigit() and len(asked) < 5)):
            raise Http404
        version = version_of(found, int(asked) if asked else None)
        edition = edition_of(version, public=False) if version else None
        if edition is None:
            raise Http404
        return Response(report_data(edition))


def _json(report: Report, request: Request) -> dict[str, Any]:
    return {
        "name": report.name,
        "kind": report.kind,
        "period": str(report.period),
        "unit": report.unit.code if report.unit else None,
        "public": report.public,
        "versions": [
            {
                "version": version.number,
                "state": version.state,
                "reason": version.reason,
                "computed_at": version.computed_at,
                "published_on": version.publish_on,
                "withdrawn_at": version.withdrawn_at,
            }
            for version in report.versions.all()
        ],
        "url": reverse("figures:report", [report.name], request=request),
    }
