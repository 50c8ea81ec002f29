"""Who may open a page of figures, and the scorecard or indicator that is asked for."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from organisation.models import Person
from organisation.permissions import Permission
from organisation.views.access import person_who_may
from reporting.models import Indicator, Scorecard
from reporting.queries import indicator_called, scorecard_called

SECTION = {"section": "scorecards"}


def reading(request: HttpRequest) -> Person:
    """Return who is signed in, if they may see figures (403 if not)."""
    return person_who_may(request, Permission.SEE_SCORECARDS)


def managing(request: HttpRequest) -> Person:
    """Return who is signed in, if they keep indicators and scorecards (403 if not)."""
    return person_who_may(request, Permission.MANAGE_SCORECARDS)


def scorecard_of(key: str) -> Scorecard:
    found = scorecard_called(key)
    if found is None:
        raise Http404
    return found


def indicator_of(key: str) -> Indicator:
    found = indicator_called(key)
    if found is None:
        raise Http404
    return found
