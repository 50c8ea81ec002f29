"""The administrator's pages of webhooks: registered, tried, sent again, switched off; the secret shown once."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from organisation.models import WebhookDelivery, WebhookEndpoint
from organisation.webhooks.delivery import send_due
from organisation.webhooks.signing import signature
from tests.factories import MONDAY, Solvik, a_card
from tests.organisation.receiver import Receiver, open_receiver
from tests.organisation.told import a_webhook_with_deliveries

HOOKS = "/staff/administration/webhooks/"
NEW = "/staff/administration/new-webhook/"


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def admin(solvik: Solvik, client: Client) -> Client:
    client.force_login(solvik.administrator)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    settings.WEBHOOK_TIMEOUT = 1
    with open_receiver() as made:
        yield made


def text(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def test_the_whole_errand(solvik: Solvik, admin: Client, receiver: Receiver) -> None:
    form = {
        "url": f"{receiver.url}/hook", "events": ["card.registered", "card.closed"], "units": [solvik.roads.pk],
        "description": "Kartet", "owner": solvik.administrator.pk,
    }  # fmt: skip
    made = admin.post(NEW, form)
    assert made.status_code == 201
    (secret,) = set(re.findall(r"whsec_[A-Za-z0-9+/=]+", text(made)))
    hook = WebhookEndpoint.objects.get()
    here = f"{HOOKS}{hook.key}/"
    assert secret not in text(admin.get(here))
    assert "Nothing sent yet" in text(admin.get(HOOKS))

    assert admin.post(f"{here}test/").headers["Location"] == here
    assert 'hx-trigger="every 2s"' in text(admin.get(here))
    a_card(unit=solvik.roads, now=MONDAY)
    send_due(now=MONDAY)
    page = text(admin.get(here))
    assert 'hx-trigger="every 2s"' not in page
    assert page.count("✓ Delivered") == 2
    assert "card.registered" in page
    took = receiver.took[-1]
    assert took.headers["webhook-signature"] == signature(
        secret, took.id, int(took.headers["webhook-timestamp"]), took.body
    )

    assert admin.post(f"{here}change/", form | {"events": ["card.closed"], "units": []}).status_code == 302
    hook.refresh_from_db()
    assert (hook.events, hook.units.count(), hook.url) == (["card.closed"], 0, form["url"])
    fresh = text(admin.post(f"{here}secret/"))
    assert "the former secret signs too" in fresh
    assert secret not in fresh
    assert "The former secret signs nothing" in text(admin.post(f"{here}secret/", {"at_once": "1"}))
    assert admin.post(f"{here}switch/").status_code == 302
    page = text(admin.get(here))
    assert "■ Off" in page
    assert "Send a test" not in page
    assert admin.post(f"{here}switch/", {"on": "1"}).status_code == 302
    assert "Send a test" in text(admin.get(here))
    assert admin.post(f"{here}remove/").headers["Location"] == HOOKS
    assert "No other system is told" in text(admin.get(HOOKS))
    assert admin.get(here).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field", "says"),
    [
        ({"url": ""}, "url", "Write the address."), ({"url": "http://maps.example/"}, "url", "begins with https://"),
        ({"url": "https://192.168.1.4/hook"}, "url", "private network"), ({"events": []}, "events", "at least one event"),
        ({"owner": ""}, "owner", "Choose who is told."),
        ({"url": "https://a:b@maps.example/"}, "url", "No name and password"),
    ],
)  # fmt: skip
def test_what_cannot_be_comes_back_as_typed(
    solvik: Solvik, admin: Client, wrong: dict[str, Any], field: str, says: str
) -> None:
    form = {
        "url": "https://maps.example/hook", "events": ["card.closed"], "description": "Mitt kart", "owner": solvik.clerk.pk
    } | wrong  # fmt: skip
    answer = admin.post(NEW, form)
    assert answer.status_code == 422
    assert says in text(answer)
    assert "Mitt kart" in text(answer)
    assert f'href="#id_{field}' in text(answer)
    assert not WebhookEndpoint.objects.exists()


def test_what_was_given_up_is_seen_and_sent_again(solvik: Solvik, admin: Client) -> None:
    hook = a_webhook_with_deliveries(solvik.administrator, MONDAY)
    here = f"{HOOKS}{hook.key}/"
    assert "1 delivery was given up" in text(admin.get(HOOKS))
    page = admin.get(f"{HOOKS}given-up/").content.decode()
    assert "26-000001-1" in page
    assert "&lt;b&gt;Traceback" in page
    failed = WebhookDelivery.objects.get(status="failed")
    for typed, says in (
        ("", "Write a day."),
        ("31.02.2026", "31.02.2026"),
        ("03.11.2026", "Nothing has been given up"),
    ):
        answer = admin.post(f"{here}replay/", {"since": typed})
        assert (answer.status_code, says in text(answer)) == (422, True), typed
    assert admin.post(f"{here}replay/", {"since": "02.11.2026"}).status_code == 302
    failed.refresh_from_db()
    assert (failed.status, failed.attempts) == ("waiting", 0)
    WebhookDelivery.objects.filter(pk=failed.pk).update(status="failed")
    again = admin.post(f"{HOOKS}deliveries/{failed.key}/replay/", {"back": "given-up"})
    assert again.headers["Location"] == f"{HOOKS}given-up/"
    assert "Nothing was given up." in text(admin.get(f"{HOOKS}given-up/"))


def test_only_the_administrator(solvik: Solvik, client: Client) -> None:
    hook = a_webhook_with_deliveries(solvik.administrator, MONDAY)
    delivery = WebhookDelivery.objects.get(status="failed")
    client.force_login(solvik.clerk)
    pages = [HOOKS, NEW, f"{HOOKS}given-up/", f"{HOOKS}{hook.key}/", f"{HOOKS}{hook.key}/change/"]
    doors = [f"{HOOKS}{hook.key}/{what}/" for what in ("change", "test", "switch", "secret", "replay", "remove")]
    assert {client.get(url).status_code for url in pages} == {403}
    assert {client.post(url).status_code for url in [NEW, *doors, f"{HOOKS}deliveries/{delivery.key}/replay/"]} == {403}
    assert WebhookEndpoint.objects.get().off_since is None


def test_pages_cost_the_same_however_many(solvik: Solvik, admin: Client, django_assert_max_num_queries: Any) -> None:
    hook = a_webhook_with_deliveries(solvik.administrator, MONDAY)
    for number in range(60):
        WebhookDelivery.objects.create(
            endpoint=hook, event="card.closed", cause=f"more:{number}", body="{}", at=MONDAY, next_attempt_at=MONDAY,
            status="failed", attempts=10, delete_on=MONDAY.date(),
        )  # fmt: skip
    for url in (HOOKS, f"{HOOKS}{hook.key}/", f"{HOOKS}given-up/"):
        with django_assert_max_num_queries(9):
            page = text(admin.get(url))
    earlier = re.search(r'\?before=([0-9a-f-]+)"', page)
    assert earlier
    assert "26-000001-1" in text(admin.get(f"{HOOKS}given-up/?before={earlier[1]}"))
