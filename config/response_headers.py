"""What each answer says to the browser beside its content, where Django and its helpers do not.

The Content-Security-Policy is django-csp's; HSTS, nosniff, Referrer-Policy and Cross-Origin-Opener-Policy are of Django's
SecurityMiddleware, X-Frame-Options of its clickjacking middleware.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import add_never_cache_headers

USED_HERE = (
    "geolocation",
    "publickey-credentials-get",
    "publickey-credentials-create",
    "clipboard-read",
    "clipboard-write",
)
"""Of a citizen who asks for it on the page; passkeys; figures that are pasted into a table."""
USED_NOWHERE = (
    "accelerometer", "ambient-light-sensor", "autoplay", "bluetooth", "browsing-topics", "camera", "display-capture",
    "encrypted-media", "fullscreen", "gamepad", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer",
    "microphone", "midi", "payment", "picture-in-picture", "screen-wake-lock", "serial", "storage-access", "usb",
    "window-management", "xr-spatial-tracking",
)  # fmt: skip
PERMISSIONS = ", ".join([*(f"{one}=(self)" for one in USED_HERE), *(f"{one}=()" for one in USED_NOWHERE)])


class ResponseHeadersMiddleware:
    """Closes what no page uses, lets no other site load what is ours, and lets nobody keep what nobody said may be kept."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        shared = "cross-origin" if response.has_header("Access-Control-Allow-Origin") else "same-origin"
        response.headers.setdefault("Cross-Origin-Resource-Policy", shared)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response
