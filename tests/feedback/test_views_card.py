"""One card's page: every step through its form, refusals at their field, and what two people do at once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from feedback.actions.calling import make_contact_card, record_contact_attempt
from feedback.actions.closing import close_card
from feedback.models import Card, CardEvent
from feedback.views.steps import BY_SLUG, ENTRIES
from feedback.workflow import SUBMITTERS_STEPS, Step
from tests.factories import MONDAY, NO_PHONE, CategoryFactory, Solvik, a_card, events, mails
from tests.feedback.filtered import EVERY_FILTER, sent_back
from tests.pictures import photo

NOW = MONDAY + timedelta(days=1)
PNG = photo((60, 40), kind="PNG").getvalue()


@pytest.fixture(autouse=True)
def _tuesday():
    with time_machine.travel(NOW, tick=False):
        yield


def seen(card: Card) -> int:
    latest = CardEvent.objects.filter(card=card).order_by("-pk").first()
    return latest.pk if latest else 0


def do(client: Client, person, card: Card, step: str, **fields):
    client.force_login(person)
    data = {f"{step}-{name}": value for name, value in {"seen": seen(card), **fields}.items()}
    return client.post(f"/staff/cards/{card.reference}/{step}/", data, HTTP_ACCEPT_LANGUAGE="en")


ON_A_PAGE_OF_THEIR_OWN = {Step.GRADE_ACCESS, Step.PUBLIC_VERSION}


def test_every_step_of_the_workflow_has_a_form() -> None:
    assert {entry.step for entry in ENTRIES} == set(Step) - SUBMITTERS_STEPS - ON_A_PAGE_OF_THEIR_OWN
    assert len(BY_SLUG) == len(ENTRIES)


def test_the_page_shows_the_card_and_only_steps_that_the_person_may_take(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    client.force_login(solvik.handler)
    html = client.get(f"/staff/cards/{card.reference}/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "Kari Nordmann" in html
    assert "/callback/" in html
    assert "/delegate/" not in html
    client.force_login(solvik.reader)
    html = client.get(f"/staff/cards/{card.reference}/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "Kari Nordmann" in html
    assert "<form" in html
    assert f"/staff/cards/{card.reference}/callback/" not in html


STEPS = {
    "callback": (
        {"summary": "Vi fyller hullet", "reaction": "5", "way": "voice", "held_on": "03.11.2026"},
        "called_back",
    ),
    "contact-attempt": ({}, "contact_attempted"),
    "preliminary-answer": ({"reason": "Venter på deler", "expected_on": "2026-11-20"}, "preliminary_answer"),
    "agree-other-way": ({"way": "written", "note": "e-post"}, "other_way_agreed"),
    "delegate": ({"handler": "HANDLER"}, "delegated"),
    "return": ({"reason": "Fylkesvei"}, "returned"),
    "reroute": ({"unit": "water", "reason": "Det er en lekkasje"}, "rerouted"),
    "refer": ({"body": "Fylket", "contacted_on": "3.11.2026"}, "referred"),
    "split": ({"remaining_text": "Hull", "split_text": "Lys"}, "split"),
    "contact-details": ({"name": "Kari N", "phone": "33181000", "address": "Storgata 1"}, "corrected"),
    "correct": ({"place": "Kirkegata 2", "kind": "complaint"}, "corrected"),
    "note": ({"text": "Ringte fylket"}, "note_added"),
    "close": ({"result": "withdrawn", "note": "Trakk den"}, "closed"),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_step_writes_its_event_and_leads_on(solvik: Solvik, client: Client, step: str) -> None:
    card = a_card(unit=solvik.roads)
    fields, event = STEPS[step]
    fields = {name: str(solvik.handler.pk) if value == "HANDLER" else value for name, value in fields.items()}
    response = do(client, solvik.clerk, card, step, **fields)
    assert (response.status_code, response.headers["Location"]) == (302, f"/staff/cards/{card.reference}/")
    assert event in [what for what, _before, _after in events(card)]


def test_forward_follow_up_and_reopen(solvik: Solvik, client: Client) -> None:
    card = a_card(contact=NO_PHONE)
    do(client, solvik.clerk, card, "forward", unit="roads")
    do(client, solvik.handler, card, "follow-up", summary="Fylte hullet", done_on="03.11.2026")
    do(client, solvik.handler, card, "close", result="followed_up")
    card.refresh_from_db()
    assert (card.state, card.close_result) == ("closed", "followed_up")
    do(client, solvik.roads_leader, card, "reopen", reason="Hullet er der igjen")
    card.refresh_from_db()
    assert (card.state, card.cycle) == ("forwarded", 2)


def test_three_calls_a_contact_card_and_the_post(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    refused = do(client, solvik.handler, card, "contact-card")
    assert refused.status_code == 422
    assert "A contact card is sent after 3 calls that failed. So far there are 0." in refused.content.decode()
    for _ in range(3):
        do(client, solvik.handler, card, "contact-attempt", note="Tok den ikke")
    do(client, solvik.handler, card, "contact-card")
    do(client, solvik.handler, card, "post-contact-card", posted_on="03.11.2026")
    card.refresh_from_db()
    assert card.state == "contact_card_posted"


def test_an_attempt_is_undone(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    attempt = record_contact_attempt(card, by=solvik.handler, now=NOW)
    response = do(client, solvik.handler, card, "undo-attempt", attempt=str(attempt.pk))
    attempt.refresh_from_db()
    assert (response.status_code, attempt.undone_by) == (302, solvik.handler)


def test_the_call_was_earlier_today(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    do(client, solvik.handler, card, "contact-attempt", made_time="8.15")
    assert card.contactattempts.get().made_at == NOW.replace(hour=7, minute=15)


@pytest.mark.parametrize(
    ("step", "fields", "sentence"),
    [
        ("callback", {"reaction": "7"}, "The reaction is a number from 1 to 6, or «would not answer»."),
        ("callback", {"reaction": "2"}, "On 1, 2 or 3 ask why, and write it down"),
        ("callback", {"reaction": ""}, "Choose a number from 1 to 6, or «would not answer»."),
        ("callback", {"held_on": "31.02.2026"}, "«31.02.2026» is not in the calendar."),
        ("callback", {"held_on": "i går"}, "«i går» is not a date."),
        ("callback", {"held_on": "04.11.2026"}, "The date cannot be in the future or before the card was registered."),
        ("callback", {"held_on": "01.11.2026"}, "The date cannot be in the future or before the card was registered."),
        ("callback", {"held_time": "25:00"}, "«25:00» is not a time."),
        ("callback", {"way": "written"}, "A written answer counts only where another way was agreed"),
        ("reroute", {"unit": "no-such"}, "There is no such unit. Choose another."),
        ("reroute", {"unit": "technical"}, "There is no such unit. Choose another."),
        ("preliminary-answer", {"expected_on": "02.11.2026"}, "The new date must be after today."),
        ("close", {"result": "duplicate", "duplicate_of": ""}, "Name the other card that this is a duplicate of."),
        ("close", {"result": "duplicate", "duplicate_of": "26-000001-1"}, "There is no card with the reference"),
    ],
)
def test_bad_input_comes_back_with_a_sentence_and_all_that_was_typed(
    solvik: Solvik, client: Client, step: str, fields: dict[str, str], sentence: str
) -> None:
    card = a_card(unit=solvik.roads)
    good = {**STEPS[step][0]}
    before, typed = events(card), {**good, **fields, "summary" if step == "callback" else "note": "Dette skrev jeg"}
    mail = mails()
    response = do(client, solvik.clerk, card, step, **typed)
    html = response.content.decode()
    assert response.status_code == 422
    assert sentence in html
    assert "ds-error-summary" in html
    assert step in ("reroute", "preliminary-answer") or "Dette skrev jeg" in html
    card.refresh_from_db()
    assert (events(card), card.state, mails()) == (before, "forwarded", mail)


def test_a_callback_on_a_closed_card_is_refused_and_what_was_written_is_still_there(
    solvik: Solvik, client: Client
) -> None:
    card = a_card(unit=solvik.roads)
    close_card(card, result="withdrawn", by=solvik.clerk, now=NOW)
    response = do(client, solvik.handler, card, "callback", **STEPS["callback"][0])
    assert response.status_code == 422
    assert "That cannot be done with a card that is «Closed»." in response.content.decode()
    assert "Vi fyller hullet" in response.content.decode()


def test_a_button_pressed_twice_does_it_once(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    at = seen(card)
    do(client, solvik.handler, card, "contact-attempt", seen=at)
    second = do(client, solvik.handler, card, "contact-attempt", seen=at, note="Opptatt")
    assert second.status_code == 422
    assert "Somebody changed the card meanwhile." in second.content.decode()
    assert card.contactattempts.count() == 1
    again = second.context["attempt"].form
    assert (again["seen"].value(), again["note"].value()) == (str(seen(card)), "Opptatt")


@pytest.mark.parametrize(
    ("person", "status"),
    [("water_leader", 404), ("mayors_secretary", 404), ("reader", 403), ("chief", 404), ("administrator", 403)],
)
def test_a_step_of_somebody_who_may_not_writes_nothing(
    solvik: Solvik, client: Client, person: str, status: int
) -> None:
    card = a_card(unit=solvik.roads)
    before, mail = events(card), mails()
    response = do(client, getattr(solvik, person), card, "callback", **STEPS["callback"][0])
    assert response.status_code == status
    assert (events(card), mails()) == (before, mail)


def test_a_card_that_left_the_unit_leads_back_to_the_list(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    response = do(client, solvik.handler, card, "return", reason="Fylkesvei")
    assert response.headers["Location"] == "/staff/"


def test_an_attachment_is_handed_out_as_a_download_to_those_who_see_the_card(
    solvik: Solvik, client: Client, settings, tmp_path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    card = a_card(unit=solvik.roads)
    do(client, solvik.clerk, card, "attach", uploads=SimpleUploadedFile("hull.png", PNG))
    attachment = card.attachments.get()
    address = f"/staff/cards/{card.reference}/files/{attachment.pk}/"
    response = client.get(address)
    assert response.headers["Content-Disposition"] == 'attachment; filename="hull.jpg"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert b"".join(response.streaming_content) == Path(attachment.file.path).read_bytes()
    client.force_login(solvik.water_leader)
    assert client.get(address).status_code == 404
    other = a_card(unit=solvik.water)
    client.force_login(solvik.clerk)
    assert client.get(address.replace(card.reference, other.reference)).status_code == 404


@pytest.mark.parametrize("how_many", [1, 3])
def test_a_card_costs_the_same_whatever_its_history(
    solvik: Solvik, client: Client, django_assert_num_queries, how_many: int
) -> None:
    card = a_card(unit=solvik.roads, category=CategoryFactory())
    for _ in range(how_many):
        record_contact_attempt(card, by=solvik.handler, now=NOW)
    client.force_login(solvik.handler)
    with django_assert_num_queries(7):
        client.get(f"/staff/cards/{card.reference}/")


def test_a_card_costs_twelve_statements_at_most_whoever_opens_it_from_whatever_list(
    solvik: Solvik, client: Client, django_assert_max_num_queries
) -> None:
    card = sent_back(solvik)
    client.force_login(solvik.clerk)
    for due in ("to_forward", "returned", "open"):
        query = urlencode({"from": f"due={due}&{EVERY_FILTER}"})
        with django_assert_max_num_queries(12):  # one of them writes the look down
            response = client.get(f"/staff/cards/{card.reference}/?{query}")
        assert response.status_code == 200


def test_the_next_step_is_one_and_follows_from_the_card(solvik: Solvik, client: Client) -> None:
    def main(card: Card) -> str:
        return client.get(f"/staff/cards/{card.reference}/").context["main"].entry.slug

    client.force_login(solvik.clerk)
    assert main(a_card()) == "forward"
    assert main(a_card(unit=solvik.roads, contact=NO_PHONE)) == "follow-up"
    card = a_card(unit=solvik.roads)
    assert main(card) == "callback"
    for _ in range(3):
        record_contact_attempt(card, by=solvik.handler, now=NOW)
    assert main(card) == "contact-card"
    make_contact_card(card, by=solvik.handler, now=NOW)
    assert main(card) == "post-contact-card"


def test_the_contact_card_is_a_pdf_once_it_is_made(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    address = f"/staff/cards/{card.reference}/contact-card.pdf"
    client.force_login(solvik.handler)
    assert client.get(address).status_code == 404
    for _ in range(3):
        record_contact_attempt(card, by=solvik.handler, now=NOW)
    make_contact_card(card, by=solvik.handler, now=NOW)
    response = client.get(address)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/pdf")
    assert response.content.startswith(b"%PDF-")
    client.force_login(solvik.water_leader)
    assert client.get(address).status_code == 404
