"""The overview: the few figures that leaders and council look at first."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from organisation.models import Person, Unit
from organisation.permissions import Permission
from organisation.queries import grants_of
from organisation.replica import figures_page
from organisation.views.answering import answer
from reporting.actions.overview import choose_overview
from reporting.behind import Behind
from reporting.forms.overview import OverviewForm
from reporting.overview import Place, overview_of, places_for, shown_indicators
from reporting.queries import unit_of_code
from reporting.rules import may_manage
from reporting.views.access import SECTION, managing, reading

PART = SECTION | {"part": "overview"}


@login_required
@never_cache
@require_safe
@figures_page
def overview(request: HttpRequest) -> HttpResponse:
    """Show the figures of the whole municipality or of one unit; a leader sees the own unit first."""
    person = reading(request)
    shown = shown_indicators()
    places = places_for(person, shown)
    place = _place(request, person, places)
    found = overview_of(shown, place, get_language() or "nb")
    context = PART | {
        "overview": found,
        "places": places,
        "place": place,
        "ways": Behind(person, place, found.counted_at, request.municipality.zone),  # type: ignore[attr-defined]
        "may_manage": may_manage(person),
    }
    return render(request, "reporting/overview.html", context)


def _place(request: HttpRequest, person: Person, places: list[Place]) -> Unit | None:
    code = request.GET.get("unit")
    if code:
        found = unit_of_code(code)
        if found is None:
            raise Http404
        return found
    leads = not grants_of(person).allows(Permission.SEE_ALL_CARDS)
    return next((each.unit for each in places if each.is_own), None) if code is None and leads else None


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Choose the figures of the overview."""
    person = managing(request)
    form = OverviewForm(
        request.POST if request.method == "POST" else None, shown=shown_indicators(), language=get_language() or "nb"
    )
    return answer(
        request,
        form,
        lambda: choose_overview(form.chosen(), by=person, now=timezone.now()),
        template="reporting/overview_choose.html",
        context=lambda: PART,
        done=_("Saved."),
        to=reverse("reporting:overview"),
    )
