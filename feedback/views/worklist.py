"""The work list: what is to be done, and every card by search and filter."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from feedback.filters import CardFilter
from feedback.paging import DUE, NEWEST, page_of
from feedback.queries import counts_for_today, visible_to
from feedback.reference import parse_reference
from feedback.rules import SEEING_CARDS
from feedback.views.access import person_who_may

FILTERS = ("state", "unit", "category", "kind", "channel", "received_from", "received_until")
"""Those that stand in the folded part, which is open where one of them is in use."""


@login_required
@never_cache
@require_safe
def worklist(request: HttpRequest) -> HttpResponse:
    """Show the cards that the person may see: without a filter the open ones, the next deadline first."""
    person = person_who_may(request, *SEEING_CARDS)
    asked = request.GET.copy()
    if reference := parse_reference(str(asked.get("q", ""))):
        return _straight_to_card(request, reference)
    if not set(asked) - {"after", "before", "mine"}:
        asked["due"] = "open"
    filtered = CardFilter(asked, queryset=visible_to(person), request=request)
    order = DUE if asked.get("due") else NEWEST
    today = timezone.localdate()
    context = {
        "section": "cards",
        "filter": filtered,
        "asked": asked,
        "page": page_of(filtered.qs, order, after=asked.get("after", ""), before=asked.get("before", "")),
        "today": today,
        "needed": request.municipality.minimum_attempts,  # type: ignore[attr-defined]
        "by_deadline": order is DUE,
        "filtering": any(asked.get(name) for name in FILTERS),
    }
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "feedback/cards/list.html#rows", context)
    return render(request, "feedback/cards/list.html", context | {"counts": counts_for_today(person, today)})


def _straight_to_card(request: HttpRequest, reference: str) -> HttpResponse:
    """Somebody who types a whole reference wants that card."""
    address = reverse("feedback:card", args=[reference])
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)
