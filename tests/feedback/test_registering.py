"""The service centre's registration: what is known while one types, the typed unit, and one more from the same person."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from feedback.actions.closing import close_card
from feedback.deadlines import Contact
from feedback.earlier_cards import address_suggestions, earlier_submitters, place_suggestions
from feedback.models import Card, CardEvent, HeldUpload
from tests.factories import FULL_CONTACT, MONDAY, RuleFactory, Solvik, UnitFactory, a_card, many_cards

LOOK = "/staff/register/look-up/"
GOOD = {"channel": "paper", "received_on": "2.11.2026", "text": "Hull i veien", "language": "nb", "key": ""}


@pytest.fixture
def desk(solvik: Solvik, client: Client) -> Client:
    client.force_login(solvik.clerk)
    return client


def english(desk: Client, path: str, data: dict[str, str]) -> str:
    response = desk.post(path, data, HTTP_ACCEPT_LANGUAGE="en")
    assert response.status_code == 200
    return response.content.decode()


# --- Where it goes --------------------------------------------------------------------------------------------------


@time_machine.travel(MONDAY, tick=False)
def test_while_typing_staff_see_where_the_card_goes_why_and_by_when_somebody_rings(
    solvik: Solvik, desk: Client
) -> None:
    RuleFactory(unit=solvik.roads, words=["asfalt", "hull"])
    html = english(desk, LOOK, GOOD)
    assert "Goes to <strong>Vei</strong>: «hull»." in html
    assert "No callback is owed" in html
    html = english(desk, LOOK, GOOD | {"name": "Kari", "address": "Storgata 1", "phone": "33181000"})
    assert "Somebody rings by Thursday 12 November." in html
    assert "Goes to <strong>Vann</strong>." in english(desk, LOOK, GOOD | {"unit": "van"})
    assert "Goes to <strong>Ordførerens kontor</strong>: political content." in english(
        desk, LOOK, GOOD | {"political": "on"}
    )
    assert "Stays with Servicesenteret: no rule fits." in english(desk, LOOK, GOOD | {"text": "Lyset"})
    assert Card.objects.count() == 0
    assert CardEvent.objects.count() == 0


@time_machine.travel(MONDAY, tick=False)
def test_what_the_preview_says_is_what_saving_does(solvik: Solvik, desk: Client) -> None:
    RuleFactory(unit=solvik.roads, words=["hull"])
    typed = GOOD | {"name": "Kari", "address": "Storgata 1", "phone": "33181000"}
    going = desk.post(LOOK, typed).context["known"]["going"]
    desk.post("/staff/register/", typed)
    card = Card.objects.get()
    prepared = going.prepared.card
    assert (prepared.unit, prepared.due_on, prepared.callback_owed) == (card.unit, card.due_on, card.callback_owed)


@pytest.mark.parametrize(
    "typed", [{}, {"text": ""}, {"text": "x", "received_on": "tull", "category": "no"}, {"unit": "?"}]
)
def test_half_a_card_is_no_fault(desk: Client, typed: dict[str, str]) -> None:
    assert desk.post(LOOK, typed).status_code == 200


# --- Who wrote before -----------------------------------------------------------------------------------------------


def test_a_phone_number_or_a_name_finds_who_wrote_before(solvik: Solvik) -> None:
    first, latest = a_card(), a_card(now=MONDAY + timedelta(days=1))
    a_card(contact=Contact(name="Kari Nordmannsen", phone="22222222"))
    a_card(contact=Contact(name="Ola Nordmann", address="Kari Nordmanns vei 1"))
    for typed in ({"name": "", "phone": "+47 33 18 10 00"}, {"name": "", "phone": "33181000"}):
        (known,) = earlier_submitters(solvik.clerk, **typed)
        assert (known.latest.card, known.cards) == (latest, 2)
    by_name = earlier_submitters(solvik.clerk, name="kari nordmann", phone="")
    assert [(known.latest.name, known.cards) for known in by_name] == [("Kari Nordmann", 2), ("Kari Nordmannsen", 1)]
    # The one with the phone number comes first, whoever has more cards.
    both = earlier_submitters(solvik.clerk, name="Kari Nordmann", phone="22222222")
    assert [known.latest.name for known in both] == ["Kari Nordmannsen", "Kari Nordmann"]
    assert first.pk != latest.pk


@pytest.mark.parametrize(
    "typed", [{"name": "Kari", "phone": ""}, {"name": "", "phone": "3318"}, {"name": "K N", "phone": "tull"}]
)
def test_too_little_finds_nobody(solvik: Solvik, typed: dict[str, str]) -> None:
    a_card()
    assert earlier_submitters(solvik.clerk, **typed) == []


def test_an_open_card_that_says_the_same_is_named(solvik: Solvik) -> None:
    text = "Det er hull i veien ved skolen"
    open_one = a_card(text="Hull ved skolen, midt i veien")
    shut = a_card(text=text)
    close_card(shut, result="withdrawn", by=solvik.clerk, now=MONDAY)
    a_card(text="Lyset er borte")
    (known,) = earlier_submitters(solvik.clerk, name="", phone="33181000", text=text)
    assert (known.cards, known.alike) == (3, [open_one])


def test_who_sees_no_cards_learns_of_nobody(solvik: Solvik) -> None:
    """Every read starts from what the person may see."""
    a_card(unit=solvik.water, place="Skolegata 4")
    assert earlier_submitters(solvik.roads_leader, name="Kari Nordmann", phone="") == []
    assert address_suggestions(solvik.roads_leader, "Storgata") == []
    assert place_suggestions(solvik.roads_leader, "Skole") == []


def test_addresses_and_places_begin_as_typed_the_most_usual_first(solvik: Solvik) -> None:
    for contact in (
        FULL_CONTACT,
        Contact(address="Storgata 2"),
        Contact(address="Storgata 2"),
        Contact(address="Lia 1"),
    ):
        a_card(contact=contact)
    a_card(contact=Contact(name="Stor Gutt", address="Lia 2"))
    assert address_suggestions(solvik.clerk, "stor") == ["Storgata 2", "Storgata 1"]
    assert address_suggestions(solvik.clerk, "storgata 1") == ["Storgata 1"]
    assert address_suggestions(solvik.clerk, "s") == []
    a_card(place="Lekeplassen i Skolegata", text="Husken er løs")
    assert place_suggestions(solvik.clerk, "skolega") == ["Lekeplassen i Skolegata"]
    assert place_suggestions(solvik.clerk, "husken") == []


def test_the_page_offers_the_details_and_a_link_to_the_cards(solvik: Solvik, desk: Client) -> None:
    card = a_card(now=MONDAY)
    html = english(desk, LOOK, {"phone": "33181000"})
    assert f'value="{card.reference}"' in html
    assert 'data-address="Storgata 1"' in html
    assert 'href="/staff/?q=33%2018%2010%2000"' in html
    assert "1 earlier card" in html


@time_machine.travel(MONDAY, tick=False)
@pytest.mark.parametrize("how_many", [1, 3])
def test_looking_up_costs_the_same_however_many_wrote(
    solvik: Solvik, desk: Client, django_assert_num_queries, how_many: int
) -> None:
    many_cards(how_many, place="Skolegata 4")
    typed = GOOD | {"name": "Kari Nordmann", "phone": "33181000", "address": "Stor", "place": "Skole"}
    desk.post(LOOK, typed)
    with django_assert_num_queries(9):
        desk.post(LOOK, typed)


@pytest.mark.parametrize("name", ["roads_leader", "handler", "chief", "mayors_secretary", "administrator", "reader"])
def test_only_who_registers_cards_may_ask(solvik: Solvik, client: Client, name: str) -> None:
    a_card()
    client.force_login(getattr(solvik, name))
    response = client.post(LOOK, {"phone": "33181000"})
    assert (response.status_code, b"Kari" in response.content) == (403, False)


def test_looking_up_is_never_an_address(desk: Client, client: Client) -> None:
    assert desk.get(LOOK + "?phone=33181000").status_code == 405
    client.logout()
    assert client.post(LOOK).status_code == 302


# --- Without script -------------------------------------------------------------------------------------------------


def test_without_script_the_server_looks_up_and_fills_in(solvik: Solvik, desk: Client) -> None:
    card = a_card(now=MONDAY, language="nn")
    typed = GOOD | {"phone": "33181000", "text": "Lyset er borte"}
    html = english(desk, "/staff/register/", typed | {"look": "1"})
    assert "1 earlier card" in html
    assert "Lyset er borte</textarea>" in html
    assert Card.objects.count() == 1
    html = english(desk, "/staff/register/", typed | {"use": card.reference})
    assert 'value="Kari Nordmann"' in html
    assert 'value="Storgata 1"' in html
    assert '<option value="nn" selected>' in html
    assert "Lyset er borte</textarea>" in html
    assert Card.objects.count() == 1


# --- The next card --------------------------------------------------------------------------------------------------


@time_machine.travel(MONDAY, tick=False)
def test_one_more_from_the_same_person_keeps_who_it_is(solvik: Solvik, desk: Client) -> None:
    typed = GOOD | {
        "name": "Kari Nordmann",
        "address": "Storgata 1",
        "phone": "33181000",
        "language": "sv",
        "same": "1",
    }
    address = desk.post("/staff/register/", typed).headers["Location"]
    card = Card.objects.get()
    assert address == f"/staff/register/?person_of={card.reference}"
    form = desk.get(address).context["form"]
    assert [form[name].value() for name in ("name", "phone", "language", "text")] == [
        "Kari Nordmann",
        "33181000",
        "sv",
        None,
    ]


def test_the_contact_details_of_a_card_that_is_not_there_are_none(desk: Client) -> None:
    for reference in ("26-000001-0", "tull", "\x00"):
        response = desk.get("/staff/register/", {"person_of": reference})
        assert (response.status_code, response.context["form"]["name"].value()) == (200, None)


@time_machine.travel(MONDAY, tick=False)
def test_the_same_page_sent_twice_is_one_card_and_with_another_text_two(solvik: Solvik, desk: Client) -> None:
    typed = GOOD | {"key": "7b0c8a4e-5f0d-4c8e-9a57-3a3c4f6d2b11"}
    for text in ("Hull", "Hull", "Lys"):
        desk.post("/staff/register/", typed | {"text": text})
    assert sorted(Card.objects.values_list("text", flat=True)) == ["Hull", "Lys"]


@time_machine.travel(MONDAY, tick=False)
def test_htmx_is_told_where_to_go_and_what_was_wrong(desk: Client) -> None:
    done = desk.post("/staff/register/", GOOD, HTTP_HX_REQUEST="true")
    assert (done.status_code, done.headers["HX-Redirect"]) == (200, "/staff/register/")
    wrong = desk.post("/staff/register/", GOOD | {"text": ""}, HTTP_HX_REQUEST="true", HTTP_ACCEPT_LANGUAGE="en")
    assert wrong.status_code == 422
    assert "Write what the card says." in wrong.content.decode()


# --- The unit that is typed -----------------------------------------------------------------------------------------


@time_machine.travel(MONDAY, tick=False)
@pytest.mark.parametrize("typed", ["roads", "Vei", " vei ", "VEI"])
def test_a_unit_is_typed_by_name_or_code(solvik: Solvik, desk: Client, typed: str) -> None:
    UnitFactory(code="roadside", name="Veikanten")
    desk.post("/staff/register/", GOOD | {"unit": typed})
    assert Card.objects.get().unit == solvik.roads


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("Vannn", "There is no unit «Vannn». Nearest: Vann."),
        ("ve", "There is no unit «ve». Nearest: Vei, Veikanten."),
        ("technical", "There is no unit «technical». Leave the field empty to let the rules decide."),
        ("Qqqqq", "There is no unit «Qqqqq». Leave the field empty to let the rules decide."),
    ],
    ids=["misspelt", "two begin so", "a sector", "nothing like it"],
)
def test_a_unit_that_is_not_there_is_met_with_the_nearest(
    solvik: Solvik, desk: Client, typed: str, sentence: str
) -> None:
    UnitFactory(code="roadside", name="Veikanten")
    response = desk.post("/staff/register/", GOOD | {"unit": typed}, HTTP_ACCEPT_LANGUAGE="en")
    assert response.status_code == 422
    assert response.context["form"].errors["unit"] == [sentence]
    assert f'value="{typed}"' in response.content.decode()
    assert Card.objects.count() == 0


# --- A scan over an error -------------------------------------------------------------------------------------------


def held_on(response) -> list[str]:
    return re.findall(r'name="held" value="([^"]+)"', response.content.decode())


def scan(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.7 scan", "application/pdf")


def test_without_script_a_scan_stays_over_an_error_and_over_a_look_up(solvik: Solvik, desk: Client) -> None:
    response = desk.post("/staff/register/", GOOD | {"text": "", "uploads": [scan("a.pdf")]}, HTTP_ACCEPT_LANGUAGE="en")
    keys = held_on(response)
    assert (response.status_code, len(keys), "a.pdf" in response.content.decode()) == (422, 1, True)
    response = desk.post("/staff/register/", GOOD | {"look": "1", "held": keys, "uploads": [scan("b.pdf")]})
    keys = held_on(response)
    assert (response.status_code, len(keys)) == (200, 2)
    response = desk.post("/staff/register/", GOOD | {"held": keys, "drop": keys[:1], "uploads": [scan("c.pdf")]})
    assert response.status_code == 302
    card = Card.objects.get()
    assert [(one.name, one.added_by, one.by_submitter) for one in card.attachments.all()] == [
        ("b.pdf", solvik.clerk, False),
        ("c.pdf", solvik.clerk, False),
    ]
    assert not HeldUpload.objects.exists()


def test_with_script_the_field_keeps_its_files_and_none_is_held(desk: Client) -> None:
    typed = GOOD | {"text": "", "uploads": [scan("a.pdf")]}
    response = desk.post("/staff/register/", typed, HTTP_HX_REQUEST="true")
    assert (response.status_code, held_on(response), HeldUpload.objects.count()) == (422, [], 0)


def test_held_scans_count_towards_the_five_and_one_that_is_gone_is_told(desk: Client) -> None:
    keys = held_on(desk.post("/staff/register/", GOOD | {"text": "", "uploads": [scan(f"{n}.pdf") for n in range(3)]}))
    response = desk.post("/staff/register/", GOOD | {"held": keys, "uploads": [scan(f"n{n}.pdf") for n in range(3)]})
    assert (response.status_code, len(held_on(response))) == (422, 6)
    HeldUpload.objects.all().delete()
    response = desk.post("/staff/register/", GOOD | {"held": keys[:1]}, HTTP_ACCEPT_LANGUAGE="en")
    assert "waits here no more" in response.content.decode()
    assert Card.objects.count() == 0
