"""The work list: what is to be done, and every card by search and filter."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from feedback.reference import parse_reference
from feedback.rules import SEEING_CARDS
from feedback.views.access import person_who_may
from feedback.views.bulk import act_on_chosen
from feedback.views.list_page import ListPage


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def worklist(request: HttpRequest) -> HttpResponse:
    """Show the cards that the person may see: without a filter those that need them. A post acts on the chosen ones."""
    person = person_who_may(request, *SEEING_CARDS)
    if request.method == "POST":
        return act_on_chosen(request, person)
    if reference := parse_reference(str(request.GET.get("q", ""))):
        return _straight_to_card(request, reference)
    page = ListPage(request, person)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "feedback/cards/list.html#rows", page.rows_context())
    return render(request, "feedback/cards/list.html", page.context())


def _straight_to_card(request: HttpRequest, reference: str) -> HttpResponse:
    """Somebody who types a whole reference wants that card."""
    address = reverse("feedback:card", args=[reference])
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)
