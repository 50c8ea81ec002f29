"""Several cards at once, and one card from its row: what is done, what is refused and why, what stays chosen."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from feedback.actions.moving import delegate_card, forward_card, return_card
from feedback.actions.seen import latest_events
from feedback.kept_house import KeptHouse
from feedback.models import Card, CardEvent
from tests.factories import MONDAY, RoleFactory, RuleFactory, Solvik, a_card, events, mails, many_cards

NOW = MONDAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def _tuesday():
    with time_machine.travel(NOW, tick=False):
        yield


def ticked(*cards: Card) -> list[str]:
    seen = latest_events([card.pk for card in cards])
    return [f"{card.reference}.{seen[card.pk]}" for card in cards]


def do(client: Client, person, what: str, cards: list[str], query: str = "", **fields):
    client.force_login(person)
    return client.post(f"/staff/{query}", {"do": what, "card": cards, **fields}, HTTP_ACCEPT_LANGUAGE="en")


def kept(response) -> frozenset[str]:
    return response.context["chosen"]


def units(*cards: Card) -> list[str]:
    return [Card.objects.get(pk=card.pk).unit.code for card in cards]


def test_several_are_forwarded_to_one_unit_and_undone_together(solvik: Solvik, client: Client) -> None:
    cards = many_cards(3)
    response = do(client, solvik.clerk, "forward", ticked(*cards), "?due=unrouted", unit="Vei")
    assert (response.status_code, response.headers["Location"]) == (302, "/staff/?due=unrouted")
    assert units(*cards) == ["roads"] * 3
    assert mails().count(("card_forwarded", "roads@solvik.test")) == 3
    html = client.get("/staff/?due=unrouted", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "3 cards forwarded to Vei." in html
    (latest,) = re.findall(r'name="events" value="([\d,]+)"', html)
    assert sorted(map(int, latest.split(","))) == sorted(latest_events([card.pk for card in cards]).values())
    client.post("/staff/undo/", {"events": latest}, HTTP_ACCEPT_LANGUAGE="en")
    assert units(*cards) == ["service-centre"] * 3
    assert "Undone: 3 cards are as they were." in client.get("/staff/", HTTP_ACCEPT_LANGUAGE="en").content.decode()


def test_each_goes_to_its_suggestion_and_what_no_rule_knows_stays_chosen(solvik: Solvik, client: Client) -> None:
    hole, pipe, cat = a_card(text="Hull i veien"), a_card(text="Kumlokket klaprer"), a_card(text="Katten vår")
    RuleFactory(words=["hull"], unit=solvik.roads)
    RuleFactory(words=["kumlokk"], unit=solvik.water)
    response = do(client, solvik.clerk, "suggested", ticked(hole, pipe, cat))
    assert response.status_code == 422
    assert units(hole, pipe, cat) == ["roads", "water", "service-centre"]
    assert kept(response) == {cat.reference}
    html = response.content.decode()
    assert "2 cards forwarded." in html
    assert "1 card was not changed" in html
    assert f"{cat.reference}</a>: No rule says where this card belongs." in html


def test_several_are_given_to_a_case_handler_and_others_units_are_refused_by_name(
    solvik: Solvik, client: Client
) -> None:
    ours, theirs = a_card(unit=solvik.roads), a_card(unit=solvik.water)
    response = do(client, solvik.clerk, "delegate", ticked(ours, theirs), handler=str(solvik.handler.pk))
    ours.refresh_from_db()
    theirs.refresh_from_db()
    assert (ours.handler, theirs.handler) == (solvik.handler, None)
    assert f"{theirs.reference}</a>: Handler does not work with the cards of «Vann»." in response.content.decode()
    assert response.context["bulk"]["handler"] == str(solvik.handler.pk)


def test_a_leader_gives_cards_of_the_own_unit_away_and_forwards_none(solvik: Solvik, client: Client) -> None:
    card, unrouted = a_card(unit=solvik.roads), a_card()
    assert do(client, solvik.roads_leader, "delegate", ticked(card), handler=str(solvik.handler.pk)).status_code == 302
    response = do(client, solvik.roads_leader, "forward", ticked(card, unrouted), unit="water")
    assert units(card, unrouted) == ["roads", "service-centre"]
    said = dict(response.context["report"].refused)
    assert said[card.reference] == "You are not allowed to do that with this card."
    assert said[unrouted.reference] == "There is no such card here any more."


def test_what_changed_meanwhile_is_refused_and_nothing_is_done_to_it(solvik: Solvik, client: Client) -> None:
    first, second = many_cards(2)
    boxes = ticked(first, second)
    forward_card(first, unit=solvik.water, by=solvik.clerk, now=NOW)
    before = events(first)
    response = do(client, solvik.clerk, "forward", boxes, unit="roads")
    assert units(first, second) == ["water", "roads"]
    assert events(first) == before
    assert [reference for reference, _said in response.context["report"].refused] == [first.reference]


@pytest.mark.parametrize(
    ("what", "fields", "sentence"),
    [
        ("forward", {}, "Choose a unit."),
        ("forward", {"unit": "Månen"}, "There is no such unit. Choose another."),
        ("forward", {"unit": "technical"}, "There is no such unit. Choose another."),
        ("forward", {"unit": "x\x00"}, "There is no such unit. Choose another."),
        ("delegate", {}, "Choose a case handler."),
        ("delegate", {"handler": "999999"}, "Choose a case handler."),
        ("delegate", {"handler": "9" * 30}, "Choose a case handler."),
    ],
)
def test_what_is_missing_is_told_at_its_field_and_the_cards_stay_chosen(
    solvik: Solvik, client: Client, what: str, fields: dict[str, str], sentence: str
) -> None:
    cards = many_cards(2)
    before, mail = [events(card) for card in cards], mails()
    response = do(client, solvik.clerk, what, ticked(*cards), **fields)
    html = response.content.decode()
    assert response.status_code == 422
    assert html.count(sentence) == 2  # in the summary and at the field
    assert kept(response) == {card.reference for card in cards}
    assert html.count(" checked>") >= 2
    assert ([events(card) for card in cards], mails()) == (before, mail)


@pytest.mark.parametrize(
    ("cards", "sentence"),
    [([], "Choose at least one card."), (["26-000001-0.1"] * 201, "Choose at most 200 cards at once.")],
)
def test_none_and_too_many(solvik: Solvik, client: Client, cards: list[str], sentence: str) -> None:
    a_card()
    response = do(client, solvik.clerk, "forward", cards, unit="roads")
    assert response.status_code == 422
    assert sentence in response.content.decode()


@pytest.mark.parametrize("box", ["", ".", "26-000001-1", "x.y", f"26-000001-1.{10**30}", "\x00.1"])
def test_boxes_that_nobody_drew_change_nothing(solvik: Solvik, client: Client, box: str) -> None:
    card = a_card()
    assert do(client, solvik.clerk, "forward", [box], unit="roads").status_code == 422
    assert units(card) == ["service-centre"]


@pytest.mark.parametrize(
    ("person", "status"), [("reader", 403), ("handler", 403), ("chief", 403), ("administrator", 403)]
)
def test_who_may_neither_forward_nor_delegate_chooses_none(
    solvik: Solvik, client: Client, person: str, status: int
) -> None:
    card = a_card(unit=solvik.roads)
    before = events(card)
    assert do(client, getattr(solvik, person), "forward", ticked(card), unit="water").status_code == status
    assert events(card) == before
    if person != "administrator":
        assert 'name="card"' not in client.get("/staff/?due=open").content.decode()


# --- From the row ---------------------------------------------------------------------------------------------------


def forward(client: Client, card: Card, unit: str, **headers):
    seen = latest_events([card.pk])[card.pk]
    fields = {"unit": unit, "seen": seen, "back": "/staff/?due=to_forward"}
    return client.post(f"/staff/forward/{card.reference}/?due=to_forward", fields, HTTP_ACCEPT_LANGUAGE="en", **headers)


def test_one_click_forwards_and_leads_back_to_the_list(solvik: Solvik, client: Client) -> None:
    card = a_card()
    client.force_login(solvik.clerk)
    response = forward(client, card, "roads")
    assert response.headers["Location"] == "/staff/?due=to_forward"
    html = client.get("/staff/?due=to_forward", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert f"{card.reference} is forwarded to Vei." in html
    assert ">Undo</button>" in html


def test_with_htmx_the_row_and_the_counts_come_back(solvik: Solvik, client: Client) -> None:
    card, _other = many_cards(2)
    client.force_login(solvik.clerk)
    response = forward(client, card, "vei", HTTP_HX_REQUEST="true")
    html = response.content.decode()
    assert f'id="card-{card.reference}"' in html
    assert "data-done" in html
    assert 'hx-swap-oob="true"' in html
    assert "Not forwarded <strong>1</strong>" in html
    assert "<html" not in html
    assert response.headers["HX-Trigger-After-Settle"] == f'{{"told": "{card.reference} is forwarded to Vei."}}'


@pytest.mark.parametrize("htmx", [{}, {"HTTP_HX_REQUEST": "true"}], ids=["page", "htmx"])
@pytest.mark.parametrize(
    ("unit", "sentence"),
    [
        ("", "Choose a unit."),
        ("Månen", "There is no such unit. Choose another."),
        ("service-centre", "The card is with «Servicesenteret» already."),
    ],
)
def test_a_wrong_unit_is_told_in_the_row_and_is_still_there(
    solvik: Solvik, client: Client, unit: str, sentence: str, htmx: dict[str, str]
) -> None:
    card, other = many_cards(2)
    client.force_login(solvik.clerk)
    response = forward(client, card, unit, **htmx)
    html = response.content.decode()
    assert response.status_code == 422
    assert sentence in html
    assert f'value="{unit}" aria-label="Unit for {card.reference}" data-main aria-invalid="true"' in html
    assert (other.reference in html) == (not htmx)
    assert units(card) == ["service-centre"]


def test_a_card_that_somebody_forwarded_meanwhile_is_not_forwarded_again(solvik: Solvik, client: Client) -> None:
    card = a_card()
    client.force_login(solvik.clerk)
    fields = {"unit": "roads", "seen": latest_events([card.pk])[card.pk]}
    forward_card(card, unit=solvik.water, by=RoleFactory().person, now=NOW)
    response = client.post(
        f"/staff/forward/{card.reference}/", fields, HTTP_HX_REQUEST="true", HTTP_ACCEPT_LANGUAGE="en"
    )
    assert (response.status_code, units(card)) == (422, ["water"])
    assert "Somebody changed the card meanwhile." in response.content.decode()


@pytest.mark.parametrize(("person", "status"), [("reader", 422), ("water_leader", 404), ("administrator", 403)])
def test_others_forward_nothing(solvik: Solvik, client: Client, person: str, status: int) -> None:
    card = a_card()
    before = events(card)
    client.force_login(getattr(solvik, person))
    assert forward(client, card, "roads").status_code == status
    assert events(card) == before


# --- Suggestions ----------------------------------------------------------------------------------------------------


def suggested(client: Client, query: str = "") -> dict[str, tuple[str, tuple[str, ...]]]:
    rows = client.get(f"/staff/{query}").context["rows"]
    return {row.card.reference: (row.suggestion.unit.code, row.suggestion.why.words) for row in rows if row.suggestion}


def test_the_first_look_is_what_waits_with_a_suggestion_and_why(solvik: Solvik, client: Client) -> None:
    hole, cat = a_card(text="Hull i asfalten"), a_card(text="Katten vår")
    a_card(unit=solvik.roads, text="Hull")
    RuleFactory(words=["asfalt", "hull", "brøyt"], unit=solvik.roads)
    client.force_login(solvik.clerk)
    page = client.get("/staff/", HTTP_ACCEPT_LANGUAGE="en")
    assert [row.card for row in page.context["rows"]] == [hole, cat]
    assert suggested(client) == {hole.reference: ("roads", ("asfalt", "hull"))}
    html = page.content.decode()
    assert "<strong>Vei</strong>" in html
    assert "(«asfalt», «hull»)" in html
    assert "No rule fits. Which unit?" in html


def test_a_unit_that_sent_the_card_back_is_not_suggested_again(solvik: Solvik, client: Client) -> None:
    card = a_card(text="Hull ved kumlokket", unit=solvik.roads)
    RuleFactory(words=["hull"], unit=solvik.roads)
    RuleFactory(words=["kumlokk"], unit=solvik.water)
    return_card(card, reason="Kumlokk er ikke vårt", by=solvik.roads_leader, now=NOW)
    client.force_login(solvik.clerk)
    assert suggested(client, "?due=returned") == {card.reference: ("water", ("kumlokk",))}
    html = client.get("/staff/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "Sent back by Vei: «Kumlokk er ikke vårt»" in html


def test_political_content_is_suggested_to_the_mayor_and_what_the_centre_keeps_to_nobody(
    solvik: Solvik, client: Client
) -> None:
    political, kept_here = a_card(unit=solvik.centre, political=True), a_card(text="Buss")
    RuleFactory(words=["buss"], unit=solvik.centre)
    RuleFactory(words=["buss"], unit=solvik.roads)
    client.force_login(solvik.clerk)
    assert suggested(client) == {political.reference: ("mayor", ())}
    assert kept_here.reference in client.get("/staff/").content.decode()


def test_others_first_look_is_their_open_cards(solvik: Solvik, client: Client) -> None:
    card = delegate_card(a_card(unit=solvik.roads), handler=solvik.handler, by=solvik.clerk, now=NOW)
    client.force_login(solvik.roads_leader)
    assert [row.card for row in client.get("/staff/").context["rows"]] == [card]
    client.force_login(solvik.reader)
    assert client.get("/staff/?due=to_forward").context["to_forward"] is False


@pytest.mark.parametrize("how_many", [1, 3])
def test_suggestions_cost_no_query_a_row(
    solvik: Solvik, client: Client, django_assert_num_queries, how_many: int
) -> None:
    RuleFactory(words=["hull"], unit=solvik.roads)
    RuleFactory(words=["annet"], unit=solvik.water)
    for card in many_cards(how_many, unit=solvik.water):
        return_card(card, reason="x", by=solvik.water_leader, now=NOW)
    client.force_login(solvik.clerk)
    KeptHouse()
    with django_assert_num_queries(9):
        client.get("/staff/")
    assert CardEvent.objects.filter(what="returned").count() == how_many
