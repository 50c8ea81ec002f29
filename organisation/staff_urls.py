"""The administrator's pages on what this app keeps, below /staff/administration/."""

from __future__ import annotations

from django.urls import path

from organisation.views import api_keys, audit, log, look, municipality, people, sign_ins, units, webhooks

app_name = "organisation"

urlpatterns = [
    path("units/", units.units, name="units"),
    path("new-unit/", units.new_unit, name="new_unit"),
    path("units/<slug:code>/", units.unit, name="unit"),
    path("people/", people.people, name="people"),
    path("new-person/", people.new_person, name="new_person"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/link/", people.send_link, name="send_link"),
    path("people/<int:pk>/roles/", people.give_role, name="give_role"),
    path("people/<int:pk>/roles/<int:role>/take/", people.take_role, name="take_role"),
    path("people/<int:pk>/absences/", people.write_absence, name="write_absence"),
    path("people/<int:pk>/absences/<int:absence>/remove/", people.take_back_absence, name="take_back_absence"),
    path("people/<int:pk>/sign-ins/", sign_ins.sign_ins, name="sign_ins"),
    path("people/<int:pk>/sign-ins/end/", sign_ins.end_all, name="end_all"),
    path("people/<int:pk>/second-step/take/", sign_ins.take_second_step, name="take_second_step"),
    path("provider/", sign_ins.provider_roles, name="provider_roles"),
    path("provider/<int:pk>/remove/", sign_ins.remove_role, name="remove_provider_role"),
    path("texts/", municipality.texts, name="texts"),
    path("texts/<str:key>/", municipality.text, name="text"),
    path("calendar/", municipality.calendar, name="calendar"),
    path("calendar/<int:pk>/remove/", municipality.open_after_all, name="open_after_all"),
    path("municipality/", municipality.municipality, name="municipality"),
    path("look/", look.look, name="look"),
    path("look/arms/", look.change_arms, name="change_arms"),
    path("look/arms/remove/", look.take_arms_away, name="take_arms_away"),
    path("keys/", api_keys.api_keys, name="api_keys"),
    path("new-key/", api_keys.new_api_key, name="new_api_key"),
    path("keys/<int:pk>/revoke/", api_keys.revoke, name="revoke_api_key"),
    path("webhooks/", webhooks.webhooks, name="webhooks"),
    path("new-webhook/", webhooks.new_webhook, name="new_webhook"),
    path("webhooks/given-up/", webhooks.given_up, name="given_up"),
    path("webhooks/deliveries/<uuid:key>/replay/", webhooks.replay, name="replay_delivery"),
    path("webhooks/<uuid:key>/", webhooks.webhook, name="webhook"),
    path("webhooks/<uuid:key>/change/", webhooks.change, name="change_webhook"),
    path("webhooks/<uuid:key>/test/", webhooks.test, name="test_webhook"),
    path("webhooks/<uuid:key>/switch/", webhooks.switch, name="switch_webhook"),
    path("webhooks/<uuid:key>/secret/", webhooks.secret, name="webhook_secret"),
    path("webhooks/<uuid:key>/replay/", webhooks.replay_since, name="replay_since"),
    path("webhooks/<uuid:key>/remove/", webhooks.remove, name="remove_webhook"),
    path("log/", log.log, name="log"),
    path("audit/", audit.audit, name="audit"),
    path("audit/entries.csv", audit.audit_file, name="audit_file"),
]
