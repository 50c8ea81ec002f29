"""Where results are: the staff's, and what everybody may see."""

from __future__ import annotations

from django.urls import path

from surveys.views import public_results, results

urlpatterns = [
    path("staff/surveys/<slug:code>/results/", results.results, name="results"),
    path("staff/surveys/<slug:code>/results/publish/", results.publish, name="results_publish"),
    path("staff/surveys/<slug:code>/results/take-back/", results.take_back, name="results_take_back"),
    path("staff/surveys/<slug:code>/results/preview/", results.preview, name="results_preview"),
    path("staff/surveys/<slug:code>/results/files/<slug:form>/", results.file, name="results_file"),
    path("surveys/<slug:code>/results/", public_results.results, name="public_results"),
    path("surveys/<slug:code>/results/<str:form>", public_results.file, name="public_results_file"),
]
