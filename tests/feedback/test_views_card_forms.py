"""The forms of a card's page: each comes when its step is opened, by htmx alone or with the page."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.test import Client

from feedback.actions.correcting import add_note
from feedback.actions.sensitive import mark_sensitive
from feedback.models import Card
from organisation.models import AuditEntry
from tests.factories import MONDAY, CategoryFactory, Solvik, a_card
from tests.feedback.test_views_card import do, seen

pytestmark = pytest.mark.django_db

NOW = MONDAY + timedelta(days=1)
FORM = re.compile(r'<form method="post" action="/staff/cards/[^/]+/([a-z-]+)/')


@pytest.fixture(autouse=True)
def _tuesday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def card(solvik: Solvik) -> Card:
    return a_card(unit=solvik.roads, category=CategoryFactory())


@pytest.fixture
def desk(solvik: Solvik, client: Client) -> Client:
    client.force_login(solvik.clerk)
    return client


def ask(client: Client, card: Card, step: str, **query: Any) -> Any:
    """Ask as htmx does when a step is opened."""
    address = f"/staff/cards/{card.reference}/{step}/"
    return client.get(address, query, HTTP_HX_REQUEST="true", HTTP_ACCEPT_LANGUAGE="en")


def looks() -> int:
    return AuditEntry.objects.filter(action="read").count()


def test_the_page_draws_the_next_step_and_the_one_that_is_asked_for(card: Card, desk: Client) -> None:
    here = f"/staff/cards/{card.reference}/"
    assert FORM.findall(desk.get(here).content.decode()) == ["contact-attempt", "callback"]
    html = desk.get(f"{here}?open=note").content.decode()
    assert FORM.findall(html) == ["contact-attempt", "callback", "note"]
    assert re.search(r'<details class="ds-details" id="step-note" open>', html)
    assert FORM.findall(desk.get(f"{here}?open=undo").content.decode()) == ["contact-attempt", "callback"]


def test_each_step_of_the_page_brings_its_form(card: Card, desk: Client) -> None:
    page = desk.get(f"/staff/cards/{card.reference}/")
    offered = [shown.entry.slug for shown in page.context["more"]]
    assert len(offered) > 10
    for slug in offered:
        answer = ask(desk, card, slug)
        assert answer.status_code == 200
        assert FORM.findall(answer.content.decode()) == [slug]
        assert f'name="{slug}-seen" value="{seen(card)}"' in answer.content.decode()
        assert "<html" not in answer.content.decode()
        assert "no-store" in answer["Cache-Control"]


def test_without_htmx_the_address_leads_to_the_page_with_the_step_open_and_keeps_the_way_back(
    card: Card, desk: Client
) -> None:
    here = f"/staff/cards/{card.reference}/"
    assert desk.get(f"{here}note/")["Location"] == f"{here}?open=note#step-note"
    way, back = quote("due=open", safe=""), quote("/staff/today/", safe="")
    answer = desk.get(f"{here}note/?from={way}&back={back}&next=//elsewhere.example")
    assert answer["Location"] == f"{here}?open=note&from={way}&back={back}#step-note"
    assert desk.get(f"{here}note/?back=//elsewhere.example/")["Location"] == f"{here}?open=note#step-note"
    assert looks() == 0


def test_the_form_leads_back_where_the_page_came_from(card: Card, desk: Client) -> None:
    html = desk.get(f"/staff/cards/{card.reference}/?from=due%3Dopen&back=/staff/today/").content.decode()
    [address] = re.findall(r'hx-get="(/staff/cards/[^/]+/note/[^"]*)"', html)
    answer = desk.get(address.replace("&amp;", "&"), HTTP_HX_REQUEST="true").content.decode()
    assert f'action="/staff/cards/{card.reference}/note/?from=due%3Dopen"' in answer
    assert '<input type="hidden" name="back" value="/staff/today/">' in answer


def test_a_step_that_is_not_open_to_the_person_has_no_form(solvik: Solvik, card: Card, client: Client) -> None:
    for who, step, status in (
        (solvik.reader, "note", 403), (solvik.handler, "delegate", 403), (solvik.handler, "note", 200),
        (solvik.water_leader, "note", 404), (solvik.chief, "note", 404), (solvik.clerk, "no-such-step", 404),
        (solvik.clerk, "reopen", 404), (solvik.clerk, "undo-attempt", 404), (solvik.clerk, "hand-over", 404),
    ):  # fmt: skip
        client.force_login(who)
        assert (ask(client, card, step).status_code, who.name, step) == (status, who.name, step)
        assert client.get(f"/staff/cards/{card.reference}/{step}/").status_code == (302 if status == 200 else status)
    client.logout()
    assert client.get(f"/staff/cards/{card.reference}/note/")["Location"].startswith("/accounts/login/")


def test_what_happened_since_the_page_was_drawn_is_not_seen_by_a_form_that_comes_later(
    solvik: Solvik, card: Card, desk: Client
) -> None:
    shown = desk.get(f"/staff/cards/{card.reference}/").context["seen"]
    assert shown == seen(card)
    add_note(card, text="Ringte fylket", by=solvik.handler, now=NOW)
    html = ask(desk, card, "close", seen=shown).content.decode()
    assert f'name="close-seen" value="{shown}"' in html
    refused = do(desk, solvik.clerk, card, "close", seen=shown, result="withdrawn", note="Trakk den")
    assert refused.status_code == 422
    assert "Somebody changed the card meanwhile." in refused.content.decode()
    assert "<b>" not in ask(desk, card, "close", seen='"><b>').content.decode()


def test_a_form_is_a_look_where_something_of_the_card_stands_in_it(card: Card, desk: Client) -> None:
    ask(desk, card, "note")
    assert looks() == 0
    assert "Kari Nordmann" in ask(desk, card, "contact-details").content.decode()
    assert looks() == 1
    assert card.text in ask(desk, card, "split").content.decode()
    assert looks() == 2


def test_a_sensitive_cards_form_stands_behind_the_same_door(solvik: Solvik, card: Card, client: Client) -> None:
    mark_sensitive(card, reason="health", note="", by=solvik.roads_leader, now=NOW)
    here = f"/staff/cards/{card.reference}/"
    client.force_login(solvik.clerk)
    assert ask(client, card, "note").status_code == 404
    client.force_login(solvik.roads_leader)
    answer = ask(client, card, "contact-details")
    assert (answer.status_code, answer.content) == (204, b"")
    door = answer["HX-Redirect"]
    assert door.startswith(f"{here}look/?next=")
    assert client.get(f"{here}contact-details/")["Location"].startswith(f"{here}look/")
    wanted = f"{here}contact-details/"
    assert client.post(f"{here}look/", {"reason": "work", "next": wanted})["Location"] == wanted
    assert client.get(wanted)["Location"] == f"{here}?open=contact-details#step-contact-details"
    assert "Kari Nordmann" in ask(client, card, "contact-details").content.decode()


@pytest.mark.parametrize(
    ("step", "number"), [("note", 5), ("close", 5), ("delegate", 6), ("reroute", 6), ("preliminary-answer", 7)]
)
def test_a_form_reads_what_it_offers_and_no_more(
    card: Card, desk: Client, django_assert_num_queries: Any, step: str, number: int
) -> None:
    """The municipality, session and person, the card and its people; then the form's own choices, and its look."""
    with django_assert_num_queries(number):
        ask(desk, card, step)


def test_the_page_reads_no_choices_of_forms_that_it_does_not_draw(
    card: Card, desk: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(8) as asked:
        desk.get(f"/staff/cards/{card.reference}/")
    read = "".join(query["sql"] for query in asked.captured_queries)
    assert 'FROM "feedback_card"' in read
    assert 'FROM "organisation_ownwording"' not in read
    assert 'FROM "feedback_category"' not in read
