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
from surveys.exporting import (
    choices_csv,
    comments_csv,
    comparisons_csv,
    dictionary_csv,
    figures_csv,
    open_json,
    response_csv,
)
from surveys.models import Publication, Survey
from surveys.publishing import publication_of
from surveys.reports import report_pdf
from surveys.views.showing import public_context

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
    """The published results; where they were withdrawn, why."""
    survey, found = _published(code)
    language = get_language() or "nb"
    context = public_context(survey, found.figures, found, language)
    template = "surveys/results/withdrawn.html" if found.withdrawn_at else "surveys/results/public.html"
    response = render(request, template, context, status=410 if found.withdrawn_at else 200)
    patch_cache_control(response, private=True, max_age=KEPT_BY_BROWSER)
    return response


@require_safe
def file(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """The open data, its dictionary, and the document."""
    survey, found = _published(code)
    if found.withdrawn_at:
        raise Http404
    language = get_language() or "nb"

    def told() -> dict[str, Any] | None:
        of_comments = public_follow_up(survey)
        return of_comments.told(timezone.localdate()) if of_comments else None

    made: dict[str, Any] = {
        "figures.csv": lambda: figures_csv(found.figures, language, public=True),
        "comparisons.csv": lambda: comparisons_csv(found.figures, language),
        "choices.csv": lambda: choices_csv(found.figures, language, public=True),
        "dictionary.csv": dictionary_csv,
        "response.csv": lambda: response_csv(found.figures, language),
        "comments.csv": lambda: comments_csv(told()),
        "figures.json": lambda: open_json(found.figures, told()),
        "report.pdf": lambda: report_pdf(survey, found, language, now=timezone.now()),
    }
    kinds = {"csv": "text/csv; charset=utf-8", "json": "application/json", "pdf": "application/pdf"}
    if form not in made:
        raise Http404
    response = HttpResponse(made[form](), content_type=kinds[form.rpartition(".")[2]])
    how = "inline" if form.endswith(("pdf", "json")) else "attachment"
    response["Content-Disposition"] = f'{how}; filename="{survey.code}-{form}"'
    return response
