"""The addresses of surveys: the staff's under `/staff/surveys/`, everybody's under `/surveys/`. What is published stays.

Each part keeps its own list, and adds one line here.
"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

app_name = "surveys"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("surveys.building_urls")),
    path("", include("surveys.answering_urls")),
    path("", include("surveys.sample_urls")),
    path("", include("surveys.result_urls")),
    path("", include("surveys.comment_urls")),
]
