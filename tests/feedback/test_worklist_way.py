"""From card to card in the list one came from, and back to it."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest
import time_machine
from django.test import Client

from feedback.actions.moving import forward_card
from feedback.models import Card, CardEvent
from tests.factories import MONDAY, Solvik, a_card, many_cards

NOW = MONDAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def _tuesday():
    with time_machine.travel(NOW, tick=False):
        yield


def way(client: Client, card: Card, query: str):
    return client.get(f"/staff/cards/{card.reference}/?from={quote(query)}").context["way"]


@pytest.mark.parametrize("query", ["due=unrouted", "q=Hull", "due=registered_today"])
def test_the_list_is_walked_in_its_own_order(solvik: Solvik, client: Client, query: str) -> None:
    many_cards(2, now=NOW - timedelta(hours=2))
    many_cards(2, now=NOW - timedelta(hours=1))
    a_card(unit=solvik.roads, text="Noe annet", now=MONDAY)
    client.force_login(solvik.clerk)
    order = [card.reference for card in client.get(f"/staff/?{query}").context["page"].rows]
    cards = Card.objects.in_bulk(order, field_name="reference")
    ways = [way(client, cards[reference], query) for reference in order]
    assert [one.previous for one in ways] == ["", *order[:-1]]
    assert [one.next for one in ways] == [*order[1:], ""]
    assert len(order) == 4


def test_the_next_is_still_there_when_the_card_has_left_the_list(solvik: Solvik, client: Client) -> None:
    first, second, third = many_cards(3)
    forward_card(second, unit=solvik.roads, by=solvik.clerk, now=NOW)
    client.force_login(solvik.clerk)
    found = way(client, second, "due=unrouted")
    assert (found.previous, found.next) == (first.reference, third.reference)


def test_a_step_keeps_the_way_also_where_it_is_refused(solvik: Solvik, client: Client) -> None:
    card, other = many_cards(2)
    client.force_login(solvik.clerk)
    address = f"/staff/cards/{card.reference}/forward/?from=due%3Dunrouted%26after%3D2026-11-12_1"
    seen = CardEvent.objects.filter(card=card).latest("pk").pk
    refused = client.post(address, {"forward-seen": seen, "forward-unit": "no"})
    assert refused.status_code == 422
    assert refused.context["way"].next == other.reference
    done = client.post(address, {"forward-seen": seen, "forward-unit": "roads"})
    expected = f"/staff/cards/{card.reference}/?from=after%3D2026-11-12_1%26due%3Dunrouted"
    assert done.headers["Location"] == expected
    page = client.get(expected)
    assert page.context["way"].list_address == "/staff/?after=2026-11-12_1&due=unrouted"
    assert f"/staff/cards/{other.reference}/?from=after%3D2026-11-12_1%26due%3Dunrouted" in page.content.decode()


def test_rows_lead_to_cards_with_the_way_back(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    client.force_login(solvik.clerk)
    assert (
        f'href="/staff/cards/{card.reference}/?from=due%3Dopen%26unit%3Droads"'
        in client.get("/staff/?unit=roads&due=open").content.decode()
    )


def test_others_cards_are_not_in_the_way(solvik: Solvik, client: Client) -> None:
    ours, theirs, last = a_card(unit=solvik.roads), a_card(unit=solvik.water), a_card(unit=solvik.roads)
    client.force_login(solvik.handler)
    assert way(client, ours, "due=open").next == last.reference
    assert theirs.reference not in client.get(f"/staff/cards/{ours.reference}/?from=due%3Dopen").content.decode()


@pytest.mark.parametrize(
    "query",
    ["", "evil=1", "due=nonsense", "received_from=31.02.2026", "q=" + "x" * 2000, "https://evil.test/", "after=x"],
)
def test_a_way_that_nobody_chose_is_none(solvik: Solvik, client: Client, query: str) -> None:
    card, _other = many_cards(2)
    client.force_login(solvik.clerk)
    found = way(client, card, query)
    assert (found.previous, found.next) == ("", "")
    assert found.list_address.startswith("/staff/")
    assert "evil" not in found.from_query


@pytest.mark.parametrize("how_many", [2, 5])
def test_the_way_costs_one_query(solvik: Solvik, client: Client, django_assert_num_queries, how_many: int) -> None:
    card = many_cards(how_many)[0]
    client.force_login(solvik.clerk)
    with django_assert_num_queries(WITHOUT := 7):
        client.get(f"/staff/cards/{card.reference}/")
    with django_assert_num_queries(WITHOUT + 1):
        client.get(f"/staff/cards/{card.reference}/?from=due%3Dunrouted")
