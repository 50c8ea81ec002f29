"""The administrator's front page: what can be kept, and how much there is of each."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from feedback.handover_queries import number_of_neighbours
from feedback.queries import number_of_categories, number_of_rules
from organisation.log import changes, page_of_changes
from organisation.overview import numbers
from organisation.views.access import administrator

LATEST = 5


@login_required
@never_cache
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    administrator(request)
    here = request.municipality  # type: ignore[attr-defined]
    context = {
        "section": "administration",
        "numbers": numbers(timezone.localdate().year),
        "categories": number_of_categories(),
        "rules": number_of_rules(),
        "neighbours": number_of_neighbours(),
        "latest": page_of_changes(changes(zone=here.zone)).rows[:LATEST],
    }
    return render(request, "feedback/administration/front.html", context)
