"""Assessments in points: the forms there are, ours over the years beside others', and one area by area."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from feedback.api.filtering import only_parameters
from feedback.api.step_serializers import listed
from organisation.models import Municipality
from reporting.api import shapes
from reporting.api.callers import OnFiguresOfAll
from reporting.api.documentation import in_path, in_query, reading
from reporting.api.tables import language
from reporting.assessment_pages import (
    Line,
    assessments,
    beside_of,
    evidence_of,
    highest_of,
    lines,
    page_of,
    reference_of,
)
from reporting.assessment_versions import Version, versions
from surveys.questionnaires import text_in

REFERENCE = "kommunekompasset-2020-external-2024"
VERSION = {
    "key": "kommunekompasset-2020",
    "name": "Kommunekompasset 2020",
    "origin": "KS",
    "most": 100,
    "highest": 800,
    "areas": [{"key": "openness", "title": "Offentlighet og demokrati", "criteria": 6}],
}
ASSESSMENT: dict[str, Any] = {
    "reference": REFERENCE,
    "version": "kommunekompasset-2020",
    "municipality": None,
    "municipality_name": "Solvik",
    "kind": "external",
    "year": 2024,
    "total": {"points": 593, "published": 593, "from_areas": True, "disagrees": False},
    "change": 197,
    "is_highest": False,
    "points": {"openness": 70},
    "assessor": "KS",
    "source": "",
    "note": "",
    "url": f"https://solvik.example/api/v1/assessments/{REFERENCE}/",
}
ONE = ASSESSMENT | {
    "beside": "kommunekompasset-2020-external-2021",
    "areas": [
        {
            "key": "openness",
            "title": "Offentlighet og demokrati",
            "points": 70,
            "before": 52,
            "change": 18,
            "weak": False,
        }
    ],
    "evidence": [
        {"area": "openness", "criterion": "open-data", "standing": "partly", "text": "Målekortet er åpne data."}
    ],
}


class VersionsView(APIView):
    """The forms of assessment, the newest first."""

    permission_classes = [IsAuthenticated, OnFiguresOfAll]

    @reading(
        "assessment_versions_list", _("The forms of assessment"), listed(shapes.AssessmentVersionSerializer), VERSION,
        tag="figures", in_list=True, codes=(400,),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        only_parameters(request, ())
        return Response({"next": None, "results": [_version_json(form) for form in versions().values()]})


def _version_json(form: Version) -> dict[str, Any]:
    return {
        "key": form.key,
        "name": text_in(form.names, language()),
        "origin": form.origin,
        "most": form.most,
        "highest": form.highest,
        "areas": [
            {"key": area.key, "title": text_in(area.titles, language()), "criteria": len(area.criteria)}
            for area in form.areas
        ],
    }


class AssessmentsView(APIView):
    """Ours and others', the newest first: the history."""

    permission_classes = [IsAuthenticated, OnFiguresOfAll]

    @reading(
        "assessments_list",
        _("The assessments, ours and others'"),
        listed(shapes.AssessmentSerializer),
        ASSESSMENT,
        in_query("version", _("Only of one form of assessment, by its key.")),
        tag="figures",
        in_list=True,
        codes=(400,),
    )
    def get(self, request: Request) -> Response:
        only_parameters(request, ("version",))
        version = request.query_params.get("version")
        if version is not None and version not in versions():
            raise ValidationError({"version": [_("There is no form of assessment «%(key)s».") % {"key": version[:60]}]})
        found = lines(assessments() if version is None else assessments().filter(version=version))
        highest = _highest(found)
        return Response({"next": None, "results": [_json(line, highest, request) for line in found]})


class AssessmentView(APIView):
    """One assessment, beside the one before."""

    permission_classes = [IsAuthenticated, OnFiguresOfAll]

    @reading(
        "assessments_retrieve",
        _("One assessment area by area"),
        shapes.OneAssessmentSerializer,
        ONE,
        in_path("reference", _("As the list names it.")),
        tag="figures",
        codes=(400, 404),
    )
    def get(self, request: Request, reference: str) -> Response:
        only_parameters(request, ())
        found = lines(assessments())
        line = next((each for each in found if reference_of(each.assessment) == reference), None)
        if line is None:
            raise Http404
        made = line.assessment
        others = [each for each in found if each.assessment.version == made.version and each is not line]
        beside = beside_of(made, others)
        page = page_of(made, beside, language=language(), names=("", ""))
        said = evidence_of(made)
        return Response(
            _json(line, _highest(found), request)
            | {
                "beside": reference_of(beside.assessment) if beside else None,
                "areas": [
                    {
                        "key": row.part.key,
                        "title": row.title,
                        "points": row.change.points,
                        "before": row.change.before,
                        "change": row.change.change,
                        "weak": row.is_weak,
                    }
                    for row in page.rows
                ],
                "evidence": [
                    {
                        "area": area.key,
                        "criterion": criterion.key,
                        "standing": said[criterion.key].standing,
                        "text": said[criterion.key].text,
                    }
                    for area in made.form.areas
                    for criterion in area.criteria
                    if criterion.key in said
                ],
            }
        )


def _highest(found: list[Line]) -> set[int]:
    """The rows that are the highest known of their form."""
    forms = {line.assessment.version for line in found}
    best = [highest_of([line for line in found if line.assessment.version == form]) for form in forms]
    return {line.assessment.pk for line in best if line is not None}


def _json(line: Line, highest: set[int], request: Request) -> dict[str, Any]:
    made, total = line.assessment, line.total
    house: Municipality = request._request.municipality  # type: ignore[attr-defined]
    reference = reference_of(made)
    return {
        "reference": reference,
        "version": made.version,
        "municipality": made.elsewhere.code if made.elsewhere else None,
        "municipality_name": made.elsewhere.name if made.elsewhere else house.name,
        "kind": made.kind,
        "year": made.year,
        "total": total._asdict() | {"disagrees": total.disagrees},
        "change": line.change,
        "is_highest": made.pk in highest,
        "points": made.points(),
        "assessor": made.assessor,
        "source": made.source,
        "note": made.note,
        "url": reverse("figures:assessment", [reference], request=request),
    }
