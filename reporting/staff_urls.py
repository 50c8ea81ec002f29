"""The addresses of the staff's pages of figures: scorecards, indicators, values, service statistics."""

from __future__ import annotations

from django.urls import path

from reporting.views import (
    assessments,
    benchmarks,
    feeds,
    groups,
    indicators,
    scorecards,
    statistics,
    structure,
    values,
)

HERE = "staff/scorecards/<slug:key>"

urlpatterns = [
    path("staff/scorecards/", scorecards.scorecard_list, name="scorecards"),
    path("staff/scorecards/new/", structure.new_scorecard, name="new_scorecard"),
    path(f"{HERE}/", scorecards.scorecard, name="scorecard"),
    path(f"{HERE}/settings/", structure.settings, name="scorecard_settings"),
    path(f"{HERE}/remove/", structure.remove_scorecard, name="remove_scorecard"),
    path(f"{HERE}/structure/", structure.structure, name="structure"),
    path(f"{HERE}/new-goal/", structure.new_goal, name="new_goal"),
    path(f"{HERE}/goals/<int:pk>/", structure.goal, name="goal"),
    path(f"{HERE}/goals/<int:pk>/new-factor/", structure.new_factor, name="new_factor"),
    path(f"{HERE}/factors/<int:pk>/", structure.factor, name="factor"),
    path(f"{HERE}/factors/<int:pk>/new-indicator/", structure.new_row, name="new_row"),
    path(f"{HERE}/rows/<int:pk>/", structure.row, name="row"),
    path(f"{HERE}/rows/<int:pk>/limits/<int:limits>/remove/", structure.remove_limits, name="remove_limits"),
    path(f"{HERE}/<slug:kind>/<int:pk>/remove/", structure.remove_part, name="remove_part"),
    path(f"{HERE}/<slug:kind>/<int:pk>/move/", structure.move_part, name="move_part"),
    path("staff/indicators/", indicators.indicator_list, name="indicators"),
    path("staff/indicators/new/", indicators.new_indicator, name="new_indicator"),
    path("staff/indicators/<slug:key>/", indicators.indicator, name="indicator"),
    path("staff/indicators/<slug:key>/settings/", indicators.settings, name="indicator_settings"),
    path("staff/values/", values.values, name="values"),
    path("staff/values/import/", values.read_file, name="import"),
    path("staff/sources/", feeds.sources, name="sources"),
    path("staff/sources/new/", feeds.edit_source, name="new_source"),
    path("staff/sources/open-data/", feeds.open_indicators, name="open_indicators"),
    path("staff/sources/<int:pk>/", feeds.source, name="source"),
    path("staff/sources/<int:pk>/settings/", feeds.edit_source, name="edit_source"),
    path("staff/sources/<int:pk>/remove/", feeds.remove_source, name="remove_source"),
    path("staff/sources/<int:pk>/fetch/", feeds.fetch_now, name="fetch_now"),
    path("staff/sources/<int:pk>/answers/<int:answer>/", feeds.raw_answer, name="raw_answer"),
    path("staff/assessments/", assessments.assessment_list, name="assessments"),
    path("staff/assessments/new/", assessments.new_assessment, name="new_assessment"),
    path("staff/assessments/<int:pk>/", assessments.assessment, name="assessment"),
    path("staff/assessments/<int:pk>/settings/", assessments.change, name="change_assessment"),
    path("staff/assessments/<int:pk>/remove/", assessments.remove, name="remove_assessment"),
    path("staff/assessments/<int:pk>/<slug:area>/", assessments.evidence, name="evidence"),
    path("staff/benchmarks/", benchmarks.overview, name="benchmarks"),
    path("staff/benchmarks/groups/", groups.group_list, name="groups"),
    path("staff/benchmarks/groups/new/", groups.new_group, name="new_group"),
    path("staff/benchmarks/groups/<slug:key>/", groups.change, name="group"),
    path("staff/benchmarks/groups/<slug:key>/remove/", groups.remove, name="remove_group"),
    path("staff/benchmarks/profiles/<slug:key>/", benchmarks.make_indicators, name="make_profile"),
    path("staff/benchmarks/indicators/<slug:key>/", benchmarks.indicator, name="benchmark"),
    path("staff/benchmarks/indicators/<slug:key>/figures/", benchmarks.figures, name="benchmark_figures"),
    path("staff/statistics/", statistics.statistics, name="statistics"),
    path("staff/statistics/count/", statistics.count, name="count"),
    path("staff/statistics/uncount/", statistics.uncount, name="uncount"),
]
