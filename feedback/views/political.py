"""The mayor's office: the political cards that wait for an answer, and what was said to the others."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from feedback.queries import answered_cards, for_rows, open_cards, political_cards
from feedback.views.access import person_who_may
from feedback.views.drawing import Desk
from feedback.views.rows import SHOWN, Back, rows_of
from organisation.permissions import Permission


@login_required
@never_cache
@require_safe
def political(request: HttpRequest) -> HttpResponse:
    """Show the political cards: those that wait by deadline, then the latest that were answered, with the answers."""
    person = person_who_may(request, Permission.SEE_POLITICAL_CARDS)
    desk = Desk.of(request, person)
    cards = political_cards(person)
    waiting = for_rows(open_cards(cards).order_by("due_on", "id")[:SHOWN])
    context = {
        "section": "political",
        "rows": rows_of(waiting, desk, Back(request.get_full_path(), "feedback:political")),
        "overdue": sum(card.due_on < desk.today for card in waiting),
        "answered": answered_cards(cards),
    }
    return render(request, "feedback/unit/political.html", context)
