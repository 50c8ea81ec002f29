"""Django's system checks of ours: what is wrong before the first page is asked for."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register

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
