"""Assessments in points: ours over the years beside others', one area by area, and what shows that criteria are met."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organisation.models import Person
from organisation.views.answering import answer, do
from organisation.views.downloads import as_download
from reporting.actions import assessments as actions
from reporting.assessment_pages import (
    Line,
    assessment_numbered,
    assessments,
    beside_of,
    evidence_of,
    files_of,
    latest_form,
    lines,
    overview,
    page_of,
)
from reporting.assessment_versions import AssessedPart, Version, versions
from reporting.forms.assessments import AssessmentForm, CriterionFileForm, EvidenceForm
from reporting.models import Assessment, Elsewhere
from reporting.rules import may_manage
from reporting.views.access import SECTION, managing, reading
from reporting.views.sending import sent
from surveys.questionnaires import text_in

PART = SECTION | {"part": "assessments"}


def _language() -> str:
    return get_language() or "nb"


def _version(request: HttpRequest) -> Version:
    """The form asked for, else the one by which we were assessed last."""
    return versions().get(request.GET.get("form", "")) or latest_form()


def _assessment(pk: int) -> Assessment:
    found = assessment_numbered(pk)
    if found is None:
        raise Http404
    return found


def _called(assessment: Assessment, request: HttpRequest) -> str:
    whose = (assessment.elsewhere or request.municipality).name  # type: ignore[attr-defined]
    made = "" if assessment.kind == Assessment.Kind.EXTERNAL else f", {assessment.get_kind_display().lower()}"
    return f"{whose} {assessment.year}{made}"


@login_required
@never_cache
@require_safe
def assessment_list(request: HttpRequest) -> HttpResponse:
    """Show our assessments over the years, those of others, and the highest known."""
    person, version = reading(request), _version(request)
    shown = overview(version, [(kind.value, str(kind.label)) for kind in Assessment.Kind])
    context = PART | {
        "version": version,
        "name": text_in(version.names, _language()),
        "forms": [(each, text_in(each.names, _language())) for each in versions().values()],
        "overview": shown,
        "highest_called": _called(shown.highest.assessment, request) if shown.highest else "",
        "may_manage": may_manage(person),
    }
    return render(request, "reporting/assessments.html", context)


@login_required
@never_cache
@require_safe
def assessment(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one assessment area by area, beside our one before, or beside any other that is chosen."""
    person, found = reading(request), _assessment(pk)
    others = [line for line in lines(assessments().filter(version=found.version)) if line.assessment.pk != found.pk]
    beside = _beside(found, others, request.GET.get("beside", ""))
    names = (_called(found, request), _called(beside.assessment, request) if beside else "")
    context = PART | {
        "page": page_of(found, beside, language=_language(), names=names),
        "called": names[0],
        "beside_called": names[1],
        "others": [(line.assessment.pk, _called(line.assessment, request)) for line in others],
        "name": text_in(found.form.names, _language()),
        "may_manage": may_manage(person),
    }
    return render(request, "reporting/assessment.html", context)


def _beside(found: Assessment, others: list[Line], asked: str) -> Line | None:
    """The one asked for, else the latest before it of the same municipality, of the same kind if there is one."""
    if asked:
        return next((line for line in others if str(line.assessment.pk) == asked), None)
    return beside_of(found, others)


def _elsewhere(form: AssessmentForm, **by: Any) -> Elsewhere | None:
    name = form.cleaned_data["of"].strip()
    return actions.know_municipality(name, **by) if name else None


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_assessment(request: HttpRequest) -> HttpResponse:
    """Write an assessment down, ours or another municipality's."""
    person, version = managing(request), _version(request)
    now, this_year = timezone.now(), timezone.localdate().year
    form = AssessmentForm(request.POST or None, version=version, this_year=this_year, language=_language())

    def act() -> None:
        with transaction.atomic():
            elsewhere = _elsewhere(form, by=person, now=now)
            actions.record_assessment(form.judged(elsewhere), by=person, now=now, this_year=this_year)

    return answer(
        request,
        form,
        act,
        template="reporting/assessment_edit.html",
        context=lambda: PART | {"title": _("Write an assessment"), "button": _("Write it down"), "version": version},
        done=_("The assessment is written down."),
        to=f"{reverse('reporting:assessments')}?form={version.key}",
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an assessment right."""
    person, found = managing(request), _assessment(pk)
    now, this_year = timezone.now(), timezone.localdate().year
    form = AssessmentForm(
        request.POST or None, version=found.form, this_year=this_year, language=_language(),
        assessment=found,
    )  # fmt: skip

    def act() -> None:
        with transaction.atomic():
            elsewhere = _elsewhere(form, by=person, now=now)
            actions.change_assessment(found, form.judged(elsewhere), by=person, now=now, this_year=this_year)

    here = reverse("reporting:assessment", args=[pk])
    return answer(
        request,
        form,
        act,
        template="reporting/assessment_edit.html",
        context=lambda: (
            PART
            | {
                "title": _called(found, request),
                "button": _("Save"),
                "version": found.form,
                "back": here,
                "take_away": reverse("reporting:remove_assessment", args=[pk]),
            }
        ),
        done=_("Saved."),
        to=here,
    )


@login_required
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an assessment away."""
    person, found = managing(request), _assessment(pk)
    return do(
        request,
        lambda: actions.remove_assessment(found, by=person, now=timezone.now()),
        done=_("The assessment is taken away."),
        to=reverse("reporting:assessments"),
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def evidence(request: HttpRequest, pk: int, area: str) -> HttpResponse:
    """Read, and write for those who may, what shows that an area's criteria are met."""
    found = _assessment(pk)
    person = managing(request) if request.method == "POST" else reading(request)
    part = _part(found, area)
    form = EvidenceForm(request.POST or None, part=part, language=_language(), there=evidence_of(found))
    keys = [each.key for each in found.form.areas]
    following = keys[keys.index(area) + 1] if area != keys[-1] else ""
    here = reverse("reporting:assessment", args=[pk])
    onward = reverse("reporting:evidence", args=[pk, following]) if following and "next" in request.POST else here
    return answer(
        request,
        form,
        lambda: actions.write_evidence(found, form.shown(), by=person, now=timezone.now()),
        template="reporting/evidence.html",
        context=lambda: _area_page(request, person, found, part) | {"back": here, "has_next": bool(following)},
        done=_("Saved."),
        to=onward,
    )


def _part(found: Assessment, area: str) -> AssessedPart:
    part = found.form.area(area)
    if part is None or found.elsewhere_id is not None:
        raise Http404
    return part


def _area_page(request: HttpRequest, person: Person, found: Assessment, part: AssessedPart) -> dict[str, Any]:
    files = files_of(found, part)
    return PART | {
        "title": text_in(part.titles, _language()),
        "called": _called(found, request),
        "points": found.points().get(part.key),
        "most": found.form.most,
        "assessment": found,
        "area": part.key,
        "files": [(text_in(one.texts, _language()), files[one.key]) for one in part.criteria if one.key in files],
        "file_form": CriterionFileForm(part=part, language=_language()),
        "may_manage": may_manage(person),
    }


@login_required
@require_POST
def add_file(request: HttpRequest, pk: int, area: str) -> HttpResponse:
    """Keep a file that shows that a criterion is met."""
    person, found = managing(request), _assessment(pk)
    part = _part(found, area)
    form = CriterionFileForm(request.POST, request.FILES, part=part, language=_language())
    there = EvidenceForm(part=part, language=_language(), there=evidence_of(found))
    page = {"form": there, "back": reverse("reporting:assessment", args=[pk]), "has_next": False, "file_form": form}
    return sent(
        request,
        form,
        lambda: actions.add_criterion_file(
            found, form.cleaned_data["criterion"], form.cleaned_data["upload"], by=person, now=timezone.now()
        ),
        lambda: render(request, "reporting/evidence.html", _area_page(request, person, found, part) | page, status=422),
        done=_("The file is kept."),
        to=f"{reverse('reporting:evidence', args=[pk, area])}#files",
    )


@login_required
@require_safe
def criterion_file(request: HttpRequest, pk: int, item: int) -> HttpResponseBase:
    """Hand out a file that shows that a criterion is met."""
    reading(request)
    kept = _assessment(pk).files.filter(pk=item).first()
    if kept is None:
        raise Http404
    return as_download(kept.file, name=kept.name, content_type=kept.content_type)


@login_required
@require_POST
def remove_criterion_file(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """Take such a file away."""
    person, found = managing(request), _assessment(pk)
    return do(
        request,
        lambda: actions.take_criterion_file_away(found, item, by=person, now=timezone.now()),
        done=_("The file is taken away."),
        to=reverse("reporting:assessment", args=[pk]),
    )
