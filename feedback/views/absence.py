"""Write down one's own absence, and see who acts meanwhile."""

from __future__ import annotations

from copy import copy
from datetime import date
from typing import NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from feedback.errors import Refused
from feedback.forms.absence import AbsenceForm
from feedback.views.refusals import show_refusal
from organisation.actions.people import register_absence, remove_absence
from organisation.models import Person, Unit
from organisation.queries import absence_of, absences_of, is_away, led_by, list_recipient


class StandsIn(NamedTuple):
    """Who acts for a unit while its leader is away: the deputy, else whoever `list_recipient` finds above (`to`)."""

    unit: Unit
    deputy: Person | None
    deputy_away: bool
    to: Person | None


def _who(request: HttpRequest) -> Person:
    if not isinstance(request.user, Person):
        raise PermissionDenied
    return request.user


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def absence(request: HttpRequest) -> HttpResponse:
    """Show one's own absences and who acts meanwhile; write down another."""
    person, today = _who(request), timezone.localdate()
    form, status = AbsenceForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                register_absence(person, **form.cleaned_data, by=person, today=today)
            except Refused as refusal:
                show_refusal(form, refusal)
            else:
                messages.success(request, _("Your absence is written down."))
                return redirect("feedback:absence")
    own, places = list(absences_of(person, today=today)), led_by(person)
    first_on = own[0].first_on if own else today
    context = {
        "section": "absence",
        "form": form,
        "absences": own,
        "stands_in": [_stands_in(unit, person, first_on) for unit in places if unit.leader_id == person.pk],
        "deputy_for": [unit for unit in places if unit.leader_id != person.pk],
        "today": today,
    }
    return render(request, "feedback/unit/absence.html", context, status=status)


@login_required
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back one of one's own absences."""
    person = _who(request)
    found = absence_of(person, pk)
    if found is None:
        raise Http404
    remove_absence(found, by=person)
    messages.success(request, _("The absence is removed."))
    return redirect("feedback:absence")


def _stands_in(unit: Unit, person: Person, on: date) -> StandsIn:
    """Return who acts for the unit on the first day of the absence."""
    deputy = unit.deputy if unit.deputy is not None and unit.deputy.is_active and unit.deputy_id != person.pk else None
    unit = copy(unit)
    unit.leader = None  # as it is while they are away, also where no absence is written down yet
    to = list_recipient(unit, on=on, language="")
    return StandsIn(unit, deputy, deputy is not None and is_away(deputy, on), to.person if to is not None else None)
