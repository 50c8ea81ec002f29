"""What every page's frame shows: the municipality, and what the signed-in person may open."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from organisation.permissions import Permission
from organisation.queries import NOTHING, NotSetUp, grants_of, municipality


def page(request: HttpRequest) -> dict[str, Any]:
    """Return `municipality` (None before set-up), `may` (names of held permissions) and `demonstration`."""

    def found() -> Any:
        try:
            return municipality()
        except NotSetUp:
            return None

    def may() -> dict[str, bool]:
        user = getattr(request, "user", None)
        grants = grants_of(user) if user is not None and user.is_authenticated else NOTHING
        return {permission.value: grants.somewhere(permission) for permission in Permission}

    return {
        "municipality": SimpleLazyObject(found),
        "may": SimpleLazyObject(may),
        "demonstration": settings.DEMONSTRATION,
    }
