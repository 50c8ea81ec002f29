"""Addresses of the API, below `/api/`."""

from __future__ import annotations

from django.urls import path

from feedback.api import audit, card_parts, changes, exports, house, overdue, steps, views, webhooks
from feedback.api.exactly import exactly

app_name = "api"


ON_A_CARD = {
    "events": card_parts.EventsView,
    "attachments": card_parts.AttachmentsView,
    "contact-attempts": card_parts.AttemptsView,
    "contact-card": steps.ContactCardView,
    "contact-card/posted": steps.PostedView,
    "callback": steps.CallbackView,
    "follow-up": steps.FollowUpView,
    "refer": steps.ReferView,
    "forward": steps.ForwardView,
    "reroute": steps.RerouteView,
    "return": steps.ReturnView,
    "delegate": steps.DelegateView,
    "preliminary-answer": steps.PreliminaryAnswerView,
    "notes": steps.NoteView,
    "close": steps.CloseView,
    "reopen": steps.ReopenView,
}
"""What can be read of a card or done with it, by the last part of the address."""

urlpatterns = [
    path("v1/cards/", exactly(views.CardsView.as_view()), name="cards"),
    path("v1/cards/export.csv", exactly(exports.CsvView.as_view()), name="cards-csv"),
    path("v1/cards/export.ndjson", exactly(exports.NdjsonView.as_view()), name="cards-ndjson"),
    path("v1/cards/<str:reference>/", exactly(views.CardView.as_view()), name="card"),
    *(
        path(f"v1/cards/<str:reference>/{name}/", exactly(view.as_view()), name=name.replace("/", "-"))
        for name, view in ON_A_CARD.items()
    ),
    path(
        "v1/cards/<str:reference>/attachments/<str:sha256>/",
        exactly(card_parts.AttachmentView.as_view()),
        name="attachment",
    ),
    path("v1/changes/", exactly(changes.ChangesView.as_view()), name="changes"),
    path("v1/audit/", exactly(audit.AuditView.as_view()), name="audit"),
    path("v1/units/", exactly(house.UnitsView.as_view()), name="units"),
    path("v1/categories/", exactly(house.CategoriesView.as_view()), name="categories"),
    path("v1/routing-preview/", exactly(house.RoutingPreviewView.as_view()), name="routing-preview"),
    path("v1/overdue-runs/", exactly(overdue.RunsView.as_view()), name="overdue-runs"),
    path("v1/overdue-runs/<str:week>/", exactly(overdue.RunView.as_view()), name="overdue-run"),
    path("v1/overdue-runs/<str:week>/<slug:unit>/", exactly(overdue.ListView.as_view()), name="overdue-list"),
    path("v1/escalations/", exactly(overdue.EscalationsView.as_view()), name="escalations"),
    path("v1/escalations/<str:week>/", exactly(overdue.EscalationView.as_view()), name="escalation"),
    path("v1/webhooks/", exactly(webhooks.WebhooksView.as_view()), name="webhooks"),
    path("v1/webhooks/<uuid:id>/", exactly(webhooks.WebhookView.as_view()), name="webhook"),
    path("v1/webhooks/<uuid:id>/secret/", exactly(webhooks.SecretView.as_view()), name="webhook-secret"),
    path("v1/webhooks/<uuid:id>/test/", exactly(webhooks.TestView.as_view()), name="webhook-test"),
    path("v1/webhooks/<uuid:id>/deliveries/", exactly(webhooks.DeliveriesView.as_view()), name="webhook-deliveries"),
    path("v1/webhooks/<uuid:id>/replay/", exactly(webhooks.ReplayView.as_view()), name="webhook-replay"),
    path("v1/token/", exactly(views.TokenView.as_view()), name="token"),
    path("v1/schema/", views.SchemaView.as_view(), name="schema"),
    path("docs/", views.DocsView.as_view(), name="docs"),
]
