"""Contact cards that wait: one document for all, and posted in one go, each by itself."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from feedback.actions.calling import NoContactCard, make_contact_card
from feedback.actions.posting import TooManyToPrint, print_contact_cards
from feedback.deadlines import Contact
from feedback.errors import NotAllowed
from feedback.models import Card, ContactCard
from feedback.workflow import State
from tests.factories import MONDAY, Solvik, a_card, many_cards
from tests.feedback.steps import called_back, try_three_times
from tests.organisation.pdf_reading import read
from tests.refusals import refuses

PAGE = "/staff/contact-cards/"
TUESDAY = MONDAY + timedelta(days=1)


def waiting(card: Card, solvik: Solvik) -> Card:
    try_three_times(card, by=solvik.clerk, now=MONDAY)
    make_contact_card(card, by=solvik.clerk, now=MONDAY)
    return card


@pytest.fixture
def cards(solvik: Solvik) -> list[Card]:
    return [waiting(card, solvik) for card in many_cards(3, unit=solvik.roads)]


@pytest.fixture
def desk(solvik: Solvik, client: Client) -> Client:
    client.force_login(solvik.clerk)
    return client


def values(html: str) -> dict[str, str]:
    """What the page's tick boxes would send, by reference."""
    return {value.split(":")[0]: value for value in re.findall(r'name="card" id="[^"]+" value="([^"]+)"', html)}


def page(desk: Client) -> str:
    return desk.get(PAGE, HTTP_ACCEPT_LANGUAGE="en").content.decode()


@time_machine.travel(TUESDAY, tick=False)
def test_the_chosen_become_one_document_and_are_remembered(cards: list[Card], solvik: Solvik, desk: Client) -> None:
    ticks = values(page(desk))
    assert list(ticks) == [card.reference for card in cards]
    chosen = [ticks[card.reference] for card in cards[:2]]
    assert desk.post(PAGE + "print/", {"card": chosen}).headers["Location"] == PAGE
    assert list(ContactCard.objects.order_by("pk").values_list("printed_at", "printed_by")) == [
        (TUESDAY, solvik.clerk.pk),
        (TUESDAY, solvik.clerk.pk),
        (None, None),
    ]
    html = page(desk)
    assert "2 printed 3 Nov 2026, 09:00, not posted yet" in html
    assert "1 to print" in html
    (address,) = re.findall(r'href="(/staff/contact-cards/[^"]+\.pdf)"', html)
    document = desk.get(address)
    assert document.headers["Content-Type"] == "application/pdf"
    texts = read(document.content).pages
    assert [card.reference in text for card, text in zip(cards, texts, strict=False)] == [True, True]
    assert len(texts) == 2


@time_machine.travel(TUESDAY, tick=False)
def test_all_that_are_printed_are_posted_in_one_go(cards: list[Card], desk: Client) -> None:
    ticks = list(values(page(desk)).values())
    desk.post(PAGE + "print/", {"card": ticks})
    response = desk.post(
        PAGE + "posted/", {"card": ticks, "posted_on": "3.11.2026"}, HTTP_ACCEPT_LANGUAGE="en", follow=True
    )
    assert "3 contact cards are marked as posted on 3 Nov 2026." in response.content.decode()
    assert "No contact card waits to be posted." in response.content.decode()
    assert set(Card.objects.values_list("state", flat=True)) == {State.CONTACT_CARD_POSTED}


@time_machine.travel(TUESDAY, tick=False)
def test_one_that_somebody_answered_meanwhile_is_named_and_the_rest_is_done(
    cards: list[Card], solvik: Solvik, desk: Client
) -> None:
    ticks = values(page(desk))
    called_back(cards[1], by=solvik.clerk, now=TUESDAY)
    response = desk.post(
        PAGE + "posted/",
        {"card": list(ticks.values()), "posted_on": "3.11.2026"},
        HTTP_ACCEPT_LANGUAGE="en",
        follow=True,
    )
    html = response.content.decode()
    assert "2 contact cards are marked as posted" in html
    assert f"{cards[1].reference}: Somebody changed the card meanwhile." in html
    states = [Card.objects.get(pk=card.pk).state for card in cards]
    assert states == [State.CONTACT_CARD_POSTED, State.CALLED_BACK, State.CONTACT_CARD_POSTED]


@time_machine.travel(TUESDAY, tick=False)
@pytest.mark.parametrize(
    ("posted_on", "sentence"),
    [
        ("30.02.2026", "«30.02.2026» is not in the calendar."),
        ("", "Write the day they were posted."),
        ("4.11.2026", "The contact card cannot have been posted before it was made or in the future."),
        ("1.11.2026", "The contact card cannot have been posted before it was made or in the future."),
    ],
)
def test_an_impossible_day_comes_back_with_what_was_ticked(
    cards: list[Card], desk: Client, posted_on: str, sentence: str
) -> None:
    ticks = values(page(desk))
    desk.post(PAGE + "print/", {"card": list(ticks.values())})
    (batch,) = re.findall(r'name="batch" value="([^"]+)"', page(desk))
    sent = {"card": [ticks[cards[0].reference]], "posted_on": posted_on, "batch": batch}
    response = desk.post(PAGE + "posted/", sent, HTTP_ACCEPT_LANGUAGE="en")
    html = response.content.decode()
    assert response.status_code == 422
    assert sentence in html
    assert re.findall(r'value="([^"]+)" checked', html) == [ticks[cards[0].reference]]
    assert not ContactCard.objects.filter(posted_on__isnull=False).exists()


@pytest.mark.parametrize("path", ["print/", "posted/"])
@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [([], "Choose at least one card."), (["tull"], "The page was not understood."), (["26-1:x"], "The page was not")],
)
def test_nothing_or_nonsense_chosen_is_a_sentence(
    cards: list[Card], desk: Client, path: str, chosen: list[str], sentence: str
) -> None:
    desk.post(PAGE + "print/", {"card": list(values(page(desk)).values())[:1]})
    (batch,) = re.findall(r'name="batch" value="([^"]+)"', page(desk))
    sent = {"card": chosen, "posted_on": "3.11.2026", "batch": batch}
    response = desk.post(PAGE + path, sent, HTTP_ACCEPT_LANGUAGE="en")
    assert response.status_code == 422
    assert sentence in response.content.decode()


def test_without_an_address_it_is_seen_and_not_ticked(solvik: Solvik, desk: Client) -> None:
    waiting(a_card(unit=solvik.roads, contact=Contact(phone="33181000"), callback_wanted=True), solvik)
    html = page(desk)
    assert "No address" in html
    assert re.search(r'<input[^>]* name="card"[^>]*>', html)
    assert not re.search(r'<input[^>]* name="card"[^>]* checked', html)


def test_printing_refuses_what_cannot_be_posted_and_notes_none(cards: list[Card], solvik: Solvik) -> None:
    without = a_card(unit=solvik.roads)
    with refuses(NoContactCard):
        print_contact_cards([*cards, without], by=solvik.clerk, now=TUESDAY)
    with refuses(NoContactCard):
        print_contact_cards([], by=solvik.clerk, now=TUESDAY)
    with refuses(NotAllowed):
        print_contact_cards(cards, by=solvik.water_leader, now=TUESDAY)
    many = [Card(pk=number) for number in range(201)]
    with refuses(TooManyToPrint, "At most 200"):
        print_contact_cards(many, by=solvik.clerk, now=TUESDAY)


def test_others_see_and_do_nothing(cards: list[Card], solvik: Solvik, client: Client) -> None:
    value = f"{cards[0].reference}:0"
    for name in ("chief", "reader", "administrator"):
        client.force_login(getattr(solvik, name))
        for path in (PAGE, PAGE + "20261103T080000000000.pdf"):
            assert client.get(path).status_code == 403
        for path in ("print/", "posted/"):
            assert client.post(PAGE + path, {"card": [value], "posted_on": "3.11.2026"}).status_code == 403
    # A unit's people see their own.
    client.force_login(solvik.water_leader)
    assert values(client.get(PAGE).content.decode()) == {}
    assert client.post(PAGE + "print/", {"card": [value]}).status_code == 422
    client.force_login(solvik.roads_leader)
    assert len(values(client.get(PAGE).content.decode())) == 3
    assert not ContactCard.objects.exclude(printed_at=None, posted_on=None).exists()


@pytest.mark.parametrize("batch", ["20261103T080000000000", "tull", "99999999T999999999999"])
def test_a_document_that_was_never_printed_is_not_found(cards: list[Card], desk: Client, batch: str) -> None:
    assert desk.get(f"{PAGE}{batch}.pdf").status_code == 404


@pytest.mark.parametrize("how_many", [1, 3])
def test_the_page_costs_the_same_however_many_wait(
    solvik: Solvik, desk: Client, django_assert_num_queries, how_many: int
) -> None:
    for card in many_cards(how_many, unit=solvik.roads):
        waiting(card, solvik)
    with django_assert_num_queries(5):
        desk.get(PAGE)
