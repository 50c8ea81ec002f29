"""The overdue list and the contact card: what they say, to whom, and what they leave out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as django_settings

from feedback.actions.calling import make_contact_card, record_contact_attempt, undo_contact_attempt
from feedback.actions.closing import close_card, reopen_card
from feedback.actions.listing import run_overdue_list
from feedback.actions.moving import delegate_card
from feedback.deadlines import Contact
from feedback.documents import contact_card_pdf, overdue_list_pdf
from feedback.models import Card, OverdueEntry, OverdueList
from organisation.outbox.attachments import make_document
from tests.organisation.pdf_reading import read
from tests.small_town import NOW, Town

pytestmark = pytest.mark.django_db

LANGUAGES = [code for code, _name in django_settings.LANGUAGES]
MONDAY = datetime(2026, 11, 16, 6, 0, tzinfo=UTC)


@pytest.fixture
def town() -> Town:
    return Town()


def unbroken(text: str) -> str:
    """The words of a page with the line breaks that the column made taken out."""
    return " ".join(text.replace("\u200b", "").split())


# --- The overdue list -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_overdue_list_is_an_accessible_document_in_the_readers_language(language, town) -> None:
    made = overdue_list_pdf(town.overdue_list(cards=2), language)
    document = read(made.content)
    assert made.content_type == "application/pdf"
    assert document.language == language
    assert (document.part, document.conformance, document.ua_part) == ("2", "A", "1")
    assert document.marked
    assert document.all_embedded
    assert {name.split("-")[0] for name in document.fonts} == {"Inter"}
    assert "Veg og gate" in document.title
    assert document.sizes == [(210, 297)]
    assert document.tags.count("H1") == 1
    assert document.tags.count("Table") == 1
    assert document.tags.count("TH") == 6
    assert document.tags.count("TD") == 12


def test_overdue_list_says_what_when_and_by_when(town) -> None:
    card = town.card("Gatelys er borte\nDet er mørkt.")
    delegate_card(card, handler=town.handler, by=town.leader, now=NOW + timedelta(hours=1))
    made = overdue_list_pdf(town.overdue_list(), "en")
    (page,) = read(made.content).pages
    page = unbroken(page)
    assert made.name == "overdue-list-2026-w47-veg.pdf"
    assert "Overdue list week 47, 2026: Veg og gate" in page
    assert "Messages past their deadline on Monday 16 November 2026 at 06:00." in page
    assert "To be put right by Friday 20 November 2026." in page
    assert f"{card.reference} Gatelys er borte 12 Nov 2026 4 1 Bjørn Åsen" in page
    assert "Hull 1 i vegen ved brua. 12 Nov 2026 4 1 –" in page
    assert "2 messages in all." in page
    assert "mørkt" not in page
    assert "Page 1 of 1" in page
    assert "Sandøy kommune · Veg og gate · 2026-W47" in page


def test_overdue_list_counts_what_was_on_a_list_before(town) -> None:
    town.card()
    run_overdue_list(now=MONDAY, mail=False)
    town.card("Nytt hull", now=NOW + timedelta(days=7))
    run_overdue_list(now=MONDAY + timedelta(days=7), mail=False)
    page = unbroken(read(overdue_list_pdf(OverdueList.objects.get(iso_week=48), "en").content).text)
    assert "12 Nov 2026 11 2 –" in page
    assert "19 Nov 2026 4 1 –" in page
    assert "2 messages in all. 1 of them was on a list before." in page


def test_overdue_list_does_not_say_what_a_card_that_left_the_unit_says(town) -> None:
    town.card("Hull ved brua")
    run_overdue_list(now=MONDAY, mail=False)
    listed = OverdueList.objects.get()
    assert "Hull ved brua" in unbroken(read(overdue_list_pdf(listed, "en").content).text)
    Card.objects.update(unit=town.parks)
    page = unbroken(read(overdue_list_pdf(listed, "en").content).text)
    assert ["Hull ved brua" in page, "With another unit now" in page] == [False, True]


def test_overdue_list_never_holds_who_sent_it(town) -> None:
    text = read(overdue_list_pdf(town.overdue_list(), "nb").content).text
    assert "Åge" not in text
    assert "Bråtaveien" not in text
    assert "400 00" not in text


def test_overdue_list_leaves_out_what_was_solved_before_it_went_out_and_says_so(town) -> None:
    town.card()
    late = town.card("Dette er ordnet")
    as_of = MONDAY
    close_card(late, result="withdrawn", by=town.leader, now=as_of + timedelta(hours=2))
    run_overdue_list(now=as_of + timedelta(hours=3), mail=False)
    assert OverdueEntry.objects.filter(solved_before_mail=True).count() == 1
    page = unbroken(read(overdue_list_pdf(OverdueList.objects.get(), "en").content).text)
    assert "Dette er ordnet" not in page
    assert "1 message in all." in page
    assert "1 message that was overdue then was completed before the list went out." in page


def test_overdue_list_with_nothing_left_is_a_document_still(town) -> None:
    card = town.card()
    close_card(card, result="withdrawn", by=town.leader, now=MONDAY + timedelta(hours=2))
    run_overdue_list(now=MONDAY + timedelta(hours=3), mail=False)
    assert "No messages." in read(overdue_list_pdf(OverdueList.objects.get(), "en").content).text


def test_overdue_list_of_several_pages_repeats_its_head_and_numbers_its_pages(town) -> None:
    document = read(overdue_list_pdf(town.overdue_list(cards=45), "en").content)
    assert len(document.pages) > 1
    for number, page in enumerate(document.pages, 1):
        assert "Case handler" in unbroken(page)
        assert f"Page {number} of {len(document.pages)}" in unbroken(page)
    assert document.tags.count("TH") == 6


def test_overdue_list_takes_what_citizens_write(town) -> None:
    town.card('#import "x": * $a$ *fet* \\ <b> 😀 مرحبا ' + "z" * 60)
    town.card("\u202eomvendt\x07", language="sv")
    document = read(overdue_list_pdf(town.overdue_list(), "en").content)
    page = unbroken(document.text)
    assert '#import "x": * $a$ *fet* \\ <b> □ ' in page
    assert "omvendt" in page
    assert "□ stands for signs that this document cannot show." in page
    assert {"nb", "sv"} <= document.tag_languages


def test_overdue_list_costs_the_same_for_one_card_and_for_twenty(town, django_assert_num_queries) -> None:
    made = town.overdue_list(cards=20)
    listed = OverdueList.objects.select_related("unit", "run").get(pk=made.pk)
    with django_assert_num_queries(2):
        overdue_list_pdf(listed, "nb")


def test_overdue_list_is_the_same_document_each_time(town) -> None:
    listed = town.overdue_list()
    assert overdue_list_pdf(listed, "nb") == overdue_list_pdf(listed, "nb")


def test_a_mail_names_the_list_by_its_id(town) -> None:
    listed = town.overdue_list()
    made = make_document({"maker": "overdue_list", "list_id": listed.pk}, language="nb")
    assert made == overdue_list_pdf(listed, "nb")
    with pytest.raises(OverdueList.DoesNotExist):
        make_document({"maker": "overdue_list", "list_id": 0}, language="nb")


def test_file_names_are_plain_ascii(town, monkeypatch) -> None:
    listed = town.overdue_list()
    listed.unit.code = "Åsgård & Øy/../x"
    assert overdue_list_pdf(listed, "en").name == "overdue-list-2026-w47-asgard-oy-x.pdf"


# --- The contact card -----------------------------------------------------------------------------------------------


def rung(town: Town, card: Card, times: int = 3) -> Card:
    for day in range(times):
        record_contact_attempt(card, by=town.leader, now=NOW + timedelta(days=day, hours=day + 1))
    return card


def test_contact_card_says_what_it_is_about_and_what_to_do_now(town) -> None:
    card = rung(town, town.card("Privat og lang historie.", language="en", kind="complaint"))
    make_contact_card(card, by=town.leader, now=NOW + timedelta(days=4))
    made = contact_card_pdf([card])
    document = read(made.content)
    page = unbroken(document.text)
    assert made.name == f"contact-card-{card.reference}.pdf"
    assert document.title == f"Get in touch with us: {card.reference}"
    assert document.language == "en"
    assert (document.part, document.conformance, document.ua_part) == ("2", "A", "1")
    assert document.all_embedded
    assert document.sizes == [(210, 148)]
    assert "Sandøy kommune Rådhusgata 1 6480 Sandøy +47 70 00 00 00 post@sandoy.example" in page
    assert "Åge Sjøvær Bråtaveien 3 6480 Sandøy" in page
    assert f"Your message {card.reference}" in page
    assert "Received Monday 2 November 2026" in page
    assert "About Roads" in page
    assert "Monday 2 November at 11:30 Tuesday 3 November at 12:30 Wednesday 4 November at 13:30" in page
    assert "We have rung you 3 times to give you an answer, without reaching you." in page
    assert "Ring +47 70 00 00 00" in page
    assert f"«I am calling about message {card.reference}. You have tried to reach me.»" in page
    assert "If we hear nothing within 30 days, we close the message." in page
    assert "historie" not in page
    assert "400 00 000" not in page
    assert "age@example.org" not in page
    assert card.secret not in page


def test_contact_card_counts_only_calls_that_count(town) -> None:
    card = rung(town, town.card(language="en"), times=4)
    attempt = card.contactattempts.order_by("made_at").first()
    undo_contact_attempt(card, attempt=attempt, by=town.leader, now=NOW + timedelta(days=5))
    page = unbroken(read(contact_card_pdf([card]).content).text)
    assert "We have rung you 3 times" in page
    assert "Monday 2 November at" not in page


def test_contact_card_forgets_the_calls_before_a_reopening(town) -> None:
    card = rung(town, town.card(language="en"))
    close_card(card, result="withdrawn", by=town.leader, now=NOW + timedelta(days=5))
    card.refresh_from_db()
    reopen_card(card, reason="Ringte igjen", by=town.leader, now=NOW + timedelta(days=6))
    page = unbroken(read(contact_card_pdf([card]).content).text)
    assert "We rang you" not in page
    assert "You have written to us, and we have not reached you." in page


def test_many_contact_cards_are_a_page_each_in_their_own_language(town) -> None:
    cards = [town.card(f"Kort {language}", language=language) for language in LANGUAGES]
    made = contact_card_pdf(cards)
    document = read(made.content)
    assert made.name == "kontaktkort-4.pdf"
    assert len(document.pages) == 4
    assert document.sizes == [(210, 148)] * 4
    assert document.language == "nb"
    assert {"nn", "sv", "en"} <= document.tag_languages
    for card, page in zip(cards, document.pages, strict=True):
        assert card.reference in page
    assert "Monday 2 November 2026" in document.pages[3]
    assert "måndag 2 november 2026" in document.pages[2]
    assert "mandag 2. november 2026" in document.pages[0]


def test_many_contact_cards_may_be_in_one_language(town) -> None:
    cards = [town.card(f"Kort {language}", language=language) for language in LANGUAGES]
    document = read(contact_card_pdf(cards, language="en").content)
    assert document.language == "en"
    assert all("Monday 2 November 2026" in page for page in document.pages)


def test_contact_cards_cost_the_same_for_one_and_for_ten(town, django_assert_num_queries) -> None:
    cards = [rung(town, town.card(f"Kort {number}")) for number in range(10)]
    with django_assert_num_queries(4):
        contact_card_pdf(cards[:1])
    with django_assert_num_queries(4):
        contact_card_pdf(cards)


def test_no_contact_card_of_no_cards(town) -> None:
    with pytest.raises(ValueError, match="no card"):
        contact_card_pdf([])


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        pytest.param(Contact("Åge Sjøvær", "Vegen 1, 6480 Sandøy", "4"), "Åge Sjøvær\nVegen 1\n6480 Sandøy", id="comma"),
        pytest.param(Contact("Åge", "c/o Næss\nVegen 1\n6480 X", "4"), "Åge\nc/o Næss\nVegen 1\n6480 X", id="lines"),
        pytest.param(Contact("*Fet* #x", "$1$ \\ , _6480_", "4"), "*Fet* #x\n$1$ \\\n_6480_", id="markup"),
    ],
)  # fmt: skip
def test_name_and_address_stand_as_on_an_envelope(contact, shown, town) -> None:
    assert shown in read(contact_card_pdf([town.card(contact=contact)]).content).text


def test_the_longest_name_and_address_keep_to_one_page(town) -> None:
    contact = Contact("Anne-Lise " * 15, "Storgata 12345, " * 15, "4")
    document = read(contact_card_pdf([rung(town, town.card(contact=contact), times=9)]).content)
    assert len(document.pages) == 1
    assert document.text.count("Anne-Lise") == 15
    assert document.text.count("Storgata") == 15


def test_anonymous_card_or_house_without_phone_still_makes_a_card(town) -> None:
    town.house.phone = ""
    town.house.save()
    page = unbroken(read(contact_card_pdf([town.card(contact=Contact(), category=None, language="en")]).content).text)
    assert "Write to post@sandoy.example" in page
    assert "About" not in page
