"""What went to the chief executive: each week's cards that were on a list before."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from feedback.queries import entries_of_escalation, escalation_of_week, escalations_for, with_sight
from feedback.views.access import person_who_may
from feedback.views.overdue import week_of
from feedback.weeks import told_of_escalations
from organisation.permissions import Permission


@login_required
@never_cache
@require_safe
def escalations(request: HttpRequest) -> HttpResponse:
    """Show the weeks with an escalation, the latest first."""
    person = person_who_may(request, Permission.SEE_ESCALATIONS)
    shown = list(escalations_for(person)[:60])
    told = told_of_escalations(shown)
    rows = [(escalation, told.get(escalation.pk, [])) for escalation in shown]
    return render(request, "feedback/escalations/weeks.html", {"section": "escalations", "rows": rows})


@login_required
@never_cache
@require_safe
def escalation(request: HttpRequest, week: str) -> HttpResponse:
    """Show one week's escalation by unit."""
    person = person_who_may(request, Permission.SEE_ESCALATIONS)
    named = week_of(week)
    found = escalation_of_week(person, named.year, named.week)
    if found is None:
        raise Http404
    context = {
        "section": "escalations",
        "escalation": found,
        "told": told_of_escalations([found]).get(found.pk, []),
        "entries": with_sight(entries_of_escalation(found, person), person),
        "today": timezone.localdate(),
    }
    return render(request, "feedback/escalations/week.html", context)
