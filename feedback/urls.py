"""The addresses of feedback's pages. Mails and receipts name some of them: what is published stays."""

from __future__ import annotations

from django.urls import path

from feedback.views import (
    attachments,
    bulk,
    card,
    citizen,
    escalations,
    export,
    overdue,
    register,
    saved,
    worklist,
)

app_name = "feedback"

urlpatterns = [
    path("", citizen.send, name="send"),
    path("suggest/", citizen.suggest, name="suggest"),
    path("card/", citizen.find, name="find"),
    path("card/<slug:secret>/", citizen.status, name="status"),
    path("card/<slug:secret>/receipt/", citizen.receipt, name="receipt"),
    path("privacy/", citizen.privacy, name="privacy"),
    path("staff/", worklist.worklist, name="worklist"),
    path("staff/forward/<str:reference>/", bulk.forward, name="forward"),
    path("staff/undo/", bulk.undo, name="undo"),
    path("staff/filters/", saved.filters, name="filters"),
    path("staff/filters/<int:pk>/", saved.change, name="filter"),
    path("staff/export/", export.export, name="export"),
    path("staff/export/cards.<str:form>", export.download, name="download"),
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
