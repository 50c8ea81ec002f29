"""Addresses of surveys in the API, below `/api/`."""

from __future__ import annotations

from django.urls import path

from feedback.api.exactly import exactly
from surveys.api import views

app_name = "surveys_api"

urlpatterns = [
    path("v1/surveys/", exactly(views.SurveysView.as_view()), name="surveys"),
    path("v1/surveys/<slug:survey>/", exactly(views.SurveyView.as_view()), name="survey"),
    path("v1/surveys/<slug:survey>/answers/", exactly(views.AnswersView.as_view()), name="answers"),
    path("v1/surveys/<slug:survey>/results/", exactly(views.ResultsView.as_view()), name="results"),
    path("v1/survey-by-code/", exactly(views.ByCodeView.as_view()), name="by-code"),
]
