"""Typing values in a grid, and reading them from a file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from organisation.errors import Refused
from organisation.models import Unit
from organisation.views.answering import show_refusal
from organisation.views.downloads import as_csv
from reporting.actions.recording import CellsRefused, record_grid
from reporting.feeding import read_upload
from reporting.forms.values import Grid, ImportForm
from reporting.importing import ValueReport, template
from reporting.models import Indicator
from reporting.queries import goals_of, names_of_places, scorecards, typeable_indicators, unit_of_code, values_by_year
from reporting.views.access import SECTION, managing, scorecard_of
from surveys.importing.benchmarks import BenchmarkReport
from surveys.importing.benchmarks import template as means_template

YEARS = 5
"""Columns of the grid: this year and the four before it."""
SHOWN = 200
PART = SECTION | {"part": "values"}


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def values(request: HttpRequest) -> HttpResponse:
    """The grid of indicators by years. Where one cell cannot be, nothing is written and nothing typed is lost."""
    person = managing(request)
    language, this_year = get_language() or "nb", timezone.localdate().year
    found, unit, last = _asked(request, this_year)
    years = range(last - YEARS + 1, last + 1)
    stored = values_by_year([indicator.pk for indicator in found], unit.pk if unit else None)
    grid = Grid(found, years, stored, unit=unit, language=language, data=request.POST or None)
    status = 200
    if request.method == "POST":
        status, cells = 422, grid.cells()
        if not grid.errors:
            try:
                done = record_grid(cells, by=person, now=timezone.now(), this_year=this_year)
            except CellsRefused as refused:
                grid.refuse(refused.cells)
                grid.see_what_stands(stored)
            else:
                number = done.new + done.changed
                if number:
                    messages.success(
                        request,
                        ngettext("%(n)s figure is saved.", "%(n)s figures are saved.", number) % {"n": number},
                    )
                else:
                    messages.info(request, _("Nothing was changed."))
                return redirect(request.get_full_path())
    context = PART | {
        "grid": grid,
        "unit": unit,
        "units": Unit.objects.filter(closed_on=None),
        "scorecards": [(each.key, each.name_in(language)) for each in scorecards()],
        "chosen": request.GET.get("scorecard", ""),
        "earlier": years[0] - 1 if years[0] > 1960 else None,
        "later": min(last + YEARS, this_year) if last < this_year else None,
        "has_errors": bool(grid.errors),
    }
    return render(request, "reporting/values.html", context, status=status)


def _asked(request: HttpRequest, this_year: int) -> tuple[list[Indicator], Unit | None, int]:
    """Return the indicators, the unit and the last year that the address asks for."""
    code, key = request.GET.get("unit", ""), request.GET.get("scorecard", "")
    unit = unit_of_code(code) if code else None
    if code and unit is None:
        raise Http404
    found = list(typeable_indicators())
    if key:
        goals = goals_of(scorecard_of(key))
        on_it = {row.indicator_id for goal in goals for factor in goal.factors.all() for row in factor.rows.all()}
        found = [indicator for indicator in found if indicator.pk in on_it]
    last = request.GET.get("last", "")
    is_year = last.isascii() and last.isdigit() and len(last) == 4 and 1960 <= int(last) <= this_year
    return found, unit, int(last) if is_year else this_year


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def read_file(request: HttpRequest) -> HttpResponse:
    """Check a file of figures, with a preview, or read it in."""
    person = managing(request)
    form = ImportForm(request.POST or None, request.FILES or None)
    report: ValueReport | BenchmarkReport | None = None
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                report = read_upload(
                    form.cleaned_data["file"].read(),
                    indicator=form.cleaned_data["indicator"],
                    source=form.cleaned_data["source"],
                    mapping=form.cleaned_data["mapping"],
                    by=person,
                    now=timezone.now(),
                    this_year=timezone.localdate().year,
                    dry_run=request.POST.get("do") == "check",
                )
            except Refused as refusal:
                show_refusal(form, refusal)
            else:
                if not report.problems and not report.dry_run:
                    messages.success(request, " ".join(report.lines()))
                    return redirect("reporting:import")
                status = 422 if report.problems else 200
    context: dict[str, Any] = PART | {"form": form, "report": report}
    if report is not None:
        context |= {
            "shown": report.problems[:SHOWN],
            "more": max(0, len(report.problems) - SHOWN),
            "preview": previewed(report, get_language() or "nb")
            if isinstance(report, ValueReport) and report.dry_run and not report.problems
            else [],
        }
    return render(request, "reporting/import.html", context, status=status)


@login_required
@never_cache
@require_safe
def file_template(request: HttpRequest, of: str) -> HttpResponse:
    """A file to begin with: of figures, or of others' means in surveys."""
    managing(request)
    this_year = timezone.localdate().year
    if of == "means":
        return as_csv(means_template(this_year).content(), name=f"{_('means')}.csv")
    return as_csv(template(this_year).content(), name=f"{_('figures')}.csv")


def previewed(report: ValueReport, language: str) -> list[dict[str, Any]]:
    """Return the first figures as rows of a table (two queries)."""
    names = names_of_places(
        {one.elsewhere for one in report.preview if one.elsewhere}, {one.unit for one in report.preview if one.unit}
    )
    return [
        {
            "indicator": one.indicator,
            "name": one.indicator.name_in(language),
            "place": names.get(("elsewhere", one.elsewhere)) or names.get(("unit", one.unit)) or "",
            "period": one.period,
            "value": one.value,
        }
        for one in report.preview
    ]
