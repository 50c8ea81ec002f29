"""Sensitive cards: opened by the leader and named people alone, each time with a reason, and met by nobody else anywhere."""

from __future__ import annotations

import io
import uuid
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.test import APIClient

from feedback.actions.correcting import add_attachments, add_note, split_card
from feedback.actions.explaining import explain_delay
from feedback.actions.listing import run_overdue_list
from feedback.actions.moving import delegate_card, reroute_card
from feedback.actions.numbering import place_changes
from feedback.actions.sensitive import (
    AlreadySo,
    CannotBeNamed,
    NobodyAnswers,
    mark_sensitive,
    name_reader,
    unmark_sensitive,
    unname_reader,
)
from feedback.actions.storing import Upload
from feedback.answer_links import answer_url
from feedback.deadlines import Contact
from feedback.errors import NotAllowed
from feedback.feed import changes_since, first_cursor
from feedback.models import Card, CardLook, CardReader, OverdueEntry
from feedback.queries import is_visible, open_to, visible_to
from feedback.request_queries import requests_for
from organisation.models import OutgoingMail, Person, Unit
from organisation.permissions import Role
from tests.factories import MONDAY, PersonFactory, RoleFactory, Solvik, UnitFactory, a_card
from tests.organisation.pdf_reading import read
from tests.pictures import photo

pytestmark = pytest.mark.django_db

SECRETS = [
    "zeppelinfrø", "hemmeligsen", "40998877", "40 99 88 77", "skjulveien", "gjemmestedet", "krenkelse", "internmerknad",
    "forsinkelsesgrunn",
]  # fmt: skip
WHOSE = Contact(name="Alva Hemmeligsen", address="Skjulveien 7", phone="40 99 88 77", email="alva@hemmeligsen.example")
FIRST, SECOND = MONDAY + timedelta(days=21), MONDAY + timedelta(days=28)
NOW = SECOND + timedelta(hours=3)
OUTSIDERS = [
    "clerk", "handler", "water_leader", "chief", "mayors_secretary", "administrator", "reader", "adviser",
]  # fmt: skip
NOT_ABOUT_CARDS = [
    "/administration/", "/paper-card/", "/mailings/", "/absence/", "/privacy/", "/offline/", "/suggest/", "/webhooks/",
    "/token/", "/units/", "/categories/", "/send-worker.js",
]  # fmt: skip
"""Pages of other things: one role walks them, so that the test stays cheap."""
THE_SUBMITTERS = {"status", "receipt", "withdraw", "own_file", "own_step"}
"""The submitter's own pages, behind the card's secret."""


@pytest.fixture
def card(solvik: Solvik) -> Card:
    """A card that lay with Vann before it came to Vei, marked as sensitive and twice on the overdue list."""
    RoleFactory(person=PersonFactory(email="adviser@solvik.test"), role=Role.QUALITY_ADVISER)
    a_card(unit=solvik.roads, text="Hull i veien")
    made = a_card(
        unit=solvik.water, text="Zeppelinfrø ble sagt", contact=WHOSE, place="Gjemmestedet", by=solvik.clerk,
        now=MONDAY,
    )  # fmt: skip
    made = reroute_card(made, unit=solvik.roads, reason="internmerknad", by=solvik.clerk, now=MONDAY)
    leader = solvik.roads_leader
    picture = Upload("krenkelse.png", "image/png", ContentFile(photo((20, 20), kind="PNG").getvalue()))
    add_attachments(made, [picture], by=leader, now=MONDAY)
    add_note(made, text="internmerknad", by=leader, now=MONDAY)
    mark_sensitive(made, reason="health", note="internmerknad", by=leader, now=MONDAY)
    OutgoingMail.objects.all().delete()  # what was sent before it was marked
    run_overdue_list(now=FIRST)
    explain_delay(made, reason="forsinkelsesgrunn", by=leader, now=FIRST + timedelta(hours=1))
    run_overdue_list(now=SECOND)
    return Card.objects.get(pk=made.pk)


def person(solvik: Solvik, name: str) -> Person:
    return Person.objects.get(email=f"{name}@solvik.test")


# --- Every way to somebody who may not ------------------------------------------------------------------------------


def _patterns(patterns: list[Any], before: str = "") -> Iterator[tuple[str, str, list[str]]]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from _patterns(one.url_patterns, before + str(one.pattern))
        elif isinstance(one, URLPattern):
            yield one.name or "", before + str(one.pattern), list(one.pattern.converters)


def addresses(card: Card, leader: Person) -> dict[str, str]:
    """Every address of feedback's pages and API, filled in so that it leads as near to the card as it can."""
    file = card.attachments.get()
    link = answer_url(OverdueEntry.objects.filter(card=card).latest("pk"), leader, SECOND).rpartition("/why-late/")[2]
    values = {
        "reference": card.reference, "week": "2026-W49", "unit": "roads", "token": link.strip("/"), "form": "csv",
        "step": "close", "code": "roads", "name": "x", "batch": "1", "pk": file.pk, "sha256": file.sha256,
        "id": uuid.UUID(int=1), "secret": "x", "version": "internal",
    }  # fmt: skip
    found = {}
    for namespace in ("feedback", "api"):
        [of_app] = [
            one for one in get_resolver().url_patterns if isinstance(one, URLResolver) and one.namespace == namespace
        ]
        for name, path, wanted in _patterns(of_app.url_patterns, str(of_app.pattern)):
            if name in THE_SUBMITTERS or (namespace == "api" and name in ("schema", "docs")):
                continue
            for key in wanted:
                for kind in ("str:", "slug:", "int:", "uuid:"):
                    path = path.replace(f"<{kind}{key}>", str(values[key]))
            assert "<" not in path, f"{name}: fill in what {path} asks for"
            found[f"{namespace}:{name}"] = "/" + path
    return found


def words_of(answer: Any) -> str:
    """What somebody can read of an answer, of a PDF and a spreadsheet too."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    kind = answer.get("Content-Type", "")
    if kind == "application/pdf":
        return read(content).text.lower()
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b"\n".join(book.read(name) for name in book.namelist())
    return str(content.decode(errors="replace").lower())


@pytest.mark.slow
def test_nobody_else_meets_it_anywhere(solvik: Solvik, card: Card) -> None:
    every = addresses(card, solvik.roads_leader)
    assert {
        "feedback:card",
        "feedback:attachment",
        "feedback:look",
        "feedback:sensitive",
        "api:events",
        "api:changes",
    } <= {*every}
    known, read_by = card.reference.lower(), {}
    more = [
        "/staff/?q=zeppelinfrø", f"/staff/?q={card.reference}", "/staff/?q=40998877", "/staff/?due=overdue",
        "/staff/export/cards.xlsx?texts=true", "/staff/export/cards.csv?texts=true", "/staff/mail/?show=done",
        f"/staff/register/?person_of={card.reference}", "/staff/overdue/2026-W48/", "/staff/overdue/2026-W48/roads/",
    ]  # fmt: skip
    api = [
        "/api/v1/cards/?q=zeppelinfrø", "/api/v1/cards/export.ndjson?texts=true", "/api/v1/cards/export.csv?texts=true",
        "/api/v1/overdue-runs/2026-W49/roads/?expand=card", "/api/v1/escalations/2026-W49/?expand=card,unit",
    ]  # fmt: skip
    with time_machine.travel(NOW, tick=False):
        for name in OUTSIDERS:
            page, other = Client(), APIClient()
            page.force_login(person(solvik, name))
            other.force_authenticate(person(solvik, name))
            for address in [*every.values(), *more, *api]:
                if name != "administrator" and any(part in address for part in NOT_ABOUT_CARDS):
                    continue
                answer = (other if address.startswith("/api/") else page).get(address)
                said = words_of(answer)
                asked = address.lower()
                about_it = known in asked
                assert not [word for word in SECRETS if word in said and word not in asked], (name, address)
                if about_it and "?" not in address:
                    assert answer.status_code in (403, 404, 405), (name, address, answer.status_code)
                elif not about_it:
                    assert known not in said, (name, address)
                read_by[name] = read_by.get(name, 0) + (answer.status_code == 200)
        typed = {"name": WHOSE.name, "phone": WHOSE.phone, "text": card.text, "place": "Gjemmestedet"}
        page.force_login(solvik.clerk)
        known_here = page.post("/staff/register/look-up/", typed).content.decode().lower()
        assert "skjulveien" not in known_here
        assert known not in known_here
    # Who sees all cards reads most of it; nobody is refused everything by a mistake of the test.
    assert min(read_by.values()) > 5
    assert read_by["clerk"] > 30
    for sent in OutgoingMail.objects.exclude(to=WHOSE.email):
        said = f"{sent.subject} {sent.text} {sent.html}".lower()
        assert not [word for word in [*SECRETS, known] if word in said], sent.kind
    assert list(requests_for(None)) == []


def test_others_see_that_a_list_holds_one_and_not_which(solvik: Solvik, card: Card, client: Client) -> None:
    sent = {mail.kind: mail for mail in OutgoingMail.objects.order_by("pk")}
    assert sent["overdue_list"].to == solvik.roads_leader.email
    assert "A sensitive card" in sent["overdue_list"].text or "Et skjermet kort" in sent["overdue_list"].text
    assert "/staff/sensitive/" in sent["overdue_list"].text
    assert sent["escalation"].to == solvik.chief.email
    assert "kjermet kort" in sent["escalation"].text
    with time_machine.travel(NOW, tick=False):
        for name, address in (
            ("chief", "/staff/chief/"), ("chief", "/staff/escalations/2026-W49/"),
            ("reader", "/staff/overdue/2026-W49/roads/"), ("roads_leader", "/staff/overdue/2026-W49/roads/"),
        ):  # fmt: skip
            client.force_login(person(solvik, name))
            html = client.get(address, HTTP_ACCEPT_LANGUAGE="en").content.decode()
            assert "A sensitive card" in html, address
            assert card.reference not in html, address


def test_the_link_of_the_mail_does_not_open_it(solvik: Solvik, card: Card, client: Client) -> None:
    address = answer_url(OverdueEntry.objects.filter(card=card).latest("pk"), solvik.roads_leader, SECOND)
    with time_machine.travel(NOW, tick=False):
        page = client.get(address)
        assert page.status_code == 410
        assert client.post(address, {"reason": "x"}).status_code == 410


# --- The door ---------------------------------------------------------------------------------------------------------


def test_who_may_open_it_says_why_first(solvik: Solvik, card: Card, client: Client) -> None:
    here, door = f"/staff/cards/{card.reference}/", f"/staff/cards/{card.reference}/look/"
    file = f"{here}files/{card.attachments.get().pk}/"
    client.force_login(solvik.roads_leader)
    with time_machine.travel(NOW, tick=False) as clock:
        for wanted in (here, file, f"{here}contact-card.pdf"):
            answer = client.get(wanted)
            assert answer.status_code == 302
            assert answer["Location"].startswith(door)
        page = client.get(door, {"next": file}, HTTP_ACCEPT_LANGUAGE="en").content.decode().lower()
        assert not [word for word in SECRETS if word in page]
        assert client.post(door, {"next": file}).status_code == 422
        assert client.post(door, {"reason": "other", "text": " "}).status_code == 422
        assert not CardLook.objects.exists()
        assert client.post(door, {"reason": "work", "next": "https://elsewhere.example/"})["Location"] == here
        assert (
            client.post(door, {"reason": "other", "text": "Avtalt med kommunelegen", "next": file})["Location"] == file
        )
        assert b"".join(client.get(file).streaming_content)  # type: ignore[attr-defined]
        html = client.get(here, HTTP_ACCEPT_LANGUAGE="en").content.decode()
        assert "Zeppelinfrø" in html
        assert "Avtalt med kommunelegen" in html
        assert [(one.person, one.reason, one.at) for one in CardLook.objects.order_by("pk")] == [
            (solvik.roads_leader, "work", NOW), (solvik.roads_leader, "other", NOW),
        ]  # fmt: skip
        clock.shift(timedelta(minutes=31))
        assert client.get(here).status_code == 302
        # What was written meanwhile is taken, and is a look of its own.
        seen = card.events.order_by("-pk").first()
        assert seen is not None
        assert client.post(f"{here}note/", {"note-seen": seen.pk, "note-text": "Ringt"}).status_code == 302
        assert CardLook.objects.count() == 3
        clock.shift(timedelta(hours=13))
        assert client.post(f"{here}note/", {"note-seen": seen.pk + 1, "note-text": "Enda en"})["Location"] == door
        assert not card.notes.filter(text="Enda en").exists()
        for other in (solvik.handler, solvik.clerk):
            client.force_login(other)
            assert client.get(door).status_code == client.post(door, {"reason": "work"}).status_code == 404
            assert card.reference not in client.get("/staff/sensitive/").content.decode()
        client.force_login(solvik.roads_leader)
        assert card.reference in client.get("/staff/sensitive/").content.decode()


def test_the_api_asks_for_the_reason_in_a_header(solvik: Solvik, card: Card) -> None:
    client = APIClient()
    client.force_authenticate(solvik.roads_leader)
    here = f"/api/v1/cards/{card.reference}/"
    with time_machine.travel(NOW, tick=False):
        for address in (here, f"{here}events/", f"{here}attachments/{card.attachments.get().sha256}/"):
            for header in ({}, {"HTTP_LOOK_REASON": "curious"}):
                refused = client.get(address, **header)
                assert (refused.status_code, refused.json()["code"]) == (403, "reason_needed")
        assert not CardLook.objects.exists()
        assert client.get(here, HTTP_LOOK_REASON="check").json()["text"] == card.text
        noted = client.post(f"{here}notes/", {"text": "Ringt"}, format="json", HTTP_LOOK_REASON="work")
        assert noted.status_code == 200
        assert [(one.reason, one.by) for one in CardLook.objects.order_by("pk")] == [("check", "api"), ("work", "api")]
        assert client.get("/api/v1/cards/").json()["results"][0]["reference"] != card.reference


# --- Marking and naming -----------------------------------------------------------------------------------------------


def test_who_is_named_opens_it_until_it_goes_elsewhere(solvik: Solvik, card: Card) -> None:
    def opening() -> set[str]:
        return {name for name in [*OUTSIDERS, "roads_leader", "roads_deputy"] if open_to(person(solvik, name)).exists()}

    leader = solvik.roads_leader
    assert opening() == {"roads_leader", "roads_deputy"}
    name_reader(card, person=solvik.reader, by=leader, now=NOW)
    delegate_card(card, handler=solvik.handler, by=leader, now=NOW)
    assert opening() == {"roads_leader", "roads_deputy", "reader", "handler"}
    assert not visible_to(person(solvik, "reader")).filter(pk=card.pk).exists()
    for wrong in (solvik.reader, solvik.administrator):
        with pytest.raises(CannotBeNamed):
            name_reader(card, person=wrong, by=leader, now=NOW)
    with pytest.raises(NotAllowed):
        name_reader(card, person=solvik.clerk, by=solvik.handler, now=NOW)
    unname_reader(card, person=solvik.handler, by=leader, now=NOW)
    assert Card.objects.get(pk=card.pk).handler is None
    with pytest.raises(AlreadySo):
        unname_reader(card, person=solvik.handler, by=leader, now=NOW)
    reroute_card(card, unit=solvik.water, reason="x", by=solvik.clerk, now=NOW)
    assert opening() == {"water_leader"}
    reroute_card(card, unit=solvik.mayor, reason="x", by=solvik.clerk, now=NOW)
    assert opening() == {"mayors_secretary"}
    assert not CardReader.objects.exists()


def test_whose_it_is_while_nobody_leads_the_unit(solvik: Solvik, card: Card) -> None:
    Unit.objects.filter(pk=solvik.roads.pk).update(leader=None, deputy=None)
    people = [*OUTSIDERS, "sector_leader"]
    assert {name for name in people if open_to(person(solvik, name)).exists()} == {"sector_leader"}
    Person.objects.filter(pk=solvik.roads_leader.pk).update(is_active=False)
    alone = UnitFactory(code="alone", name="Alene")
    with pytest.raises(NobodyAnswers):
        reroute_card(card, unit=alone, reason="x", by=solvik.clerk, now=NOW)
    other = a_card(unit=alone)
    with pytest.raises(NobodyAnswers):
        mark_sensitive(other, reason="child", by=solvik.clerk, now=NOW)


def test_marking_and_taking_the_mark_off(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    delegate_card(card, handler=solvik.handler, by=solvik.roads_leader, now=NOW)
    client.force_login(solvik.handler)
    step = f"/staff/cards/{card.reference}/mark-sensitive/"
    with time_machine.travel(NOW, tick=False):
        seen = {"mark-sensitive-seen": card.events.order_by("-pk")[0].pk}
        assert client.post(step, seen | {"mark-sensitive-note": "Behold meg"}).status_code == 422
        wrong = client.post(step, seen | {"mark-sensitive-reason": "other"})
        assert wrong.status_code == 422
        # The case handler who has it is named; of somebody who works here that is not so.
        assert client.post(step, seen | {"mark-sensitive-reason": "child"}).status_code == 302
    assert is_visible(solvik.handler, card)
    unmark_sensitive(card, reason="mistake", by=solvik.roads_leader, now=NOW)
    assert not CardReader.objects.exists()
    assert visible_to(person(solvik, "clerk")).filter(pk=card.pk).exists()
    mark_sensitive(card, reason="staff", by=person(solvik, "clerk"), now=NOW)
    assert not is_visible(person(solvik, "handler"), card)
    assert not is_visible(person(solvik, "clerk"), card)
    assert [event.what for event in card.events.order_by("pk")][-3:] == [
        "marked_sensitive", "unmarked_sensitive", "marked_sensitive",
    ]  # fmt: skip


def test_service_centre_opens_it_only_until_it_is_sent_on_and_what_comes_out_of_it_is_sensitive_too(
    solvik: Solvik,
) -> None:
    clerk = solvik.clerk
    card = mark_sensitive(a_card(), reason="threat", by=clerk, now=NOW)
    assert card.unit == solvik.centre
    assert {
        name for name in ("clerk", "handler", "reader", "administrator") if open_to(person(solvik, name)).exists()
    } == {"clerk"}
    second = split_card(
        card,
        remaining_text="En",
        split_text="To",
        category=None,
        unit=solvik.water,
        by=clerk,
        now=NOW + timedelta(minutes=1),
    )
    assert Card.objects.get(pk=second.pk).sensitive
    assert not is_visible(person(solvik, "clerk"), second)
    told = OutgoingMail.objects.get(kind="card_forwarded", dedupe_key__contains=second.reference)
    assert (told.to, "To" in told.text.split()) == (solvik.water_leader.email, False)


def test_system_that_keeps_a_copy_hears_that_it_is_gone_and_no_more(solvik: Solvik) -> None:
    card = a_card(unit=solvik.roads)
    people = [person(solvik, name) for name in ("clerk", "roads_leader")]
    place_changes(now=NOW)
    cursors = [changes_since(one, first_cursor(one), limit=10).cursor for one in people]
    mark_sensitive(card, reason="child", by=solvik.roads_leader, now=NOW)
    place_changes(now=NOW)
    for number, one in enumerate(people):
        read_on = changes_since(one, cursors[number], limit=10)
        assert [(told.reference, told.card) for told in read_on.told] == [(card.reference, None)]
        cursors[number] = read_on.cursor
        assert changes_since(one, first_cursor(one), limit=10).told == []
    add_note(card, text="x", by=solvik.roads_leader, now=NOW)
    place_changes(now=NOW)
    assert [changes_since(one, cursor, limit=10).told for one, cursor in zip(people, cursors, strict=True)] == [[], []]
    unmark_sensitive(card, reason="over", by=solvik.roads_leader, now=NOW)
    place_changes(now=NOW)
    told = [changes_since(one, cursor, limit=10).told for one, cursor in zip(people, cursors, strict=True)]
    assert [[one.card for one in reader] for reader in told] == [[card], [card]]


# --- Former units -----------------------------------------------------------------------------------------------------


def test_unit_that_a_card_has_left_meets_what_it_says_nowhere(solvik: Solvik) -> None:
    """An ordinary card: page, steps, file, list, search, count, export, API, feed, the list's PDF, the mail's link."""
    card = a_card(unit=solvik.roads, text="Zeppelinfrø ble sagt", contact=WHOSE)
    picture = Upload("krenkelse.png", "image/png", ContentFile(photo((20, 20), kind="PNG").getvalue()))
    add_attachments(card, [picture], by=solvik.roads_leader, now=MONDAY)
    make = [run_overdue_list(now=moment) for moment in (FIRST, SECOND)]
    assert [report.cards for report in make] == [1, 1]
    link = answer_url(OverdueEntry.objects.filter(card=card).latest("pk"), solvik.roads_leader, SECOND)
    reroute_card(card, unit=solvik.water, reason="x", by=solvik.clerk, now=SECOND + timedelta(hours=1))
    file = card.attachments.get()
    here, api = f"/staff/cards/{card.reference}/", f"/api/v1/cards/{card.reference}/"
    page, other = Client(), APIClient()
    page.force_login(solvik.roads_leader)
    other.force_authenticate(person(solvik, "roads_leader"))
    gone = [
        here, f"{here}files/{file.pk}/", f"{here}contact-card.pdf", f"{here}look/", api, f"{api}events/",
        f"{api}attachments/{file.sha256}/",
    ]  # fmt: skip
    there = [
        "/staff/", "/staff/?q=zeppelinfrø", "/staff/today/", "/staff/overdue/2026-W49/roads/", "/staff/sensitive/",
        "/staff/overdue/2026-W49/roads/list.pdf", "/staff/export/cards.csv?texts=true", "/api/v1/cards/",
        "/api/v1/cards/export.ndjson?texts=true", "/api/v1/changes/", "/api/v1/overdue-runs/2026-W49/roads/?expand=card",
    ]  # fmt: skip
    with time_machine.travel(NOW, tick=False):
        for address in gone:
            assert (other if address.startswith("/api/") else page).get(address).status_code == 404, address
        assert page.post(f"{here}note/", {"note-text": "x"}).status_code == 404
        for address in there:
            answer = (other if address.startswith("/api/") else page).get(address)
            assert answer.status_code == 200, address
            said = words_of(answer)
            assert not [word for word in SECRETS if word in said and word not in address], address
        assert other.get("/api/v1/cards/").json()["results"] == []
        answer = Client().get(link)
        assert answer.status_code == 410
        assert "zeppelinfrø" not in answer.content.decode().lower()
