"""What everybody may see of a survey: the page, the open data, the document. All read what was published."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from surveys.comment_queries import public_follow_up
from surveys.exporting import comparisons_csv, dictionary_csv, figures_csv, open_json
from surveys.models import Publication, Survey
from surveys.publishing import publication_of, said
from surveys.questionnaires import text_in
from surveys.reports import report_pdf
from surveys.views.showing import shown_page

KEPT_BY_BROWSER = 5 * 60


def _published(code: str) -> tuple[Survey, Publication]:
    """Raises Http404: a survey that is not published looks like one that is not there."""
    survey = Survey.objects.filter(code=code).first()
    found = publication_of(survey, timezone.localdate()) if survey else None
    if survey is None or found is None:
        raise Http404
    return survey, found


@require_safe
def results(request: HttpRequest, code: str) -> HttpResponse:
    """The published results."""
    survey, found = _published(code)
    language = get_language() or "nb"
    context: dict[str, Any] = {
        "survey": survey,
        "figures": found.figures,
        "title": said(found.figures["titles"], language, survey.code),
        "words": text_in(found.words, language),
        "publish_on": found.publish_on,
        "page": shown_page(found.figures, language),
        "comments": public_follow_up(survey),
    }
    response = render(request, "surveys/results/public.html", context)
    patch_cache_control(response, private=True, max_age=KEPT_BY_BROWSER)
    return response


@require_safe
def file(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """The open data, its dictionary, and the document."""
    survey, found = _published(code)
    language = get_language() or "nb"
    made: dict[str, Any] = {
        "figures.csv": lambda: figures_csv(found.figures, language, public=True),
        "comparisons.csv": lambda: comparisons_csv(found.figures, language),
        "dictionary.csv": dictionary_csv,
        "figures.json": lambda: open_json(found.figures),
        "report.pdf": lambda: report_pdf(survey, found, language),
    }
    kinds = {"csv": "text/csv; charset=utf-8", "json": "application/json", "pdf": "application/pdf"}
    if form not in made:
        raise Http404
    response = HttpResponse(made[form](), content_type=kinds[form.rpartition(".")[2]])
    how = "inline" if form.endswith(("pdf", "json")) else "attachment"
    response["Content-Disposition"] = f'{how}; filename="{survey.code}-{form}"'
    return response
