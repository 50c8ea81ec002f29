"""What becomes of a mail that comes in: a card, a line on its card, the queue for people, or nothing more."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection

from feedback.actions.closing import close_card
from feedback.actions.listing import run_overdue_list
from feedback.models import Addition, Card, IncomingMail, OverdueList, Submitter
from organisation.models import OutgoingMail
from organisation.outbox.message_ids import message_id
from tests.factories import FULL_CONTACT, MONDAY, Solvik, a_card, events, mails
from tests.feedback.letters import bounce_of, comes, letter
from tests.feedback.steps import called_back
from tests.pictures import photo
from tests.threads import at_once

pytestmark = pytest.mark.django_db

KARI = "Kari Nordmann <Kari@Example.test>"


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.MAIL_ADDRESS = "post@solvik.test"
    settings.DEFAULT_FROM_EMAIL = "Solvik <svar@solvik.test>"


def waits(row: IncomingMail) -> tuple[str, str]:
    return row.state, row.reason


def test_a_mail_becomes_a_card(solvik: Solvik) -> None:
    row = comes(letter("Lyset er slukket.\n\n-- \nÅse"))
    card = row.card
    assert (row.state, row.reason, row.rest) == ("card", "", "-- \nÅse")
    assert (card.text, card.channel, card.unit) == ("Gatelys\n\nLyset er slukket.", "email", solvik.centre)
    assert (card.submitter.name, card.submitter.email) == ("Åse Berg", "ase@example.org")
    assert mails() == [("receipt", "ase@example.org")]
    with row.file.open("rb") as original:
        assert b"letter-" in original.read()
    assert row.delete_on == (MONDAY + timedelta(days=90)).date()


def test_the_same_mail_makes_one_card(solvik: Solvik) -> None:
    mail = letter(message_id="<once@example.org>")
    first = comes(mail)
    mail["Received"] = "by another way"
    assert comes(mail) == first
    other = comes(letter("Noe helt annet.", message_id="<once@example.org>"))
    assert waits(other) == ("waiting", "same_id")
    assert comes(letter("Noe helt annet.", message_id="<once@example.org>")) == other
    without = letter().as_bytes().replace(b"Message-ID", b"X-Other")
    assert comes(without) == comes(without)
    assert Card.objects.count() == 2
    assert len(list(Path(default_storage.location).rglob("*.eml"))) == 3


def test_files_are_taken_within_the_limits_and_the_others_named(solvik: Solvik) -> None:
    mail = letter()
    mail.add_attachment(photo((60, 40)).getvalue(), maintype="image", subtype="jpeg", filename="..\\hull.jpg")
    mail.add_attachment(b"PK\x03\x04" + bytes(99), maintype="application", subtype="zip", filename="bomb.zip")
    mail.add_attachment(b"\x89PNG\r\n\x1a\nno", maintype="image", subtype="png", filename="falsk.png")
    mail.add_attachment("<script>", subtype="html", filename="side.html")
    mail.add_attachment(letter("Inni"))
    row = comes(mail)
    assert [one.name for one in row.card.attachments.all()] == ["hull.jpg"]
    assert row.card.attachments.get().by_submitter
    assert row.left_out == ["bomb.zip", "falsk.png", "side.html", "message-rfc822"]


SILENT = {
    "to a list": ({"List-Id": "<nytt.example.org>"}, ("waiting", "bulk"), 0),
    "precedence bulk": ({"Precedence": "bulk"}, ("waiting", "bulk"), 0),
    "a holiday answer": ({"Auto-Submitted": "auto-replied (vacation)"}, ("set_aside", "auto_reply"), 0),
    "no way back": ({"Return-Path": "<>"}, ("set_aside", "auto_reply"), 0),
    "a machine's own": ({"Auto-Submitted": "auto-generated"}, ("card", ""), 1),
    "asks for silence": ({"X-Auto-Response-Suppress": "All"}, ("card", ""), 1),
    "held for spam": ({"X-Spam-Flag": "YES"}, ("waiting", "spam"), 0),
}


@pytest.mark.parametrize(("headers", "expected", "cards"), SILENT.values(), ids=SILENT)
def test_no_receipt_to_machines(solvik: Solvik, headers: dict[str, str], expected: tuple[str, str], cards: int) -> None:
    assert waits(comes(letter(headers=headers))) == expected
    assert Card.objects.count() == cards
    assert mails() == []


def test_no_receipt_to_who_takes_no_mail_nor_to_ourselves(solvik: Solvik) -> None:
    assert waits(comes(letter(sender="no-reply@example.org"))) == ("card", "")
    assert waits(comes(letter(sender="Solvik <svar@solvik.test>"))) == ("set_aside", "own")
    assert waits(comes(letter(sender="post@solvik.test"))) == ("set_aside", "own")
    assert mails() == []


def test_receipts_and_cards_of_one_sender_have_a_measure(solvik: Solvik, settings: Any) -> None:
    settings.MAIL_RECEIPTS_PER_HOUR, settings.MAIL_CARDS_PER_HOUR = 2, 4
    rows = [comes(letter(f"Melding {number}")) for number in range(6)]
    assert [waits(row) for row in rows] == [("card", "")] * 4 + [("waiting", "many")] * 2
    assert mails() == [("receipt", "ase@example.org")] * 2
    later = comes(letter("Senere"), now=MONDAY + timedelta(hours=2))
    assert (later.state, len(mails())) == ("card", 3)


# --- Answers -----------------------------------------------------------------------------------------------------------


def test_the_submitters_answer_is_filed_and_the_unit_told(solvik: Solvik) -> None:
    card = a_card(unit=solvik.roads)
    before = len(mails())
    row = comes(
        letter("Det er to hull.\n\nOn 1 Nov, Solvik wrote:\n> Hei", sender=KARI, subject=f"Re: {card.reference}")
    )
    assert (row.state, row.card, row.rest.splitlines()[0]) == ("filed", card, "On 1 Nov, Solvik wrote:")
    assert row.addition.text == "Det er to hull."
    assert mails()[before:] == [("submitter_added", "roads@solvik.test")]
    assert comes(letter("Det er to hull.", sender=KARI, subject=f"{card.reference}")).addition != row.addition
    assert Card.objects.count() == 1


def test_an_answer_finds_its_card_by_the_mail_and_by_the_address(solvik: Solvik) -> None:
    card = a_card(unit=solvik.roads)
    receipt = OutgoingMail.objects.get(kind="receipt")
    by_mail = comes(letter("Svar", sender=KARI, headers={"In-Reply-To": message_id(receipt)}))
    by_address = comes(letter("Mer", sender=KARI, to=f"post+{card.reference}@solvik.test"))
    guessed = comes(
        letter("Gjettet", sender=KARI, headers={"References": f"<innspill-{receipt.pk}-20010101000000@solvik.test>"})
    )
    assert [by_mail.card, by_address.card] == [card, card]
    assert guessed.card != card
    assert Addition.objects.count() == 2


def test_answers_go_to_the_mailbox_with_the_reference(solvik: Solvik, settings: Any) -> None:
    a_card()
    settings.MAIL_PLUS_ADDRESSES = True
    second = a_card()
    assert list(OutgoingMail.objects.filter(kind="receipt").order_by("pk").values_list("reply_to", flat=True)) == [
        "post@solvik.test",
        f"post+{second.reference}@solvik.test",
    ]


def test_a_stranger_writes_in_nobodys_history(solvik: Solvik, settings: Any) -> None:
    card = a_card(unit=solvik.roads)
    settings.MAIL_AUTHENTICATION_SERVER = "mx.solvik.test"
    before = events(card), mails()
    stranger = comes(letter(sender="x@evil.example", subject=card.reference))
    staff = comes(letter(sender="roads_leader@solvik.test", subject=f"SV: {card.reference}"))
    failed = {"Authentication-Results": "mx.solvik.test; dmarc=fail header.from=example.test"}
    forged = comes(letter(sender=KARI, subject=card.reference, headers=failed))
    elsewhere = {"Authentication-Results": "mx.evil.example; dmarc=fail"}
    assert [waits(row) for row in (stranger, staff, forged)] == [
        ("waiting", "other_sender"),
        ("waiting", "from_staff"),
        ("waiting", "forged"),
    ]
    assert {row.card for row in (stranger, staff, forged)} == {card}
    assert (events(card), mails()) == before
    assert comes(letter(sender=KARI, subject=card.reference, headers=elsewhere)).state == "filed"


def test_an_answer_on_a_card_that_is_done_waits_for_a_person(solvik: Solvik) -> None:
    card = a_card(unit=solvik.roads)
    called_back(card, by=solvik.roads_leader, now=MONDAY)
    answered = comes(letter("Det stemmer ikke.", sender=KARI, subject=card.reference))
    close_card(card, result="answered", by=solvik.clerk, now=MONDAY + timedelta(days=1))
    closed = comes(letter("Hallo?", sender=KARI, subject=card.reference), now=MONDAY + timedelta(days=2))
    assert [waits(row) for row in (answered, closed)] == [("waiting", "completed")] * 2
    assert Addition.objects.count() == 0


def test_who_adds_very_often_is_read_by_a_person(solvik: Solvik) -> None:
    card = a_card()
    rows = [comes(letter(f"Nr. {number}", sender=KARI, subject=card.reference)) for number in range(11)]
    assert [row.state for row in rows] == ["filed"] * 10 + ["waiting"]
    assert (rows[-1].reason, rows[-1].card) == ("added_often", card)


def test_an_answer_to_an_overdue_list_waits_with_its_list(solvik: Solvik) -> None:
    a_card(unit=solvik.roads)
    run_overdue_list(now=MONDAY + timedelta(days=14))
    sent = OutgoingMail.objects.get(kind="overdue_list")
    row = comes(letter("Vi er syke.", sender="roads_leader@solvik.test", headers={"In-Reply-To": message_id(sent)}))
    assert waits(row) == ("waiting", "to_list")
    assert row.overdue_list == OverdueList.objects.get()


# --- Bounces -----------------------------------------------------------------------------------------------------------


def test_a_bounce_marks_the_address_on_mail_and_card(solvik: Solvik) -> None:
    card = a_card(unit=solvik.roads)
    receipt = OutgoingMail.objects.get(kind="receipt")
    delayed = comes(bounce_of(message_id(receipt), "late@example.test", action="delayed"))
    assert waits(delayed) == ("set_aside", "auto_reply")
    row = comes(bounce_of(message_id(receipt), FULL_CONTACT.email))
    assert (*waits(row), row.card) == ("set_aside", "bounced", card)
    assert OutgoingMail.objects.get(pk=receipt.pk).bounced_at == MONDAY
    assert Submitter.objects.get(card=card).email_failed_at == MONDAY
    assert events(card)[-1] == ("mail_bounced", "", "5.1.1")
    assert len(mails()) == 2


def test_a_bounce_that_names_no_mail_of_ours_to_that_address_marks_nothing(solvik: Solvik) -> None:
    a_card(unit=solvik.roads)
    receipt = OutgoingMail.objects.get(kind="receipt")
    for named, recipient in ((message_id(receipt), "other@example.test"), ("<x@y>", FULL_CONTACT.email)):
        assert waits(comes(bounce_of(named, recipient))) == ("waiting", "bounce")
    assert not Submitter.objects.filter(email_failed_at__isnull=False).exists()


# --- What cannot be read -----------------------------------------------------------------------------------------------

HEAD = b"From: a@example.org\r\nMessage-ID: <m@x>\r\nSubject: S\r\nMIME-Version: 1.0\r\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=a\r\n\r\n"
BAD = {
    "empty": (b"From: a@example.org\r\n\r\n \r\n", "empty"),
    "unknown signs": (HEAD + b"Content-Type: text/plain; charset=x-klingon\r\n\r\nHei", "unknown_charset"),
    "a codec that is no charset": (HEAD + b"Content-Type: text/plain; charset=punycode\r\n\r\nHei", "unknown_charset"),
    "S/MIME": (HEAD + b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n\r\nMIAG", "encrypted"),
    "PGP/MIME": (HEAD + b"Content-Type: multipart/encrypted; boundary=a\r\n\r\n--a\r\n\r\nx\r\n--a--", "encrypted"),
    "PGP inline": (HEAD + b"\r\n-----BEGIN PGP MESSAGE-----\r\nhQ\r\n-----END PGP MESSAGE-----", "encrypted"),
    "no boundary": (HEAD + b"Content-Type: multipart/mixed\r\n\r\nwhere?", "broken"),
    "no sender": (HEAD.replace(b"a@example.org", b"undisclosed") + b"\r\nHei", "no_sender"),
    "no mail at all": (bytes(range(256)) * 4, "no_sender"),
    "nested without an end": (
        HEAD + b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n" * 400,
        "too_many_parts",
    ),
    "thousands of parts": (MIXED + b"--a\r\nContent-Type: text/plain\r\n\r\nx\r\n" * 3000, "too_many_parts"),
    "parts without a type": (MIXED + b"--a\r\n\r\n" * 50_000, "too_many_parts"),
    "a header without an end": (HEAD + b"X: y\r\n" * 100_000 + b"\r\nHei", "too_many_parts"),
    "a part's header without an end": (MIXED + b"--a\r\n" + b"x:y\r\n" * 100_000, "too_many_parts"),
    "quotes without an end": (
        HEAD + b'Content-Type: text/plain; a="' + b";" * 200_000 + b"\r\n\r\nHei",
        "too_many_parts",
    ),
    "lines without an end": (HEAD + b"\r\n" + b"\n" * 1_100_000, "too_many_parts"),
    "an HTML bomb": (HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 200_000, "card"),
}


@pytest.mark.parametrize(("raw", "expected"), BAD.values(), ids=BAD)
def test_what_cannot_be_read_waits_with_its_original(solvik: Solvik, raw: bytes, expected: str) -> None:
    began = time.monotonic()
    row = comes(raw)
    assert time.monotonic() - began < 20
    if expected == "card":
        assert (row.state, row.card.text) == ("card", "S")
        return
    assert waits(row) == ("waiting", expected)
    with row.file.open("rb") as original:
        assert original.read() == raw
    assert Card.objects.count() == 0
    assert row.delete_on is None


def test_too_large_a_mail_waits_with_its_header(solvik: Solvik, settings: Any) -> None:
    settings.MAIL_LARGEST = 1000
    row = comes(letter("x" * 2000))
    assert (*waits(row), row.sender, row.subject) == ("waiting", "too_large", "ase@example.org", "Gatelys")


def test_hostile_but_readable_is_harmless(solvik: Solvik) -> None:
    raw = (
        b"From: =?utf-8?q?Ond=0D=0ABcc=3A_alle?= <ond@example.org>\r\n"
        b"Subject: =?utf-8?q?Hei=0D=0ABcc=3A_alle=40example=2Eorg=00?=\r\nMessage-ID: <h@x>\r\n"
        b"Content-Type: text/plain; charset=us-ascii\r\n\r\nLyset p\xe5 Gr\xf8nland\x00 er \xe2\x80\xae slukket"
    )
    row = comes(raw)
    assert row.card.text == "Hei Bcc: alle@example.org\n\nLyset på Grønland er â€® slukket"
    assert row.card.submitter.name == "Ond Bcc: alle"
    receipt = OutgoingMail.objects.get(kind="receipt")
    assert "\n" not in receipt.subject + receipt.to


def test_a_very_long_mail_is_a_card_with_the_rest_beside_it(solvik: Solvik) -> None:
    row = comes(letter("\n".join(["Ord ord ord ord ord ord ord ord ord"] * 1000)))
    assert len(row.card.text) <= 20_000
    assert len(row.card.text) + len(row.rest) >= 35_900


def test_html_is_read_as_words(solvik: Solvik) -> None:
    mail = letter()
    mail.set_content("<p>Hei <b>du</b></p><script>alert(1)</script><img src='http://x/spy.gif'>", subtype="html")
    assert comes(mail).card.text == "Gatelys\n\nHei du"


def test_what_the_database_refuses_leaves_nothing_half_done_and_waits(solvik: Solvik) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE feedback_incomingmail ADD CONSTRAINT no_cards CHECK (state <> 'card')")
    row = comes(letter(message_id="<again@x>"))
    assert waits(row) == ("waiting", "broken")
    assert (Card.objects.count(), mails()) == (0, [])
    assert len(list(Path(default_storage.location).rglob("*.eml"))) == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_fetch_the_same_mail_make_one_card(solvik: Solvik) -> None:
    raw = letter(message_id="<race@x>").as_bytes()
    rows = at_once(*[lambda: comes(raw)] * 4)
    assert len({row.pk for row in rows}) == 1
    assert (Card.objects.count(), IncomingMail.objects.count(), len(mails())) == (1, 1, 1)
    assert len(list(Path(default_storage.location).rglob("*.eml"))) == 1
