"""The addresses of figures: everybody's, and the staff's. What is published stays."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from reporting.views import hear, open_data, public_reports

app_name = "reporting"

urlpatterns: list[URLPattern | URLResolver] = [
    path("what-we-hear/", hear.hear, name="hear"),
    path("what-we-hear/you-said/", hear.stories, name="stories"),
    path("reports/", public_reports.public_list, name="public_reports"),
    path("reports/<slug:name>/", public_reports.public_report, name="public_report"),
    path("reports/<slug:name>/report.<slug:form>", public_reports.public_file, name="public_report_file"),
    path("open-data/", open_data.page, name="open_data"),
    path("open-data/benchmarks.json", open_data.as_json, name="benchmarks_json"),
    path("open-data/benchmarks.csv", open_data.as_csv, name="benchmarks_csv"),
    path("", include("reporting.staff_urls")),
]
