"""The paper card: what it says, how it is folded, and that a phone reads its code."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from feedback.paper_card import Layout, card_texts, paper_card_data, paper_card_pdf
from feedback.wordings import WORDINGS
from organisation.models import OwnWording
from tests.factories import Solvik
from tests.organisation.pdf_codes import codes_on_pages
from tests.organisation.pdf_reading import read

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
LANGUAGES = [code for code, _name in django_settings.LANGUAGES]
SIZES = {Layout.SINGLE: (148, 210), Layout.SHEET: (297, 210)}


@pytest.fixture(autouse=True)
def _house(solvik: Solvik) -> None:
    house = solvik.municipality
    house.name, house.address, house.phone = "Sandøy kommune", "Rådhusgata 1\n6480 Sandøy", "33 00 00 00"
    house.save()


def unbroken(text: str) -> str:
    return " ".join(text.replace("\u200b", "").split())


@pytest.mark.parametrize("layout", Layout)
@pytest.mark.parametrize("language", LANGUAGES)
def test_card_is_an_accessible_document_of_two_pages(language: str, layout: Layout) -> None:
    document = read(paper_card_pdf(language, layout, now=NOW).content)
    assert document.language == language
    assert (document.part, document.conformance, document.ua_part) == ("2", "A", "1")
    assert document.marked
    assert document.all_embedded
    assert document.sizes == [SIZES[layout]] * 2
    assert [document.tags.count(tag) for tag in ("H1", "H2", "Figure")] == [1, 2, 1]  # of two cards one is read out
    for text in card_texts(language).values():
        assert unbroken(text) in unbroken(document.text)


def test_card_asks_in_the_order_in_which_staff_register_it() -> None:
    _outside, inside = read(paper_card_pdf("en", Layout.SINGLE, now=NOW).content).pages
    asked = [
        "What do you want to tell us?", "Where is it?", "Do you want us to ring you?", "we ring you with an answer",
        "Name", "Address", "Daytime phone", "E-mail", "If you cannot use the phone", "received",
    ]  # fmt: skip
    places = [unbroken(inside).index(words) for words in asked]
    assert places == sorted(places)


def test_outside_says_where_it_goes_and_how_to_write_on_the_web_instead(settings: Any) -> None:
    settings.SITE_URL = "https://innspill.sandoy.example"
    outside, _inside = read(paper_card_pdf("nn", Layout.SINGLE, now=NOW).content).pages
    assert "Sandøy kommune Rådhusgata 1 6480 Sandøy" in unbroken(outside)
    assert "https://innspill.sandoy.example" in unbroken(outside)
    assert "33 00 00 00" in unbroken(outside)


@pytest.mark.parametrize("layout", Layout)
def test_a_phone_reads_the_code(layout: Layout, settings: Any) -> None:
    settings.SITE_URL = "https://innspill.sandoy.example"
    outside, *_ = codes_on_pages("paper_card", paper_card_data("nb", layout))
    assert outside == ["https://innspill.sandoy.example/"] * (2 if layout == Layout.SHEET else 1)


def test_promise_is_that_of_the_settings(solvik: Solvik) -> None:
    house = solvik.municipality
    assert (
        "name, address and daytime phone, and we ring you with an answer within 10 days" in card_texts("en")["promise"]
    )
    house.deadline_days, house.deadline_kind, house.callback_rule = 1, "working_days", "phone"
    house.save()
    assert (
        "Write your daytime phone, and we ring you with an answer within 1 working day" in card_texts("en")["promise"]
    )
    assert "telefon på dagtid" in card_texts("nb")["promise"]


def test_what_the_municipality_worded_itself_stands_on_the_card() -> None:
    OwnWording.objects.create(key="card.postage", language="nb", text="Svarsending: porto er betalt")
    OwnWording.objects.create(key="card.heading", language="nb", text="Hva mener du, {municipality}?")
    outside, _inside = read(paper_card_pdf("nb", Layout.SINGLE, now=NOW).content).pages
    assert "Hva mener du, Sandøy kommune?" in unbroken(outside)
    assert "Svarsending" in unbroken(outside)
    assert card_texts("nn")["heading"] == "Sei frå til kommunen"


@pytest.mark.parametrize("layout", Layout)
def test_the_longest_texts_that_may_be_written_make_no_third_page(layout: Layout) -> None:
    for wording in WORDINGS:
        if wording.key.startswith("card."):
            OwnWording.objects.create(
                key=wording.key, language="nb", text=("Wille wære " * 100)[: wording.longest].strip()
            )
    assert len(read(paper_card_pdf("nb", layout, now=NOW).content).pages) == 2


# --- The page -------------------------------------------------------------------------------------------------------

PAGE, FILE = "/staff/paper-card/", "/staff/paper-card/card.pdf?language=sv&layout=a4"


@pytest.mark.parametrize(
    ("name", "status"),
    [("clerk", 200), ("administrator", 200), ("roads_leader", 403), ("handler", 403), ("chief", 403), ("reader", 403)],
)
def test_who_may_print_it(solvik: Solvik, client: Client, name: str, status: int) -> None:
    client.force_login(getattr(solvik, name))
    assert [client.get(path).status_code for path in (PAGE, FILE)] == [status, status]


def test_page_shows_the_texts_in_the_language_of_the_card(solvik: Solvik, client: Client) -> None:
    client.force_login(solvik.clerk)
    html = client.get(f"{PAGE}?language=sv&layout=a4", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "Säg till kommunen" in html
    assert "/staff/paper-card/card.pdf?language=sv&amp;layout=a4" in html
    assert "Si fra til kommunen" in client.get(f"{PAGE}?language=tlh&layout=a0").content.decode()


def test_file_is_named_and_what_is_not_there_is_not_found(solvik: Solvik, client: Client) -> None:
    client.force_login(solvik.clerk)
    answer = client.get(FILE)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'inline; filename="meddelandekort-sv-a4.pdf"'
    assert answer.content.startswith(b"%PDF-")
    for query in ("", "?language=tlh&layout=a5", "?language=nb&layout=a0", "?language=nb"):
        assert client.get(f"/staff/paper-card/card.pdf{query}").status_code == 404
