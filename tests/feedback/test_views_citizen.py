"""A citizen sends a card, gets a receipt, and follows it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from feedback.codes import code_of, is_code_of
from feedback.deadlines import Contact
from feedback.models import Attachment, Card
from organisation.models import Municipality
from organisation.models.wordings import OwnWording
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
    solvik: Solvik, client: Client, settings, tmp_path, files, sentence
) -> None:
    settings.MEDIA_ROOT = tmp_path
    for file in files:
        file.seek(0)
    response = send(client, uploads=files)
    assert response.status_code == 422
    assert sentence in page(response)
    assert "choose it once more" in page(response)
    assert Card.objects.count() == 0


def part(html: str, name: str) -> str | None:
    """Return the text of the promise that is shown under this name, None where it is hidden."""
    tag, inner = re.search(rf'<p class="[^"]*" data-{name}( hidden)?>(.*?)</p>', html, re.DOTALL).groups()
    return None if tag else re.sub(r"<[^>]+>", "", inner)


FIRST = "Thursday 12 November"
ALL = "name_address_phone"


@pytest.mark.parametrize(
    ("rule", "given", "shown"),
    [
        (
            ALL,
            {},
            ("lacking", "Fill in your name, your address, and your daytime phone, and we ring you by"),
        ),
        (
            ALL,
            {"name": "Kari", "phone": "33 18 10 00"},
            ("lacking", "Fill in your address, and we ring you by"),
        ),
        (
            ALL,
            {"name": "Kari", "phone": "33 18 10 00", "address": "Storgata 1"},
            ("owed", "We ring you by"),
        ),
        ("phone", {}, ("lacking", "Fill in your daytime phone, and we ring you by")),
        ("phone", {"phone": "33 18 10 00"}, ("owed", "We ring you by")),
        (
            ALL,
            {"email": "kari@example.test", "other_way": "written"},
            ("owed-otherwise", "You get your answer in the way you ask for, by"),
        ),
    ],
)
def test_a_call_is_promised_only_when_it_is_owed_and_else_what_lacks_is_said(
    solvik: Solvik, client: Client, rule: str, given: dict, shown: tuple[str, str]
) -> None:
    Municipality.objects.update(callback_rule=rule)
    html = page(send(client, text="", **given))
    found = {name: part(html, name) for name in ("lacking", "owed", "owed-otherwise")}
    expected = dict.fromkeys(found) | {shown[0]: f"{shown[1]} {FIRST} at the latest."}
    assert found == expected


def test_the_promised_day_is_that_of_the_settings_and_of_the_category(solvik: Solvik, client: Client) -> None:
    CategoryFactory(code="roads")
    CategoryFactory(code="building", deadline_days=21, deadline_kind="calendar_days")
    html = page(client.get("/", HTTP_ACCEPT_LANGUAGE="en"))
    assert part(html, "lacking").endswith(f"we ring you by {FIRST} at the latest.")
    assert re.findall(r'<option value="(\w+)"( data-day="[^"]*")?', html)[:2] == [
        ("roads", ""),
        ("building", ' data-day="Monday 23 November"'),
    ]
    html = page(send(client, text="", category="building"))
    assert part(html, "lacking").endswith("we ring you by Monday 23 November at the latest.")
    Municipality.objects.update(deadline_days=3)
    assert "Thursday 5 November" in part(page(client.get("/", HTTP_ACCEPT_LANGUAGE="en")), "lacking")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"other_way": "written", "phone": "33 18 10 00"}, "Give us an e-mail address or a postal address"),
        ({"other_way": "interpreter"}, "Give us a phone number, an e-mail address or a postal address"),
        ({"other_way": "telepathy", "phone": "33 18 10 00"}, "Select a valid choice."),
        ({"latitude": "59.05"}, "The position cannot be read."),
        ({"latitude": "159.05", "longitude": "10"}, "The position cannot be read."),
        ({"latitude": "her", "longitude": "NaN"}, "The position cannot be read."),
    ],
)
def test_another_way_and_a_position_must_be_usable(solvik: Solvik, client: Client, given: dict, sentence: str) -> None:
    response = send(client, **given)
    assert (response.status_code, sentence in page(response)) == (422, True)
    assert Card.objects.count() == 0


def test_who_cannot_use_the_phone_is_owed_an_answer_in_writing(solvik: Solvik, client: Client) -> None:
    given = {"email": "kari@example.test", "other_way": "written", "other_way_note": "Jeg er døv."}
    receipt = client.get(send(client, **given).headers["Location"], HTTP_ACCEPT_LANGUAGE="en")
    card = Card.objects.select_related("submitter").get()
    assert card.callback_owed
    assert (card.submitter.other_way, card.submitter.other_way_note) == ("written", "Jeg er døv.")
    html = page(receipt)
    assert f"You get a written answer, as agreed, by {FIRST} at the latest." in html
    assert "We ring" not in html
    assert "ring at least" not in html


def test_a_note_without_another_way_leaves_no_trace(solvik: Solvik, client: Client) -> None:
    send(client, other_way_note="kanskje")
    assert not hasattr(Card.objects.get(), "submitter")


def test_the_position_is_kept_with_the_card_and_shown_to_staff(solvik: Solvik, client: Client, settings) -> None:
    send(client, latitude="59.05012", longitude="-10.035214")
    card = Card.objects.get()
    assert (str(card.latitude), str(card.longitude)) == ("59.050120", "-10.035214")
    client.force_login(solvik.clerk)
    path = f"/staff/cards/{card.reference}/"
    html = page(client.get(path))
    assert ("59.05012, -10.03521" in html, "kart.example" in html) == (True, False)
    settings.MAP_LINK_URL = "https://kart.example/?lat={latitude}&lon={longitude}"
    assert 'href="https://kart.example/?lat=59.050120&amp;lon=-10.035214"' in page(client.get(path))


def test_the_map_is_off_until_its_address_is_set(solvik: Solvik, client: Client, settings) -> None:
    response = client.get("/")
    assert ("data-map" in page(response), "leaflet" in page(response)) == (False, False)
    assert "img-src 'self' data:;" in response.headers["Content-Security-Policy"] + ";"
    settings.MAP_TILES_URL, settings.MAP_ATTRIBUTION = "https://kart.example:8443/{z}/{y}/{x}.png", "© Kart"
    response = client.get("/", HTTP_ACCEPT_LANGUAGE="en")
    assert "The pictures of the map come from kart.example, which then sees your network address" in page(response)
    assert "img-src 'self' data: https://kart.example:8443" in response.headers["Content-Security-Policy"]
    assert "kart.example" not in client.get("/privacy/").headers["Content-Security-Policy"]


def test_the_page_says_what_it_is_not_for_in_the_municipalitys_own_words(solvik: Solvik, client: Client) -> None:
    assert "Not for applications or appeals against a decision" in page(client.get("/", HTTP_ACCEPT_LANGUAGE="en"))
    OwnWording.objects.create(key="page.not_for", language="en", text="Not for <b>parking</b> fines.")
    html = page(client.get("/", HTTP_ACCEPT_LANGUAGE="en"))
    assert ("Not for &lt;b&gt;parking&lt;/b&gt; fines." in html, "Not for applications" in html) == (True, False)


def opened(html: str) -> str:
    return re.search(r'name="opened" value="([^"]*)"', html).group(1)


def test_who_sends_too_quickly_is_asked_once_more_and_loses_nothing(solvik: Solvik, client: Client, settings) -> None:
    settings.SEND_MINIMUM_SECONDS = 3
    token = opened(page(client.get("/")))
    first = send(client, opened=token)
    assert (first.status_code, Card.objects.count()) == (422, 0)
    assert "That was quicker than most people are." in page(first)
    assert "Hull i veien" in page(first)
    assert send(client, opened=opened(page(first))).status_code == 302


@pytest.mark.parametrize("token", ["", "tull", "1:2:3"])
def test_a_page_that_was_never_opened_is_asked_once_more(solvik: Solvik, client: Client, settings, token: str) -> None:
    settings.SEND_MINIMUM_SECONDS = 3
    assert send(client, opened=token).status_code == 422


def test_who_takes_the_time_is_never_asked(solvik: Solvik, client: Client, settings) -> None:
    settings.SEND_MINIMUM_SECONDS = 3
    with time_machine.travel(MONDAY, tick=False) as clock:
        token = opened(page(client.get("/")))
        clock.shift(3)
        assert send(client, opened=token).status_code == 302
        clock.shift(3 * 24 * 3600)
        assert send(client, opened=token, text="Fra et utkast").status_code == 302


def test_the_receipt_says_what_is_not_promised_and_whether_a_mail_comes(solvik: Solvik, client: Client) -> None:
    with_mail, without = a_card(unit=solvik.roads), a_card(contact=Contact(phone="33 18 10 00"))
    html = page(client.get(f"/card/{with_mail.secret}/receipt/", HTTP_ACCEPT_LANGUAGE="en"))
    assert ("What we do not promise" in html, "The receipt goes to the e-mail address" in html) == (True, True)
    html = page(client.get(f"/card/{without.secret}/receipt/", HTTP_ACCEPT_LANGUAGE="en"))
    assert ("or that somebody rings you" in html, "You get no receipt by mail" in html) == (True, True)


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
