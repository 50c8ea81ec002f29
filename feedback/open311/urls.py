"""Addresses of the door, below `/open311/`. The ending of each is its form."""

from __future__ import annotations

from django.urls import path, re_path

from feedback.open311 import views

app_name = "open311"

_FORM = r"\.(?P<form>xml|json)$"

ADDRESSES = {
    "discovery": ("discovery", views.discovery),
    "services": ("services", views.service_list),
    "definition": (r"services/(?P<code>[^/]+)", views.service_definition),
    "requests": ("requests", views.requests),
    "request": (r"requests/(?P<number>[^/]+)", views.one_request),
    "token": (r"tokens/(?P<token>[^/]+)", views.token),
    "updates": ("servicerequestupdates", views.updates),
}

urlpatterns = [
    *(re_path(f"^v2/{at}{_FORM}", view, {"trial": False}, name=name) for name, (at, view) in ADDRESSES.items()),
    *(
        re_path(f"^test/v2/{at}{_FORM}", view, {"trial": True}, name=f"trial-{name}")
        for name, (at, view) in ADDRESSES.items()
    ),
    re_path(r"^.*\.(?P<form>json)$", views.nothing, name="nothing-json"),
    path("<path:anything>", views.nothing, {"form": "xml"}, name="nothing"),
    path("", views.nothing, {"form": "xml"}, name="front"),
]
