"""Who may open a page: asked in the first line of each view."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from feedback.models import Card
from feedback.queries import card_by_reference, sensitive_card
from feedback.rules import SEEING_CARDS
from feedback.views.door import let_in
from organisation.models import Person
from organisation.views.access import person_who_may

__all__ = ["card_for", "person_who_may"]


def card_for(request: HttpRequest, reference: str) -> tuple[Person, Card]:
    """Return who is signed in and the card they may see. A card of others looks like one that is not there (404).

    A sensitive card opens to who has said why, else SayWhyFirst is raised, which leads to the page that asks.
    """
    person = person_who_may(request, *SEEING_CARDS)
    card = card_by_reference(person, reference) or sensitive_card(person, reference)
    if card is None:
        raise Http404
    if card.sensitive:
        let_in(request, person, card)
    return person, card
