"""Where results are: the staff's, and what everybody may see."""

from __future__ import annotations

from django.urls import path

from surveys.views import public_results, publishing, results

urlpatterns = [
    path("staff/surveys/<slug:code>/results/", results.results, name="results"),
    path("staff/surveys/<slug:code>/results/publish/", publishing.publish, name="results_publish"),
    path("staff/surveys/<slug:code>/results/take-back/", publishing.take_back, name="results_take_back"),
    path("staff/surveys/<slug:code>/results/withdraw/", publishing.withdraw, name="results_withdraw"),
    path("staff/surveys/<slug:code>/results/compute/", publishing.compute, name="results_compute"),
    path("staff/surveys/<slug:code>/results/throw-away/", publishing.throw_away, name="results_throw_away"),
    path("staff/surveys/<slug:code>/results/preview/", publishing.preview, name="results_preview"),
    path("staff/surveys/<slug:code>/results/files/<slug:form>/", results.file, name="results_file"),
    path("surveys/<slug:code>/results/", public_results.results, name="public_results"),
    path("surveys/<slug:code>/results/<str:form>", public_results.file, name="public_results_file"),
]
