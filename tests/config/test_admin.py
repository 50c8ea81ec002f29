"""The Django admin: support for those who see all cards, the schedule for administrators, nothing for others."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from feedback.deadlines import Contact
from feedback.models import Card
from organisation.models import OutgoingMail, Person
from tests.feedback.api.conftest import Town, town  # noqa: F401

pytestmark = pytest.mark.django_db

FOR_SUPPORT = {"card", "cardevent", "submitter", "overduerun", "overduelist", "escalation", "outgoingmail"}
OURS = {model for model in admin.site._registry if model._meta.app_label in ("organisation", "feedback")}


def path(model: Any, what: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{what}", args=args)


@pytest.fixture
def enter(town: Town, client: Client) -> Any:  # noqa: F811
    def enter(who: str) -> Client:
        Person.objects.filter(pk=town.people[who].pk).update(is_staff=True)
        client.force_login(Person.objects.get(pk=town.people[who].pk))
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
        return client

    return enter


def test_only_what_is_for_support_is_there() -> None:
    assert {model._meta.model_name for model in OURS} == FOR_SUPPORT | {"scheduledjob"}


@pytest.mark.parametrize("who", ["administrator", "service_centre", "unit_leader"])
def test_each_page_opens_for_whom_it_is(town: Town, enter: Any, who: str) -> None:  # noqa: F811
    town.card(unit=town.roads)
    client = enter(who)
    for model in OURS:
        name = model._meta.model_name
        expected = {
            "administrator": name == "scheduledjob",
            "service_centre": name in FOR_SUPPORT,
            "unit_leader": False,
        }[who]
        assert client.get(path(model, "changelist")).status_code == (200 if expected else 403), (who, name)
        row = model._default_manager.first()
        if row is not None:
            assert client.get(path(model, "change", row.pk)).status_code == (200 if expected else 403), (who, name)


def test_cards_can_be_looked_at_and_nothing_else_and_keep_their_secret(town: Town, enter: Any) -> None:  # noqa: F811
    card, client = town.card(unit=town.roads), enter("service_centre")
    assert client.get(path(Card, "add")).status_code == 403
    assert client.post(path(Card, "change", card.pk), {"text": "x"}).status_code == 403
    assert client.post(path(Card, "delete", card.pk), {"post": "yes"}).status_code == 403
    page = client.get(path(Card, "change", card.pk)).content.decode()
    assert card.text in page
    assert card.secret not in page


def test_mail_is_told_of_without_its_words_that_hold_the_private_link(town: Town, enter: Any) -> None:  # noqa: F811
    card = town.card(contact=Contact(email="kari@example.com"))
    mail = OutgoingMail.objects.get(kind="receipt")
    assert card.secret in mail.text
    page = enter("service_centre").get(path(OutgoingMail, "change", mail.pk)).content.decode()
    assert "kari@example.com" in page
    assert card.secret not in page


def test_a_superuser_is_refused_changes_too(town: Town, client: Client) -> None:  # noqa: F811
    card = town.card()
    client.force_login(Person.objects.create_superuser("root@solvik.example", "Root", "x"))
    assert client.get(path(Card, "change", card.pk)).status_code == 200
    assert client.post(path(Card, "delete", card.pk), {"post": "yes"}).status_code == 403


def test_sign_in_is_the_one_sign_in(client: Client, town: Town) -> None:  # noqa: F811
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith("/accounts/login/")
