"""The addresses of feedback's pages. Mails and receipts name some of them: what is published stays."""

from __future__ import annotations

from django.urls import path

from feedback.views import (
    attachments,
    card,
    citizen,
    contact_cards,
    escalations,
    overdue,
    overdue_sending,
    register,
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
    path("staff/register/", register.register, name="register"),
    path("staff/register/look-up/", register.look_up, name="register_look_up"),
    path("staff/contact-cards/", contact_cards.contact_cards, name="contact_cards"),
    path("staff/contact-cards/print/", contact_cards.print_chosen, name="print_contact_cards"),
    path("staff/contact-cards/posted/", contact_cards.post_chosen, name="post_contact_cards"),
    path("staff/contact-cards/<str:batch>.pdf", contact_cards.document, name="contact_cards_document"),
    path("staff/cards/<str:reference>/", card.card, name="card"),
    path("staff/cards/<str:reference>/contact-card.pdf", attachments.contact_card, name="contact_card"),
    path("staff/cards/<str:reference>/files/<int:pk>/", attachments.attachment, name="attachment"),
    path("staff/cards/<str:reference>/<slug:step>/", card.step, name="step"),
    path("staff/overdue/", overdue.weeks, name="overdue_weeks"),
    path("staff/overdue/run/", overdue.run, name="run_overdue"),
    path("staff/overdue/preview/", overdue_sending.preview, name="preview_overdue"),
    path("staff/overdue/<str:week>/lists.pdf", overdue_sending.week_document, name="overdue_week_document"),
    path("staff/overdue/<str:week>/<slug:unit>/list.pdf", overdue_sending.list_document, name="overdue_list_document"),
    path("staff/overdue/<str:week>/<slug:unit>/resend/", overdue_sending.resend, name="resend_overdue_list"),
    path("staff/overdue/<str:week>/", overdue.week, name="overdue_week"),
    path("staff/overdue/<str:week>/<slug:unit>/", overdue.unit_list, name="overdue_list"),
    path("staff/escalations/", escalations.escalations, name="escalations"),
    path("staff/escalations/<str:week>/", escalations.escalation, name="escalation"),
]
