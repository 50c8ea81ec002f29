"""Addresses of the API, below `/api/`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.common import no_append_slash

from feedback.api import views

app_name = "api"


def _exactly(view: Callable[..., Any]) -> Callable[..., Any]:
    """Keep the answers, which hold personal data, out of caches, and do without the redirect that adds a forgotten slash:
    it would turn a POST into a GET and lose its body."""
    return no_append_slash(never_cache(view))


urlpatterns = [
    path("v1/cards/", _exactly(views.CardsView.as_view()), name="cards"),
    path("v1/cards/<str:reference>/", _exactly(views.CardView.as_view()), name="card"),
    path("v1/token/", _exactly(views.TokenView.as_view()), name="token"),
    path("v1/schema/", views.SchemaView.as_view(), name="schema"),
    path("docs/", views.DocsView.as_view(), name="docs"),
]
