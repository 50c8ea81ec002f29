"""Close a unit: its open cards go to its successor in the same moment."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from feedback.actions.closing_units import close_unit_and_move_cards
from feedback.forms.administration import CloseUnitForm
from feedback.queries import what_hangs_on
from organisation.models import Unit
from organisation.views.access import administrator
from organisation.views.answering import answer


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def close_unit(request: HttpRequest, code: str) -> HttpResponse:
    """Show what hangs on the unit, and close it."""
    person, unit = administrator(request), get_object_or_404(Unit, code=code, closed_on=None)
    today = timezone.localdate()
    form = CloseUnitForm(request.POST or None, unit=unit, initial={"on": today})
    return answer(
        request,
        form,
        lambda: close_unit_and_move_cards(unit, **form.values(), today=today, by=person, now=timezone.now()),
        template="feedback/administration/close_unit.html",
        context=lambda: {"unit": unit, "hangs": what_hangs_on(unit)},
        done=_("«%(unit)s» is closed.") % {"unit": unit.name},
        to=reverse("organisation:units"),
    )
