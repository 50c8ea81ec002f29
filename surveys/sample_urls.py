"""The addresses of the sample and of fielding."""

from __future__ import annotations

from django.urls import path

from surveys.views import fielding, groups_asked, importing, paper, sampling

urlpatterns = [
    path("staff/populations/", sampling.registers, name="populations"),
    path("staff/populations/template.csv", sampling.register_template, name="population_template"),
    path("staff/populations/<int:pk>/forget/", sampling.forget_people, name="forget_people"),
    path("staff/surveys/<slug:code>/sample/", sampling.sample, name="sample"),
    path("staff/surveys/<slug:code>/fielding/", fielding.fielding, name="fielding"),
    path("staff/surveys/<slug:code>/fielding/groups/", groups_asked.groups, name="groups_asked"),
    path("staff/surveys/<slug:code>/fielding/closing/", fielding.closing, name="move_closing"),
    path("staff/surveys/<slug:code>/fielding/open/", fielding.open_at_once, name="open_now"),
    path("staff/surveys/<slug:code>/fielding/close/", fielding.close, name="close"),
    path("staff/surveys/<slug:code>/import/", importing.read_answers, name="import_answers"),
    path("staff/surveys/<slug:code>/import/template.csv", importing.answers_template, name="import_answers_template"),
    path("staff/surveys/<slug:code>/paper/", paper.paper, name="paper"),
    path("staff/surveys/<slug:code>/fielding/letters/", fielding.letters, name="letters"),
    path(
        "staff/surveys/<slug:code>/fielding/questionnaire/<slug:language>/",
        fielding.questionnaire,
        name="questionnaire_pdf",
    ),
    path("staff/surveys/<slug:code>/fielding/remind/", fielding.remind, name="remind"),
    path("staff/surveys/<slug:code>/fielding/mark/", fielding.mark, name="mark"),
]
