"""Addresses of figures and actions, below `/api/v1/`."""

from __future__ import annotations

from django.urls import path

from feedback.api.exactly import exactly
from reporting.api import actions, assessments, benchmarks, indicators, public, reports, tables

app_name = "figures"

urlpatterns = [
    path("indicators/", exactly(indicators.IndicatorsView.as_view()), name="indicators"),
    path("indicators/<str:key>/", exactly(indicators.IndicatorView.as_view()), name="indicator"),
    path("values/", exactly(indicators.ValuesView.as_view()), name="values"),
    path("scorecards/", exactly(tables.ScorecardsView.as_view()), name="scorecards"),
    path("scorecards/<str:key>/", exactly(tables.ScorecardView.as_view()), name="scorecard"),
    path("overview/", exactly(tables.OverviewView.as_view()), name="overview"),
    path("themes/", exactly(tables.ThemesView.as_view()), name="themes"),
    path("benchmarks/", exactly(benchmarks.BenchmarksView.as_view()), name="benchmarks"),
    path("benchmarks/<str:group>/", exactly(benchmarks.BenchmarkView.as_view()), name="benchmark"),
    path("assessment-versions/", exactly(assessments.VersionsView.as_view()), name="assessment-versions"),
    path("assessments/", exactly(assessments.AssessmentsView.as_view()), name="assessments"),
    path("assessments/<str:reference>/", exactly(assessments.AssessmentView.as_view()), name="assessment"),
    path("reports/", exactly(reports.ReportsView.as_view()), name="reports"),
    path("reports/<str:name>/", exactly(reports.ReportView.as_view()), name="report"),
    path("actions/", exactly(actions.ActionsView.as_view()), name="actions"),
    path("actions/<str:reference>/", exactly(actions.ActionView.as_view()), name="action"),
    path("actions/<str:reference>/follow-ups/", exactly(actions.FollowUpsView.as_view()), name="follow-ups"),
    path("actions/<str:reference>/evidence/", exactly(actions.EvidenceView.as_view()), name="evidence"),
    path("public-statistics/", exactly(public.PublicStatisticsView.as_view()), name="public-statistics"),
]
