"""The addresses of feedback's pages. Mails and receipts name some of them: what is published stays."""

from __future__ import annotations

from django.urls import path

from feedback.views import attachments, card, citizen, escalations, overdue, register, status, worklist
from feedback.views.administration import categories, closing, deadlines, front, rules

app_name = "feedback"

urlpatterns = [
    path("", citizen.send, name="send"),
    path("suggest/", citizen.suggest, name="suggest"),
    path("card/", status.find, name="find"),
    path("card/<slug:secret>/", status.status, name="status"),
    path("card/<slug:secret>/receipt/", citizen.receipt, name="receipt"),
    path("card/<slug:secret>/withdraw/", status.withdraw, name="withdraw"),
    path("card/<slug:secret>/files/<int:pk>/", status.own_file, name="own_file"),
    path("card/<slug:secret>/<slug:step>/", status.step, name="own_step"),
    path("privacy/", citizen.privacy, name="privacy"),
    path("staff/", worklist.worklist, name="worklist"),
    path("staff/register/", register.register, name="register"),
    path("staff/cards/<str:reference>/", card.card, name="card"),
    path("staff/cards/<str:reference>/contact-card.pdf", attachments.contact_card, name="contact_card"),
    path("staff/cards/<str:reference>/files/<int:pk>/", attachments.attachment, name="attachment"),
    path("staff/cards/<str:reference>/<slug:step>/", card.step, name="step"),
    path("staff/overdue/", overdue.weeks, name="overdue_weeks"),
    path("staff/overdue/run/", overdue.run, name="run_overdue"),
    path("staff/overdue/<str:week>/", overdue.week, name="overdue_week"),
    path("staff/overdue/<str:week>/<slug:unit>/", overdue.unit_list, name="overdue_list"),
    path("staff/escalations/", escalations.escalations, name="escalations"),
    path("staff/administration/", front.front, name="administration"),
    path("staff/administration/units/<slug:code>/close/", closing.close_unit, name="close_unit"),
    path("staff/administration/categories/", categories.categories, name="categories"),
    path("staff/administration/new-category/", categories.new_category, name="new_category"),
    path("staff/administration/categories/<slug:code>/", categories.category, name="category"),
    path("staff/administration/categories/<slug:code>/move/", categories.move, name="move_category"),
    path("staff/administration/rules/", rules.rules, name="rules"),
    path("staff/administration/new-rule/", rules.new_rule, name="new_rule"),
    path("staff/administration/rules/<int:pk>/", rules.rule, name="rule"),
    path("staff/administration/rules/<int:pk>/move/", rules.move, name="move_rule"),
    path("staff/administration/rules/<int:pk>/remove/", rules.remove, name="remove_rule"),
    path("staff/administration/deadlines/", deadlines.deadlines, name="deadlines"),
    path("staff/escalations/<str:week>/", escalations.escalation, name="escalation"),
]
