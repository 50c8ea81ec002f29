"""How often one address may send cards or try codes."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from feedback.codes import code_of
from feedback.models import Card
from organisation.models import Municipality, OutgoingMail
from tests.factories import Solvik, a_card
from tests.feedback.test_views_citizen import MONDAY

CARDS, TRIES = 30, 20


def send(client: Client, address: str = "192.0.2.1", text: str = "Hull i veien"):
    fields = {"text": text, "key": str(uuid.uuid4())}
    return client.post("/", fields, REMOTE_ADDR=address, HTTP_ACCEPT_LANGUAGE="en")


def find(client: Client, card: Card, code: str, address: str = "192.0.2.1"):
    return client.post(
        "/card/", {"reference": card.reference, "code": code}, REMOTE_ADDR=address, HTTP_ACCEPT_LANGUAGE="en"
    )


def test_too_many_cards_from_one_address_wait_and_lose_nothing(solvik: Solvik, client: Client) -> None:
    Municipality.objects.update(phone="33 00 00 00")
    with time_machine.travel(MONDAY, tick=False) as clock:
        assert [send(client).status_code for _ in range(CARDS)] == [302] * CARDS
        mails = OutgoingMail.objects.count()
        held = send(client, text="En til, som ikke må bli borte")
        words = held.content.decode()
        assert (held.status_code, held.headers["Retry-After"]) == (429, "3600")
        assert "That was very often. Try again after 10:01. Or ring us: 33 00 00 00." in words
        assert "En til, som ikke må bli borte" in words
        assert (Card.objects.count(), OutgoingMail.objects.count()) == (CARDS, mails)
        assert send(client, address="192.0.2.2").status_code == 302
        clock.shift(timedelta(hours=1, seconds=1))
        assert send(client).status_code == 302


def test_what_was_not_sent_does_not_count(solvik: Solvik, client: Client) -> None:
    assert [send(client, text="").status_code for _ in range(CARDS + 1)] == [422] * (CARDS + 1)
    assert send(client).status_code == 302


def test_codes_cannot_be_tried_out(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    assert [find(client, card, "0000-0000").status_code for _ in range(TRIES)] == [422] * TRIES
    right = code_of(card.secret)
    assert find(client, card, right).status_code == 429
    assert find(client, card, right, address="192.0.2.2").status_code == 302


@pytest.mark.parametrize("path", ["/", "/card/"])
def test_reading_a_page_is_not_counted(solvik: Solvik, client: Client, path: str) -> None:
    assert {client.get(path).status_code for _ in range(CARDS + 1)} == {200}


def test_behind_a_proxy_the_sender_is_counted_and_not_the_proxy(solvik: Solvik, client: Client, settings) -> None:
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"NUM_PROXIES": 1}

    def by(sender: str) -> int:
        fields = {"text": "Hull", "key": str(uuid.uuid4())}
        return client.post("/", fields, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=f"1.1.1.1, {sender}").status_code

    assert [by("192.0.2.1") for _ in range(CARDS + 1)] == [302] * CARDS + [429]
    assert by("192.0.2.2") == 302


def test_without_the_cache_nobody_is_held_up(solvik: Solvik, client: Client, settings) -> None:
    gone = settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1"}
    settings.CACHES = {"default": gone}
    assert send(client).status_code == 302
