"""What the collector of garbage would have to find: no card of an answer."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from django.test import Client
from rest_framework.test import APIClient

from feedback.models import Card
from organisation.models import Person
from tests.factories import Solvik, a_card

WORDS = "Hullet i veien er blitt dypere."


@pytest.fixture
def cards_before(solvik: Solvik) -> Iterator[list[Card]]:
    """The cards that an earlier test left somewhere; what this one leaves is not collected."""
    a_card(unit=solvik.roads, text=WORDS)
    gc.collect()
    gc.disable()
    yield cards()
    gc.enable()


def cards() -> list[Card]:
    return [one for one in gc.get_objects() if type(one) is Card]


def left_lying(cards_before: list[Card]) -> list[Card]:
    return [one for one in cards() if not any(one is other for other in cards_before)]


@pytest.mark.parametrize("address", ["/api/v1/changes/", "/api/v1/cards/", "/api/v1/cards/{}/"])
def test_cards_are_gone_with_an_answer_of_the_api(solvik: Solvik, address: str, cards_before: list[Card]) -> None:
    centre = APIClient()
    centre.force_authenticate(solvik.clerk)
    answer = centre.get(address.format(Card.objects.values_list("reference", flat=True).get()))
    assert WORDS in answer.content.decode()
    del answer
    assert left_lying(cards_before) == []


@pytest.mark.parametrize("who", ["clerk", "roads_leader"])
def test_cards_are_gone_with_a_page_of_the_work_list(
    solvik: Solvik, client: Client, who: str, cards_before: list[Card]
) -> None:
    person: Person = getattr(solvik, who)
    client.force_login(person)
    answer = client.get("/staff/?due=open")
    assert WORDS in answer.content.decode()
    assert left_lying(cards_before)
    vars(answer).clear()  # which holds itself in a test, and there what the page was drawn from
    assert left_lying(cards_before) == []
