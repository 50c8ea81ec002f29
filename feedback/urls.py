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
    mailings,
    overdue,
    paper_card,
    political,
    register,
    status,
    stories,
    today,
    worklist,
)

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
    path("staff/today/", today.today, name="today"),
    path("staff/political/", political.political, name="political"),
    path("staff/chief/", chief.chief, name="chief"),
    path("staff/absence/", absence.absence, name="absence"),
    path("staff/absence/<int:pk>/remove/", absence.remove, name="remove_absence"),
    path("staff/register/", register.register, name="register"),
    path("staff/cards/<str:reference>/", card.card, name="card"),
    path("staff/cards/<str:reference>/contact-card.pdf", attachments.contact_card, name="contact_card"),
    path("staff/cards/<str:reference>/files/<int:pk>/", attachments.attachment, name="attachment"),
    path("staff/cards/<str:reference>/story/", stories.write, name="write_story"),
    path("staff/cards/<str:reference>/<slug:step>/", card.step, name="step"),
    path("staff/overdue/", overdue.weeks, name="overdue_weeks"),
    path("staff/overdue/run/", overdue.run, name="run_overdue"),
    path("staff/overdue/<str:week>/", overdue.week, name="overdue_week"),
    path("staff/overdue/<str:week>/<slug:unit>/", overdue.unit_list, name="overdue_list"),
    path("staff/paper-card/", paper_card.paper_card, name="paper_card"),
    path("staff/paper-card/card.pdf", paper_card.paper_card_file, name="paper_card_file"),
    path("staff/mailings/", mailings.mailings, name="mailings"),
    path("staff/mailings/<int:pk>/", mailings.mailing, name="mailing"),
    path("staff/mailings/<int:pk>/remove/", mailings.remove, name="remove_mailing"),
    path("staff/stories/", stories.stories, name="stories"),
    path("staff/stories/<int:pk>/", stories.story, name="story"),
    path("staff/stories/<int:pk>/publish/", stories.publish, name="publish_story"),
    path("staff/stories/<int:pk>/withdraw/", stories.withdraw, name="withdraw_story"),
    path("staff/stories/<int:pk>/delete/", stories.delete, name="delete_story"),
    path("staff/escalations/", escalations.escalations, name="escalations"),
    path("staff/escalations/<str:week>/", escalations.escalation, name="escalation"),
]
