"""The map that a citizen may open: where its pictures come from, and what the page must allow for it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse


def map_for_page() -> dict[str, Any] | None:
    """Return what the page needs to open a map, None where no address for its pictures is set."""
    if not settings.MAP_TILES_URL:
        return None
    latitude, longitude, zoom = settings.MAP_START
    return {
        "tiles": settings.MAP_TILES_URL,
        "attribution": settings.MAP_ATTRIBUTION,
        "host": urlsplit(settings.MAP_TILES_URL).hostname,
        "start": f"{latitude},{longitude},{zoom:g}",
    }


def allow_tiles(response: HttpResponse) -> HttpResponse:
    """Let this page, and no other, load pictures from the map's origin."""
    parts = urlsplit(settings.MAP_TILES_URL)
    if parts.netloc:
        response._csp_update = {"img-src": [f"{parts.scheme}://{parts.netloc}"]}  # type: ignore[attr-defined]
    return response
