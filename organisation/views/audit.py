"""The audit log: who read and who changed what."""

from __future__ import annotations

from itertools import chain, islice
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from organisation.audit_file import csv_lines
from organisation.audit_log import actions, entries, kinds, page_of_entries, told_in_batches
from organisation.forms.audit import AuditFilter
from organisation.permissions import Permission
from organisation.queries import grants_of
from organisation.views.access import person_who_may


@login_required
@never_cache
@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """Show the entries of the filter, the newest first. A filter that cannot be read is told of and left out."""
    form = _asked(request)
    form.is_valid()
    return _page(request, form)


@login_required
@never_cache
@require_safe
def audit_file(request: HttpRequest) -> HttpResponseBase:
    """Hand out all entries of the filter as CSV, as they are read. A filter that cannot be read gives no file."""
    form = _asked(request)
    if not form.is_valid():
        return _page(request, form, status=422)
    rows = told_in_batches(entries(zone=_zone(request), **form.cleaned_data))
    first = list(islice(rows, 1))  # what is wrong with the first is still answered; later a file can only break off
    answer = StreamingHttpResponse(csv_lines(chain(first, rows)), content_type="text/csv; charset=utf-8")
    name = _("audit-log")
    answer["Content-Disposition"] = f'attachment; filename="{name}-{timezone.localdate().isoformat()}.csv"'
    return answer


def _asked(request: HttpRequest) -> AuditFilter:
    """Return the filter, for who may see the log of the whole municipality. Raises PermissionDenied."""
    person = person_who_may(request, Permission.SEE_AUDIT)
    if not grants_of(person).allows(Permission.SEE_AUDIT):
        raise PermissionDenied
    return AuditFilter(request.GET, kinds=kinds(), actions=actions())


def _zone(request: HttpRequest) -> Any:
    return request.municipality.zone  # type: ignore[attr-defined]


def _page(request: HttpRequest, form: AuditFilter, *, status: int = 200) -> HttpResponse:
    found = entries(zone=_zone(request), **form.cleaned_data)
    page = page_of_entries(found, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    query = request.GET.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    context = {
        "section": "administration",
        "form": form,
        "page": page,
        "filter_query": query.urlencode(),
        "has_errors": bool(form.errors),
    }
    return render(request, "organisation/administration/audit.html", context, status=status)
