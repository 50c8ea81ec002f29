"""The queue of mails for people: who sees it, and each of the three things that can be done with a mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from feedback.actions.closing import close_card
from feedback.actions.correcting import correct_contact
from feedback.actions.sorting_mail import forget_mails
from feedback.models import Card, CardNote, IncomingMail, Submitter
from organisation.models import OutgoingMail
from organisation.outbox.message_ids import message_id
from tests.factories import FULL_CONTACT, MONDAY, Solvik, a_card, events, mails
from tests.feedback.letters import bounce_of, comes, letter
from tests.pictures import photo

pytestmark = pytest.mark.django_db
SPAM = {"X-Spam-Flag": "YES"}


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def clerk(solvik: Solvik, client: Client) -> Client:
    client.force_login(solvik.clerk)
    return client


def status(client: Client, address: str) -> int:
    answer = client.get(address)
    assert answer.getvalue()  # read to its end, as a browser does: else the file stays open
    return answer.status_code


def test_only_the_service_centre_sees_the_queue(solvik: Solvik, client: Client) -> None:
    row = comes(letter(headers=SPAM))
    addresses = ["/staff/mail/", f"/staff/mail/{row.pk}/", f"/staff/mail/{row.pk}/original.eml"]
    for person in (solvik.roads_leader, solvik.handler, solvik.chief, solvik.administrator, solvik.reader):
        client.force_login(person)
        assert [client.get(address).status_code for address in addresses] == [403] * 3
        for what in ("card", "file", "dismiss"):
            assert client.post(f"/staff/mail/{row.pk}/{what}/", {}).status_code == 403
    client.logout()
    assert client.get("/staff/mail/").status_code == 302
    client.force_login(solvik.clerk)
    assert [status(client, address) for address in addresses] == [200] * 3
    assert client.get("/staff/mail/999999/").status_code == 404


@pytest.mark.parametrize("how_many", [1, 3])
def test_the_queue_costs_no_query_a_row(
    clerk: Client, solvik: Solvik, how_many: int, django_assert_num_queries: Any
) -> None:
    card = a_card()
    for _number in range(how_many):
        comes(letter(headers=SPAM, subject=card.reference))
    with django_assert_num_queries(6):
        page = clerk.get("/staff/mail/")
    assert page.content.decode().count("<tr>") == how_many + 1
    with django_assert_num_queries(6):
        clerk.get("/staff/mail/?show=done")


def test_one_click_makes_a_card_with_what_came(clerk: Client, solvik: Solvik) -> None:
    mail = letter("Hull i veien.", headers=SPAM)
    mail.add_attachment(photo((60, 40)).getvalue(), maintype="image", subtype="jpeg", filename="hull.jpg")
    row = comes(mail)
    page = clerk.get(f"/staff/mail/{row.pk}/").content.decode()
    assert "Gatelys\n\nHull i veien." in page
    answer = clerk.post(f"/staff/mail/{row.pk}/card/", {"card-text": "Gatelys\n\nHull i veien."})
    card = Card.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/staff/cards/{card.reference}/")
    assert (card.channel, card.registered_by, card.submitter.email) == ("email", solvik.clerk, "ase@example.org")
    assert [one.name for one in card.attachments.all()] == ["hull.jpg"]
    assert ("receipt", "ase@example.org") in mails()
    row.refresh_from_db()
    assert (row.state, row.card, row.decided_by) == ("card", card, solvik.clerk)
    again = clerk.post(f"/staff/mail/{row.pk}/card/", {"card-text": "x"})
    assert (again.status_code, Card.objects.count()) == (422, 1)
    seen = clerk.get(f"/staff/cards/{card.reference}/").content.decode()
    assert f"/staff/cards/{card.reference}/mail/{row.pk}.eml" in seen
    handed_out = clerk.get(f"/staff/cards/{card.reference}/mail/{row.pk}.eml")
    assert (handed_out["Content-Type"], handed_out["Content-Disposition"][:10]) == ("message/rfc822", "attachment")
    assert b"hull.jpg" in handed_out.getvalue()
    assert clerk.get(f"/staff/cards/{a_card().reference}/mail/{row.pk}.eml").status_code == 404


def test_a_strangers_mail_is_filed_for_staff_alone_and_the_unit_told(
    clerk: Client, client: Client, solvik: Solvik
) -> None:
    card = a_card(unit=solvik.roads)
    row = comes(letter("Jeg er naboen.", sender="Nabo <x@evil.example>", subject=f"Om {card.reference}"))
    page = clerk.get(f"/staff/mail/{row.pk}/").content.decode()
    assert f'value="{card.reference}"' in page
    assert clerk.post(f"/staff/mail/{row.pk}/file/", {"file-reference": card.reference}).status_code == 302
    assert CardNote.objects.get().text == f"Nabo <x@evil.example>\nOm {card.reference}\n\nJeg er naboen."
    assert events(card)[-1][0] == "mail_filed"
    assert mails()[-1] == ("mail_filed", "roads@solvik.test")
    assert "Jeg er naboen" in clerk.get(f"/staff/cards/{card.reference}/").content.decode()
    assert "naboen" not in client.get(f"/card/{card.secret}/").content.decode()


def test_what_is_wrong_comes_back_with_a_sentence_and_what_was_typed(clerk: Client, solvik: Solvik) -> None:
    row = comes(letter(headers=SPAM))
    for what, form in (
        ("card", {"card-text": " "}),
        ("card", {"card-text": "x" * 20_001}),
        ("file", {"file-reference": ""}),
        ("file", {"file-reference": "26-999999-0"}),
        ("file", {"file-reference": "\x00<b>"}),
        ("dismiss", {"dismiss-reason": ""}),
        ("dismiss", {"dismiss-reason": "x" * 251}),
    ):
        answer = clerk.post(f"/staff/mail/{row.pk}/{what}/", form)
        assert answer.status_code == 422, (what, form)
        assert "ds-error-summary" in answer.content.decode()
    typed = clerk.post(f"/staff/mail/{row.pk}/file/", {"file-reference": "26-1234"}).content.decode()
    assert 'value="26-1234"' in typed
    assert IncomingMail.objects.get().state == "waiting"


def test_a_mail_is_dismissed_with_a_reason_and_forgotten_in_time(clerk: Client, solvik: Solvik) -> None:
    row = comes(letter(headers=SPAM))
    kept = comes(letter("Et kort"))
    waiting = comes(letter(headers=SPAM))
    assert clerk.post(f"/staff/mail/{row.pk}/dismiss/", {"dismiss-reason": "Reklame"}).status_code == 302
    assert "Reklame" in clerk.get(f"/staff/mail/{row.pk}/").content.decode()
    row.refresh_from_db()
    assert row.delete_on is not None
    assert forget_mails(today=row.delete_on - timedelta(days=1)) < 2
    names = set(Path(default_storage.location).rglob("*.eml"))
    assert len(names) == 3
    forget_mails(today=row.delete_on)
    for one in (row, kept, waiting):
        one.refresh_from_db()
    assert (row.sender, row.subject, row.text, row.decision, row.file.name) == ("", "", "", "", "")
    assert (kept.sender, kept.file.name) == ("ase@example.org", "")
    assert (waiting.sender, bool(waiting.file)) == ("ase@example.org", True)
    assert clerk.get(f"/staff/mail/{row.pk}/original.eml").status_code == 404
    assert clerk.get(f"/staff/mail/{row.pk}/").status_code == 200


def test_who_set_a_mail_aside_by_itself_can_be_overruled(clerk: Client, solvik: Solvik) -> None:
    row = comes(letter(headers={"Auto-Submitted": "auto-replied"}))
    assert clerk.post(f"/staff/mail/{row.pk}/card/", {"card-text": "Likevel en melding"}).status_code == 302
    assert mails() == []  # a machine is never answered


def test_an_address_that_failed_is_shown_until_it_is_corrected(clerk: Client, solvik: Solvik) -> None:
    card = a_card(unit=solvik.roads)
    comes(bounce_of(message_id(OutgoingMail.objects.get(kind="receipt")), FULL_CONTACT.email))
    assert "ring i stedet" in clerk.get(f"/staff/cards/{card.reference}/").content.decode()
    correct_contact(card, contact=replace(FULL_CONTACT, email="ny@example.test"), by=solvik.clerk, now=MONDAY)
    marked = Submitter.objects.get(card=card)
    assert (marked.email, marked.email_failed_at) == ("ny@example.test", None)


def test_a_closed_card_takes_a_mail_and_says_so(clerk: Client, solvik: Solvik) -> None:
    card = a_card(unit=solvik.roads)
    close_card(card, result="withdrawn", by=solvik.clerk, now=MONDAY)
    row = comes(letter("Jeg angret.", sender="kari@example.test", subject=card.reference))
    assert row.reason == "completed"
    assert "Jeg angret" not in clerk.get(f"/staff/cards/{card.reference}/").content.decode()
    assert clerk.post(f"/staff/mail/{row.pk}/file/", {"file-reference": card.reference}).status_code == 302
    assert "Jeg angret" in clerk.get(f"/staff/cards/{card.reference}/").content.decode()
