"""Webhooks: told in the transaction of what happened, signed, tried again, never into our own network, nobody holding up
another."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from organisation.actions.webhooks import (
    InOurNetwork,
    IsOff,
    NoEvent,
    NothingToReplay,
    change_secret,
    change_webhook,
    create_webhook,
    remove_webhook,
    replay,
    replay_since,
    send_test,
    turn_off,
    turn_on,
)
from organisation.errors import NotAllowed
from organisation.models import Change, OutgoingMail, WebhookDelivery, WebhookEndpoint
from organisation.outgoing import CannotReach
from organisation.webhooks.delivery import BACK_OFF, CLAIM_FOR, Sent, _claim, delete_old, send_due
from organisation.webhooks.signing import signature
from organisation.webhooks.telling import Telling, tell, untell
from tests.factories import Solvik
from tests.organisation.receiver import Receiver, open_receiver

NOW = datetime(2026, 11, 16, 5, 0, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
Status = WebhookDelivery.Status

pytestmark = pytest.mark.django_db


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    settings.WEBHOOK_TIMEOUT = 1
    with open_receiver() as made:
        yield made


def endpoint(receiver: Receiver, path: str = "/hook", **values: Any) -> WebhookEndpoint:
    values = {"events": ["card.registered"], "by": None, "now": NOW} | values
    return create_webhook(url=receiver.url + path, **values).endpoint


def happened(number: int = 1, event: str = "card.registered", at: datetime = NOW, **values: Any) -> int:
    told = Telling(event, f"card:{number}", at, {"reference": f"26-{number:06}-1"}, **values)
    with transaction.atomic():
        return tell([told], now=at)


def only() -> WebhookDelivery:
    return WebhookDelivery.objects.get()


# --- What is sent -----------------------------------------------------------------------------------------------------


def test_what_is_sent_is_thin_and_signed(receiver: Receiver) -> None:
    made = create_webhook(url=f"{receiver.url}/hook?a=b", events=["card.registered"], by=None, now=NOW)
    assert made.secret not in made.endpoint.secret
    assert happened() == 1
    assert send_due(now=NOW + MINUTE) == Sent(delivered=1)
    (took,) = receiver.took
    assert took.json == {
        "type": "card.registered",
        "timestamp": "2026-11-16T05:00:00+00:00",
        "data": {"reference": "26-000001-1"},
    }
    assert took.headers["content-type"] == "application/json"
    assert took.path == "/hook?a=b"
    assert took.headers["user-agent"].startswith("Innspill (+http")
    assert abs(int(took.headers["webhook-timestamp"]) - (NOW + MINUTE).timestamp()) < 5
    key = base64.b64decode(made.secret.removeprefix("whsec_"))
    content = f"{took.id}.{took.headers['webhook-timestamp']}.".encode() + took.body
    expected = "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    assert took.headers["webhook-signature"] == expected
    sent = only()
    assert (str(sent.key), sent.status, sent.http_status, sent.answer, sent.attempts) == (
        took.id,
        "delivered",
        200,
        "ok",
        1,
    )
    assert send_due(now=NOW + DAY) == Sent()


def test_the_signature_is_that_of_the_specification() -> None:
    """The example in the specification's own test vectors."""
    body = b'{"test": 2432232314}'
    made = signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_only_who_asked_is_told_and_only_of_its_units(receiver: Receiver, solvik: Solvik) -> None:
    everything = endpoint(receiver, "/all", events=["card.registered", "card.closed", "survey.published"])
    of_roads = endpoint(receiver, "/roads", events=["card.registered", "survey.published"], units=[solvik.roads])
    asleep = endpoint(receiver, "/off")
    turn_off(asleep, by=None, now=NOW)
    happened(1, unit_id=solvik.roads.pk)
    happened(2, unit_id=solvik.water.pk)
    happened(3, "card.closed", unit_id=solvik.roads.pk)
    happened(4, "card.called_back", unit_id=solvik.roads.pk)
    happened(5, "survey.published")
    told = [(one.endpoint_id, one.cause) for one in WebhookDelivery.objects.order_by("id")]
    both = [everything.pk, of_roads.pk]
    expected = [(pk, "card:1") for pk in both] + [(everything.pk, f"card:{n}") for n in (2, 3)]
    assert told == expected + [(pk, "card:5") for pk in both]


def test_nobody_is_told_of_what_was_rolled_back_or_twice_of_the_same(receiver: Receiver) -> None:
    endpoint(receiver)
    with transaction.atomic():
        happened(1)
        transaction.set_rollback(True)
    assert not WebhookDelivery.objects.exists()
    assert [happened(1), happened(1)] == [1, 0]


def test_one_statement_however_many(receiver: Receiver, django_assert_num_queries: Any) -> None:
    for path in ("/a", "/b"):
        endpoint(receiver, path)
    with transaction.atomic(), django_assert_num_queries(1):
        assert tell([Telling("card.registered", f"card:{n}", NOW, {}) for n in range(300)], now=NOW) == 600


def test_what_has_its_day_waits_for_it_and_can_be_taken_back(receiver: Receiver) -> None:
    endpoint(receiver)
    happened(1, not_before=NOW + DAY)
    happened(2, not_before=NOW + DAY)
    assert untell("card:1") == 1
    assert send_due(now=NOW + MINUTE) == Sent()
    assert send_due(now=NOW + DAY) == Sent(delivered=1)


def test_one_nudge_after_the_commit(receiver: Receiver, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        happened(1)
    assert callbacks == []
    endpoint(receiver)
    with django_capture_on_commit_callbacks() as callbacks, transaction.atomic():
        happened(1)
        happened(2)
    assert len(callbacks) == 1


# --- What goes wrong --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("behaviour", "status", "fault", "rests"),
    [
        (500, 500, "", False), (404, 404, "", False), (301, 301, "", False), (429, 429, "", True), (503, 503, "", True),
        ("closes", None, "cut_short", True), ("closes midway", None, "cut_short", True), ("hangs", None, "timeout", True),
    ],
)  # fmt: skip
def test_what_is_not_taken_is_tried_again_later(
    receiver: Receiver, behaviour: int | str, status: int | None, fault: str, rests: bool
) -> None:
    receiver.behaviour["/hook"] = behaviour
    receiver.headers = {"Location": f"{receiver.url}/elsewhere"}
    here = endpoint(receiver)
    happened()
    assert send_due(now=NOW) == Sent(put_off=1)
    tried = only()
    assert (tried.status, tried.http_status, tried.fault, tried.attempts) == ("waiting", status, fault, 1)
    assert timedelta(seconds=48) <= tried.next_attempt_at - NOW <= timedelta(seconds=80)
    here.refresh_from_db()
    assert (here.failures, here.rests_until is not None) == (1, rests)
    assert receiver.at("/elsewhere") == []
    assert send_due(now=NOW + timedelta(seconds=40)) == Sent()
    receiver.behaviour["/hook"] = 204
    receiver.answer = b""
    assert send_due(now=NOW + 2 * MINUTE) == Sent(delivered=1)
    here.refresh_from_db()
    assert (here.failures, here.failing_since, here.rests_until) == (0, None, None)
    assert len({took.id for took in receiver.took}) == 1


def test_who_asks_for_a_pause_gets_it(receiver: Receiver) -> None:
    receiver.behaviour["/hook"] = 429
    receiver.headers = {"Retry-After": "3600"}
    here = endpoint(receiver)
    happened()
    send_due(now=NOW)
    here.refresh_from_db()
    assert here.rests_until >= NOW + timedelta(hours=1)
    assert send_due(now=NOW + 59 * MINUTE) == Sent()


def test_nobody_there(receiver: Receiver) -> None:
    create_webhook(url="http://127.0.0.1:9/hook", events=["card.registered"], by=None, now=NOW)
    happened()
    assert send_due(now=NOW) == Sent(put_off=1)
    assert only().fault == "unreachable"


def test_a_long_answer_is_cut_and_is_no_fault(receiver: Receiver) -> None:
    receiver.answer = "Æ\x00\x1b[31m".encode() * 10_000
    endpoint(receiver)
    happened()
    assert send_due(now=NOW) == Sent(delivered=1)
    assert len(only().answer) <= 300
    assert "\x00" not in only().answer


def test_an_answer_that_breaks_off_after_its_yes_is_a_yes(receiver: Receiver) -> None:
    receiver.cut = 100
    endpoint(receiver)
    happened()
    assert send_due(now=NOW) == Sent(delivered=1)


def test_one_that_hangs_holds_up_nobody_else(receiver: Receiver) -> None:
    """The others' deliveries are all through before the one that hangs is given its answer."""
    receiver.behaviour["/hangs"] = "hangs"
    order: list[str] = []
    receiver.on_request = lambda took: order.append(took.path)
    endpoint(receiver, "/hangs")
    endpoint(receiver, "/good")
    for number in range(1, 9):
        happened(number)
    done = send_due(now=NOW)
    assert done == Sent(delivered=8, put_off=1)
    assert order.count("/hangs") == 1  # it rests: the seven others of its own wait
    assert WebhookDelivery.objects.filter(status="waiting", attempts=0).count() == 7
    assert threading.active_count() < 50


def test_it_is_given_up_after_days_and_can_be_sent_again(receiver: Receiver) -> None:
    receiver.behaviour["/hook"] = 500
    here = endpoint(receiver)
    happened()
    moment = NOW
    for number in range(len(BACK_OFF)):
        assert send_due(now=moment) == Sent(put_off=1), number
        moment = only().next_attempt_at + MINUTE
    assert send_due(now=moment) == Sent(given_up=1)
    assert timedelta(days=2) < moment - NOW < timedelta(days=5)
    assert only().status == "failed"
    assert send_due(now=moment + DAY) == Sent()
    receiver.behaviour["/hook"] = 200
    later = moment + DAY
    with pytest.raises(NothingToReplay):
        replay_since(here, since=NOW + MINUTE, by=None, now=later)
    assert replay_since(here, since=NOW, by=None, now=later) == 1
    assert send_due(now=later) == Sent(delivered=1)
    replay(only(), by=None, now=later)
    assert send_due(now=later) == Sent(delivered=1)
    assert len({took.id for took in receiver.took}) == 1


def test_who_fails_for_days_is_switched_off_and_the_owner_told(receiver: Receiver, solvik: Solvik) -> None:
    receiver.behaviour["/hook"] = 500
    here = endpoint(receiver, owner=solvik.administrator, description="Kartet")
    for number in range(1, 11):
        happened(number)
    send_due(now=NOW)
    here.refresh_from_db()
    assert (here.failures, here.failing_since is not None, here.off_since) == (10, True, None)
    send_due(now=NOW + 6 * DAY)
    here.refresh_from_db()
    assert here.off_because == "failed_for_long"
    assert not WebhookDelivery.objects.filter(status="waiting").exists()
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to) == ("webhook_off", solvik.administrator.email)
    assert f"/staff/administration/webhooks/{here.key}/" in mail.text
    assert "Kartet" in mail.text
    assert happened(11, at=NOW + 6 * DAY) == 0
    for refused in (lambda: send_test(here, by=None, now=NOW), lambda: replay_since(here, since=NOW, by=None, now=NOW)):
        with pytest.raises(IsOff):
            refused()
    turn_on(here, by=None, now=NOW + 7 * DAY)
    receiver.behaviour["/hook"] = 200
    assert replay_since(here, since=NOW, by=None, now=NOW + 7 * DAY) == 10
    assert send_due(now=NOW + 7 * DAY) == Sent(delivered=10)


def test_a_quiet_one_with_one_bad_day_stays(receiver: Receiver) -> None:
    receiver.behaviour["/hook"] = 500
    here = endpoint(receiver)
    for day in (0, 10):
        happened(day + 1, at=NOW + day * DAY)
        send_due(now=NOW + day * DAY)
    here.refresh_from_db()
    assert here.off_since is None


def test_who_is_gone_for_good_is_asked_no_more(receiver: Receiver, solvik: Solvik) -> None:
    receiver.behaviour["/hook"] = 410
    here = endpoint(receiver, owner=solvik.administrator)
    happened(1)
    happened(2)
    send_due(now=NOW)
    here.refresh_from_db()
    assert here.off_because == "gone"
    assert len(receiver.took) == 1
    assert OutgoingMail.objects.count() == 1


# --- A worker that dies -----------------------------------------------------------------------------------------------


def test_a_dead_workers_claim_runs_out_and_the_id_stays(receiver: Receiver) -> None:
    endpoint(receiver)
    happened()
    # The other system has it; the worker died before it could write that down.
    WebhookDelivery.objects.update(status="sending", claimed_at=NOW, attempts=1)
    assert send_due(now=NOW + MINUTE) == Sent()
    assert send_due(now=NOW + CLAIM_FOR + MINUTE) == Sent(delivered=1)
    assert receiver.took[0].id == str(only().key)


@pytest.mark.parametrize("off", [[], ["hashjoin", "mergejoin", "material", "hashagg", "sort", "memoize"]])
def test_no_more_is_claimed_than_asked_for_however_it_is_planned(receiver: Receiver, off: list[str]) -> None:
    for path in ("/a", "/b", "/c"):
        endpoint(receiver, path)
    for number in range(1, 21):
        happened(number)
    with connection.cursor() as cursor:
        for way in off:
            cursor.execute(f"SET LOCAL enable_{way} = off")
    taken = _claim(NOW, [], 2)
    assert len(taken) == len({delivery.endpoint_id for delivery in taken}) == 2
    assert WebhookDelivery.objects.filter(status="sending").count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_once(receiver: Receiver) -> None:
    for path in ("/a", "/b", "/c"):
        endpoint(receiver, path)
    for number in range(1, 21):
        happened(number)

    def work() -> None:
        try:
            send_due(now=NOW)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(receiver.took) == len({took.id for took in receiver.took}) == 60
    assert set(WebhookDelivery.objects.values_list("status", flat=True)) == {"delivered"}


# --- Our own network --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "refused"),
    [
        ("http://example.org/", CannotReach), ("ftp://example.org/", CannotReach), ("nonsense", CannotReach),
        ("", CannotReach), ("https://a:b@example.org/", CannotReach), ("https://127.0.0.1/", InOurNetwork),
        ("https://[::1]/", InOurNetwork), ("https://10.1.2.3/x", InOurNetwork), ("https://localhost/", InOurNetwork),
        ("https://169.254.169.254/", InOurNetwork),
    ],
)  # fmt: skip
def test_what_is_no_address_outside_is_refused(url: str, refused: type[Exception]) -> None:
    with pytest.raises(refused) as caught:
        create_webhook(url=url, events=["card.closed"], by=None, now=NOW)
    assert caught.value.field == "url"


def test_a_name_that_leads_into_our_network_is_sent_nothing(receiver: Receiver, settings: Any) -> None:
    """A name can lead elsewhere tomorrow: what it leads to is looked at when something is sent, and that is used."""
    here = endpoint(receiver)
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = False
    for address in ("https://localhost", "https://2130706433", "https://[::ffff:127.0.0.1]"):
        WebhookEndpoint.objects.update(url=address + ":" + receiver.url.rpartition(":")[2], rests_until=None)
        happened(hash(address))
        send_due(now=NOW)
    assert set(WebhookDelivery.objects.values_list("fault", "http_status")) <= {
        ("private", None),
        ("unreachable", None),
    }
    assert receiver.took == []
    here.refresh_from_db()
    assert here.failures == 3


# --- Secrets ----------------------------------------------------------------------------------------------------------


def test_both_secrets_sign_for_a_day(receiver: Receiver) -> None:
    made = create_webhook(url=f"{receiver.url}/hook", events=["card.registered"], by=None, now=NOW)
    second = change_secret(made.endpoint, by=None, now=NOW)

    def signatures(moment: datetime) -> list[str]:
        happened(int(moment.timestamp()), at=moment)
        send_due(now=moment)
        took = receiver.took[-1]
        stamp = int(took.headers["webhook-timestamp"])
        names = {signature(one.secret, took.id, stamp, took.body): name for name, one in known.items()}
        return [names[one] for one in took.headers["webhook-signature"].split()]

    known = {"first": made, "second": second}
    assert signatures(NOW) == ["second", "first"]
    assert signatures(NOW + 23 * timedelta(hours=1)) == ["second", "first"]
    assert signatures(NOW + DAY) == ["second"]
    known["third"] = change_secret(made.endpoint, at_once=True, by=None, now=NOW + DAY)
    assert signatures(NOW + DAY + MINUTE) == ["third"]


def test_a_secret_is_read_with_the_former_key_and_not_without(receiver: Receiver, settings: Any) -> None:
    endpoint(receiver)
    settings.ENCRYPTION_KEYS = ["new", *settings.ENCRYPTION_KEYS]
    happened(1)
    assert send_due(now=NOW) == Sent(delivered=1)
    settings.ENCRYPTION_KEYS = ["new"]
    happened(2)
    assert send_due(now=NOW) == Sent(put_off=1)
    assert WebhookDelivery.objects.latest("id").fault == "secret"
    assert len(receiver.took) == 1


# --- Keeping them -----------------------------------------------------------------------------------------------------


def test_only_who_keeps_webhooks_may(receiver: Receiver, solvik: Solvik) -> None:
    here = endpoint(receiver)
    happened()
    by = solvik.clerk
    for act in (
        lambda: endpoint(receiver, by=by), lambda: change_webhook(here, {}, by=by, now=NOW),
        lambda: remove_webhook(here, by=by, now=NOW), lambda: change_secret(here, by=by, now=NOW),
        lambda: turn_off(here, by=by, now=NOW), lambda: turn_on(here, by=by, now=NOW),
        lambda: send_test(here, by=by, now=NOW), lambda: replay(only(), by=by, now=NOW),
        lambda: replay_since(here, since=NOW, by=by, now=NOW),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            act()
    assert endpoint(receiver, by=solvik.administrator).owner == solvik.administrator


def test_changes_are_logged_without_secrets(receiver: Receiver, solvik: Solvik) -> None:
    made = create_webhook(url=f"{receiver.url}/a", events=["card.closed"], by=solvik.administrator, now=NOW)
    changed = change_webhook(
        made.endpoint, {"url": f"{receiver.url}/b", "units": [solvik.roads]}, by=solvik.administrator, now=NOW
    )
    assert (changed.url, list(changed.units.all())) == (f"{receiver.url}/b", [solvik.roads])
    with pytest.raises(NoEvent):
        change_webhook(made.endpoint, {"events": []}, by=None, now=NOW)
    change_secret(made.endpoint, by=None, now=NOW)
    remove_webhook(made.endpoint, by=None, now=NOW)
    assert [change.what for change in Change.objects.order_by("id")] == ["created", "changed", "removed"]
    told = json.dumps(list(Change.objects.values_list("fields", flat=True)))
    assert "secret" not in told
    assert made.secret not in told


def test_a_test_is_sent_like_anything_else_and_at_once(receiver: Receiver) -> None:
    receiver.behaviour["/hook"] = 503
    here = endpoint(receiver)
    happened()
    send_due(now=NOW)
    receiver.behaviour["/hook"] = 200
    made = send_test(here, by=None, now=NOW + timedelta(seconds=5))
    assert send_due(now=NOW + timedelta(seconds=6)) == Sent(delivered=1)
    assert receiver.took[-1].json["type"] == "webhook.test"
    assert receiver.took[-1].id == str(made.key)


def test_deliveries_go_when_their_day_has_come(receiver: Receiver, settings: Any) -> None:
    settings.WEBHOOK_KEPT_DAYS = 30
    endpoint(receiver)
    happened()
    assert delete_old(today=(NOW + 29 * DAY).date()) == 0
    assert delete_old(today=(NOW + 30 * DAY).date()) == 1
