"""What other systems are told of cards: with the event, of the unit that the card is with now, without a word of it."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from feedback.actions.answering import record_callback
from feedback.actions.closing import close_card
from feedback.actions.closing_units import close_unit_and_move_cards
from feedback.actions.listing import run_overdue_list
from feedback.actions.moving import forward_card, reroute_card, return_card
from feedback.actions.undoing import undo_step
from feedback.models import CardEvent
from organisation.actions.webhooks import create_webhook
from organisation.models import Unit, WebhookDelivery, WebhookEvent
from tests.factories import MONDAY, Solvik, a_card, make_solvik

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
ALL = list(WebhookEvent.values)


@pytest.fixture
def solvik(db: None) -> Solvik:
    return make_solvik()


def asks(*units: Unit) -> int:
    made = create_webhook(url="https://maps.example/hook", events=ALL, units=units, by=None, now=MONDAY)
    return made.endpoint.pk


def told(endpoint: int) -> list[str]:
    return list(WebhookDelivery.objects.filter(endpoint=endpoint).order_by("id").values_list("event", flat=True))


def test_a_cards_life_is_told_to_who_may_hear_of_it(solvik: Solvik) -> None:
    everything, roads, water = asks(), asks(solvik.roads), asks(solvik.water)
    text = "Hullet i veien er blitt dypere, ring meg på 33 18 10 00."
    card = a_card(text=text, now=MONDAY)
    forward_card(card, unit=solvik.roads, by=solvik.clerk, now=MONDAY)
    reroute_card(card, unit=solvik.water, reason="Lekkasje", by=solvik.clerk, now=MONDAY + HOUR)
    by = solvik.water_leader
    record_callback(card, held_at=MONDAY + HOUR, summary="Rettet i morgen", reaction=5, by=by, now=MONDAY + HOUR)
    close_card(card, result="answered", by=by, now=MONDAY + HOUR)
    whole = ["card.registered", "card.forwarded", "card.forwarded", "card.called_back", "card.closed"]
    assert told(everything) == whole
    assert told(roads) == ["card.forwarded"]
    assert told(water) == ["card.forwarded", "card.called_back", "card.closed"]
    bodies = "\n".join(WebhookDelivery.objects.values_list("body", flat=True))
    for word in ("Hullet", "33 18", "Lekkasje", "Rettet", "Water", "Vei"):
        assert word not in bodies
    first = json.loads(WebhookDelivery.objects.filter(endpoint=everything).order_by("id")[0].body)
    assert set(first) == {"type", "timestamp", "data"}
    assert first["data"]["reference"] == card.reference
    assert first["data"]["url"].endswith(f"/api/v1/cards/{card.reference}/")


def test_what_comes_by_a_rule_a_return_an_undo_or_a_closed_unit_has_come_to_a_unit(solvik: Solvik) -> None:
    everything, roads, water = asks(), asks(solvik.roads), asks(solvik.water)
    card = a_card(unit=solvik.roads, now=MONDAY)
    assert told(roads) == ["card.registered", "card.forwarded"]
    return_card(card, reason="Ikke vår", by=solvik.roads_leader, now=MONDAY)
    forward_card(card, unit=solvik.water, by=solvik.clerk, now=MONDAY)
    undo_step(CardEvent.objects.filter(card=card).latest("id"), by=solvik.clerk, now=MONDAY)
    assert told(everything) == ["card.registered", *["card.forwarded"] * 4]
    other = a_card(unit=solvik.roads, now=MONDAY)
    WebhookDelivery.objects.all().delete()
    today = MONDAY.date()
    by = solvik.administrator
    close_unit_and_move_cards(solvik.roads, successor=solvik.water, on=today, today=today, by=by, now=MONDAY)
    assert (told(everything), told(roads), told(water)) == (["card.forwarded"], [], ["card.forwarded"])
    assert other.reference in WebhookDelivery.objects.first().body


def test_the_week_tells_of_what_is_overdue_once(solvik: Solvik) -> None:
    everything, water = asks(), asks(solvik.water)
    cards = [a_card(unit=solvik.roads, now=MONDAY - timedelta(days=60)) for _ in range(3)]
    WebhookDelivery.objects.all().delete()
    for _ in range(2):
        run_overdue_list(now=MONDAY, by=None)
    assert told(everything) == ["card.overdue"] * 3
    assert told(water) == []
    data = [json.loads(body)["data"] for body in WebhookDelivery.objects.values_list("body", flat=True)]
    assert Counter(one["reference"] for one in data) == Counter(card.reference for card in cards)
    assert {one["week"] for one in data} == {"2026-W45"}
    run_overdue_list(now=MONDAY + timedelta(days=7), by=None)
    assert told(everything) == ["card.overdue"] * 6


def test_it_costs_one_statement_a_card(solvik: Solvik, django_assert_max_num_queries: Any) -> None:
    """Whether somebody asked or not, and however many do."""
    for _ in range(3):
        asks()
    with django_assert_max_num_queries(20) as found:
        a_card(unit=solvik.roads, now=MONDAY)
    assert sum("webhook" in query["sql"] for query in found.captured_queries) == 1
