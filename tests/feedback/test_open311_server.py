"""Open311 GeoReport v2 as a server: each sentence of the specification that a client may lean on."""

from __future__ import annotations

import io
import json
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit
from xml.etree import ElementTree

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from feedback.actions.answering import record_callback
from feedback.actions.closing import close_card, reopen_card
from feedback.actions.stories import Words, publish_story, withdraw_story, write_story
from feedback.models import Card, CardEvent, LinkedPicture, ReceivedRequest, ReceivedUpdate
from organisation.actions.api_keys import revoke_api_key
from organisation.models import Change
from tests.factories import FULL_CONTACT, MONDAY, Solvik, a_card, events, mails, oslo
from tests.feedback.open311 import BASE, FORM, PLACE, Neighbour, Town, a_key, faults, make_town, said, xml
from tests.feedback.steps import called_back, followed_up, posted, referred
from tests.threads import at_once

W3C = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
FIELDS = [
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description", "agency_responsible",
    "service_notice", "requested_datetime", "updated_datetime", "expected_datetime", "address", "address_id", "zipcode",
    "lat", "long", "media_url",
]  # fmt: skip
WORDS = Words("Hullet er borte", "Det var et hull i veien.", "Vi tettet det.", "nb")


@pytest.fixture
def town(solvik: Solvik) -> Town:
    return make_town(solvik)


@pytest.fixture
def system(town: Town) -> Neighbour:
    return town.neighbour


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(MONDAY, tick=False) as travelled:
        yield travelled


def make_public(card: Card, solvik: Solvik, *, words: Words = WORDS) -> None:
    story = write_story(card, words, by=solvik.fresh(solvik.clerk), now=MONDAY)
    publish_story(story, seen=story.fingerprint, names_nobody=True, by=solvik.fresh(solvik.clerk), now=MONDAY)


# --- Forms, encoding, methods ---------------------------------------------------------------------------------------


def test_the_ending_alone_chooses_the_form(system: Neighbour) -> None:
    as_xml = system.client.get(f"{BASE}services.xml", headers={"Accept": "application/json"})
    as_json = system.client.get(f"{BASE}services.json", headers={"Accept": "text/xml"})
    assert as_xml["Content-Type"] == "text/xml; charset=utf-8"
    assert as_json["Content-Type"] == "application/json; charset=utf-8"
    assert as_xml.content.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
    root = xml(as_xml)
    assert (root.tag, {child.tag for child in root}) == ("services", {"service"})
    assert all(not element.attrib for element in root.iter())
    assert len(json.loads(as_json.content)) == len(root) == 3
    assert "Väg".encode() in system.get("services.xml", locale="sv").content
    first, second = json.loads(as_json.content)[:2]
    assert first["metadata"] is True
    assert second["metadata"] is False
    assert root.findtext("service/metadata") == "true"
    assert first["keywords"] is None  # what is empty is null
    assert root.find("service/keywords").text is None  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "path", ["", "services", "v2/", "v2/nothing.xml", "v2/services/", "v2/discovery.html", "v1/services.xml"]
)
def test_an_unknown_address_is_404_in_xml(town: Town, path: str) -> None:
    answer = town.neighbour.client.get(f"/open311/{path}")
    assert (answer.status_code, answer["Content-Type"]) == (404, "text/xml; charset=utf-8")
    root = xml(answer)
    assert (root.tag, root.findtext("error/code")) == ("errors", "404")
    assert root.findtext("error/description")


def test_an_unknown_address_is_404_in_json(system: Neighbour) -> None:
    assert faults(system.get("nothing.json"), 404)
    assert faults(system.client.post("/open311/v3/x.json"), 404)


@pytest.mark.parametrize("path", ["discovery", "services", "services/roads", "requests/26-000001-1", "tokens/1"])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options", "trace"])
def test_other_methods_are_405_with_the_same_body(town: Town, path: str, method: str) -> None:
    answer = getattr(town.neighbour.client, method)(f"{BASE}{path}.json")
    assert faults(answer, 405)
    assert answer["Allow"] == "GET, HEAD"
    assert not answer.has_header("Access-Control-Allow-Origin")


def test_who_may_read_is_anybody_on_gets_only_and_there_is_no_jsonp(system: Neighbour) -> None:
    assert system.get("services.json")["Access-Control-Allow-Origin"] == "*"
    assert system.get("requests/x.json")["Access-Control-Allow-Origin"] == "*"
    assert not system.post().has_header("Access-Control-Allow-Origin")
    assert not system.get("services.json", callback="alert").content.startswith(b"alert")
    assert system.get("requests.json").cookies == {}
    assert system.client.head(f"{BASE}services.xml").content == b""


def test_all_that_xml_cannot_hold_is_still_xml(town: Town, system: Neighbour) -> None:
    number = system.sends(description="<b>Hull & sånt</b> \x0b\x00😀 ]]>", attribute__where="01")
    answer = system.own(f"requests/{number}.xml")
    assert xml(answer).findtext("request/description") == "<b>Hull & sånt</b> \ufffd😀 ]]>\n\nHvor i veien?: Midt"
    [row] = said(system.own(f"requests/{number}.json"))
    assert row["description"].startswith("<b>Hull & sånt</b> \x0b😀")


# --- jurisdiction_id ------------------------------------------------------------------------------------------------


def test_jurisdiction_may_be_absent_or_empty_but_not_another(town: Town, settings: Any) -> None:
    system = town.neighbour
    assert said(system.get("services.json", jurisdiction_id="anything.no"))  # the town has not said what it is called
    type(town.solvik.municipality).objects.update(website="https://www.solvik.example/om")
    for right in ("", "solvik.example", "SOLVIK.example"):
        assert said(system.get("services.json", jurisdiction_id=right))
    for path in ("discovery", "services", "services/roads", "requests", "requests/1", "tokens/1"):
        [sentence] = faults(system.get(f"{path}.json", jurisdiction_id="elsewhere.no"), 404)
        assert "solvik.example" in sentence
    assert faults(system.post(service_code="roads", jurisdiction_id="elsewhere.no"), 404)
    assert faults(system.post("servicerequestupdates.json", jurisdiction_id="elsewhere.no"), 404)
    settings.OPEN311_JURISDICTION = "9999"
    assert faults(system.get("services.json", jurisdiction_id="solvik.example"), 404)
    assert said(system.get("services.json", jurisdiction_id="9999"))
    assert Card.objects.count() == 0


# --- Discovery, services, definitions -------------------------------------------------------------------------------


def test_discovery_has_every_field_in_both_forms(town: Town, settings: Any) -> None:
    settings.SITE_URL = "https://innspill.solvik.example"
    type(town.solvik.municipality).objects.update(email="post@solvik.example")
    found = said(town.neighbour.get("discovery.json"))
    assert sorted(found) == ["changeset", "contact", "endpoints", "key_service"]
    assert "post@solvik.example" in found["contact"]
    assert found["key_service"]
    production, test = found["endpoints"]
    assert production["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert (production["type"], test["type"]) == ("production", "test")
    assert production["url"] == "https://innspill.solvik.example/open311/v2"
    assert production["formats"] == ["text/xml", "application/json"]
    assert W3C.fullmatch(found["changeset"])
    assert found["changeset"] < "2026-11-02"
    root = xml(town.neighbour.get("discovery.xml"))
    assert root.tag == "discovery"
    assert [one.text for one in root.findall("endpoints/endpoint/formats/format")] == [
        "text/xml",
        "application/json",
    ] * 2


def test_changeset_moves_when_a_service_changes(town: Town) -> None:
    moment = oslo(2026, 10, 5, 8)
    Change.objects.create(at=moment, what="changed", kind="feedback.servicequestion", row=1)
    Change.objects.create(at=oslo(2026, 10, 6), what="changed", kind="organisation.unit", row=1)
    assert said(town.neighbour.get("discovery.json"))["changeset"] == "2026-10-05T06:00:00Z"


def test_services_are_the_categories_on_offer(system: Neighbour) -> None:
    rows = said(system.get("services.json"))
    assert [row["service_code"] for row in rows] == ["roads", "street-lights", "anything"]
    assert rows[1] == {
        "service_code": "street-lights", "service_name": "Gatelys", "description": "Mørke lykter", "metadata": False,
        "type": "realtime", "keywords": "lys", "group": "Teknisk",
    }  # fmt: skip
    assert said(system.get("services.json", locale="sv"))[0]["service_name"] == "Väg"
    assert said(system.get("services.json", locale="fi"))[0]["service_name"] == "Vei"
    assert [row["service_code"] for row in said(system.get("services.json", group="teknisk"))] == ["street-lights"]


def test_definition_tells_the_questions_in_order(system: Neighbour) -> None:
    found = said(system.get("services/roads.json"))
    assert found["service_code"] == "roads"
    assert [one["order"] for one in found["attributes"]] == [1, 2, 3, 4, 5]
    assert found["attributes"][0] == {
        "variable": True, "code": "depth", "datatype": "number", "required": False, "datatype_description": "Omtrent",
        "order": 1, "description": "Hvor dypt, i centimeter?",
    }  # fmt: skip
    assert found["attributes"][1]["required"] is True
    assert found["attributes"][1]["values"] == [{"key": "01", "name": "Midt"}, {"key": "02", "name": "Kant"}]
    assert found["attributes"][3]["variable"] is False
    assert found["attributes"][4]["automated"] == "server_set"
    root = xml(system.get("services/roads.xml"))
    assert (root.tag, root.findtext("service_code")) == ("service_definition", "roads")
    assert [one.text for one in root.findall("attributes/attribute/values/value/key")] == ["01", "02", "a", "b"]


def test_definition_without_questions_is_empty_and_of_none_is_404(system: Neighbour) -> None:
    assert said(system.get("services/anything.json")) == {"service_code": "anything", "attributes": []}
    for code in ("nothing", "closed", "inside", "a%00b", "æøå"):
        assert faults(system.client.get(f"{BASE}services/{code}.json"), 404)


# --- Sending --------------------------------------------------------------------------------------------------------


def test_a_request_becomes_a_card_by_the_way_of_all_cards(town: Town, system: Neighbour) -> None:
    answer = system.post(
        service_code="roads", description="Hull i veien\r\nStort.", address_string="Storgata 1", email="kari@example.test",
        first_name="Kari", last_name="Nordmann", phone="+47 33 18 10 00", attribute__depth="12", attribute__where="02",
        device_id="abc", account_id="17", **PLACE,
    )  # fmt: skip
    [row] = said(answer)
    card = Card.objects.select_related("submitter", "unit", "category").get()
    assert row["service_request_id"] == card.reference
    assert "token" not in row
    assert row["account_id"] == "17"
    assert row["service_notice"]
    assert card.text == "Hull i veien\nStort.\n\nHvor dypt, i centimeter?: 12\nHvor i veien?: Kant"
    assert (card.channel, card.place, str(card.latitude), str(card.longitude)) == (
        "open311", "Storgata 1", "59.050000", "10.030000",
    )  # fmt: skip
    assert (card.unit, card.category, card.registered_by) == (town.solvik.roads, town.roads, town.solvik.clerk)
    sub = card.submitter
    assert (sub.name, sub.email, sub.phone) == ("Kari Nordmann", "kari@example.test", "+47 33 18 10 00")
    assert events(card) == [("registered", "", "open311"), ("forwarded", "", "roads")]
    assert mails() == [("card_forwarded", "roads@solvik.test"), ("receipt", "kari@example.test")]


def test_the_promise_of_a_call_is_made_only_where_it_is_owed(town: Town, system: Neighbour) -> None:
    fields = {"service_code": "anything", "description": "Ros", "first_name": "Kari", "phone": "33181000"}
    [unrung] = said(system.post(**fields))
    type(town.solvik.municipality).objects.update(callback_rule="phone")
    [rung] = said(system.post(**fields | {"description": "Ris"}))
    assert "12" in rung["service_notice"]
    assert rung["service_notice"] != unrung["service_notice"]
    assert [card.callback_owed for card in Card.objects.order_by("id")] == [False, True]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"_anonymous": True}, 403),
        ({"_anonymous": True, "api_key": "innspill_wrong"}, 403),
        ({"_anonymous": True, "api_key": "\x00"}, 403),
        ({"service_code": ""}, 400),
        ({"service_code": "nothing"}, 404),
        ({"service_code": "closed"}, 404),
        ({"service_code": "inside"}, 404),
        ({"lat": ""}, 400),
        ({"lat": "", "long": ""}, 400),
        ({"lat": "91"}, 400),
        ({"long": "1e400"}, 400),
        ({"lat": "nan"}, 400),
        ({"lat": "59,05"}, 400),
        ({"attribute__where": ""}, 400),
        ({"attribute__where": "Midt"}, 400),
        ({"attribute__where": ["01", "02"]}, 400),
        ({"attribute__depth": "dypt"}, 400),
        ({"attribute__depth": "inf"}, 400),
        ({"attribute__hit": ["a", "c"]}, 400),
        ({"attribute__fixmystreet_id": "1" * 101}, 400),
        ({"description": "x" * 4001}, 400),
        ({"email": "kari"}, 400),
        ({"phone": "ring meg"}, 400),
        ({"first_name": "K" * 200}, 400),
        ({"media_url": "javascript:alert(1)"}, 400),
        ({"media_url": "https://a b"}, 400),
        ({"media_url": ["https://a.example/1.jpg"] * 6}, 400),
    ],
    ids=lambda value: json.dumps(value)[:50],
)
def test_what_cannot_be_taken_is_refused_and_leaves_nothing(town: Town, fields: dict[str, Any], status: int) -> None:
    right = {"service_code": "roads", "description": "Hull", "attribute__where": "01"} | PLACE
    answer = town.neighbour.post(**right | fields)
    assert faults(answer, status)
    assert Card.objects.count() == CardEvent.objects.count() == LinkedPicture.objects.count() == 0
    assert mails() == []


def test_each_wrong_field_has_its_sentence(system: Neighbour) -> None:
    answer = system.post(service_code="roads", lat="1", email="kari", attribute__depth="x", description="y" * 4001)
    assert len(faults(answer, 400)) == 6  # description, position alone, no place, email, depth, where
    root = xml(system.post("requests.xml", service_code="roads", lat="1", email="kari"))
    assert [one.text for one in root.findall("error/code")] == ["400"] * 4


@pytest.mark.parametrize(
    "where",
    [PLACE, {"address_string": "Storgata 1"}, {"address_id": "4711"}, {"address": "Storgata 1"},
     PLACE | {"address_string": "Storgata 1", "address_id": "4711"}],
)  # fmt: skip
def test_each_way_to_say_where_will_do(system: Neighbour, where: dict[str, str]) -> None:
    answer = system.post(service_code="roads", description="Hull", attribute__where="01", **where)
    assert said(answer)
    assert Card.objects.get().place == where.get("address_string", where.get("address", where.get("address_id", "")))


def test_place_is_asked_for_as_the_service_says(system: Neighbour) -> None:
    assert said(system.post(service_code="anything", description="Ros til biblioteket"))
    assert faults(system.post(service_code="street-lights", description="Mørkt", address_string="Storgata"), 400)
    assert said(system.post(service_code="street-lights", description="Mørkt", **PLACE))


def test_a_long_address_is_kept_whole(system: Neighbour) -> None:
    long = "Ved " + "det gamle " * 40 + "huset"
    system.sends(service_code="anything", address_string=long)
    assert long in Card.objects.get().text


def test_a_request_without_words_is_named_by_its_service(system: Neighbour) -> None:
    system.sends(service_code="street-lights", description="")
    assert Card.objects.get().text == "Gatelys"


def test_a_list_of_several_comes_in_both_spellings(system: Neighbour) -> None:
    body = f"api_key={system.secret}&service_code=roads&lat=1&long=2&attribute[where]=01&attribute[hit]"
    for spelling in ("[]=a&attribute[hit][]=b", "=a&attribute[hit]=b"):
        assert said(system.client.post(f"{BASE}requests.json", body + spelling, content_type=FORM))
    assert [card.text for card in Card.objects.all()] == [
        "Vei\n\nHvor i veien?: Midt\nHva er skadet?: Dekk, Sykkel"
    ] * 2


def test_moments_are_read_and_lines_kept_to_one(town: Town, system: Neighbour) -> None:
    question = town.roads.questions.get(code="depth")
    question.datatype = "datetime"
    question.save()
    assert faults(system.post(service_code="roads", attribute__where="01", attribute__depth="i går", **PLACE), 400)
    system.sends(attribute__where="01", attribute__depth="2026-11-01T12:00:00+01:00")
    assert "2026-11-01T11:00:00Z" in Card.objects.get().text
    question.datatype = "string"
    question.save()
    assert faults(system.post(service_code="roads", attribute__where="01", attribute__depth="a\nb", **PLACE), 400)


def test_the_key_may_stand_in_the_address(system: Neighbour) -> None:
    body = "service_code=anything&description=Ros"
    answer = system.client.post(f"{BASE}requests.json?api_key={system.secret}", body, content_type=FORM)
    assert said(answer)


def test_a_key_for_something_else_or_taken_back_is_403(town: Town, system: Neighbour) -> None:
    for scopes in (("cards:write",), ("cards:read", "overdue:read")):
        _key, other = a_key(town.solvik.clerk, name="Annet", scopes=scopes)
        assert faults(system.post(_anonymous=True, api_key=other, service_code="anything", description="x"), 403)
        assert faults(system.get("requests.json", api_key=other), 403)
    _key, powerless = a_key(town.solvik.reader, name="Leser")
    assert faults(system.post(_anonymous=True, api_key=powerless, service_code="anything", description="x"), 403)
    revoke_api_key(system.key, by=None, now=MONDAY)
    assert faults(system.post(service_code="anything", description="x"), 403)
    assert Card.objects.count() == 0


# --- Files and pictures by address ----------------------------------------------------------------------------------


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "JPEG")
    return out.getvalue()


def test_files_come_as_multipart_under_any_name(system: Neighbour) -> None:
    form = {"api_key": system.secret, "service_code": "anything", "description": "Se her"}
    files = {"media": SimpleUploadedFile("hull.jpg", picture()), "file2": SimpleUploadedFile("kant.jpg", picture())}
    assert said(system.client.post(f"{BASE}requests.json", form | files))
    card = Card.objects.get()
    assert {(one.name, one.content_type, one.by_submitter) for one in card.attachments.all()} == {
        ("kant.jpg", "image/jpeg", True), ("hull.jpg", "image/jpeg", True)
    }  # fmt: skip
    wrong = {"media": SimpleUploadedFile("virus.exe", b"MZ" * 100)}
    assert faults(system.client.post(f"{BASE}requests.json", form | {"description": "Igjen"} | wrong), 400)
    assert Card.objects.count() == 1


def test_a_torn_multipart_is_400(system: Neighbour) -> None:
    answer = system.client.post(
        f"{BASE}requests.json", b"--x\r\nContent", content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code in (400, 403)
    nonsense = system.client.post(f"{BASE}requests.json", b"x", content_type="multipart/form-data")
    assert faults(nonsense, 400)


def test_pictures_by_address_wait_for_the_worker(system: Neighbour) -> None:
    system.sends(
        service_code="anything",
        media_url=["https://a.example/1.jpg", "https://a.example/2.jpg", "https://a.example/1.jpg"],
    )
    assert list(LinkedPicture.objects.values_list("address", "state")) == [
        ("https://a.example/1.jpg", "waiting"), ("https://a.example/2.jpg", "waiting"),
    ]  # fmt: skip


# --- The same once more ---------------------------------------------------------------------------------------------


def test_what_is_sent_again_within_a_day_is_the_same_card(system: Neighbour, clock: Any) -> None:
    first = system.sends(attribute__where="01")
    clock.shift(timedelta(hours=23))
    assert system.sends(attribute__where="01") == first
    assert system.sends(attribute__where="02") != first
    clock.shift(timedelta(hours=2))
    assert system.sends(attribute__where="01") != first
    assert Card.objects.count() == ReceivedRequest.objects.count() == 3


def test_a_number_of_theirs_makes_it_the_same_for_ever(system: Neighbour, clock: Any) -> None:
    first = system.sends(attribute__where="01", attribute__fixmystreet_id="4711")
    clock.shift(timedelta(days=40))
    assert system.sends(attribute__where="02", description="Rettet", attribute__fixmystreet_id="4711") == first
    assert system.sends(attribute__where="01", attribute__fixmystreet_id="4712") != first
    assert "4711" not in Card.objects.get(reference=first).text


def test_two_systems_never_meet_in_one_card(town: Town, system: Neighbour) -> None:
    key, secret = a_key(town.solvik.clerk, name="Nabo")
    other = Neighbour(key, secret)
    first = system.sends(attribute__where="01", attribute__fixmystreet_id="1")
    assert other.sends(attribute__where="01", attribute__fixmystreet_id="1") != first


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_card() -> None:
    from tests.factories import make_solvik

    town = make_town(make_solvik())
    systems = [Neighbour(town.neighbour.key, town.neighbour.secret) for _ in range(3)]
    answers = at_once(
        *(lambda one=one: one.sends(attribute__where="01", attribute__fixmystreet_id="9") for one in systems)
    )
    assert len(set(answers)) == 1
    assert Card.objects.count() == 1


# --- Tokens, the endpoint for trying --------------------------------------------------------------------------------


def test_tokens_are_routed_and_unknown(system: Neighbour) -> None:
    assert faults(system.get("tokens/123.json"), 404)
    assert xml(system.get("tokens/123.xml")).tag == "errors"


def test_the_endpoint_for_trying_checks_all_and_keeps_nothing(town: Town, system: Neighbour) -> None:
    test = "/open311/test/v2/"
    form = {"api_key": system.secret, "service_code": "roads", "description": "Hull", "attribute[where]": "01", **PLACE}
    [row] = said(system.client.post(f"{test}requests.json", form))
    assert row["service_request_id"].startswith("test-")
    assert faults(system.client.post(f"{test}requests.json", form | {"attribute[where]": "9"}), 400)
    assert faults(system.client.post(f"{test}requests.json", form | {"api_key": "x"}), 403)
    number = system.sends(attribute__where="01")
    assert faults(system.client.get(f"{test}requests/{number}.json", {"api_key": system.secret}), 404)
    assert said(system.client.get(f"{test}requests.json", {"api_key": system.secret})) == []
    assert said(system.client.get(f"{test}services.json")) == said(system.get("services.json"))
    assert Card.objects.count() == 1


# --- Reading requests -----------------------------------------------------------------------------------------------


def test_only_what_a_published_story_tells_is_public(town: Town, system: Neighbour) -> None:
    solvik = town.solvik
    secret = a_card(
        text="Hos meg i Storgata 1",
        latitude=Decimal("59.05"),
        longitude=Decimal("10.03"),
        place="Storgata 1",
        category=town.roads,
    )
    public = a_card(
        text="Hemmelig tekst fra Kari", place="Storgata 1", latitude=Decimal("59.05"), longitude=Decimal("10.03"),
        category=town.roads, unit=solvik.roads, contact=FULL_CONTACT,
    )  # fmt: skip
    draft = a_card(text="Bare et utkast", category=town.roads)
    write_story(draft, WORDS, by=solvik.clerk, now=MONDAY)
    make_public(public, solvik)
    called_back(public, by=solvik.fresh(solvik.roads_leader), now=MONDAY)
    answer = system.get("requests.json")
    [row] = said(answer)
    assert list(row) == FIELDS
    assert row["service_request_id"] == public.reference
    assert (row["description"], row["status_notes"]) == ("Det var et hull i veien.", "Vi tettet det.")
    assert (row["status"], row["agency_responsible"], row["service_code"]) == ("closed", "Vei", "roads")
    assert [row[name] for name in ("address", "lat", "long", "media_url", "zipcode", "address_id")] == [None] * 6
    for hidden in ("Kari", "Storgata", "33 18 10 00", "Hullet er tettet", "59.05", public.secret):
        assert hidden.encode() not in answer.content
    unknown = system.get("requests/26-999999-1.json")
    for card in (secret, draft):
        hidden = system.get(f"requests/{card.reference}.json")
        assert faults(hidden, 404)
        assert hidden.content.replace(card.reference.encode(), b"") == unknown.content.replace(b"26-999999-1", b"")
    withdraw_story(public.stories.get(), by=solvik.fresh(solvik.clerk), now=MONDAY)
    assert said(system.get("requests.json")) == []
    assert faults(system.get(f"requests/{public.reference}.json"), 404)


def test_a_system_reads_what_it_sent_and_no_other_does(town: Town, system: Neighbour) -> None:
    number = system.sends(
        attribute__where="01", first_name="Kari", email="kari@example.test", address_string="Storgata 1"
    )
    [row] = said(system.own(f"requests/{number}.json"))
    assert list(row) == FIELDS
    assert (row["lat"], row["long"], row["address"]) == (59.05, 10.03, "Storgata 1")
    assert row["description"].startswith("Hull i veien")
    assert (row["status"], row["service_name"], row["expected_datetime"]) == ("open", "Vei", "2026-11-12T22:59:59Z")
    assert row["requested_datetime"] == row["updated_datetime"] == "2026-11-02T08:00:00Z"
    assert isinstance(row["service_request_id"], str)
    for path in (f"requests/{number}.json", f"requests/{number}.xml"):
        answer = system.own(path).content
        assert b"Kari" not in answer
        assert b"kari@" not in answer
    key, secret = a_key(town.solvik.clerk, name="Nabo")
    other = Neighbour(key, secret)
    assert faults(other.own(f"requests/{number}.json"), 404)
    assert faults(system.get(f"requests/{number}.json"), 404)
    assert said(other.own("requests.json")) == []
    renewed = Neighbour(*a_key(town.solvik.clerk))
    assert said(renewed.own(f"requests/{number}.json"))
    root = xml(system.own(f"requests/{number}.xml"))
    assert (root.tag, [child.tag for child in root]) == ("service_requests", ["request"])
    assert [child.tag for child in root[0]] == FIELDS


def test_open_until_answered_and_the_answer_is_never_told(town: Town, system: Neighbour, clock: Any) -> None:
    solvik = town.solvik
    type(solvik.municipality).objects.update(callback_rule="phone")
    leader = solvik.fresh(solvik.roads_leader)

    def one(number: str) -> dict[str, Any]:
        [row] = said(system.own(f"requests/{number}.json"))
        return dict(row)

    numbers = {
        name: system.sends(attribute__where="01", description=name, first_name="Kari", phone="33181000")
        for name in ("rung", "posted", "referred", "withdrawn")
    }
    cards = {name: Card.objects.get(reference=number) for name, number in numbers.items()}
    anonymous = system.sends(attribute__where="01", description="anonym")
    assert {one(number)["status"] for number in (*numbers.values(), anonymous)} == {"open"}
    later = MONDAY + timedelta(days=2)
    clock.move_to(later)
    record_callback(
        cards["rung"], held_at=MONDAY + timedelta(days=1), summary="Hemmelig svar", reaction=5, by=leader, now=later
    )
    posted(cards["posted"], by=leader, now=later)
    referred(cards["referred"], by=solvik.fresh(solvik.clerk), now=later)
    close_card(cards["withdrawn"], result="withdrawn", by=leader, now=later)
    followed_up(Card.objects.get(reference=anonymous), by=leader, now=later)
    found = {name: one(number) for name, number in numbers.items()} | {"anonymous": one(anonymous)}
    assert {name: row["status"] for name, row in found.items()} == {
        "rung": "closed", "posted": "open", "referred": "closed", "withdrawn": "closed", "anonymous": "closed",
    }  # fmt: skip
    assert {row["updated_datetime"] for row in found.values()} == {"2026-11-04T08:00:00Z"}
    assert found["rung"]["service_notice"] is None
    assert all(row["status_notes"] for row in found.values())
    assert "Hemmelig" not in json.dumps(found)
    clock.shift(timedelta(days=1))
    reopen_card(cards["rung"], reason="Hullet er tilbake", by=solvik.fresh(solvik.clerk), now=later + timedelta(days=1))
    assert (one(numbers["rung"])["status"], one(numbers["rung"])["updated_datetime"]) == (
        "open",
        "2026-11-05T08:00:00Z",
    )


def test_a_card_without_a_category_has_a_service_all_the_same(town: Town, system: Neighbour) -> None:
    card = a_card(category=None, unit=town.solvik.roads)
    make_public(card, town.solvik)
    [row] = said(system.get("requests.json"))
    assert row["service_code"] == "uncategorised"
    assert row["service_name"]


def published_on(town: Town, days: list[int]) -> dict[int, str]:
    """Publish a card for each number of days ago, and return its reference by the number."""
    made = {}
    for ago in days:
        card = a_card(
            now=MONDAY - timedelta(days=ago), category=town.roads if ago % 2 else town.lights, unit=town.solvik.roads
        )
        make_public(card, town.solvik)
        made[ago] = card.reference
    return made


def test_windows(town: Town, system: Neighbour, settings: Any) -> None:
    made = published_on(town, [0, 10, 89, 95, 170, 400])
    back = {reference: ago for ago, reference in made.items()}

    def ago(**parameters: Any) -> list[int]:
        return [back[row["service_request_id"]] for row in said(system.get("requests.json", **parameters))]

    def at(days: float) -> str:
        return (MONDAY - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")

    assert ago() == [0, 10, 89]  # the last 90 days, the newest first
    assert ago(start_date="", end_date="", status="", service_code="", page="") == [0, 10, 89]  # empty is absent
    assert ago(start_date=at(170)) == [89, 95, 170]  # 90 days from there
    assert ago(start_date=at(50)) == [0, 10]  # and never beyond now
    assert ago(end_date=at(95)) == [95, 170]
    assert ago(start_date=at(95), end_date=at(89)) == [89, 95]  # both ends included
    assert ago(start_date=at(89), end_date=at(95)) == []
    assert ago(start_date=at(500), end_date=at(0)) == [0, 10, 89, 95, 170, 400]  # no refusal where it is off
    assert ago(start_date=(MONDAY - timedelta(days=10)).strftime("%Y-%m-%dT%H:%M:%S")) == [0, 10]  # no zone: UTC
    assert ago(start_date="2026-10-23") == [0, 10]
    settings.OPEN311_REFUSE_LONG_WINDOWS = True
    assert faults(system.get("requests.json", start_date=at(500), end_date=at(0)), 400)
    assert ago(start_date=at(80), end_date=at(0)) == [0, 10]
    assert ago(start_date=at(500), end_date=at(0), api_key=system.secret) == [0, 10, 89, 95, 170, 400]
    assert ago(service_request_id=f"{made[400]},{made[0]},99-000000-0,tull", start_date="tull", status="x") == [0, 400]
    for wrong in ("i går", "2026-13-01", "2026-11-02T25:00:00Z", "9999-99-99T00:00:00Z"):
        assert faults(system.get("requests.json", start_date=wrong), 400)
    assert faults(system.get("requests.json", end_date="0001-01-01T00:00:00Z"), 400)
    assert faults(system.get("requests.json", start_date="9999-12-31T23:59:59Z"), 400)


def test_a_plus_that_nobody_escaped_is_a_plus(town: Town, system: Neighbour) -> None:
    published_on(town, [0, 1])
    found = said(system.client.get(f"{BASE}requests.json?start_date=2026-11-02T09:00:00+01:00"))
    assert len(found) == 1
    assert said(system.client.get(f"{BASE}requests.json?start_date=2026-11-02T09:00:00%2B0100")) == found


def test_status_and_service_narrow_the_list(town: Town, system: Neighbour) -> None:
    made = published_on(town, [0, 1, 2])
    called_back(Card.objects.get(reference=made[1]), by=town.solvik.fresh(town.solvik.roads_leader), now=MONDAY)

    def numbers(**parameters: Any) -> list[str]:
        return [row["service_request_id"] for row in said(system.get("requests.json", **parameters))]

    assert numbers(status="closed") == [made[1]]
    assert numbers(status="open") == [made[0], made[2]]
    assert len(numbers(status="open,closed")) == len(numbers()) == 3
    assert faults(system.get("requests.json", status="resolved"), 400)
    assert numbers(service_code="roads") == [made[1]]
    assert len(numbers(service_code="roads,street-lights,nothing")) == 3
    assert numbers(service_code="nothing") == []
    assert xml(system.get("requests.xml", service_code="nothing")).tag == "service_requests"
    assert system.get("requests.xml", service_code="nothing").content.endswith(b"<service_requests/>\n")


def test_pages(town: Town, system: Neighbour, settings: Any) -> None:
    settings.SITE_URL = "https://innspill.solvik.example"
    made = list(published_on(town, [0, 1, 2, 3, 4]).values())

    def page(**parameters: Any) -> tuple[list[str], Any]:
        answer = system.get("requests.json", **parameters)
        return [row["service_request_id"] for row in said(answer)], answer

    assert page(page=1, page_size=2)[0] == made[:2]
    assert page(page=3, page_size=2)[0] == made[4:]
    assert page(page=4, page_size=2)[0] == page(page=10**30, page_size=2)[0] == []  # beyond the last: an empty list
    for name in ("per_page", "limit", "max_requests"):
        assert page(**{name: 3})[0] == made[:3]
    for wrong in ({"page": "0"}, {"page": "x"}, {"page_size": "-1"}, {"page_size": "²"}):
        assert faults(page_answer(system, wrong), 400)
    answer = page(page=2, page_size=2, status="open", api_key=system.secret)[1]
    assert [answer[f"X-{name}"] for name in ("Page-Count", "Page-Size", "Result-Count")] == ["3", "2", "5"]
    following = urlsplit(answer["X-Next-Page-URL"])
    assert parse_qs(following.query) == {"page": ["3"], "page_size": ["2"], "status": ["open"]}
    assert "page=1" in answer["X-Previous-Page-URL"]
    assert system.secret not in str(answer.headers)
    assert page(page_size=5000)[1]["X-Page-Size"] == "1000"
    assert not page()[1].has_header("X-Next-Page-URL")


def page_answer(system: Neighbour, parameters: dict[str, str]) -> Any:
    return system.get("requests.json", **parameters)


def test_extensions_add_the_course_without_names(town: Town, system: Neighbour) -> None:
    number = system.sends(attribute__where="01")
    assert "extended_attributes" not in said(system.own(f"requests/{number}.json"))[0]
    followed_up(Card.objects.get(), by=town.solvik.fresh(town.solvik.roads_leader), now=MONDAY)
    [row] = said(system.own("requests.json", extensions="true"))
    found = row["extended_attributes"]
    assert found["detailed_status"] == "PROCESSED"
    assert [entry["status"] for entry in found["log"]] == ["received", "allocated", "done"]
    assert "Leader" not in json.dumps(found)
    assert xml(system.own(f"requests/{number}.xml", extensions="true")).findtext(".//entry/status") == "received"


def test_a_feed_of_changes_is_not_bound_to_the_window(town: Town, system: Neighbour, clock: Any) -> None:
    made = published_on(town, [200, 100, 5])
    old = Card.objects.get(reference=made[200])
    clock.shift(timedelta(days=3))
    called_back(old, by=town.solvik.fresh(town.solvik.roads_leader), now=MONDAY + timedelta(days=3))
    since = (MONDAY + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    [row] = said(system.get("requests.json", updated_after=since))
    assert (row["service_request_id"], row["updated_datetime"] >= since) == (old.reference, True)
    assert len(said(system.get("requests.json", updated_before=since))) == 2


def test_a_list_costs_the_same_whatever_is_in_it(town: Town, system: Neighbour) -> None:
    def cost(size: int, **parameters: Any) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert len(said(system.own("requests.json", page_size=size, **parameters))) == size
        return len(queries)

    published_on(town, [1, 2, 3, 4, 5])
    system.sends(attribute__where="01")
    system.own("requests.json")  # the key notes the day of its first use
    assert cost(2) == 5
    assert cost(6) == 5  # municipality; the key with its units and grants; count, cards, stories
    assert cost(6, extensions="true") == 6
    with CaptureQueriesContext(connection) as queries:
        system.get("services.json")
    assert len(queries) == 3


# --- News -----------------------------------------------------------------------------------------------------------


def test_a_system_reads_what_is_new_of_its_own(town: Town, system: Neighbour, clock: Any) -> None:
    number = system.sends(attribute__where="01", attribute__fixmystreet_id="77")
    a_card(unit=town.solvik.roads)
    card = Card.objects.get(reference=number)
    clock.shift(timedelta(hours=3))
    followed_up(card, by=town.solvik.fresh(town.solvik.roads_leader), now=MONDAY + timedelta(hours=3))
    rows = said(system.own("servicerequestupdates.json"))
    assert [row["status"] for row in rows] == ["OPEN", "IN_PROGRESS", "CLOSED"]
    assert {row["service_request_id"] for row in rows} == {number}
    assert {row["fixmystreet_id"] for row in rows} == {"77"}
    assert len({row["update_id"] for row in rows}) == 3
    assert rows == said(system.own("servicerequestupdates.json"))
    [last] = said(
        system.own("servicerequestupdates.json", start_date="2026-11-02T10:00:00Z", end_date="2026-11-02T11:00:00Z")
    )
    assert last["updated_datetime"] == "2026-11-02T11:00:00Z"
    assert all(row["description"] and "tettet" not in row["description"] for row in rows)
    root = xml(system.own("servicerequestupdates.xml"))
    assert (root.tag, {child.tag for child in root}) == ("service_request_updates", {"request_update"})
    assert faults(system.get("servicerequestupdates.json"), 403)
    assert faults(system.own("servicerequestupdates.json", start_date="x"), 400)
    key, secret = a_key(town.solvik.clerk, name="Nabo")
    assert said(Neighbour(key, secret).own("servicerequestupdates.json")) == []


NEWS = {
    "update_id": "5",
    "status": "FIXED",
    "updated_datetime": "2026-11-02T08:00:00Z",
    "description": "Noen har sagt fra",
}


def test_news_become_a_note_once_and_leave_the_card_as_it_is(town: Town, system: Neighbour) -> None:
    number = system.sends(attribute__where="01")
    before = mails()
    for _again in range(2):
        answer = system.post("servicerequestupdates.json", service_request_id=number, **NEWS)
        assert said(answer) == [{"update_id": "5"}]
    card = Card.objects.get(reference=number)
    assert (card.state, card.completed_at) == ("forwarded", None)
    assert events(card)[-1] == ("neighbour_told", "FiksGata", "FIXED")
    assert card.notes.get().text == "Noen har sagt fra"
    assert ReceivedUpdate.objects.get().status == "FIXED"
    assert mails()[len(before) :] == [("neighbour_told", "roads@solvik.test")]
    assert (
        xml(system.post("servicerequestupdates.xml", service_request_id=number, **NEWS)).findtext(".//update_id") == "5"
    )


def test_news_that_cannot_be_taken(town: Town, system: Neighbour) -> None:
    number = system.sends(attribute__where="01")
    path = "servicerequestupdates.json"
    assert len(faults(system.post(path), 400)) == 5
    assert faults(system.post(path, _anonymous=True, service_request_id=number, **NEWS), 403)
    for wrong in (
        {"status": "DONE"},
        {"updated_datetime": "i dag"},
        {"description": "x" * 4001},
        {"update_id": "9" * 101},
    ):
        assert faults(system.post(path, service_request_id=number, **NEWS | wrong), 400)
    others = a_card(unit=town.solvik.roads).reference
    for unknown in (others, "26-999999-9", "x"):
        assert faults(system.post(path, service_request_id=unknown, **NEWS), 404)
    key, secret = a_key(town.solvik.clerk, name="Nabo")
    assert faults(Neighbour(key, secret).post(path, service_request_id=number, **NEWS), 404)
    assert ReceivedUpdate.objects.count() == 0


# --- Whatever is sent -----------------------------------------------------------------------------------------------

NAMES = st.sampled_from(
    ["api_key", "service_code", "lat", "long", "address_string", "description", "email", "phone", "first_name", "media_url",
     "attribute[where]", "attribute[hit][]", "attribute[depth]", "jurisdiction_id", "account_id", "update_id", "status",
     "updated_datetime", "service_request_id", "start_date", "end_date", "updated_after", "page", "page_size", "extensions",
     "locale", "group"]
)  # fmt: skip
VALUES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["roads", "anything", "01", "59", "-0", "1e5", "\x00", "2026-11-02T00:00:00Z", "0001-01-01",
                     "9999-12-31", "\ud800", "%", "true", "26-000001-1", "https://a.example/x.jpg", "http://[", "FIXED",
                     "x" * 5000]),
)  # fmt: skip
PATHS = st.one_of(
    st.sampled_from(["discovery", "services", "services/roads", "requests", "requests/26-000001-1", "tokens/1",
                     "servicerequestupdates"]),
    st.text(max_size=20),
)  # fmt: skip


@settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(path=PATHS, form=st.sampled_from(["xml", "json"]), fields=st.lists(st.tuples(NAMES, VALUES), max_size=8),
       writes=st.booleans(), with_key=st.booleans())  # fmt: skip
def test_whatever_is_sent_there_is_a_sound_answer(
    town: Town, path: str, form: str, fields: list[tuple[str, str]], writes: bool, with_key: bool
) -> None:
    client = Client(raise_request_exception=True)
    data: dict[str, list[str]] = {"api_key": [town.neighbour.secret]} if with_key else {}
    for name, value in fields:
        data.setdefault(name, []).append(value.encode(errors="replace").decode())
    address = f"{BASE}{quote(path)}.{form}"
    query = urlencode(data, doseq=True)
    answer = client.post(address, query, content_type=FORM) if writes else client.get(f"{address}?{query}")
    assert answer.status_code in (200, 400, 403, 404, 405)
    if address.endswith(".json") and "/open311/" in answer.wsgi_request.path:
        json.loads(answer.content)
    else:
        ElementTree.fromstring(answer.content)  # noqa: S314 (our own)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"\xff\xfe" * 10, FORM),
        (b"a=%ff%fe&description=%C3%28", FORM),
        (b"{}", "application/json"),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", "text/xml"),
        (b"x" * 6_000_000, FORM),
        (b"&".join(b"a=1" for _ in range(2000)), FORM),
        (b"a=1", "application/x-www-form-urlencoded; charset=utf-16"),
    ],
    ids=["bytes", "broken utf-8", "json", "xml", "too large", "too many fields", "another charset"],
)
def test_a_body_that_is_none(town: Town, body: bytes, content_type: str) -> None:
    for path in ("requests.json", "servicerequestupdates.json"):
        answer = town.neighbour.client.post(f"{BASE}{path}", body, content_type=content_type)
        assert answer.status_code in (400, 403)
        assert faults(answer, answer.status_code)


def test_a_fault_of_ours_has_the_same_body(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    from feedback.open311 import views

    def broken() -> None:
        raise RuntimeError

    monkeypatch.setattr(views, "services", broken)
    assert faults(town.neighbour.get("services.json"), 500)
    assert xml(town.neighbour.get("services.xml")).findtext("error/code") == "500"


def test_before_the_municipality_is_set_up(db: None) -> None:
    assert faults(Client().get(f"{BASE}services.json"), 503)
