"""Cards that were sent to neighbours: the list, and what a person does about one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from feedback.actions.handing_over import note_number, send_again, stop_following
from feedback.errors import Refused
from feedback.handover_queries import handover_of, handovers_for
from feedback.paging import SIZE
from feedback.rules import SEEING_CARDS
from feedback.views.access import card_for, person_who_may


@login_required
@never_cache
@require_safe
def handovers(request: HttpRequest) -> HttpResponse:
    """Show what was sent to neighbours, first what somebody has to look at."""
    person = person_who_may(request, *SEEING_CARDS)
    page = Paginator(handovers_for(person), SIZE).get_page(request.GET.get("page"))
    return render(request, "feedback/handovers/list.html", {"section": "handovers", "page": page})


def _do(act: Callable[..., Any], done: Callable[[], str]) -> Callable[..., HttpResponse]:
    @login_required
    @require_POST
    def view(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
        person, card = card_for(request, reference)
        handover = handover_of(card, pk)
        if handover is None:
            raise Http404
        given = {"their_id": request.POST.get("their_id", "")} if act is note_number else {}
        try:
            act(handover, by=person, now=timezone.now(), **given)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, done())
        response: HttpResponse = redirect("feedback:card", reference=reference)
        response["Location"] += "#neighbours"
        return response

    return view


again = _do(send_again, lambda: _("It is on its way once more."))
number = _do(note_number, lambda: _("The number is written down, and we follow it from now on."))
stop = _do(stop_following, lambda: _("It is not followed any more. What they have, they have."))
