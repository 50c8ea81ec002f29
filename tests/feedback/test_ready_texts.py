"""Texts ready to adapt: offered in the submitter's language, and never sent with a gap in them."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from feedback.models import Card, PreliminaryAnswer, Referral
from organisation.models import OutgoingMail, OwnWording
from tests.factories import MONDAY, Solvik, a_card

TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def _tuesday():
    with time_machine.travel(TUESDAY, tick=False):
        yield


@pytest.fixture
def desk(solvik: Solvik, client: Client) -> Client:
    client.force_login(solvik.clerk)
    return client


def offered(desk: Client, card: Card, step: str, field: str) -> str:
    """What stands in the step's field when the card's page is opened."""
    context = desk.get(f"/staff/cards/{card.reference}/?open={step}").context
    (form,) = [shown.form for shown in [context["main"], *context["more"]] if shown.entry.slug == step]
    return str(form[field].value() or "")


def send(desk: Client, card: Card, step: str, **fields: str):
    seen = card.events.order_by("-pk").first().pk
    data = {f"{step}-{name}": value for name, value in fields.items()} | {f"{step}-seen": str(seen)}
    return desk.post(f"/staff/cards/{card.reference}/{step}/", data, HTTP_ACCEPT_LANGUAGE="en")


def test_a_preliminary_answer_begins_in_the_submitters_language(solvik: Solvik, desk: Client) -> None:
    swedish, english = a_card(unit=solvik.roads, language="sv"), a_card(unit=solvik.roads, language="en")
    assert offered(desk, swedish, "preliminary-answer", "reason").startswith("Vi arbetar med ditt meddelande")
    assert offered(desk, english, "preliminary-answer", "reason") == (
        "We are working on your message and need more time, because {why}. "
        "We ring you when we know more, and not later than {day}."
    )


def test_a_political_card_begins_with_its_own_text(solvik: Solvik, desk: Client) -> None:
    card = a_card(political=True, language="en")
    text = offered(desk, card, "preliminary-answer", "reason")
    assert text.startswith("Thank you for your message. What you raise is for the elected council to decide. {what}.")
    assert "Ordførerens kontor rings you by {day}" in text


def test_the_municipalitys_own_wording_goes_before_ours(solvik: Solvik, desk: Client) -> None:
    OwnWording.objects.create(key="answer.preliminary", language="nb", text="{municipality} og {unit} trenger tid.")
    assert offered(desk, a_card(unit=solvik.roads), "preliminary-answer", "reason") == "Solvik og Vei trenger tid."


def test_a_text_with_a_gap_is_not_sent_and_nothing_typed_is_lost(solvik: Solvik, desk: Client) -> None:
    card = a_card(unit=solvik.roads, language="en")
    queued = OutgoingMail.objects.count()
    response = send(desk, card, "preliminary-answer", reason="It takes time, because {why}.", expected_on="1.12.2026")
    html = response.content.decode()
    assert response.status_code == 422
    assert "Write something in place of {why} before it goes." in html
    assert "It takes time, because {why}.</textarea>" in html
    assert (PreliminaryAnswer.objects.count(), OutgoingMail.objects.count()) == (0, queued)


def test_the_expected_day_is_put_in_as_the_submitter_reads_it(solvik: Solvik, desk: Client) -> None:
    card = a_card(unit=solvik.roads, language="nn")
    send(desk, card, "preliminary-answer", reason="Vi ringjer seinast {day}.", expected_on="1.12.2026")
    assert PreliminaryAnswer.objects.get().reason == "Vi ringjer seinast tysdag 1. desember."
    assert "Vi ringjer seinast tysdag 1. desember." in OutgoingMail.objects.get(kind="preliminary_answer").text


def test_without_a_day_it_is_the_day_that_is_missing(solvik: Solvik, desk: Client) -> None:
    card = a_card(unit=solvik.roads)
    response = send(desk, card, "preliminary-answer", reason="Vi ringer senest {day}.", expected_on="")
    assert "Write a date." in response.content.decode()
    assert "in place of {day}" not in response.content.decode()


def test_a_referral_tells_in_writing_what_was_adapted(solvik: Solvik, desk: Client) -> None:
    card = a_card(language="en")
    text = offered(desk, card, "refer", "text")
    assert text.startswith("{body} answers for this, not Solvik.")
    assert "You reach them like this: {how}." in text
    given = {"body": "Statens vegvesen", "contacted_on": "3.11.2026", "note": "Riksvei 303"}
    response = send(desk, card, "refer", text=text, **given)
    assert "Write something in place of {how} before it goes." in response.content.decode()
    assert Referral.objects.count() == 0
    send(desk, card, "refer", text=text.replace("{how}", "phone 22 07 30 00"), **given)
    told = (
        "Statens vegvesen answers for this, not Solvik. We have not sent your message on. "
        "You reach them like this: phone 22 07 30 00."
    )
    assert Referral.objects.get().text == told
    mail = OutgoingMail.objects.get(kind="referred")
    assert [told in mail.text, told in mail.html, "Riksvei" in mail.text] == [True, True, False]


def test_without_a_text_the_mail_says_the_usual(solvik: Solvik, desk: Client) -> None:
    card = a_card(language="en")
    send(desk, card, "refer", body="Fylket", text="", contacted_on="3.11.2026")
    assert "To have it dealt with, please get in touch with Fylket." in OutgoingMail.objects.get(kind="referred").text


def test_whom_to_refer_to_is_offered_as_the_municipality_words_it(solvik: Solvik, desk: Client) -> None:
    OwnWording.objects.create(key="bodies.external", language="nb", text="Bane NOR\n\n Avinor ")
    html = desk.get(f"/staff/cards/{a_card().reference}/?open=refer").content.decode()
    assert '<option value="Bane NOR"></option><option value="Avinor"></option></datalist>' in html


def test_an_anonymous_card_is_offered_no_words_to_its_submitter(solvik: Solvik, desk: Client) -> None:
    from feedback.deadlines import Contact

    assert offered(desk, a_card(contact=Contact()), "refer", "text") == ""
