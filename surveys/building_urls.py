"""The addresses of making a survey: the list, a survey's own page, its questionnaire."""

from __future__ import annotations

from django.urls import path

from surveys.views import building, building_areas, building_questions, overview

HERE = "staff/surveys/<slug:code>"

urlpatterns = [
    path("staff/surveys/", overview.surveys, name="surveys"),
    path("staff/surveys/new/", building.new_survey, name="new"),
    path(f"{HERE}/", overview.survey, name="survey"),
    path(f"{HERE}/settings/", building.settings, name="settings"),
    path(f"{HERE}/copy/", building.copy, name="copy"),
    path(f"{HERE}/remove/", building.remove, name="remove"),
    path(f"{HERE}/questionnaire/", building_areas.questionnaire, name="questionnaire"),
    path(f"{HERE}/library/", building_areas.from_library, name="library"),
    path(f"{HERE}/new-area/", building_areas.new_area, name="new_area"),
    path(f"{HERE}/areas/<slug:area>/", building_areas.area, name="area"),
    path(f"{HERE}/areas/<slug:area>/move/", building_areas.move, name="move_area"),
    path(f"{HERE}/areas/<slug:area>/remove/", building_areas.remove, name="remove_area"),
    path(f"{HERE}/areas/<slug:area>/new-question/", building_questions.new_question, name="new_question"),
    path(f"{HERE}/questions/<slug:question>/", building_questions.question, name="question"),
    path(f"{HERE}/questions/<slug:question>/move/", building_questions.move, name="move_question"),
    path(f"{HERE}/questions/<slug:question>/remove/", building_questions.remove, name="remove_question"),
]
