"""A citizen sends a card, gets a receipt, and follows it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from feedback.codes import code_of, is_code_of
from feedback.models import Attachment, Card
from organisation.models import Municipality
from tests.factories import MONDAY, NO_PHONE, CategoryFactory, RuleFactory, Solvik, a_card, mails
from tests.pictures import PLACE, photo

PNG = photo((60, 40), kind="PNG").getvalue()
KEY = "11111111-2222-3333-4444-555555555555"


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


def send(client: Client, **fields):
    return client.post("/", {"text": "Hull i veien", "key": KEY, **fields}, HTTP_ACCEPT_LANGUAGE="en")


def page(response) -> str:
    return response.content.decode()


def test_the_text_alone_is_enough(solvik: Solvik, client: Client) -> None:
    response = send(client)
    card = Card.objects.get()
    assert (response.status_code, response.headers["Location"]) == (302, f"/card/{card.secret}/receipt/")
    assert (card.text, card.channel, card.kind, card.category, card.language) == ("Hull i veien", "web", "", None, "en")
    assert not card.callback_owed


def test_all_fields_reach_the_card_and_the_unit(solvik: Solvik, client: Client) -> None:
    category = CategoryFactory(code="roads")
    RuleFactory(category=category, unit=solvik.roads)
    send(
        client, category="roads", kind="complaint", place="Storgata 1", name="Kari", address="Storgata 2",
        phone="33 18 10 00", email="kari@example.test",
    )  # fmt: skip
    card = Card.objects.select_related("submitter").get()
    assert (card.unit, card.category, card.kind, card.place) == (solvik.roads, category, "complaint", "Storgata 1")
    assert (card.submitter.name, card.submitter.phone) == ("Kari", "33 18 10 00")
    assert card.callback_owed
    assert mails() == [("card_forwarded", "roads@solvik.test"), ("receipt", "kari@example.test")]


def test_a_card_without_text_is_asked_for_it_and_nothing_typed_is_lost(solvik: Solvik, client: Client) -> None:
    response = send(client, text="  ", place="Storgata 1", name="Kari Nordmann")
    assert response.status_code == 422
    html = page(response)
    assert "Error:" in html
    assert '<a class="ds-link" href="#id_text">Write what you want to tell us.</a>' in html
    assert 'value="Storgata 1"' in html
    assert 'value="Kari Nordmann"' in html
    assert f'value="{KEY}"' in html
    assert re.search(r"<details[^>]* open", html.split("call-me", 1)[0][-40:] + html.split("call-me", 1)[1][:40])
    assert Card.objects.count() == 0


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"phone": "ring meg"}, "«ring meg» is not a phone number."),
        ({"email": "kari@"}, "Write the e-mail address like name@example.com."),
        ({"category": "no-such"}, "That is not one of the choices. Choose another, or none."),
        ({"text": "a" * 20_001}, "The text is longer than 20000 characters."),
        ({"leave_empty": "buy"}, "One field is there only to stop machines."),
    ],
)
def test_bad_input_gets_a_sentence_and_writes_nothing(solvik: Solvik, client: Client, fields, sentence) -> None:
    response = send(client, **fields)
    assert response.status_code == 422
    assert sentence in page(response)
    assert ("Hull i veien" in page(response)) == ("text" not in fields)
    assert Card.objects.count() == 0
    assert mails() == []


def test_a_double_click_makes_one_card(solvik: Solvik, client: Client) -> None:
    first, second = send(client), send(client)
    assert Card.objects.count() == 1
    assert first.headers["Location"] == second.headers["Location"]


def test_another_text_from_the_same_page_is_another_card(solvik: Solvik, client: Client) -> None:
    send(client)
    send(client, text="Og lyset er borte")
    assert sorted(Card.objects.values_list("text", flat=True)) == ["Hull i veien", "Og lyset er borte"]


def test_pictures_are_kept_by_what_is_in_them(solvik: Solvik, client: Client, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    send(
        client, uploads=[SimpleUploadedFile("hull.txt", PNG, "text/plain"), SimpleUploadedFile("b.pdf", b"%PDF-1.7 x")]
    )
    found = Attachment.objects.order_by("id")
    assert [(one.name, one.content_type) for one in found] == [("hull.jpg", "image/jpeg"), ("b.pdf", "application/pdf")]
    kept = [Path(one.file.path).read_bytes() for one in found]
    assert [one.size for one in found] == [len(kept[0]), 10]
    assert (PLACE in PNG, PLACE in kept[0], kept[1]) == (True, False, b"%PDF-1.7 x")


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ([SimpleUploadedFile("virus.png", b"MZ program")], "«virus.png» is neither a picture"),
        ([SimpleUploadedFile("revet.png", PNG[:60])], "«revet.png» cannot be shown as a picture."),
        ([SimpleUploadedFile("tom.png", b"")], "«tom.png» is empty."),
        ([SimpleUploadedFile("stor.png", PNG + b"0" * 10 * 1024 * 1024)], "«stor.png» is larger than 10 MB."),
        ([SimpleUploadedFile(f"{n}.png", PNG) for n in range(6)], "At most 5 files go with a card; you chose 6."),
    ],
    ids=["type", "torn", "empty", "large", "many"],
)
def test_files_that_cannot_be_taken_are_named_and_the_text_is_kept(
    solvik: Solvik, client: Client, files, sentence
) -> None:
    for file in files:
        file.seek(0)
    response = send(client, uploads=files)
    assert response.status_code == 422
    assert sentence in page(response)
    assert "choose the pictures once more" in page(response)
    assert Card.objects.count() == 0


def test_the_page_promises_a_call_by_the_day_that_the_settings_give(solvik: Solvik, client: Client) -> None:
    assert "Then we ring you by Thursday 12 November at the latest." in page(client.get("/", HTTP_ACCEPT_LANGUAGE="en"))
    Municipality.objects.update(deadline_days=3)
    assert "Then we ring you by Thursday 5 November at the latest." in page(client.get("/", HTTP_ACCEPT_LANGUAGE="en"))


def test_the_receipt_promises_a_call_only_where_one_is_owed(solvik: Solvik, client: Client) -> None:
    owed, not_owed = a_card(unit=solvik.roads), a_card(contact=NO_PHONE)
    html = page(client.get(f"/card/{owed.secret}/receipt/", HTTP_ACCEPT_LANGUAGE="en"))
    assert owed.reference in html
    assert "We ring you with an answer by Thursday 12 November at the latest." in html
    assert "Vei" in html
    html = page(client.get(f"/card/{not_owed.secret}/receipt/", HTTP_ACCEPT_LANGUAGE="en"))
    assert "We ring you" not in html
    assert "We ring only those who have given name, address and daytime phone." in html


def test_letters_that_look_alike_are_the_same_in_a_code() -> None:
    secret = next(f"s{n}" for n in range(1000) if {"0", "1"} <= set(code_of(f"s{n}")))
    typed = code_of(secret).replace("0", "o").replace("1", "L")
    assert is_code_of(secret, typed)
    assert not is_code_of(secret, typed[:-1])
    assert not is_code_of(secret, "")


def test_the_front_page_takes_few_queries_and_sets_no_cookie_but_csrf(
    solvik: Solvik, client: Client, django_assert_num_queries
) -> None:
    with django_assert_num_queries(3):
        response = client.get("/")
    assert set(response.cookies) == {"csrftoken"}


def test_the_language_is_chosen_and_kept(solvik: Solvik, client: Client) -> None:
    client.post("/language/setlang/", {"language": "sv", "next": "/"})
    assert '<html lang="sv">' in page(client.get("/"))
