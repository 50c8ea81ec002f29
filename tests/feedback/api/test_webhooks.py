"""Webhooks by the API: registered, changed, tried and sent again; the secret shown once; nobody else's business."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from rest_framework.test import APIClient

from organisation.actions.api_keys import create_api_key
from organisation.models import WebhookDelivery, WebhookEndpoint
from organisation.webhooks.delivery import send_due
from organisation.webhooks.signing import signature
from tests.feedback.api.conftest import NOW, Town
from tests.feedback.api.test_problems import check
from tests.organisation.receiver import Receiver, open_receiver

HOOKS = "/api/v1/webhooks/"
CLOSED = {"url": "https://maps.example/hook", "events": ["card.closed"]}


@pytest.fixture
def admin(client_of: Callable[..., APIClient]) -> APIClient:
    return client_of("administrator")


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    settings.WEBHOOK_TIMEOUT = 1
    with open_receiver() as made, time_machine.travel(NOW, tick=False):
        yield made


def test_from_registering_to_a_signed_delivery(town: Town, admin: APIClient, receiver: Receiver) -> None:
    body = {"url": f"{receiver.url}/hook", "events": ["card.registered"], "units": ["roads"], "description": "Kartet"}
    made = admin.post(HOOKS, body)
    assert made.status_code == 201, made.json()
    hook = made.json()
    secret = hook.pop("secret")
    assert made["Location"].endswith(f"{HOOKS}{hook['id']}/")
    assert admin.get(made["Location"]).json() == hook
    assert admin.get(HOOKS).json() == {"next": None, "results": [hook]}
    assert {key: hook[key] for key in body} == body
    assert hook["owner"]["email"] == "administrator@solvik.example"
    town.card(unit=town.roads, at=NOW)
    town.card("Annet", unit=town.schools, at=NOW)
    send_due(now=NOW)
    (took,) = receiver.took
    stamp = int(took.headers["webhook-timestamp"])
    assert took.headers["webhook-signature"] == signature(secret, took.id, stamp, took.body)
    (told,) = admin.get(f"{HOOKS}{hook['id']}/deliveries/").json()["results"]
    assert (told["id"], told["status"], told["http_status"], told["event"]) == (
        took.id,
        "delivered",
        200,
        "card.registered",
    )


def test_changed_switched_off_and_removed(town: Town, admin: APIClient) -> None:
    hook = admin.post(HOOKS, CLOSED).json()
    here = f"{HOOKS}{hook['id']}/"
    off = admin.patch(here, {"events": ["card.overdue", "card.closed"], "units": ["schools"], "on": False}).json()
    assert (off["events"], off["units"], off["on"]) == (["card.closed", "card.overdue"], ["schools"], False)
    assert off["off_because"] == "by_hand"
    check(admin.post(f"{here}test/"), 409, "webhook_off")
    assert admin.patch(here, {"on": True}).json()["on"]
    fresh = admin.post(f"{here}secret/", {}).json()["secret"]
    assert fresh.startswith("whsec_")
    assert fresh != hook["secret"]
    assert "secret" not in admin.get(here).json()
    assert admin.delete(here).status_code == 204
    check(admin.get(here), 404, "not_found")


def test_tried_and_sent_again(town: Town, admin: APIClient, receiver: Receiver) -> None:
    hook = admin.post(HOOKS, {"url": f"{receiver.url}/hook", "events": ["card.registered"]}).json()
    here = f"{HOOKS}{hook['id']}/"
    tried = admin.post(f"{here}test/")
    assert (tried.status_code, tried.json()["event"]) == (202, "webhook.test")
    town.card(at=NOW)
    send_due(now=NOW)
    WebhookDelivery.objects.filter(event="card.registered").update(status="failed", delivered_at=None)
    assert admin.get(here).json()["given_up"] == 1
    failed = admin.get(f"{here}deliveries/?status=failed").json()["results"]
    assert admin.post(f"{here}replay/", {"since": NOW.isoformat()}).json() == {"deliveries": 1}
    send_due(now=NOW)
    assert admin.post(f"{here}replay/", {"delivery": failed[0]["id"]}).json() == {"deliveries": 1}
    send_due(now=NOW)
    ids = [took.id for took in receiver.took]
    assert ids[1:] == [failed[0]["id"]] * 3
    check(admin.post(f"{here}replay/", {"since": NOW.isoformat()}), 400, "nothing_to_replay", ["since"])
    for body in ({}, {"since": NOW.isoformat(), "delivery": ids[0]}, {"delivery": str(uuid4())}):
        check(admin.post(f"{here}replay/", body), 400, "invalid", ["delivery"])
    other = admin.post(HOOKS, CLOSED).json()
    check(admin.post(f"{HOOKS}{other['id']}/replay/", {"delivery": ids[0]}), 400, "invalid", ["delivery"])


def test_deliveries_come_in_pages(town: Town, admin: APIClient, django_assert_num_queries: Any) -> None:
    hook = admin.post(HOOKS, CLOSED).json()
    here = WebhookEndpoint.objects.get()
    WebhookDelivery.objects.bulk_create(
        WebhookDelivery(
            endpoint=here, event="card.closed", cause=f"card:{n}", body="{}", at=NOW, next_attempt_at=NOW,
            delete_on=NOW.date(),
        )
        for n in range(120)
    )  # fmt: skip
    seen, url = [], f"{HOOKS}{hook['id']}/deliveries/?status=waiting"
    while url:
        page = admin.get(url).json()
        seen += [row["id"] for row in page["results"]]
        url = page["next"]
    assert seen == [str(one.key) for one in WebhookDelivery.objects.order_by("-id")]
    for query, field in (
        ("nonsense=1", "nonsense"),
        ("status=lost", "status"),
        (f"before={uuid4()}", "before"),
        ("before=x", "before"),
    ):
        check(admin.get(f"{HOOKS}{hook['id']}/deliveries/?{query}"), 400, "invalid", [field])


@pytest.mark.parametrize(
    ("body", "code", "fields"),
    [
        ({}, "invalid", ["url", "events"]), (CLOSED | {"events": []}, "invalid", ["events"]),
        (CLOSED | {"events": ["card.eaten"]}, "invalid", ["events.1"]),
        (CLOSED | {"units": ["nowhere"]}, "invalid", ["units.1"]),
        (CLOSED | {"url": "http://maps.example/"}, "cannot_fetch", ["url"]),
        (CLOSED | {"secret": "mine"}, "invalid", ["secret"]),
        (CLOSED | {"url": "https://127.0.0.1/"}, "private_address", ["url"]), (CLOSED | {"url": "\x00"}, "invalid", ["url"]),
    ],
)  # fmt: skip
def test_what_cannot_be(town: Town, admin: APIClient, body: dict[str, Any], code: str, fields: list[str]) -> None:
    problem = admin.post(HOOKS, body)
    assert problem.status_code == 400
    assert problem.json()["code"] == code
    assert [error["field"] for error in problem.json()["errors"]] in (fields, [fields[0].partition(".")[0]])
    assert not WebhookEndpoint.objects.exists()


def test_what_is_sent_twice_is_registered_once_and_its_secret_told_once(town: Town, admin: APIClient) -> None:
    key = {"HTTP_IDEMPOTENCY_KEY": "5b2f3c1e"}
    first = admin.post(HOOKS, CLOSED, **key)
    assert first.status_code == 201
    check(admin.post(HOOKS, CLOSED, **key), 409, "answered_before")
    check(admin.post(HOOKS, CLOSED | {"description": "x"}, **key), 422, "idempotency_key_reused")
    assert WebhookEndpoint.objects.count() == 1
    secret = f"{HOOKS}{first.json()['id']}/secret/"
    assert admin.post(secret, {}, HTTP_IDEMPOTENCY_KEY="other").status_code == 200
    check(admin.post(secret, {}, HTTP_IDEMPOTENCY_KEY="other"), 409, "answered_before")


def test_nobody_elses_business(town: Town, client_of: Callable[..., APIClient], admin: APIClient) -> None:
    hook = admin.post(HOOKS, CLOSED).json()
    doors = [
        (method, f"{HOOKS}{tail}")
        for method, tail in (
            ("get", ""), ("post", ""), ("get", f"{hook['id']}/"), ("patch", f"{hook['id']}/"), ("delete", f"{hook['id']}/"),
            ("post", f"{hook['id']}/secret/"), ("post", f"{hook['id']}/test/"), ("get", f"{hook['id']}/deliveries/"),
            ("post", f"{hook['id']}/replay/"),
        )
    ]  # fmt: skip
    others = {who: client_of(who) for who in town.people if who not in ("administrator", "gone")}

    def with_key(scopes: list[str], **values: Any) -> APIClient:
        person = town.people["administrator"]
        made = create_api_key(
            name="x", acts_as=person, scopes=scopes, today=NOW.date(), by=None, now=NOW, expires_on=None, **values
        )
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {made.secret}")
        return client

    others["another scope"] = with_key(["cards:write", "figures:write"])
    others["a key of one unit"] = with_key(["webhooks:write"], units=[town.roads])
    for who, client in others.items():
        for method, url in doors:
            assert getattr(client, method)(url, CLOSED).status_code == 403, (who, method, url)
    for method, url in doors:
        assert getattr(client_of(), method)(url).status_code == 401
    assert with_key(["webhooks:write"]).get(HOOKS).status_code == 200
    assert WebhookEndpoint.objects.count() == 1


def test_the_list_costs_the_same_however_long(town: Town, admin: APIClient, django_assert_max_num_queries: Any) -> None:
    for _ in range(3):
        admin.post(HOOKS, CLOSED | {"units": ["roads", "schools"]})
    with django_assert_max_num_queries(5):
        assert len(admin.get(HOOKS).json()["results"]) == 3
