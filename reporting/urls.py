"""The addresses of figures: everybody's, and the staff's. What is published stays."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from reporting.views import hear

app_name = "reporting"

urlpatterns: list[URLPattern | URLResolver] = [
    path("what-we-hear/", hear.hear, name="hear"),
    path("what-we-hear/you-said/", hear.stories, name="stories"),
    path("", include("reporting.staff_urls")),
]
