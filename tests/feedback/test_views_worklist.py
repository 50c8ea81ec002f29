"""The work list: who sees which cards, filters, search, pages, and what it costs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from feedback import filters
from feedback.actions.moving import delegate_card, return_card
from feedback.api.filtering import ListFilter
from feedback.filters import CardFilter
from feedback.kept_house import KeptHouse
from feedback.models import Card
from feedback.paging import DUE, NEWEST, RECEIVED, Order, key_of, order_of, page_of
from feedback.queries import visible_to
from tests.factories import MONDAY, NO_PHONE, CategoryFactory, Solvik, a_card, many_cards
from tests.feedback.filtered import EVERY_FILTER, sent_back

LATER = MONDAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def _tuesday():
    with time_machine.travel(LATER, tick=False):
        yield


def references(response) -> list[str]:
    return [card.reference for card in response.context["page"].rows]


def opened(client: Client, person, query: str = "", **headers):
    client.force_login(person)
    return client.get(f"/staff/{query}", HTTP_ACCEPT_LANGUAGE="en", **headers)


def test_each_sees_the_cards_of_their_own_units_and_no_others(solvik: Solvik, client: Client) -> None:
    roads, water, unrouted = a_card(unit=solvik.roads), a_card(unit=solvik.water), a_card()
    everything = {roads.reference, water.reference, unrouted.reference}
    seen = {
        name: set(references(opened(client, getattr(solvik, name), "?due=open")))
        for name in (
            "clerk",
            "roads_leader",
            "handler",
            "water_leader",
            "sector_leader",
            "chief",
            "reader",
            "mayors_secretary",
        )
    }
    assert seen == {
        "clerk": everything,
        "roads_leader": {roads.reference},
        "handler": {roads.reference},
        "water_leader": {water.reference},
        "sector_leader": {roads.reference, water.reference},
        "chief": set(),
        "reader": everything,
        "mayors_secretary": set(),
    }


def test_the_next_deadline_stands_first_and_closed_cards_are_left_out(solvik: Solvik, client: Client) -> None:
    slow, quick = (
        CategoryFactory(code="slow", deadline_days=30, deadline_kind="calendar_days"),
        CategoryFactory(code="quick"),
    )
    late, soon = a_card(category=slow), a_card(category=quick)
    assert references(opened(client, solvik.clerk)) == [soon.reference, late.reference]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?unit=roads", {"road"}),
        ("?state=registered", {"unrouted", "returned"}),
        ("?due=unrouted", {"unrouted"}),
        ("?due=returned", {"returned"}),
        ("?category=lights", {"road"}),
        ("?kind=praise", {"unrouted"}),
        ("?channel=phone", {"returned"}),
        ("?mine=true", {"road"}),
        ("?q=gatelys", {"road"}),
        ("?q=Nordmann", {"road", "returned"}),
        ("?q=33181000", {"road", "returned"}),
        ("?received_from=03.11.2026", set()),
        ("?received_until=2.11.2026", {"road", "unrouted", "returned"}),
        ("?q=gatelys&unit=water", set()),
    ],
)
def test_filters_and_search(solvik: Solvik, client: Client, query: str, found: set[str]) -> None:
    lights = CategoryFactory(code="lights")
    cards = {
        "road": a_card(unit=solvik.roads, category=lights, text="Gatelyset er borte"),
        "unrouted": a_card(kind="praise", contact=NO_PHONE, text="Takk"),
        "returned": a_card(unit=solvik.water, channel="phone", text="Noe annet"),
    }
    delegate_card(cards["road"], handler=solvik.handler, by=solvik.roads_leader, now=LATER)
    return_card(cards["returned"], reason="Ikke vårt", by=solvik.water_leader, now=LATER)
    person = solvik.handler if "mine" in query else solvik.clerk
    assert set(references(opened(client, person, query))) == {cards[name].reference for name in found}


def test_an_impossible_date_in_a_filter_is_told_at_the_field(solvik: Solvik, client: Client) -> None:
    response = opened(client, solvik.clerk, "?received_from=31.02.2026")
    assert "«31.02.2026» is not in the calendar." in response.content.decode()
    assert 'value="31.02.2026"' in response.content.decode()


def test_a_whole_reference_leads_to_its_card(solvik: Solvik, client: Client) -> None:
    card = a_card()
    response = opened(client, solvik.clerk, f"?q={card.reference}")
    assert (response.status_code, response.headers["Location"]) == (302, f"/staff/cards/{card.reference}/")


def test_htmx_gets_the_rows_alone(solvik: Solvik, client: Client) -> None:
    card = a_card()
    html = opened(client, solvik.clerk, HTTP_HX_REQUEST="true").content.decode()
    assert card.reference in html
    assert "<html" not in html
    assert 'role="search"' not in html


def test_htmx_is_sent_to_sign_in_as_a_whole_page(client: Client, solvik: Solvik) -> None:
    response = client.get("/staff/", HTTP_HX_REQUEST="true")
    assert (response.status_code, response.headers["HX-Redirect"]) == (204, "/accounts/login/?next=/staff/")


@pytest.mark.parametrize("how_many", [1, 3])
def test_a_list_costs_the_same_whatever_its_length(
    solvik: Solvik, client: Client, django_assert_num_queries, how_many: int
) -> None:
    many_cards(how_many, unit=solvik.roads)
    client.force_login(solvik.clerk)
    KeptHouse()  # read, as it is by all but the first request after a change of it
    with django_assert_num_queries(9):
        response = client.get("/staff/?due=open")
    assert len(references(response)) == how_many


@pytest.mark.parametrize(
    "query", ["", "due=returned&unit=service-centre", *(f"due={due}&{EVERY_FILTER}" for due, _words in CardFilter.DUE)]
)
def test_a_list_costs_ten_statements_at_most_with_any_filter(
    solvik: Solvik, client: Client, django_assert_max_num_queries, query: str
) -> None:
    card = sent_back(solvik)
    client.force_login(solvik.clerk)
    KeptHouse()
    with django_assert_max_num_queries(10):
        response = client.get(f"/staff/?{query}")
    assert response.status_code == 200
    if "q=" not in query:
        assert references(response) == [card.reference]
        assert "Det er fylkets vei." in response.content.decode()


@pytest.mark.parametrize("first", [CardFilter, ListFilter])
def test_each_kind_of_filter_has_a_form_of_its_own(solvik: Solvik, monkeypatch, first: type[CardFilter]) -> None:
    """The API's has fields more. A form's class is kept: whichever comes first must not be the other's."""
    monkeypatch.setattr(filters, "_FORMS", {})
    for kind in (first, CardFilter, ListFilter):
        made = [kind({"due": "open"}, queryset=Card.objects.all()) for _time in range(2)]
        assert list(made[0].form.fields) == list(kind.base_filters)
        assert made[0].is_valid()
        assert made[0].form.fields["due"] is not made[1].form.fields["due"]


def test_cards_of_another_day_are_found_on_any_clock(solvik: Solvik) -> None:
    hours = [
        datetime(2026, month, 14, tzinfo=UTC) + timedelta(minutes=30 * n) for month in (2, 7) for n in range(0, 96, 3)
    ]
    cards = many_cards(len(hours) * 3, unit=solvik.roads)
    for card, (at, days) in zip(cards, product(hours, (-1, 0, 1)), strict=True):
        card.registered_at, card.received_on = at, at.date() + timedelta(days=days)
    Card.objects.bulk_update(cards, ["registered_at", "received_on"])
    for zone in ("Europe/Oslo", "Europe/Helsinki", "Atlantic/Reykjavik", "America/Nuuk", "Pacific/Auckland"):
        clock = ZoneInfo(zone)
        the_same = {card.pk for card in cards if card.registered_at.astimezone(clock).date() == card.received_on}
        with timezone.override(clock):
            for same, expected in (("true", the_same), ("false", {card.pk for card in cards} - the_same)):
                found = CardFilter({"same_day": same}, queryset=Card.objects.all()).qs
                assert {card.pk for card in found} == expected, (zone, same)


@pytest.mark.parametrize("name", ["unit", "within", "listed_by", "category"])
def test_a_code_that_nothing_has_is_refused_though_no_row_is_asked_for(
    solvik: Solvik, client: Client, name: str
) -> None:
    many_cards(1)
    response = opened(client, solvik.clerk, f"?due=open&{name}=nowhere")
    assert len(response.context["unknown"]) == 1
    assert "nowhere" in response.context["unknown"][0] or name in ("within", "listed_by")


@pytest.mark.parametrize("order", [NEWEST, DUE, RECEIVED], ids=["newest", "due", "received"])
def test_pages_hold_each_card_once_forwards_and_backwards(solvik: Solvik, order) -> None:
    many_cards(3)
    many_cards(4, now=MONDAY + timedelta(hours=1))
    cards = visible_to(solvik.clerk)
    whole = [card.pk for card in cards.order_by(*order.by)]
    first = page_of(cards, order, size=3)
    second = page_of(cards, order, after=first.older, size=3)
    third = page_of(cards, order, after=second.older, size=3)
    assert [[card.pk for card in page.rows] for page in (first, second, third)] == [whole[:3], whole[3:6], whole[6:]]
    assert (first.newer, third.older) == ("", "")
    back = page_of(cards, order, before=third.newer, size=3)
    assert back.rows == second.rows
    assert page_of(cards, order, before=back.newer, size=3).rows == first.rows


@pytest.mark.parametrize(
    ("asked", "order", "words"),
    [
        ({"unit": "roads"}, NEWEST, "the newest first"),
        ({"due": "registered_today"}, NEWEST, "the newest first"),
        ({"due": "overdue", "received_from": "2026-11-01"}, DUE, "the next deadline first"),
        ({"due_until": "2026-12-01"}, DUE, "the next deadline first"),
        ({"due_from": "2026-11-01", "received_until": "2026-12-01"}, DUE, "the next deadline first"),
        ({"received_from": "2026-11-01"}, RECEIVED, "the last received first"),
        ({"received_until": "2026-12-01", "unit": "roads"}, RECEIVED, "the last received first"),
    ],
)
def test_a_span_of_days_is_listed_in_the_order_of_those_days_and_says_so(
    solvik: Solvik, client: Client, asked: dict[str, str], order: Order, words: str
) -> None:
    assert order_of(asked) == order
    many_cards(1)
    assert words in opened(client, solvik.clerk, f"?{urlencode(asked)}").content.decode()


@pytest.mark.parametrize("key", ["x", "2026-11-02_x", "2026-11-02T10:00:00_1", "_", "2026-11-02_99999999999999999999"])
def test_a_key_that_nobody_wrote_gives_the_first_page(solvik: Solvik, key: str) -> None:
    [card] = many_cards(1)
    assert page_of(visible_to(solvik.clerk), NEWEST, after=key).rows == [card]
    assert key_of(card, NEWEST) != key
