"""Reports that everybody may read, with their files: what was published, with small groups held back."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from reporting.models import ReportVersion
from reporting.report_pages import edition_of, shown
from reporting.report_queries import public_reports, public_version, versions_out
from reporting.views.reports import KINDS, answer_file
from reporting.wording import period_said

KEPT_BY_BROWSER = 5 * 60


def _out(request: HttpRequest, name: str) -> ReportVersion:
    """Raises Http404: a report that is not published looks like one that is not there."""
    asked = request.GET.get("version", "")
    if asked and not (asked.isascii() and asked.isdigit() and len(asked) < 5):
        raise Http404
    found = public_version(name, timezone.localdate(), int(asked) if asked else None)
    if found is None:
        raise Http404
    return found


@require_safe
def public_list(request: HttpRequest) -> HttpResponse:
    """The reports that are out."""
    language = get_language() or "nb"
    rows = [(report, period_said(report.period, language)) for report in public_reports(timezone.localdate())]
    return render(request, "reporting/reports/public_list.html", {"rows": rows})


@require_safe
def public_report(request: HttpRequest, name: str) -> HttpResponse:
    """One of them; where it was withdrawn, why."""
    found, language = _out(request, name), get_language() or "nb"
    edition = edition_of(found, public=True)
    if edition is None:
        raise Http404
    context = {
        "report": found.report,
        "version": found,
        "versions": versions_out(found.report, timezone.localdate()),
        "shown": None if found.withdrawn_at else shown(edition, language),
        "title": shown(edition, language).title,
    }
    response = render(request, "reporting/reports/public.html", context, status=410 if found.withdrawn_at else 200)
    patch_cache_control(response, private=True, max_age=KEPT_BY_BROWSER)
    return response


@require_safe
def public_file(request: HttpRequest, name: str, form: str) -> HttpResponse:
    """Its files."""
    found = _out(request, name)
    edition = edition_of(found, public=True)
    if edition is None or form not in KINDS or found.withdrawn_at:
        raise Http404
    return answer_file(edition, found, request.municipality, form)  # type: ignore[attr-defined]
