"""Who may open a page: asked in the first line of each view."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from feedback.models import Card
from feedback.queries import card_by_reference
from feedback.rules import SEEING_CARDS
from organisation.models import Person
from organisation.permissions import Permission
from organisation.queries import grants_of


def person_who_may(request: HttpRequest, *permissions: Permission) -> Person:
    """Return who is signed in, if they hold one of `permissions` anywhere. Raises PermissionDenied (403) if not.

    Views stand behind `login_required`, so that somebody who is not signed in is asked to.
    """
    person = request.user
    if not isinstance(person, Person) or not any(grants_of(person).somewhere(permission) for permission in permissions):
        raise PermissionDenied
    return person


def card_for(request: HttpRequest, reference: str) -> tuple[Person, Card]:
    """Return who is signed in and the card they may see. A card of others looks like one that is not there (404)."""
    person = person_who_may(request, *SEEING_CARDS)
    card = card_by_reference(person, reference)
    if card is None:
        raise Http404
    return person, card
