"""Steps on a card by the API: the same actions as the pages', on the card as it was seen, once under a key."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image
from rest_framework.test import APIClient

from feedback.api.urls import ON_A_CARD
from feedback.deadlines import Contact
from feedback.models import Callback, Card, ContactAttempt, SentRequest
from organisation.models import OutgoingMail
from organisation.permissions import Role
from tests.feedback.api.conftest import NOW, Town
from tests.threads import at_once

CONTACT = Contact(name="Kari Nordmann", address="Storgata 1", phone="33 00 00 00", email="kari@example.com")
TOMORROW = NOW + timedelta(days=1)
Clients = Callable[..., APIClient]


def at(card: Card, step: str = "") -> str:
    return f"/api/v1/cards/{card.reference}/{step}{'/' if step else ''}"


@pytest.fixture
def card(town: Town) -> Card:
    """A card with the unit for roads, owed a callback."""
    return town.card(contact=CONTACT, unit=town.roads)


@pytest.fixture
def leader(client_of: Clients) -> APIClient:
    return client_of("unit_leader")


# --- A card's whole life ---------------------------------------------------------------------------------------------


@time_machine.travel(TOMORROW, tick=False)
def test_a_whole_life_by_the_api(town: Town, centre: APIClient, leader: APIClient) -> None:
    card = town.card(contact=CONTACT)
    assert card.state == "registered"
    assert centre.post(at(card, "forward"), {"unit": "roads"}).json()["unit"] == "roads"
    assert leader.post(at(card, "contact-attempts"), {"note": "Ingen svar"}).json()["attempts"] == 1
    late = leader.post(at(card, "preliminary-answer"), {"reason": "Vi venter.", "expected_on": "2026-12-04"}).json()
    assert (late["expected_on"], late["due_on"]) == ("2026-12-04", "2026-11-26")
    handler = town.people["case_handler"]
    assert leader.post(at(card, "delegate"), {"handler": handler.email}).json()["handler"]["email"] == handler.email
    answer = leader.post(at(card, "callback"), {"summary": "Lyset er mendet.", "reaction": 5})
    assert (answer.status_code, answer.json()["state"]) == (200, "called_back")
    assert answer.json()["completed_at"] == "2026-11-17T10:30:00+01:00"
    assert leader.post(at(card, "close"), {"result": "answered"}).json()["close_result"] == "answered"
    again = centre.post(at(card, "reopen"), {"reason": "Mørkt igjen"}).json()
    assert (again["state"], again["due_on"], again["attempts"]) == ("forwarded", "2026-11-27", 0)
    events = centre.get(at(card, "events")).json()["results"]
    assert [event["what"] for event in events[::-1]] == [
        "registered", "forwarded", "contact_attempted", "preliminary_answer", "delegated", "called_back", "reported_back",
        "closed", "reopened", "deadline_set",
    ]  # fmt: skip
    assert events[1]["note"] == "Mørkt igjen"
    assert events[1]["by"]["email"] == "service_centre@solvik.example"
    kinds = set(OutgoingMail.objects.values_list("kind", flat=True))
    assert {"card_forwarded", "card_delegated", "preliminary_answer", "report_back"} <= kinds


@time_machine.travel(TOMORROW, tick=False)
def test_three_calls_and_a_posted_contact_card(leader: APIClient, card: Card) -> None:
    refused = leader.post(at(card, "contact-card"), {})
    assert (refused.status_code, refused.json()["code"]) == (409, "too_few_attempts")
    for hour in (8, 9, 10):
        leader.post(at(card, "contact-attempts"), {"made_at": f"2026-11-17T0{hour - 2}:00:00+01:00"})
    assert leader.post(at(card, "contact-card"), {}).status_code == 200
    posted = leader.post(at(card, "contact-card/posted"), {"posted_on": "2026-11-17"}).json()
    assert posted["state"] == "contact_card_posted"
    calls = leader.get(at(card, "contact-attempts")).json()["results"]
    assert [(call["made_at"], call["counts"]) for call in calls] == [
        (f"2026-11-17T0{hour}:00:00+01:00", True) for hour in (6, 7, 8)
    ]


@time_machine.travel(TOMORROW, tick=False)
def test_other_ways_a_card_ends(town: Town, centre: APIClient) -> None:
    anonymous = town.card("Gjerdet er ødelagt", unit=town.centre)
    done = centre.post(at(anonymous, "follow-up"), {"summary": "Mendet", "told": "Takk!"}).json()
    assert done["state"] == "followed_up"
    outside = town.card("Fylkesveien", contact=CONTACT)
    untold = centre.post(at(outside, "refer"), {"body": "Fylket"})
    assert (untold.status_code, untold.json()["errors"][0]["field"]) == (400, "contacted_at")
    told = {"body": "Fylket", "contacted_at": "2026-11-17T10:00:00+01:00"}
    assert centre.post(at(outside, "refer"), told).json()["state"] == "referred"
    first, second = town.card("Hull"), town.card("Hull igjen")
    doubled = {"result": "duplicate", "duplicate_of": first.reference}
    assert centre.post(at(second, "close"), doubled).json()["close_result"] == "duplicate"
    assert Card.objects.get(pk=second.pk).duplicate_of == first
    unknown = centre.post(at(first, "close"), {"result": "duplicate", "duplicate_of": "26-999999-0"})
    assert unknown.json()["errors"][0]["field"] == "duplicate_of"


@time_machine.travel(TOMORROW, tick=False)
def test_moving_and_a_note(town: Town, centre: APIClient, client_of: Clients, card: Card) -> None:
    leader = client_of("unit_leader")
    assert centre.post(at(card, "notes"), {"text": "Ring helst før ti."}).status_code == 200
    moved = centre.post(at(card, "reroute"), {"unit": "schools", "reason": "Skolens lys"}).json()
    assert (moved["unit"], moved["due_on"]) == ("schools", "2026-11-26")
    assert leader.get(at(card)).status_code == 404
    assert centre.post(at(card, "reroute"), {"unit": "roads", "reason": "Likevel"}).json()["unit"] == "roads"
    back = leader.post(at(card, "return"), {"reason": "Fylkesvei"})
    assert (back.status_code, back.content) == (204, b"")
    assert centre.get(at(card)).json()["unit"] == "centre"


# --- Correcting ------------------------------------------------------------------------------------------------------


@time_machine.travel(TOMORROW, tick=False)
def test_patch_changes_what_is_given_and_nothing_else(town: Town, centre: APIClient, card: Card) -> None:
    before = centre.get(at(card)).json()
    given = {"category": "lights", "place": "Skolegata 4", "submitter": {"phone": "33 11 11 11"}}
    after = centre.patch(at(card), given).json()
    assert {name for name in before if before[name] != after[name]} == {"category", "place", "submitter"}
    assert after["submitter"] == before["submitter"] | {"phone": "33 11 11 11"}
    events = card.events.count()
    assert centre.patch(at(card), given).json() == after
    assert card.events.count() == events


def test_patch_refuses_what_may_not_change(centre: APIClient, card: Card) -> None:
    answer = centre.patch(at(card), {"text": "Noe annet", "due_on": "2030-01-01"})
    assert answer.status_code == 400
    assert {error["field"] for error in answer.json()["errors"]} == {"text", "due_on"}
    assert Card.objects.get(pk=card.pk).text == card.text


def test_patch_takes_back_nothing_of_two_where_one_is_refused(centre: APIClient, card: Card) -> None:
    answer = centre.patch(at(card), {"place": "Torget", "submitter": {"phone": "ring meg"}})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "submitter.phone")
    assert Card.objects.get(pk=card.pk).place == ""


# --- Bad bodies ------------------------------------------------------------------------------------------------------


@time_machine.travel(TOMORROW, tick=False)
@pytest.mark.parametrize(
    ("step", "body", "field", "code"),
    [
        ("callback", {}, "summary", "required"),
        ("callback", {"summary": "x", "reaction": 7}, "reaction", "max_value"),
        ("callback", {"summary": "x", "reaction": "5"}, "reaction", "invalid"),
        ("callback", {"summary": "x", "reaction": True}, "reaction", "invalid"),
        ("callback", {"summary": "x", "reaction": 2}, "reason", "reason_missing"),
        ("callback", {"summary": "x", "reaction": 2, "reason": "y"}, "alternative", "alternative_missing"),
        ("callback", {"summary": "x", "reaction": 5, "held_at": "2026-11-17T10:00:00"}, "held_at", "no_zone"),
        ("callback", {"summary": "x", "reaction": 5, "held_at": "2027-01-01T10:00:00Z"}, "held_at", "impossible_date"),
        ("callback", {"summary": "x", "reaction": 5, "helt_at": "now"}, "helt_at", "unknown_field"),
        ("contact-attempts", {"made_at": 5}, "made_at", "invalid"),
        ("contact-attempts", {"made_at": "0001-01-01T00:00:00+14:00"}, "made_at", "too_early"),
        ("reroute", {"unit": "nowhere", "reason": "x"}, "unit", "does_not_exist"),
        ("reroute", {"unit": "schools", "reason": "  "}, "reason", "blank"),
        ("delegate", {"handler": "nobody@solvik.example"}, "handler", "does_not_exist"),
        ("delegate", {"handler": "no address"}, "handler", "invalid"),
        ("preliminary-answer", {"reason": "x", "expected_on": "2026-02-30"}, "expected_on", "invalid"),
        ("close", {"result": "gone"}, "result", "invalid_choice"),
        ("notes", {"text": "a\x00b"}, "text", "null_characters_not_allowed"),
        ("notes", [], "", "invalid"),
    ],
)
def test_bad_bodies_are_named_by_field_and_leave_nothing(
    centre: APIClient, card: Card, step: str, body: Any, field: str, code: str
) -> None:
    events = card.events.count()
    answer = centre.post(at(card, step), body)
    assert answer.status_code == 400, answer.json()
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [(field, code)]
    assert card.events.count() == events


# --- Who may ---------------------------------------------------------------------------------------------------------

# What each role gets for a step on a card of the unit for roads that is possible as it stands; 404 is «not seen».
MAY = {
    "service_centre": {200}, "unit_leader": {200}, "case_handler": {200}, "mayors_office": {404}, "chief_executive": {404},
    "quality_adviser": {403}, "administrator": {403}, "reader": {403}, "privacy": {403},
    "nobody": {403},
}  # fmt: skip


@time_machine.travel(TOMORROW, tick=False)
@pytest.mark.parametrize("who", [*map(str, Role), "nobody"])
def test_roles_are_the_pages(client_of: Clients, card: Card, who: str) -> None:
    client = client_of(who)
    assert {client.post(at(card, "contact-attempts"), {}).status_code} == MAY[who]
    sees = {200: 200, 403: 200 if who in ("quality_adviser", "reader") else 403, 404: 404}[next(iter(MAY[who]))]
    for part in ("events", "contact-attempts", "attachments"):
        assert client.get(at(card, part)).status_code == sees, part


@pytest.mark.parametrize("step", sorted(set(ON_A_CARD) - {"events"}))
def test_nobody_without_a_key_and_no_unseen_card(client_of: Clients, town: Town, step: str) -> None:
    card = town.card(unit=town.schools)
    assert client_of().post(at(card, step), {}).status_code == 401
    for who, statuses in (("unit_leader", {404}), ("reader", {403, 409})):
        body: Any = {"files": a_picture()} if step == "attachments" else WHOLE.get(step, {})
        answer = client_of(who).post(at(card, step), body, format="multipart" if "files" in body else "json")
        assert answer.status_code in statuses, who


WHOLE: dict[str, dict[str, Any]] = {
    "callback": {"summary": "x", "reaction": 5},
    "follow-up": {"summary": "x"},
    "refer": {"body": "Fylket"},
    "forward": {"unit": "roads"},
    "reroute": {"unit": "roads", "reason": "x"},
    "return": {"reason": "x"},
    "delegate": {"handler": None},
    "preliminary-answer": {"reason": "x", "expected_on": "2030-01-01"},
    "contact-card/posted": {"posted_on": "2026-11-17"},
    "notes": {"text": "x"},
    "close": {"result": "noted"},
    "reopen": {"reason": "x"},
}


# --- The card as it was seen -----------------------------------------------------------------------------------------


@time_machine.travel(TOMORROW, tick=False)
def test_if_match_lets_nobody_write_over_what_they_have_not_seen(
    centre: APIClient, leader: APIClient, card: Card
) -> None:
    seen = centre.get(at(card))["ETag"]
    first = leader.post(at(card, "contact-attempts"), {}, headers={"If-Match": seen})
    assert first.status_code == 200
    assert first["ETag"] != seen
    late = centre.post(at(card, "reroute"), {"unit": "schools", "reason": "x"}, headers={"If-Match": seen})
    assert (late.status_code, late.json()["code"]) == (412, "changed_meanwhile")
    assert Card.objects.get(pk=card.pk).unit.code == "roads"
    both = f"{seen}, {first['ETag']}"
    assert centre.patch(at(card), {"place": "Torget"}, headers={"If-Match": both}).status_code == 200
    assert centre.patch(at(card), {"place": "Havna"}, headers={"If-Match": "*"}).status_code == 200


@pytest.mark.parametrize(
    ("tag", "status"), [("12", 400), ('"', 400), ('W/"1"', 412), ('"x"', 412), ('"99999999999999999"', 412)]
)
def test_other_tags(centre: APIClient, card: Card, tag: str, status: int) -> None:
    answer = centre.patch(at(card), {"place": "Torget"}, headers={"If-Match": tag})
    assert answer.status_code == status
    assert Card.objects.get(pk=card.pk).place == ""


# --- Once under a key ------------------------------------------------------------------------------------------------


@time_machine.travel(TOMORROW, tick=False)
def test_a_call_sent_twice_counts_once(leader: APIClient, card: Card) -> None:
    key = {"Idempotency-Key": "a1"}
    first = leader.post(at(card, "contact-attempts"), {"note": "Opptatt"}, headers=key)
    again = leader.post(at(card, "contact-attempts"), {"note": "Opptatt"}, headers=key)
    assert (first.json(), again["Idempotent-Replayed"]) == (again.json(), "true")
    assert ContactAttempt.objects.count() == 1
    other = leader.post(at(card, "contact-attempts"), {"note": "Noe annet"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    elsewhere = leader.post(at(card, "notes"), {"text": "Opptatt"}, headers=key)
    assert elsewhere.status_code == 422


@time_machine.travel(TOMORROW, tick=False)
def test_what_was_refused_may_be_sent_again_under_its_key(leader: APIClient, card: Card) -> None:
    key = {"Idempotency-Key": "a2"}
    assert leader.post(at(card, "contact-card"), {}, headers=key).status_code == 409
    assert not SentRequest.objects.exists()
    for _each in range(3):
        leader.post(at(card, "contact-attempts"), {})
    assert leader.post(at(card, "contact-card"), {}, headers=key).status_code == 200


def test_two_people_may_use_the_same_key(centre: APIClient, leader: APIClient, card: Card) -> None:
    for client in (centre, leader):
        assert client.post(at(card, "notes"), {"text": "Hei"}, headers={"Idempotency-Key": "same"}).status_code == 200
    assert card.notes.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_at_once_under_one_key_are_done_once(town: Town, client_of: Clients) -> None:
    card = town.card(contact=CONTACT, unit=town.roads)
    key = {"Idempotency-Key": "k"}
    sends = [
        partial(client_of("unit_leader").post, at(card, "callback"), WHOLE["callback"], headers=key) for _each in "1234"
    ]
    answers = at_once(*sends)
    assert [answer.status_code for answer in answers] == [200] * 4
    assert Callback.objects.count() == 1


# --- Files -----------------------------------------------------------------------------------------------------------


def a_picture() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (20, 10), "green").save(out, "JPEG")
    return SimpleUploadedFile("lys.jpg", out.getvalue(), "text/plain")


def test_a_file_goes_in_and_comes_out(client_of: Clients, leader: APIClient, card: Card) -> None:
    key = {"Idempotency-Key": "file"}
    for _each in range(2):
        answer = leader.post(at(card, "attachments"), {"files": [a_picture()]}, format="multipart", headers=key)
        assert answer.status_code == 200, answer.json()
    (found,) = leader.get(at(card, "attachments")).json()["results"]
    assert (found["name"], found["content_type"], found["by_submitter"]) == ("lys.jpg", "image/jpeg", False)
    file = leader.get(found["url"])
    content = b"".join(file.streaming_content)  # type: ignore[attr-defined]
    assert hashlib.sha256(content).hexdigest() == found["sha256"]
    assert "attachment" in file["Content-Disposition"]
    assert client_of("mayors_office").get(found["url"]).status_code == 404


@pytest.mark.parametrize(
    ("name", "content"),
    [("virus.jpg", b"MZ\x90\x00"), ("side.html", b"<script>alert(1)</script>"), ("tom.jpg", b"\xff\xd8\xff")],
)
def test_bad_files_are_refused_and_named(leader: APIClient, card: Card, name: str, content: bytes) -> None:
    files = [SimpleUploadedFile(name, content)]
    answer = leader.post(at(card, "attachments"), {"files": files}, format="multipart")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "files")
    assert name in answer.json()["errors"][0]["detail"]
    assert not card.attachments.exists()


def test_files_only_in_their_own_field(leader: APIClient, card: Card) -> None:
    none = leader.post(at(card, "attachments"), {}, format="multipart")
    assert none.json()["errors"][0]["field"] == "files"
    wrong = leader.post(at(card, "attachments"), {"file": a_picture()}, format="multipart")
    assert wrong.json()["errors"][0]["field"] == "file"
    as_json = leader.post(at(card, "attachments"), {"files": ["x"]}, format="json")
    assert as_json.status_code == 415


# --- Statements ------------------------------------------------------------------------------------------------------


@time_machine.travel(TOMORROW, tick=False)
def test_histories_cost_the_same_whatever_their_length(leader: APIClient, card: Card) -> None:
    def statements(part: str) -> int:
        with CaptureQueriesContext(connection) as found:
            leader.get(at(card, part))
        return len(found)

    leader.post(at(card, "contact-attempts"), {})
    few = [statements(part) for part in ("events", "contact-attempts")]
    for _each in range(4):
        leader.post(at(card, "contact-attempts"), {})
    assert [statements(part) for part in ("events", "contact-attempts")] == few
    assert max(few) <= 6
