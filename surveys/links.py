"""Where a code is to be typed, and the address that brings it along. Pure but for the site's own address.

The code stands behind «#»: a browser keeps that to itself, so that it reaches no log of any server on the way.
"""

from __future__ import annotations

from django.conf import settings

PATH = "/answer/"


def answer_address() -> str:
    """Return the address as it is printed, without «https://»."""
    return f"{settings.SITE_URL}{PATH}".partition("://")[2].rstrip("/")


def answer_url(code: str) -> str:
    """Return the address that opens the survey with this code."""
    return f"{settings.SITE_URL}{PATH}#{code}"
