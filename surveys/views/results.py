"""A survey's results for the staff: the page and its files."""

from __future__ import annotations

import io
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from organisation.models import Person
from organisation.permissions import Permission
from organisation.views.access import person_who_may
from surveys.comment_queries import followed_up
from surveys.exporting import choices_csv, comparisons_csv, figures_csv, spss_csv, spss_syntax, write_xlsx
from surveys.models import Survey
from surveys.publishing import described, draft_of, publication_of, variables_of, waiting_publication
from surveys.queries import all_surveys, items_of
from surveys.questionnaires import text_in
from surveys.results import NoResults, Results, results_of
from surveys.results.reading import STRATUM
from surveys.rules import may_manage
from surveys.views.showing import shown_page

SEEING_RESULTS = (Permission.SEE_SURVEYS, Permission.MANAGE_SURVEYS)
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def survey_for(request: HttpRequest, code: str, *permissions: Permission) -> tuple[Person, Survey]:
    """Return who is signed in and the survey. Raises PermissionDenied, and Http404 where there is none."""
    person = person_who_may(request, *permissions)
    return person, get_object_or_404(all_surveys(), code=code)


@login_required
@never_cache
@require_safe
def results(request: HttpRequest, code: str) -> HttpResponse:
    """Show the results with small groups taken out; while answers come in, how many have answered."""
    person, survey = survey_for(request, code, *SEEING_RESULTS)
    today = timezone.localdate()
    context: dict[str, Any] = {
        "section": "surveys",
        "survey": survey,
        "title": survey.title(get_language() or "nb"),
        "may_manage": may_manage(person),
        "published": publication_of(survey, today),
        "waiting": waiting_publication(survey, today),
        "draft": draft_of(survey),
    }
    try:
        found = results_of(survey, by=_by(request, survey))
    except NoResults as error:
        return render(request, "surveys/results/staff.html", context | {"sentence": str(error)}, status=422)
    if not found.running:
        figures = described(survey, found)
        context |= {"figures": figures, "page": shown_page(figures, get_language() or "nb")}
    context |= {"followed": followed_up(survey)}
    context |= {"results": found, "known": _known(survey), "chosen": request.GET.get("by", "")}
    return render(request, "surveys/results/staff.html", context)


def _known(survey: Survey) -> list[tuple[str, str]]:
    """What the figures can be grouped by, in words."""
    language = get_language() or "nb"
    texts = {item.key: text_in(item.texts, language) for item in items_of(survey)}
    texts[STRATUM] = _("Group that was drawn from")
    return [(key, texts.get(key) or key) for key in variables_of(survey)]


def _by(request: HttpRequest, survey: Survey) -> list[str]:
    wanted = request.GET.get("by", "")
    return [wanted] if wanted else []


@login_required
@never_cache
@require_safe
def file(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """Hand out the results as a file, by every variable."""
    _person, survey = survey_for(request, code, *SEEING_RESULTS)
    try:
        found: Results = results_of(survey, by=variables_of(survey))
    except NoResults:
        raise Http404 from None
    if found.running:
        raise Http404
    figures, language = described(survey, found), get_language() or "nb"
    name = f"{survey.code}-{_('results')}"
    if form == "xlsx":
        out = io.BytesIO()
        headings = {"figures": _("Figures"), "comparisons": _("Comparisons"), "choices": _("Choices")}
        headings |= {"response": _("Response")}
        write_xlsx(figures, out, language, headings=headings)
        return _attached(out.getvalue(), XLSX, f"{name}.xlsx")
    if form == "csv":
        return _attached(figures_csv(figures, language, public=False), CSV, f"{name}.csv")
    if form == "comparisons":
        return _attached(comparisons_csv(figures, language), CSV, f"{name}-{_('comparisons')}.csv")
    if form == "choices":
        return _attached(choices_csv(figures, language, public=False), CSV, f"{name}-{_('choices')}.csv")
    if form == "sps":
        syntax = spss_syntax(figures, language, data_file=f"{name}-spss.csv")
        return _attached(syntax, "text/plain; charset=utf-8", f"{name}.sps")
    if form == "spss":
        return _attached(spss_csv(figures, language), CSV, f"{name}-spss.csv")
    raise Http404


def _attached(content: bytes | str, content_type: str, name: str) -> HttpResponse:
    answered = HttpResponse(content, content_type=content_type)
    answered["Content-Disposition"] = f'attachment; filename="{name}"'
    return answered
