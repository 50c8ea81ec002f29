"""Every mail in every language: nothing missing in it, nothing in it that its reader does not need."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import transaction

from feedback import mails
from feedback.actions.answering import record_callback, record_follow_up, refer_card
from feedback.actions.calling import give_preliminary_answer
from feedback.actions.closing import reopen_card
from feedback.actions.listing import run_overdue_list
from feedback.actions.moving import delegate_card, return_card
from feedback.actions.reminding import remind_of_deadlines
from feedback.actions.reopening import ask_reopening, decline_reopening
from feedback.actions.sorting_mail import file_mail
from feedback.actions.storing import Upload
from feedback.actions.submitter import add_to_card, react, withdraw_card
from feedback.actions.undoing import undo_step
from feedback.deadlines import Contact
from feedback.models import Card, IncomingMail, Submitter
from organisation.models import OutgoingMail, Unit
from organisation.outbox import queueing
from organisation.outbox.delivery import deliver_due
from organisation.outbox.queueing import queue_mails
from organisation.queries import Recipient
from tests.feedback.open311 import handed_over_and_told_of
from tests.organisation.pdf_reading import read
from tests.post_office import open_post_office, send_to
from tests.small_town import NOW, Town

pytestmark = pytest.mark.django_db

LANGUAGES = [code for code, _name in django_settings.LANGUAGES]
MISSING = "¡MISSING %s!"
LATER = NOW + timedelta(hours=2)


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.fixture(autouse=True)
def _missing_variables_show(settings) -> None:
    """A variable that a template names and its context lacks shows in the text."""
    (engine,) = settings.TEMPLATES
    settings.TEMPLATES = [engine | {"OPTIONS": engine["OPTIONS"] | {"string_if_invalid": MISSING}}]
    queueing._kept_words.cache_clear()


# --- One way of each kind to come about, by what really happens to a card -------------------------------------------


def _receipt(town: Town) -> None:
    town.card()


def _card_returned(town: Town) -> None:
    return_card(town.card(), reason="Det er fylkets veg & ansvar.", by=town.leader, now=LATER)


def _card_delegated(town: Town) -> None:
    delegate_card(town.card(), handler=town.handler, by=town.leader, now=LATER)


def _card_taken_back(town: Town) -> None:
    card = delegate_card(town.card(), handler=town.handler, by=town.leader, now=LATER)
    deliver_due(now=LATER)
    undo_step(card.events.order_by("id").last(), by=town.leader, now=LATER)


def _preliminary_answer(town: Town) -> None:
    give_preliminary_answer(
        town.card(),
        reason="Vi venter på asfalt.",
        expected_on=LATER.date() + timedelta(days=30),
        by=town.leader,
        now=LATER,
    )


def _negative_callback(town: Town) -> None:
    record_callback(
        town.card(), held_at=LATER, summary="Fortalte om planen.", reaction=2, reason="Det tar for lang tid.",
        alternative_not_given=True, measures="Hullet er fylt.", by=town.leader, now=LATER,
    )  # fmt: skip


def _silent_callback(town: Town) -> None:
    _silently(town.card(), town)


def _follow_up(town: Town) -> None:
    record_follow_up(town.card(contact=Contact()), done_at=LATER, summary="Fylte hullet.", by=town.leader, now=LATER)


def _referred(town: Town) -> None:
    refer_card(town.card(), body="Vegvesenet", contacted_at=LATER, by=town.centre_clerk, now=LATER)


def _referred_untold(town: Town) -> None:
    card = town.card(contact=Contact(email="age@example.org"))
    refer_card(card, body="Vegvesenet", contacted_at=None, by=town.centre_clerk, now=LATER)


def _card_reopened(town: Town) -> None:
    card = town.card()
    record_callback(card, held_at=LATER, summary="Fortalte.", reaction=5, by=town.leader, now=LATER)
    reopen_card(card, reason="Hullet er der igjen.", by=town.leader, now=LATER + timedelta(days=1))


def _submitter_added(town: Town) -> None:
    add_to_card(town.card(), text="Hullet er større nå.", uploads=[], key=uuid.uuid4(), now=LATER)


def _picture_added(town: Town) -> None:
    add_to_card(
        town.card(), text="", uploads=[Upload("a.jpg", "image/jpeg", BytesIO(b"x"))], key=uuid.uuid4(), now=LATER
    )


def _neighbour_told(town: Town) -> None:
    handed_over_and_told_of(town.card(), town.card(), word="Hullet er tettet", by=town.centre_clerk, now=LATER)


def _mail_filed(town: Town) -> None:
    row = IncomingMail.objects.create(
        key="k",
        digest="d",
        state="waiting",
        reason="other_sender",
        received_at=LATER,
        sender="nabo@example.org",
        size=1,
    )
    file_mail(row, town.card(), uploads=[], by=town.centre_clerk, now=LATER)


def _card_withdrawn(town: Town) -> None:
    withdraw_card(town.card(), reason="Det ordnet seg.", now=LATER)


def _unhappy(town: Town) -> None:
    card = town.card()
    delegate_card(card, handler=town.handler, by=town.leader, now=LATER)
    record_callback(card, held_at=LATER, summary="Fortalte.", reaction=5, by=town.leader, now=LATER)
    react(card, reaction=2, reason="Det er & blir et hull.", alternative="Asfalt før jul.", now=LATER)


def _unhappy_without_a_word(town: Town) -> None:
    card = town.card()
    _silently(card, town)
    react(card, reaction=1, now=LATER)


def _silently(card: Card, town: Town) -> None:
    record_callback(
        card, held_at=LATER, summary="Fortalte.", reaction=None, would_not_answer=True, by=town.leader, now=LATER
    )


def _reopening_asked(town: Town) -> None:
    card = town.card()
    record_callback(card, held_at=LATER, summary="Fortalte.", reaction=5, by=town.leader, now=LATER)
    ask_reopening(card, reason="Hullet er der & igjen.", now=LATER)


def _reopening_declined(town: Town) -> None:
    _reopening_asked(town)
    decline_reopening(Card.objects.get(), reason="Det er & blir fylkets veg.", by=town.centre_clerk, now=LATER)


def _reopening_granted(town: Town) -> None:
    _reopening_asked(town)
    reopen_card(Card.objects.get(), reason="Hullet er der igjen.", by=town.centre_clerk, now=LATER)


def _reminder(town: Town) -> None:
    town.card()
    town.card("Ødelagt skilt", category=None, contact=Contact())
    remind_of_deadlines(now=NOW + timedelta(days=8))


def _overdue_list(town: Town) -> None:
    town.card()
    card = town.card("Et skilt er borte")
    delegate_card(card, handler=town.handler, by=town.leader, now=LATER)
    run_overdue_list(now=datetime(2026, 11, 16, 6, tzinfo=UTC))


def _escalation(town: Town) -> None:
    town.card()
    town.card("Gras i parken", unit=town.parks)
    run_overdue_list(now=datetime(2026, 11, 16, 6, tzinfo=UTC))
    run_overdue_list(now=datetime(2026, 11, 23, 6, tzinfo=UTC))


WAYS: list[tuple[str, Callable[[Town], None]]] = [
    ("receipt", _receipt),
    ("card_forwarded", _receipt),
    ("card_returned", _card_returned),
    ("card_delegated", _card_delegated),
    ("card_taken_back", _card_taken_back),
    ("preliminary_answer", _preliminary_answer),
    ("report_back", _negative_callback),
    ("report_back", _silent_callback),
    ("report_back", _follow_up),
    ("referred", _referred),
    ("referred", _referred_untold),
    ("card_reopened", _card_reopened),
    ("submitter_added", _submitter_added),
    ("submitter_added", _picture_added),
    ("mail_filed", _mail_filed),
    ("neighbour_told", _neighbour_told),
    ("card_withdrawn", _card_withdrawn),
    ("negative_reaction", _unhappy),
    ("negative_reaction", _unhappy_without_a_word),
    ("reopening_asked", _reopening_asked),
    ("reopening_answered", _reopening_declined),
    ("reopening_answered", _reopening_granted),
    ("reminder", _reminder),
    ("overdue_list", _overdue_list),
    ("escalation", _escalation),
]
KINDS = {kind for kind, _way in WAYS}


class Page(HTMLParser):
    """What a mail program sees: text, start tags with their attributes, and whether all tags close."""

    VOID = {"meta", "br", "hr", "img", "link"}

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.unclosed: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.unclosed.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.unclosed.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.unclosed:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def _in(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write every mail in `language`, whoever it goes to."""
    write = mails.Mail

    def in_language(*args: object, **kwargs: object) -> mails.Mail:
        return replace(write(*args, **kwargs), language=language)

    monkeypatch.setattr(mails, "Mail", in_language)


def mail_of(kind: str) -> OutgoingMail:
    """The one mail of this kind; of several (two units have a list) the first."""
    mail = OutgoingMail.objects.filter(kind=kind).order_by("id").first()
    assert mail is not None
    return mail


def test_every_mail_has_a_way_to_come_about() -> None:
    named = set(re.findall(r'(?:kind=|Mail\(\s*)"(\w+)"', Path(mails.__file__).read_text()))
    assert named == KINDS


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("kind", "way"), WAYS, ids=[f"{kind}-{way.__name__.strip('_')}" for kind, way in WAYS])
def test_a_mail_is_whole_in_every_language(kind, way, language, town, monkeypatch) -> None:
    _in(language, monkeypatch)
    way(town)
    mail = mail_of(kind)
    assert mail.language == language
    for part in (mail.subject, mail.text, mail.html):
        assert "MISSING" not in part
        assert "{{" not in part
        assert "{%" not in part
        assert "None" not in part
    assert mail.subject
    assert "\n" not in mail.subject
    assert len(mail.subject) < 120
    assert "\n\n\n" not in mail.text
    assert "&amp;" not in mail.text
    assert "&#x27;" not in mail.text
    page = Page(mail.html)
    assert page.unclosed == []
    assert page.tags[0] == ("html", {"lang": language, "dir": "ltr"})
    names = [tag for tag, _attributes in page.tags]
    assert names.count("h1") == 1
    assert names.count("title") == 1
    assert not {"script", "link", "img", "iframe", "form"} & set(names)
    assert all(attributes.get("scope") for tag, attributes in page.tags if tag == "th")
    assert "url(" not in mail.html
    assert "Sandøy kommune" in mail.text
    assert "Sandøy kommune" in page.text
    links = {attributes["href"] for tag, attributes in page.tags if tag == "a"}
    assert links
    assert all(link.startswith(django_settings.SITE_URL) and link in mail.text for link in links)


@pytest.mark.parametrize(("kind", "way"), WAYS, ids=[f"{kind}-{way.__name__.strip('_')}" for kind, way in WAYS])
def test_no_mail_holds_the_submitters_contact_details(kind, way, town) -> None:
    way(town)
    for mail in OutgoingMail.objects.filter(kind=kind):
        for part in (mail.subject, mail.text, mail.html):
            assert "Åge" not in part
            assert "Bråtaveien" not in part
            assert "400 00" not in part
            assert "age@example" not in part


TO_CITIZENS = {
    "receipt": _receipt,
    "preliminary_answer": _preliminary_answer,
    "referred": _referred,
    "reopening_answered": _reopening_declined,
}


@pytest.mark.parametrize("kind", sorted(TO_CITIZENS))
def test_a_citizens_mail_does_not_repeat_the_message(kind, town) -> None:
    """It may go to a mistyped address, and must be no way to mail other people a text."""
    TO_CITIZENS[kind](town)
    mail = mail_of(kind)
    assert mail.to == "age@example.org"
    assert "Hull" not in mail.subject + mail.text + mail.html


@pytest.mark.parametrize("kind", sorted(KINDS - set(TO_CITIZENS)))
def test_a_staff_mail_never_has_the_private_pages_secret(kind, town) -> None:
    dict(WAYS)[kind](town)
    secrets = list(Card.objects.values_list("secret", flat=True))
    mail = mail_of(kind)
    assert secrets
    assert not any(secret in mail.text + mail.html for secret in secrets)


# --- What the receipt promises --------------------------------------------------------------------------------------

PROMISES = [
    pytest.param({}, "We ring you with an answer by Thursday 12 November at the latest.", True, id="all given"),
    pytest.param(
        {"phone": ""},
        "We ring only those who have given name, address and daytime phone.",
        False,
        id="no phone, so no call",
    ),
    pytest.param(
        {"other_way": "written"}, "You get a written answer, as agreed, by Thursday 12 November", True, id="in writing"
    ),
    pytest.param(
        {"other_way": "interpreter"},
        "We talk with you with an interpreter, as agreed, by Thursday",
        True,
        id="interpreter",
    ),
    pytest.param({"other_way": "visit"}, "We talk with you in person, as agreed, by Thursday", True, id="visit"),
]


@pytest.mark.parametrize(("given", "promise", "dated"), PROMISES)
def test_receipt_promises_what_is_owed_and_no_more(given, promise, dated, town) -> None:
    contact = replace(Contact("Ola", "Vegen 1", "40000000", "ola@example.org"), **given)
    card = town.card(contact=contact, language="en")
    mail = mail_of("receipt")
    assert card.callback_owed is dated
    for text in (mail.text, Page(mail.html).text):
        assert promise in text
        assert ("12 November" in text) is dated
        assert card.reference in text
        assert "Veg og gate" in text
    assert f"/card/{card.secret}/" in mail.text


def test_receipt_where_the_phone_suffices(town) -> None:
    town.house.callback_rule = "phone"
    town.house.save()
    town.card(contact=Contact(email="ola@example.org"), language="en")
    assert "We ring only those who have given a phone number." in mail_of("receipt").text


def test_receipt_of_a_card_that_no_rule_routed(town) -> None:
    town.card(unit=None, category=None, language="en")
    assert "Servicetorget, which reads it and sends it to those who answer for the matter." in mail_of("receipt").text
    assert not OutgoingMail.objects.filter(kind="card_forwarded").exists()


@pytest.mark.parametrize(
    ("language", "day"),
    [
        ("nb", "torsdag 12. november 2026"),
        ("nn", "torsdag 12. november 2026"),
        ("sv", "torsdag 12 november 2026"),
        ("en", "Thursday 12 November 2026"),
    ],
)
def test_dates_are_written_as_the_reader_writes_them(language, day, town) -> None:
    town.card(language=language)
    mail = mail_of("receipt")
    assert mail.language == language
    assert day in mail.text
    assert day in mail.html


def test_receipts_of_one_day_are_drawn_once_and_each_has_its_own_number_and_link(town) -> None:
    made = [town.card(language="en") for _ in range(3)]
    assert queueing._kept_words.cache_info()[:2] == (2, 1)  # hits and misses
    receipts = list(OutgoingMail.objects.filter(kind="receipt").order_by("id"))
    assert len({mail.text for mail in receipts}) == 3
    for card, mail in zip(made, receipts, strict=True):
        whole = {"card": card, "submitter": card.submitter, "municipality": town.house, "site_url": "?"}
        drawn = queueing._words("receipt", "en", whole | {"status_url": mails.status_url(card)})
        assert (mail.subject, mail.text, mail.html) == drawn
        assert mail.dedupe_key == f"receipt:{card.reference}"


def test_receipt_says_what_holds_when_the_card_comes_in(town) -> None:
    town.card(language="en")
    town.house.phone, town.house.minimum_attempts = "33 00 00 00", 7
    town.house.save()
    card = town.card(language="en")
    card.unit.name = "Veg og plass"
    town.card(language="en")
    first, second, third = OutgoingMail.objects.filter(kind="receipt").order_by("id")
    for mail, unit, phone in (
        (first, "Veg og gate", False),
        (second, "Veg og gate", True),
        (third, "Veg og plass", True),
    ):
        for text in (mail.text, Page(mail.html).text):
            assert unit in text
            assert ("33 00 00 00" in text) is phone
            assert ("at least 7 times" in text) is phone


# --- What others are told -------------------------------------------------------------------------------------------


def test_report_back_tells_date_measures_and_reaction(town) -> None:
    town.house.language = "en"
    town.house.save()
    _negative_callback(town)
    text = mail_of("report_back").text
    assert "Date of contact: Monday 2 November 2026\n" in text
    assert "Measures: Hullet er fylt.\n" in text
    assert "How the submitter took it: 2 of 6\n" in text
    assert "Why: Det tar for lang tid.\n" in text
    assert "Alternative: not given\n" in text
    assert "Fortalte om planen" not in text


def test_report_back_gives_the_local_date_of_a_late_conversation(town) -> None:
    """22:30 UTC is tomorrow in Oslo in summer time, 23:30 the same day in winter."""
    town.house.language = "en"
    town.house.save()
    card = town.card(now=datetime(2026, 10, 1, 9, tzinfo=UTC))
    late = datetime(2026, 10, 5, 22, 30, tzinfo=UTC)
    record_callback(card, held_at=late, summary="Fortalte.", reaction=6, by=town.leader, now=late)
    assert "Date of contact: Tuesday 6 October 2026\n" in mail_of("report_back").text


def test_overdue_list_says_when_it_was_judged_and_by_when_to_put_it_right(town) -> None:
    town.leader.language = "en"
    town.leader.save()
    _overdue_list(town)
    mail = mail_of("overdue_list")
    assert mail.to == "leiar@sandoy.example"
    assert mail.subject == ("Overdue list week 47, Veg og gate: 2 messages, to be put right by Friday 20 November")
    assert "Veg og gate had 2 messages past their deadline on Monday 16 November at 06:00." in mail.text
    assert "Ring, write down the answer, and complete them by Friday 20 November." in mail.text
    assert "Deadline: 12 Nov 2026 · 4 days over · on the list 1 time · Bjørn Åsen" in mail.text
    assert mail.attachment == {"maker": "overdue_list", "list_id": _list_id(town)}


def _list_id(town: Town) -> int:
    return town.roads.overdue_lists.get().pk


def test_escalation_is_by_unit_and_names_the_leader(town) -> None:
    town.chief.language = "en"
    town.chief.save()
    _escalation(town)
    mail = mail_of("escalation")
    assert mail.to == "chief@sandoy.example"
    assert mail.subject == "Week 48: 2 messages on the overdue list again"
    parks, roads = mail.text.index("Park og idrett (1 message) · Leader: Bjørn Åsen"), mail.text.index("Veg og gate (1")
    assert parks < roads
    assert "on the list 2 times" in mail.text


def test_the_overdue_mails_cost_the_same_for_one_card_and_for_twenty(town, django_assert_num_queries) -> None:
    def statements(cards: int, week: int) -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        for number in range(cards):
            town.card(f"Hull {number}", now=NOW + timedelta(weeks=week))
        with CaptureQueriesContext(
            connection,
        ) as captured:
            run_overdue_list(now=datetime(2026, 11, 16, 6, tzinfo=UTC) + timedelta(weeks=week))
        return len(captured)

    statements(1, 0)
    assert statements(1, 1) == statements(20, 2)


def test_markup_in_a_citizens_text_stays_text(town) -> None:
    town.card("<script>alert(1)</script> & <b>fet</b> {{ card.secret }} {% now %}")
    mail = mail_of("card_forwarded")
    assert "<script>" not in mail.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;fet&lt;/b&gt; {{ card.secret }}" in mail.html
    assert "<script>alert(1)</script> & <b>fet</b> {{ card.secret }} {% now %}" in mail.text


def test_a_long_text_is_cut_in_the_units_mail(town) -> None:
    town.card("ord " * 4000)
    assert len(mail_of("card_forwarded").text) < 2500


def test_a_text_in_another_language_is_marked_as_such(town) -> None:
    town.card("The road is broken.", language="en")
    assert ("blockquote", {"lang": "en"}) in Page(mail_of("card_forwarded").html).tags


def test_no_header_can_be_slipped_in_by_a_name_or_a_body(town) -> None:
    card = town.card()
    Unit.objects.filter(pk=town.roads.pk).update(name="Veg\r\nBcc: all@example.org")
    card.refresh_from_db()
    delegate_card(card, handler=town.handler, by=town.leader, now=LATER)
    return_card(card, reason="x", by=town.leader, now=LATER)
    refer_card(card, body="Vegvesenet\r\nBcc: all@example.org", contacted_at=LATER, by=town.centre_clerk, now=LATER)
    for mail in OutgoingMail.objects.all():
        assert "\n" not in mail.subject
        assert "\r" not in mail.subject
    assert mail_of("referred").subject.endswith("Vegvesenet Bcc: all@example.org")


def test_reminder_is_one_mail_with_all_cards(town) -> None:
    town.leader.language = "en"
    town.leader.save()
    _reminder(town)
    mail = mail_of("reminder")
    assert OutgoingMail.objects.filter(kind="reminder").count() == 1
    assert mail.subject == "2 messages are due by Thursday 12 November"
    assert "Veg og gate · follow up" in mail.text
    assert "Roads · Veg og gate · ring" in mail.text


def test_a_mail_to_somebody_without_a_language_of_ours_is_still_written(town) -> None:
    card = town.card()
    made = mails.card_delegated(card, town.handler, house=town.house, event=1)
    with transaction.atomic():
        assert queue_mails([replace(made, language="fi", dedupe_key="x")], now=NOW) == 1
    assert card.reference in OutgoingMail.objects.get(dedupe_key="x").text


def test_a_units_own_address_gets_the_card_in_the_municipalitys_language(town) -> None:
    town.card()
    mail = mail_of("card_forwarded")
    assert (mail.to, mail.language) == ("veg@sandoy.example", "nb")
    assert isinstance(mails._to_unit(town.parks, town.house, NOW.date()), Recipient)
    assert Submitter.objects.count() == 1


# --- A card's whole life, by way of a real mail server ---------------------------------------------------------------


def test_the_mails_of_a_cards_whole_life_arrive(town, settings) -> None:
    """Registered, delegated, not answered, listed, listed again, answered, reopened: each tells whom it concerns, once."""
    day = timedelta(days=1)
    with open_post_office() as office:
        send_to(office.port, settings)

        def arrived(now: datetime) -> list[tuple[str, str]]:
            before = len(office.messages)
            deliver_due(now=now)
            return sorted((str(m["To"]), str(m["Subject"])) for m in office.messages[before:])

        card = town.card("Ødelagt gatelys på Åsveien\nSlukket siden lørdag.")
        number = card.reference
        assert [to for to, _subject in arrived(NOW)] == ["age@example.org", "veg@sandoy.example"]
        delegate_card(card, handler=town.handler, by=town.leader, now=NOW + day)
        assert [to for to, _subject in arrived(NOW + day)] == ["handler@sandoy.example"]
        remind_of_deadlines(now=NOW + 8 * day)
        assert [to for to, _subject in arrived(NOW + 8 * day)] == ["handler@sandoy.example"]

        first_monday = datetime(2026, 11, 16, 6, tzinfo=UTC)
        run_overdue_list(now=first_monday)
        run_overdue_list(now=first_monday)
        assert [to for to, _subject in arrived(first_monday)] == ["leiar@sandoy.example"]
        listed = office.messages[-1]
        (pdf,) = listed.iter_attachments()
        document = read(pdf.get_content())
        assert pdf.get_content_type() == "application/pdf"
        assert re.fullmatch(r"[a-z0-9-]+-2026-w47-veg\.pdf", pdf.get_filename())
        assert (document.language, document.part, document.conformance) == ("nn", "2", "A")
        assert number in document.text
        assert "Ødelagt gatelys på Åsveien" in " ".join(document.text.split())

        run_overdue_list(now=first_monday + 7 * day)
        assert [to for to, _subject in arrived(first_monday + 7 * day)] == [
            "chief@sandoy.example",
            "leiar@sandoy.example",
        ]
        answered = first_monday + 8 * day
        record_callback(card, held_at=answered, summary="Lyset er skiftet.", reaction=6, by=town.handler, now=answered)
        assert [to for to, _subject in arrived(answered)] == ["service@sandoy.example"]
        reopen_card(card, reason="Slukket igjen", by=town.leader, now=answered + day)
        assert [to for to, _subject in arrived(answered + day)] == ["veg@sandoy.example"]

        assert all(m.get_body(("plain",)) is not None and m.get_body(("html",)) is not None for m in office.messages)
        assert all(number in m.as_string() or number in m.get_body(("plain",)).get_content() for m in office.messages)
        assert len({m["Message-ID"] for m in office.messages}) == len(office.messages) == 9
        assert set(OutgoingMail.objects.values_list("status", flat=True)) == {"sent"}
