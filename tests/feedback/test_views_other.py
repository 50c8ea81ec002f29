"""Registration by staff, the overdue lists and escalations, and who may open which page."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from feedback.actions.listing import run_overdue_list
from feedback.actions.moving import reroute_card
from feedback.models import Card, OverdueRun
from organisation.calendar import IsoWeek
from tests.factories import MONDAY, Solvik, a_card, many_cards, oslo

# Registered on 2 November, due on the 12th: on the lists of week 47 (16 November) and 48.
FIRST, SECOND = IsoWeek(2026, 47), IsoWeek(2026, 48)


def signed_in(client: Client, person) -> Client:
    client.force_login(person)
    return client


def test_staff_register_a_card_and_keep_channel_and_date_for_the_next(solvik: Solvik, client: Client) -> None:
    with time_machine.travel(MONDAY, tick=False):
        signed_in(client, solvik.clerk)
        response = client.post(
            "/staff/register/",
            {
                "channel": "fax",
                "received_on": "1.11.2026",
                "text": "Hull",
                "unit": "roads",
                "language": "nn",
                "key": "",
            },
        )
        assert (response.status_code, response.headers["Location"]) == (302, "/staff/register/")
        card = Card.objects.get()
        assert (card.channel, str(card.received_on), card.unit, card.language) == (
            "fax",
            "2026-11-01",
            solvik.roads,
            "nn",
        )
        assert card.registered_by == solvik.clerk
        html = client.get("/staff/register/").content.decode()
    assert '<option value="fax" selected>' in html
    assert 'value="1.11.2026"' in html
    assert card.reference in html


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"text": ""}, "Write what the card says."),
        ({"received_on": "30.02.2026"}, "«30.02.2026» is not in the calendar."),
        ({"received_on": "03.11.2026"}, "The card cannot have been received after it was registered."),
        ({"unit": "technical"}, "There is no unit «technical»."),
    ],
)
def test_a_registration_that_cannot_be_keeps_what_was_typed(solvik: Solvik, client: Client, fields, sentence) -> None:
    good = {"channel": "paper", "received_on": "2.11.2026", "text": "Hull", "language": "nb", "name": "Kari Nordmann"}
    with time_machine.travel(MONDAY, tick=False):
        response = signed_in(client, solvik.clerk).post("/staff/register/", good | fields, HTTP_ACCEPT_LANGUAGE="en")
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert 'value="Kari Nordmann"' in response.content.decode()
    assert Card.objects.count() == 0


@pytest.fixture
def listed(solvik: Solvik) -> Card:
    card = a_card(unit=solvik.roads)
    a_card(unit=solvik.water, text="Lekkasje")
    for week in (FIRST, SECOND):
        run_overdue_list(now=oslo(2026, 11, 24), week=week)
    return card


def test_a_leader_sees_the_unit_own_list_and_not_that_of_others(listed: Card, solvik: Solvik, client: Client) -> None:
    signed_in(client, solvik.roads_leader)
    week = client.get("/staff/overdue/2026-W48/")
    assert [listed.unit for listed, _told in week.context["rows"]] == [solvik.roads]
    response = client.get("/staff/overdue/2026-W48/roads/", HTTP_ACCEPT_LANGUAGE="en")
    assert listed.reference in response.content.decode()
    assert "time 2" in response.content.decode()
    assert "Friday 27 November" in response.content.decode()
    assert client.get("/staff/overdue/2026-W48/water/").status_code == 404


def test_a_card_that_left_the_unit_stays_on_its_list_without_what_it_says(
    listed: Card, solvik: Solvik, client: Client
) -> None:
    """«if it moves, this week's entry stays with the old unit»; a unit that a card has left sees it no more."""
    path = "/staff/overdue/2026-W48/roads/"
    assert listed.text in signed_in(client, solvik.roads_leader).get(path).content.decode()
    reroute_card(listed, unit=solvik.water, reason="x", by=solvik.clerk, now=oslo(2026, 11, 24, 10))
    hidden = client.get(path, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert [listed.reference in hidden, "With another unit now" in hidden] == [True, True]
    assert [listed.text in hidden, f"/staff/cards/{listed.reference}/" in hidden] == [False, False]
    assert listed.text in signed_in(client, solvik.clerk).get(path).content.decode()


@pytest.mark.parametrize(
    "path",
    ["/staff/overdue/2026-W01/", "/staff/overdue/tull/", "/staff/overdue/2026-W60/", "/staff/escalations/2026-W47/"],
)
def test_a_week_without_lists_is_not_found(listed: Card, solvik: Solvik, client: Client, path: str) -> None:
    assert signed_in(client, solvik.clerk).get(path).status_code == 404


def test_the_chief_executive_sees_the_repeats_by_unit(listed: Card, solvik: Solvik, client: Client) -> None:
    signed_in(client, solvik.chief)
    assert "Week 48, 2026" in client.get("/staff/escalations/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    html = client.get("/staff/escalations/2026-W48/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "2 cards for the second time or more" in html
    assert html.index("Vann") < html.index("Vei")
    assert listed.reference in html


def test_the_service_centre_runs_the_lists_once(solvik: Solvik, client: Client) -> None:
    a_card(unit=solvik.roads)
    with time_machine.travel(oslo(2026, 11, 16, 7), tick=False):
        signed_in(client, solvik.clerk)
        assert client.get("/staff/overdue/").context["to_run"] == FIRST
        first = client.post("/staff/overdue/run/")
        second = client.post("/staff/overdue/run/")
        assert client.get("/staff/overdue/").context["to_run"] is None
    assert (first.headers["Location"], second.headers["Location"]) == ("/staff/overdue/2026-W47/", "/staff/overdue/")
    assert OverdueRun.objects.count() == 1


@pytest.mark.parametrize("how_many", [1, 3])
def test_lists_cost_the_same_whatever_their_length(
    solvik: Solvik, client: Client, django_assert_num_queries, how_many: int
) -> None:
    many_cards(how_many, unit=solvik.roads)
    for week in (FIRST, SECOND):
        run_overdue_list(now=oslo(2026, 11, 24), week=week)
    signed_in(client, solvik.clerk)
    for path, queries in [
        ("/staff/overdue/", 6),
        ("/staff/overdue/2026-W48/", 12),
        ("/staff/overdue/2026-W48/roads/", 8),
        ("/staff/escalations/", 6),
        ("/staff/escalations/2026-W48/", 8),
    ]:
        with django_assert_num_queries(queries):
            client.get(path)


PAGES = {
    "/staff/": {"clerk", "roads_leader", "handler", "chief", "mayors_secretary", "reader"},
    "/staff/register/": {"clerk"},
    "/staff/overdue/": {"clerk", "roads_leader", "mayors_secretary", "reader"},
    "/staff/escalations/": {"clerk", "chief"},
}


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    "name", ["clerk", "roads_leader", "handler", "chief", "mayors_secretary", "administrator", "reader"]
)
def test_who_may_open_which_page(solvik: Solvik, client: Client, path: str, name: str) -> None:
    assert signed_in(client, getattr(solvik, name)).get(path).status_code == (200 if name in PAGES[path] else 403)


@pytest.mark.parametrize("path", [*PAGES, "/staff/cards/26-000001-0/", "/staff/overdue/2026-W47/"])
def test_whoever_is_not_signed_in_is_asked_to(solvik: Solvik, client: Client, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.headers["Location"]) == (302, f"/accounts/login/?next={path}")


def test_running_the_lists_is_for_those_who_may(solvik: Solvik, client: Client) -> None:
    a_card(unit=solvik.roads)
    with time_machine.travel(MONDAY + timedelta(days=14), tick=False):
        for person in (solvik.roads_leader, solvik.chief, solvik.reader):
            assert signed_in(client, person).post("/staff/overdue/run/").status_code == 403
    assert OverdueRun.objects.count() == 0
