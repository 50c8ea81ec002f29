"""The addresses of the staff's pages of figures: scorecards, indicators, values, assessments, actions,
meetings, service statistics."""

from __future__ import annotations

from django.urls import path

from reporting.views import assessments, indicators, meetings, plans, scorecards, statistics, structure, values

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
    path("staff/assessments/", assessments.assessment_list, name="assessments"),
    path("staff/assessments/new/", assessments.new_assessment, name="new_assessment"),
    path("staff/assessments/<int:pk>/", assessments.assessment, name="assessment"),
    path("staff/assessments/<int:pk>/settings/", assessments.change, name="change_assessment"),
    path("staff/assessments/<int:pk>/remove/", assessments.remove, name="remove_assessment"),
    path("staff/assessments/<int:pk>/<slug:area>/", assessments.evidence, name="evidence"),
    path("staff/actions/", plans.action_list, name="actions"),
    path("staff/actions/new/", plans.new_action, name="new_action"),
    path("staff/actions/budget/", plans.budget, name="budget"),
    path("staff/actions/budget.<slug:form>", plans.budget_file, name="budget_file"),
    path("staff/actions/<int:pk>/", plans.action, name="action"),
    path("staff/actions/<int:pk>/settings/", plans.change_action, name="change_action"),
    path("staff/actions/<int:pk>/follow-up/", plans.follow_up, name="follow_up"),
    path("staff/actions/<int:pk>/evidence/", plans.add_evidence, name="add_evidence"),
    path("staff/actions/<int:pk>/evidence/<int:item>/remove/", plans.remove_evidence, name="remove_evidence"),
    path("staff/actions/<int:pk>/notes/<int:item>/remove/", plans.remove_note, name="remove_note"),
    path("staff/meetings/", meetings.meeting_list, name="meetings"),
    path("staff/meetings/new/", meetings.new_meeting, name="new_meeting"),
    path("staff/meetings/<int:pk>/", meetings.meeting, name="meeting"),
    path("staff/meetings/<int:pk>/settings/", meetings.change_meeting, name="change_meeting"),
    path("staff/meetings/<int:pk>/remove/", meetings.remove_meeting, name="remove_meeting"),
    path("staff/meetings/<int:pk>/said/", meetings.write_inputs, name="write_inputs"),
    path("staff/meetings/<int:pk>/said/<int:item>/", meetings.change_input, name="change_input"),
    path("staff/meetings/<int:pk>/said/<int:item>/remove/", meetings.remove_input, name="remove_input"),
    path("staff/meetings/<int:pk>/said/<int:item>/card/", meetings.input_card, name="input_card"),
    path("staff/meetings/<int:pk>/said/<int:item>/make-card/", meetings.make_card, name="make_card"),
    path("staff/statistics/", statistics.statistics, name="statistics"),
    path("staff/statistics/count/", statistics.count, name="count"),
    path("staff/statistics/uncount/", statistics.uncount, name="uncount"),
]
