"""What the collector of garbage would have to find: nothing of an answer of the API."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from rest_framework.test import APIClient

from feedback.models import Card
from tests.feedback.api.conftest import Town


@pytest.fixture
def _nothing_collected() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("address", ["/api/v1/changes/", "/api/v1/cards/", "/api/v1/cards/{}/"])
@pytest.mark.usefixtures("_nothing_collected")
def test_cards_and_answer_are_gone_with_the_answer(town: Town, centre: APIClient, address: str) -> None:
    made = town.card()
    address = address.format(made.reference)
    del made
    answer = centre.get(address)
    assert "blitt dypere" in answer.content.decode()
    del answer
    assert [one for one in gc.get_objects() if type(one) is Card] == []
