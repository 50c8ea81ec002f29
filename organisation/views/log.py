"""The log of changes."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from organisation.forms.municipality import LogFilter
from organisation.log import changes, kinds, page_of_changes
from organisation.views.access import administrator


@login_required
@never_cache
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """Show who changed what and when, the newest first. A filter that cannot be read is told of and left out."""
    administrator(request)
    form = LogFilter(request.GET, kinds=kinds())
    form.is_valid()
    found = changes(zone=request.municipality.zone, **form.cleaned_data)  # type: ignore[attr-defined]
    page = page_of_changes(found, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    context = {"section": "administration", "form": form, "page": page, "has_errors": bool(form.errors)}
    return render(request, "organisation/administration/log.html", context)
