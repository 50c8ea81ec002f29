"""Django's system checks of ours: what is wrong before the first page is asked for."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

# What each folder in node_modules must hold, and the package that brings it.
PACKAGES = {
    "@digdir/designsystemet-css": "@digdir/designsystemet-css/dist",
    "@fontsource-variable/inter": "@fontsource-variable/inter",
    "leaflet": "leaflet/dist",
}


def missing_packages() -> list[str]:
    """Return the packages whose style sheets, fonts or scripts are not installed."""
    return [name for name, folder in PACKAGES.items() if not (settings.NODE_MODULES / folder).is_dir()]


@register(Tags.staticfiles)
def style_sheets_are_installed(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn where Designsystemet, its font or the map's library is missing: pages work, and look bare."""
    missing = missing_packages()
    if not missing:
        return []
    return [
        Warning(
            f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not in {settings.NODE_MODULES}: "
            "pages will lack their style, or the map.",
            hint="Run «npm ci --ignore-scripts --omit=dev» in the project's folder; «make run» does it by itself.",
            id="house.W001",
        )
    ]


@register(Tags.security)
def signing_in_is_possible(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse settings with which nobody would come in, or secrets would travel for all to read."""
    found: list[CheckMessage] = []
    for number, (name, issuer) in enumerate(
        (("OIDC_ISSUER", settings.OIDC_ISSUER), ("API_ISSUER", settings.API_ISSUER)), 1
    ):
        if issuer and not issuer.startswith(("https://", "http://localhost", "http://127.0.0.1")):
            found.append(Error(f"{name} must begin with https://.", id=f"house.E00{number}"))
    if settings.OIDC_ISSUER and not settings.OIDC_CLIENT_ID:
        found.append(Error("OIDC_CLIENT_ID must be set where OIDC_ISSUER is.", id="house.E003"))
    if not settings.PASSWORDS_FOR_ALL and not settings.OIDC_ISSUER:
        found.append(Error("PASSWORDS_FOR_ALL may be off only where OIDC_ISSUER is set.", id="house.E004"))
    if settings.API_AUDIENCE and not settings.API_ISSUER:
        found.append(Error("API_ISSUER must be set where API_AUDIENCE is.", id="house.E005"))
    return found + _citizens_can_sign_in()


def _citizens_can_sign_in() -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if not settings.CITIZEN_OIDC_ISSUER:
        return found
    if not settings.CITIZEN_OIDC_ISSUER.startswith(("https://", "http://localhost", "http://127.0.0.1")):
        found.append(Error("CITIZEN_OIDC_ISSUER must begin with https://.", id="house.E006"))
    if not settings.CITIZEN_OIDC_CLIENT_ID:
        found.append(Error("CITIZEN_OIDC_CLIENT_ID must be set where CITIZEN_OIDC_ISSUER is.", id="house.E007"))
    if not (settings.CITIZEN_OIDC_CLIENT_SECRET or settings.CITIZEN_OIDC_PRIVATE_KEY):
        words = "CITIZEN_OIDC_CLIENT_SECRET or CITIZEN_OIDC_PRIVATE_KEY must be set where CITIZEN_OIDC_ISSUER is."
        found.append(Error(words, id="house.E008"))
    return found
