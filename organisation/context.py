"""What every page's frame shows: the municipality, its languages, and what the signed-in person may open."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from organisation.permissions import Permission
from organisation.queries import NOTHING, NotSetUp, grants_of, municipality

OWN_NAMES = {"nb": "Bokmål", "nn": "Nynorsk", "sv": "Svenska", "en": "English"}
"""What each language calls itself: whoever looks for theirs reads it in theirs."""


def page(request: HttpRequest) -> dict[str, Any]:
    """Return what `base.html` needs. All is lazy: a page that shows none of it asks nothing.

    `municipality` is None before set-up, `may` holds the names of held permissions, `ring_today` for those who work in a
    unit besides the mayor's office and `see_whole_audit` for those who see the log of all units, `page_languages` pairs of
    code and name.
    """

    def found() -> Any:
        # The middleware's object, so that a page reads the municipality once however many ask for it.
        try:
            here = getattr(request, "municipality", None) or municipality()
            return here if here.pk else None
        except NotSetUp:
            return None

    def may() -> dict[str, bool]:
        user = getattr(request, "user", None)
        grants = grants_of(user) if user is not None and user.is_authenticated else NOTHING
        held = {permission.value: grants.somewhere(permission) for permission in Permission}
        working = set(grants.units_with(Permission.WORK_ON_CARDS))
        whole = {"see_whole_audit": grants.allows(Permission.SEE_AUDIT)}
        return held | whole | {"ring_today": bool(working - set(grants.units_with(Permission.SEE_POLITICAL_CARDS)))}

    here = SimpleLazyObject(found)

    def languages() -> list[tuple[str, str]]:
        offered = here.languages if here else [code for code, _name in settings.LANGUAGES]
        return [(code, OWN_NAMES.get(code, code)) for code in offered]

    return {
        "municipality": here,
        "may": SimpleLazyObject(may),
        "page_languages": SimpleLazyObject(languages),
        "demonstration": settings.DEMONSTRATION,
        "demonstration_mail": settings.DEMONSTRATION and settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"),
    }
