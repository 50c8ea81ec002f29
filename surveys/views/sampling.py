"""Reading in the register, and drawing who is asked."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organisation.errors import Refused
from organisation.permissions import Permission
from organisation.views.access import person_who_may
from organisation.views.answering import do, show_refusal
from organisation.views.downloads import as_csv
from surveys.actions.fielding import delete_people
from surveys.actions.sampling import draw_sample
from surveys.forms.sampling import DrawForm, PlanForm, PopulationForm
from surveys.importing.population import Report, import_population, template
from surveys.models import Draw, Population, Survey
from surveys.sample_queries import draw_of, populations, populations_to_draw_from
from surveys.statistics.errors import CannotCompute
from surveys.strata import Stratum, label

SHOWN = 200
"""Lines with faults that the page shows."""


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def registers(request: HttpRequest) -> HttpResponse:
    """The populations that were read in, and the form that checks a file or reads it in."""
    person = person_who_may(request, Permission.MANAGE_SURVEYS)
    form = PopulationForm(request.POST or None, request.FILES or None)
    report: Report | None = None
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            dry_run = request.POST.get("do") == "check"
            try:
                report = import_population(
                    data["file"].read(),
                    name=data["name"] or data["file"].name.rpartition(".")[0],
                    by=person,
                    now=timezone.now(),
                    dry_run=dry_run,
                    leave_out=data["leave_out"],
                )
            except Refused as refusal:
                show_refusal(form, refusal)
            else:
                if report.was_read and not report.problems:
                    messages.success(request, " ".join(report.lines()))
                    return redirect("surveys:populations")
                status = 422 if report.stops and not report.already_there else 200
    context: dict[str, Any] = {"section": "surveys", "form": form, "populations": populations()}
    if report is not None:
        context |= {"report": report, "lines": report.lines()[:-1], "outcome": report.outcome()}
        context |= {"shown": report.problems[:SHOWN], "more": max(0, len(report.problems) - SHOWN)}
    return render(request, "surveys/sample/populations.html", context, status=status)


@login_required
@never_cache
@require_safe
def register_template(request: HttpRequest) -> HttpResponse:
    """A file to begin with."""
    person_who_may(request, Permission.MANAGE_SURVEYS)
    return as_csv(template().content(), name=f"{_('population')}.csv")


@login_required
@never_cache
@require_POST
def forget_people(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete the people of a population."""
    person = person_who_may(request, Permission.MANAGE_SURVEYS)
    found = get_object_or_404(Population, pk=pk)
    done = _("The people are deleted. How many they were stays.")
    return do(request, lambda: delete_people(found, by=person), done=done, to="surveys:populations")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sample(request: HttpRequest, code: str) -> HttpResponse:
    """How many to ask, the draw, and what it is made of."""
    person = person_who_may(request, Permission.MANAGE_SURVEYS)
    survey = get_object_or_404(Survey, code=code)
    draw = draw_of(survey)
    known = populations_to_draw_from()
    form = DrawForm(request.POST or None, populations=known, initial=_as_it_was(draw, request.GET.get("n", "")))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = draw_sample(
                    survey, form.cleaned_data["population"], form.wanted(), by=person, now=timezone.now()
                )
            except Refused as refusal:
                show_refusal(form, refusal)
            else:
                said = ngettext("%(n)s person is drawn.", "%(n)s people are drawn.", made.drawn) % {"n": made.drawn}
                messages.success(request, said)
                return redirect("surveys:sample", code)
    context = {
        "section": "surveys",
        "survey": survey,
        "draw": draw,
        "form": form,
        "has_populations": known.exists(),
        "strata": _strata(draw),
        "groups_by": Stratum(draw.stratum).label if draw and draw.stratum else "",
        "method": Draw.Method(draw.method).label if draw else "",
        **_planned(request, draw),
    }
    return render(request, "surveys/sample/sample.html", context, status=status)


def _as_it_was(draw: Draw | None, size: str) -> dict[str, Any]:
    initial: dict[str, Any] = {"size": size if size.isdecimal() else "500"}
    if draw is not None:
        initial |= {"population": draw.population_id, "method": draw.method, "stratum": draw.stratum}
        initial["size"] = size if size.isdecimal() else draw.drawn
    return initial


def _strata(draw: Draw | None) -> list[dict[str, Any]]:
    return [row | {"label": label(draw.stratum, row["key"])} for row in draw.strata] if draw else []


def _planned(request: HttpRequest, draw: Draw | None) -> dict[str, Any]:
    """Return the form for how many to ask and, where it was sent, the answer or why there is none."""
    first = {"margin": "0,2", "response": "33", "sd": "1,3", "people": draw.population_size if draw else ""}
    if "margin" not in request.GET:
        return {"plan_form": PlanForm(initial=first, auto_id="plan-%s")}
    form = PlanForm(request.GET, auto_id="plan-%s")
    form.summary_id = "plan"  # type: ignore[attr-defined]
    if not form.is_valid():
        return {"plan_form": form}
    try:
        return {"plan_form": form, "plan": form.plan()}
    except CannotCompute:
        form.add_error("margin", _("Not even everybody's answer would give so small a margin. Write a larger one."))
        return {"plan_form": form}
