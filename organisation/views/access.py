"""Who may open a page: asked in the first line of each view."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

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


def administrator(request: HttpRequest) -> Person:
    """Return who is signed in, if they keep the organisation. Raises PermissionDenied (403) if not."""
    return person_who_may(request, Permission.MANAGE_ORGANISATION)
