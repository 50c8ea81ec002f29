"""What the collector of garbage would have to find: nothing of an answer of the API."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from rest_framework.test import APIClient

from feedback.models import Card
from tests.feedback.api.conftest import Town


@pytest.fixture
def cards_before() -> Iterator[list[Card]]:
    """The cards that an earlier test left somewhere; what this one leaves is not collected."""
    gc.collect()
    gc.disable()
    yield cards()
    gc.enable()


def cards() -> list[Card]:
    return [one for one in gc.get_objects() if type(one) is Card]


@pytest.mark.parametrize("address", ["/api/v1/changes/", "/api/v1/cards/", "/api/v1/cards/{}/"])
def test_cards_and_answer_are_gone_with_the_answer(
    town: Town, centre: APIClient, address: str, cards_before: list[Card]
) -> None:
    made = town.card()
    address = address.format(made.reference)
    del made
    answer = centre.get(address)
    assert "blitt dypere" in answer.content.decode()
    del answer
    assert [one for one in cards() if not any(one is other for other in cards_before)] == []
