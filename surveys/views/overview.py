"""The list of surveys, and one survey's own page: where it stands, what is next, and the way to its parts."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from organisation.views.access import person_who_may
from surveys.queries import all_surveys
from surveys.rules import SEEING_SURVEYS, may_manage


@login_required
@never_cache
@require_safe
def surveys(request: HttpRequest) -> HttpResponse:
    """Show all surveys, the newest first."""
    person = person_who_may(request, *SEEING_SURVEYS)
    context = {"section": "surveys", "surveys": all_surveys(), "may_manage": may_manage(person)}
    return render(request, "surveys/building/surveys.html", context)


@login_required
@never_cache
@require_safe
def survey(request: HttpRequest, code: str) -> HttpResponse:
    """Show one survey: its stage, what is next, and its parts."""
    person = person_who_may(request, *SEEING_SURVEYS)
    found = get_object_or_404(all_surveys(), code=code)
    context = {"section": "surveys", "survey": found, "may_manage": may_manage(person)}
    return render(request, "surveys/building/survey.html", context)
