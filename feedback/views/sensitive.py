"""Sensitive cards: those that one may open, and the door before each."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from feedback.actions.sensitive import look
from feedback.errors import Refused
from feedback.forms.sensitive import LookForm
from feedback.queries import for_list, open_to, sensitive_card
from feedback.rules import SEEING_CARDS
from feedback.views.access import person_who_may
from feedback.views.refusals import show_refusal

SHOWN = 200


@login_required
@never_cache
@require_safe
def sensitive(request: HttpRequest) -> HttpResponse:
    """Show the sensitive cards that the person may open, the next deadline first, without a word of what they say."""
    person = person_who_may(request, *SEEING_CARDS)
    cards = list(open_to(person).select_related("unit", "handler").order_by("-due_on", "-id")[:SHOWN])
    cards.sort(key=lambda card: (not card.is_open, card.due_on, card.pk))
    context = {
        "section": "cards",
        "cards": cards,
        "today": timezone.localdate(),
        "minutes": settings.SENSITIVE_LOOK_MINUTES,
    }
    return render(request, "feedback/sensitive/list.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def door(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask why the person opens the card, write it down, and lead on to what was asked for."""
    person = person_who_may(request, *SEEING_CARDS)
    card = sensitive_card(person, reference, for_list)
    if card is None:
        raise Http404
    wanted = request.POST.get("next") or request.GET.get("next", "")
    here = reverse("feedback:card", args=[card.reference])
    if not (wanted.startswith(here) and url_has_allowed_host_and_scheme(wanted, None)):
        wanted = here
    form, status = LookForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                look(card, by=person, now=timezone.now(), **form.cleaned_data)
            except Refused as refusal:
                show_refusal(form, refusal)
            else:
                return redirect(wanted)
    context = {
        "section": "cards",
        "card": card,
        "form": form,
        "next": wanted,
        "today": timezone.localdate(),
        "minutes": settings.SENSITIVE_LOOK_MINUTES,
        "has_errors": bool(form.errors),
    }
    return render(request, "feedback/sensitive/door.html", context, status=status)
