"""A worker that is killed while it tells another system: nothing is lost, and what is told twice bears the same id."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from organisation.actions.webhooks import create_webhook
from organisation.models import WebhookDelivery
from tests.factories import MONDAY, RuleFactory, a_card, make_solvik
from tests.faults.conftest import Processes
from tests.organisation.receiver import Receiver, Took, open_receiver

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

SEND = "from organisation.webhooks.delivery import send_due; print(send_due(now=at(sys.argv[1])))"
ALLOWED = {"WEBHOOKS_TO_PRIVATE_ADDRESSES": "true"}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with open_receiver() as made:
        yield made


def test_killed_when_the_receiver_has_it(processes: Processes, receiver: Receiver, settings: object) -> None:
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True  # type: ignore[attr-defined]
    solvik = make_solvik()
    RuleFactory(words=["hull"], unit=solvik.roads)
    create_webhook(url=f"{receiver.url}/hook", events=["card.registered", "card.forwarded"], by=None, now=MONDAY)
    # The worker of this commit never comes: nobody listens to the tests' queue.
    card = a_card(now=MONDAY)
    assert list(WebhookDelivery.objects.values_list("status", "attempts")) == [("waiting", 0)] * 2

    doomed = processes.python(SEND, MONDAY.isoformat(), **ALLOWED)

    def kill(took: Took) -> None:
        receiver.on_request = lambda took: None
        processes.kill(doomed)

    receiver.on_request = kill
    doomed.wait(timeout=120)
    assert len(receiver.took) == 1
    assert set(WebhookDelivery.objects.values_list("status", flat=True)) == {"sending", "waiting"}

    processes.run(SEND, (MONDAY + timedelta(minutes=4)).isoformat(), **ALLOWED)
    assert set(WebhookDelivery.objects.values_list("status", flat=True)) == {"delivered"}
    assert [took.id for took in receiver.took].count(receiver.took[0].id) == 2
    assert len({took.id for took in receiver.took}) == 2
    assert {took.json["data"]["reference"] for took in receiver.took} == {card.reference}
