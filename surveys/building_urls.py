"""The addresses of making a survey: the list, a survey's own page, its questionnaire."""

from __future__ import annotations

from django.urls import path

from surveys.views import overview

urlpatterns = [
    path("staff/surveys/", overview.surveys, name="surveys"),
    path("staff/surveys/<slug:code>/", overview.survey, name="survey"),
]
