"""Taking in the answers of a round that was run elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from feedback.importing.faults import CannotImport, MappingFault
from feedback.importing.mapping import toml_of
from organisation.errors import Refused
from organisation.permissions import Permission
from organisation.views.access import person_who_may
from organisation.views.answering import show_refusal
from organisation.views.downloads import as_csv
from organisation.views.uploads import is_larger, laid_down
from surveys.forms.importing import AnswersForm
from surveys.importing.mapping import RoundMapping, round_mapping_of
from surveys.importing.own_columns import own_round, template
from surveys.importing.responses import RoundReport, import_responses
from surveys.models import Survey
from surveys.queries import items_of

SHOWN = 200
"""Lines with faults that the page shows."""
MOST_MB = 20
"""Of a file in the page; `manage.py import_responses` takes any."""


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def read_answers(request: HttpRequest, code: str) -> HttpResponse:
    """Check a file of answers, or read it in and close the survey with them."""
    person_who_may(request, Permission.MANAGE_SURVEYS)
    survey = get_object_or_404(Survey, code=code)
    form = AnswersForm(request.POST or None, request.FILES or None)
    report: RoundReport | None = None
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            report = _read(form, survey, dry_run=request.POST.get("do") != "read")
        if report is not None:
            status = 422 if report.stopped else 200
            if report.imported and not report.dry_run:
                messages.success(request, " ".join(report.sums()))
                return redirect("surveys:survey", code)
    context: dict[str, Any] = {"section": "surveys", "survey": survey, "form": form, "report": report}
    context["title"] = survey.title(get_language() or "nb")
    if report is not None:
        context |= {"shown": report.problems[:SHOWN], "more": max(0, len(report.problems) - SHOWN)}
    return render(request, "surveys/sample/import.html", context, status=status)


def _read(form: AnswersForm, survey: Survey, *, dry_run: bool) -> RoundReport | None:
    """Return what came of it; None, with the sentence at the field, where the file as a whole cannot be read."""
    data = form.cleaned_data
    file: UploadedFile = data["file"]
    if is_larger(file, MOST_MB):
        form.add_error("file", _("The file is larger than %(most)s MB.") % {"most": MOST_MB})
        return None
    with laid_down(file) as path:
        try:
            mapping = _mapping(path, survey, data)
            return import_responses(
                survey.code, path, mapping, now=timezone.now(), dry_run=dry_run, leave_out=data["leave_out"]
            )
        except MappingFault as fault:
            form.add_error("mapping" if data["mapping"].strip() else "file", str(fault))
        except CannotImport as fault:
            form.add_error("file", str(fault))
        except Refused as refusal:
            show_refusal(form, refusal)
    return None


def _mapping(path: Path, survey: Survey, data: dict[str, Any]) -> RoundMapping:
    if data["mapping"].strip():
        return round_mapping_of(toml_of(data["mapping"]))
    return own_round(
        path, items_of(survey), opened=data["opened"], closed=data["closed"], invited=data["invited"],
        population=data["population"],
    )  # fmt: skip


@login_required
@never_cache
@require_safe
def answers_template(request: HttpRequest, code: str) -> HttpResponse:
    """A file to begin with, a column a question."""
    person_who_may(request, Permission.MANAGE_SURVEYS)
    survey = get_object_or_404(Survey, code=code)
    return as_csv(template(items_of(survey)).content(), name=f"{survey.code}.csv")
