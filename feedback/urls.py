"""The addresses of feedback's pages. Mails and receipts name some of them: what is published stays."""

from __future__ import annotations

from django.urls import path

from feedback.views import (
    absence,
    attachments,
    card,
    chief,
    citizen,
    escalations,
    overdue,
    political,
    register,
    today,
    worklist,
)

app_name = "feedback"

urlpatterns = [
    path("", citizen.send, name="send"),
    path("card/", citizen.find, name="find"),
    path("card/<slug:secret>/", citizen.status, name="status"),
    path("card/<slug:secret>/receipt/", citizen.receipt, name="receipt"),
    path("privacy/", citizen.privacy, name="privacy"),
    path("staff/", worklist.worklist, name="worklist"),
    path("staff/today/", today.today, name="today"),
    path("staff/political/", political.political, name="political"),
    path("staff/chief/", chief.chief, name="chief"),
    path("staff/absence/", absence.absence, name="absence"),
    path("staff/absence/<int:pk>/remove/", absence.remove, name="remove_absence"),
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
    path("staff/escalations/<str:week>/", escalations.escalation, name="escalation"),
]
