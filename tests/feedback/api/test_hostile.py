"""What comes in to break something: refused as a problem in the caller's language, or taken as the text that it is."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.http import HttpResponse
from django.test import Client
from django.utils import translation
from rest_framework.test import APIClient

from config.wsgi import application
from feedback.actions.intake import LONGEST_TEXT
from feedback.api.pagination import NewestFirst
from feedback.deadlines import Contact
from feedback.models import Attachment, Card
from organisation.actions.api_keys import create_api_key
from organisation.models import OutgoingMail, Unit
from surveys.actions.answering import LONGEST_COMMENT
from surveys.models import Answer, Comment
from tests.feedback.api.conftest import NOW, Town
from tests.feedback.api.test_problems import check
from tests.pictures import photo
from tests.surveys.rounds import Round, make_round

pytestmark = pytest.mark.django_db

CARDS = "/api/v1/cards/"
HTML = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}'
CONTACT = Contact(name="Kari Nordmann", address="Storgata 1", phone="33 00 00 00", email="kari@example.org")


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def made(town: Town) -> Round:
    """A survey that is open to all beside its three invited."""
    return make_round(now=NOW, opens_at=NOW, fielded_at=NOW, created_at=NOW, open_to_all=True)


def refused(answer: HttpResponse) -> dict[str, Any]:
    """See that it is a problem whatever it is of, and return it."""
    assert 400 <= answer.status_code < 500, (answer.status_code, answer.content[:300])
    code = json.loads(answer.content)["code"]
    fields = [error["field"] for error in json.loads(answer.content).get("errors", [])]
    return check(answer, answer.status_code, code, fields or None)


# --- Bodies ------------------------------------------------------------------------------------------------------------

BODIES: dict[str, tuple[bytes, str, int]] = {
    "nothing": (b"", "application/json", 400),
    "only a null character": (b"\x00", "application/json", 400),
    "latin-1 said to be UTF-8": ('{"text": "Bråk på øya"}'.encode("latin-1"), "application/json; charset=utf-8", 400),
    "UTF-16": ('{"text": "Bråk"}'.encode("utf-16"), "application/json", 400),
    "UTF-16 that says so": ('{"text": "Bråk"}'.encode("utf-16"), "application/json; charset=utf-16", 400),
    "a byte order mark": (b'\xef\xbb\xbf{"text": "a"}', "application/json", 400),
    "half a surrogate pair": (b'{"text": "a\\ud800b"}', "application/json", 400),
    "half a pair as a name": (b'{"text": "a", "\\udfff": 1}', "application/json", 400),
    "a null character in a text": (b'{"text": "a\\u0000b"}', "application/json", 400),
    "a packed body": (zlib.compress(b'{"text": "a"}'), "application/json; charset=zlib", 400),
    "a charset that is no text": (b'{"text": "a"}', "application/json; charset=idna", 400),
    "a charset that breaks": (b'{"text": "a"}', "application/json; charset=undefined", 400),
    "a name twice": (b'{"text": "a", "unit": "roads", "unit": "schools"}', "application/json", 400),
    "twice further in": (b'{"text": "a", "submitter": {"name": "a", "name": "b"}}', "application/json", 400),
    "deep": (b'{"text": ' + b"[" * 200 + b"]" * 200 + b"}", "application/json", 400),
    "deeper": (b'{"text": ' + b'{"a":' * 20_000 + b"1" + b"}" * 20_000 + b"}", "application/json", 400),
    "deep in an answer": (b'{"answers": {"road": ' + b"[" * 900 + b"]" * 900 + b"}}", "application/json", 400),
    "a number of many digits": (b'{"text": "a", "latitude": ' + b"9" * 5000 + b', "longitude": 1}', "application/json", 400),
    "an exponent": (b'{"text": "a", "latitude": 1e400, "longitude": 1}', "application/json", 400),
    "no number": (b'{"text": "a", "latitude": NaN, "longitude": Infinity}', "application/json", 400),
    "ten megabytes": (b'{"text": "' + b"x" * 10_000_000 + b'"}', "application/json", 413),
    "four megabytes": (b'{"text": "' + b"x" * 4_000_000 + b'"}', "application/json", 400),
    "many names": (json.dumps({str(n): n for n in range(50_000)}).encode(), "application/json", 400),
    "a form": (b"text=a", "application/x-www-form-urlencoded", 415),
    "XML with an entity": (
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "application/xml", 415,
    ),
    "a page": (b"<html>", "text/html", 415),
    "a type that is none": (b'{"text": "a"}', "/;=,\x7f", 415),
    "parts without a boundary": (b"--x", "multipart/form-data", 415),
}  # fmt: skip


@pytest.mark.slow
def test_no_body_breaks_an_operation_and_none_is_taken(
    town: Town,
    centre: APIClient,
    client_of: Callable[..., APIClient],
    made: Round,
) -> None:
    card = town.card(contact=CONTACT, unit=town.roads)
    before = (Card.objects.count(), OutgoingMail.objects.count(), card.events.count())
    doors = {
        "a card": ("POST", CARDS, centre),
        "a preview": ("POST", "/api/v1/routing-preview/", centre),
        "a change": ("PATCH", f"{CARDS}{card.reference}/", centre),
        "a callback": ("POST", f"{CARDS}{card.reference}/callback/", centre),
        "a run": ("POST", "/api/v1/overdue-runs/", centre),
        "an answer": ("POST", "/api/v1/surveys/citizens-2026/answers/", client_of(None)),
        "a code": ("POST", "/api/v1/survey-by-code/", client_of(None)),
        "a token": ("POST", "/api/v1/token/", client_of(None)),
    }
    taken_empty = {"a run", "a change"}  # where nothing is compulsory, nothing is all there is
    for door, (method, path, client) in doors.items():
        for name, (body, content_type, status) in BODIES.items():
            if name == "nothing" and door in taken_empty:
                continue
            headers = {"Idempotency-Key": f"{door} {name}".replace(" ", "-")}
            answer = client.generic(method, path, body, content_type=content_type, headers=headers)
            assert refused(answer)["status"] in (status, 429), (door, name)
    assert (Card.objects.count(), OutgoingMail.objects.count(), card.events.count()) == before
    assert not Answer.objects.exists()


@pytest.mark.parametrize("language", ["nb", "nn", "sv"])
def test_the_sentence_is_in_the_callers_language(client_of: Callable[..., APIClient], language: str) -> None:
    client = client_of("service_centre", language)
    for name, said in (
        ("a name twice", "«%(name)s» stands twice in the same object."),
        ("deep", "The JSON is nested too deeply."),
        ("UTF-16", "The request is not in UTF-8."),
    ):
        body, content_type, _status = BODIES[name]
        told = refused(client.generic("POST", CARDS, body, content_type=content_type))
        with translation.override(language):
            assert told["detail"] == translation.gettext(said) % {"name": "unit"}
            assert told["detail"] != said


# --- Addresses, parameters, headers ------------------------------------------------------------------------------------

LONG = "9" * 6000
ODD = ["%00", "%ED%A0%80", "%FF%FE", "..%2F..%2Fetc%2Fpasswd", "%3Cscript%3E", LONG, "-1", "1%27%20OR%201%3D1--"]
ADDRESSES = [
    "cards/{}/", "cards/{}/events/", "cards/{}/attachments/", "cards/{}/attachments/{}/", "overdue-runs/{}/",
    "overdue-runs/2026-W47/{}/", "escalations/{}/", "surveys/{}/", "surveys/{}/results/",
]  # fmt: skip


@pytest.mark.slow
def test_no_address_leads_anywhere_it_should_not(town: Town, centre: APIClient) -> None:
    reference = town.card().reference
    for odd in ODD:
        for address in [*ADDRESSES, f"cards/{reference}/attachments/{{}}/"]:
            path = f"/api/v1/{address}".replace("{}", odd)
            assert refused(centre.get(path))["status"] == 404, path


QUERIES = [
    *(f"{name}={odd}" for odd in ["%00", "%ED%A0%80", "%FF", LONG, "%3Cscript%3E"]
      for name in ("cursor", "page_size", "fields", "expand", "unit", "category", "state", "due", "received_from", "mine")),
    "cursor=bnVsbHww", "cursor=MjAyNi0xMS0xNlQwOTozMDowMCswMDowMHwtMQ", "cursor=MDAwMS0wMS0wMVQwMDowMDowMCsxNDowMHwx",
    "cursor=MjAyNi0xMS0xNlQwOTozMDowMHwx", "page_size=%D9%A1%D9%A2", "page_size=1e1", "fields=" + "a," * 3000,
    "fields=__class__", "expand=unit__leader__password", "state=__class__", "&".join(f"x{n}=1" for n in range(900)),
]  # fmt: skip


@pytest.mark.slow
def test_no_parameter_breaks_a_list_or_opens_one(town: Town, centre: APIClient) -> None:
    """The search alone takes any text."""
    town.card()
    for query in QUERIES:
        answer = centre.get(f"{CARDS}?{query}")
        if answer.status_code == 200:  # a cursor of a moment before all cards, a day that nothing came
            assert answer.json()["results"] == [], query
        else:
            refused(answer)
        for path in ("units", "categories", "overdue-runs", "escalations", "surveys"):
            answer = centre.get(f"/api/v1/{path}/?{query}")
            assert answer.status_code == 200 or refused(answer), (path, query)
    for text in ("%FF", "%3Cscript%3E", "'%20OR%201=1--", "a%20%26%20|%20!%20%3A*", LONG):
        assert centre.get(f"{CARDS}?q={text}").status_code in (200, 400)


def test_a_cursor_is_a_place_and_no_pass(town: Town, centre: APIClient, client_of: Callable[..., APIClient]) -> None:
    for number in range(3):
        town.card(f"Hull {number}", unit=town.schools)
    page = centre.get(CARDS, {"page_size": 1}).json()["next"]
    assert len(centre.get(page).json()["results"]) == 1
    assert client_of("unit_leader").get(page).json() == {"next": None, "results": []}
    assert NewestFirst.parameters == ("cursor", "page_size")


def test_no_header_breaks_a_request(town: Town, centre: APIClient) -> None:
    here = f"{CARDS}{town.card(contact=CONTACT).reference}/"
    for name, values in {
        "If-Match": ['"' + LONG + '"', '"1",' * 3000, "W/" * 5000, "\x00", '"\xff"', "1"],
        "Idempotency-Key": ["", "x" * 256, "a b", "\x00", "å", "x" * 100_000],
        "Accept": ["x" * 10_000, "*/*;" * 3000, "text/html", "application/json;q=\x00"],
        "Accept-Language": ["x" * 100_000, "nb;q=" + LONG, "\x00", "../../etc"],
        "Authorization": ["Bearer " + "x" * 100_000, "Token \xff", "Basic " + "=" * 3000, "Bearer innspill_" + LONG],
        "Content-Type": ["application/json;" * 2000, "application/json; charset=" + "x" * 5000],
        "Host": ["a b", "evil.example/x", "x" * 5000],
        "X-Forwarded-For": ["x" * 10_000, "\x00"],
        "Range": ["bytes=0-" + LONG],
    }.items():
        for value in values:
            for method, body in (("GET", b""), ("PATCH", b'{"place": "a"}')):
                content_type = {"content_type": "application/json"} if name != "Content-Type" else {}
                answer = centre.generic(method, here, body, headers={name: value}, **content_type)
                assert answer.status_code in (200, 412) or refused(answer), (name, value[:40], method)
                assert answer["Content-Type"].partition(";")[0] in ("application/json", "application/problem+json")


# --- What is taken is text ---------------------------------------------------------------------------------------------


def test_html_in_every_field_is_text_on_every_page(town: Town, centre: APIClient) -> None:
    body = {
        "text": HTML, "place": HTML, "area": HTML,
        "submitter": {"name": HTML, "address": HTML, "phone": "33 00 00 00", "other_way_note": HTML},
    }  # fmt: skip
    made_card = centre.post(CARDS, body)
    assert (made_card.status_code, made_card["Content-Type"]) == (201, "application/json")
    reference = made_card.json()["reference"]
    here = f"{CARDS}{reference}/"
    centre.post(f"{here}forward/", {"unit": "roads"})
    centre.post(f"{here}notes/", {"text": HTML})
    centre.post(f"{here}contact-attempts/", {"note": HTML})
    centre.post(f"{here}preliminary-answer/", {"reason": HTML, "expected_on": "2026-12-01"})
    said = {"summary": HTML, "measures": HTML, "reaction": 2, "reason": HTML, "alternative": HTML}
    assert centre.post(f"{here}callback/", said).status_code == 200
    upload = SimpleUploadedFile(f"{HTML}.pdf".replace("/", ""), b"%PDF-1.4\n", "text/html")
    assert centre.post(f"{here}attachments/", {"files": [upload]}, format="multipart").status_code == 200
    assert centre.get(here).json()["text"] == HTML
    card = Card.objects.get(reference=reference)
    staff = Client()
    staff.force_login(town.people["service_centre"])
    pages = [staff.get(path).content.decode() for path in (f"/staff/cards/{reference}/", "/staff/", "/staff/?q=alert")]
    pages.append(Client().get(f"/card/{card.secret}/").content.decode())
    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "{{7*7}}" not in page or "49" not in page.partition("{{7*7}}")[0][-5:]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in pages[0]


def zip_bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", b"\x00" * 30_000_000)
    return packed.getvalue()


def png_bomb() -> bytes:
    """A picture of 30,000 by 30,000 pixels in a few hundred bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\x00" * 1000))
        + chunk(b"IEND", b"")
    )


def test_files_that_are_traps_are_refused_and_double_faced_ones_lose_their_other_face(
    town: Town,
    centre: APIClient,
) -> None:
    here = f"{CARDS}{town.card().reference}/attachments/"
    jpeg = photo((60, 40)).getvalue()
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
    traps = {
        "bomb.zip": zip_bomb(), "bomb.png": png_bomb(), "page.html": b"<script>alert(1)</script>", "a.svg": svg,
        "torn.jpg": jpeg[:40], "empty.pdf": b"", "gif.gif": b"GIF89a" + b"\x00" * 50, "zip.pdf": zip_bomb()[:2000],
        "large.pdf": b"%PDF-1.4" + b"x" * (10 * 1024 * 1024),
    }  # fmt: skip
    for name, content in traps.items():
        # The type that is said is nobody's business: it is read from the content.
        sent = {"files": [SimpleUploadedFile(name, content, "image/jpeg")]}
        assert refused(centre.post(here, sent, format="multipart"))["errors"][0]["field"] == "files", name
    assert refused(centre.post(here, {"files": ["text"]}, format="multipart"))["status"] == 400
    six = [SimpleUploadedFile(f"{n}.jpg", jpeg, "image/jpeg") for n in range(6)]
    assert refused(centre.post(here, {"files": six}, format="multipart"))["status"] == 400
    many = [SimpleUploadedFile(f"{n}.jpg", b"x", "image/jpeg") for n in range(150)]
    assert refused(centre.post(here, {"files": many}, format="multipart"))["status"] == 400
    torn = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\n'
    for boundary in ("b", "", "\x00", "x" * 5000):
        refused(centre.generic("POST", here, torn, content_type=f"multipart/form-data; boundary={boundary}"))
    assert not Attachment.objects.exists()

    polyglot = jpeg + b"<script>alert(1)</script>" + zip_bomb()
    names = ["../../etc/passwd.jpg", "a\r\nSet-Cookie: b=c.jpg", "<b>.jpg"]
    for name in names:
        upload = SimpleUploadedFile("x.jpg", polyglot, "text/html")
        upload.name = name
        sent = centre.post(here, {"files": [upload]}, format="multipart")
        assert sent.status_code == 200, sent.content
    for attachment in Attachment.objects.all():
        content = attachment.file.read()
        attachment.file.close()
        assert b"script" not in content
        assert zipfile.is_zipfile(io.BytesIO(content)) is False
        assert "/" not in attachment.name
        assert ".." not in attachment.file.name
        got = centre.get(f"{here}{attachment.sha256}/")
        b"".join(got.streaming_content)  # type: ignore[attr-defined]
        assert got["Content-Disposition"].startswith("attachment")
        assert (got["X-Content-Type-Options"], "Set-Cookie" in got) == ("nosniff", False)


# --- The forms behind it -----------------------------------------------------------------------------------------------

BAD = ["a\x00b", "\ud800", "\u202e", "x" * 5000, LONG, HTML, "-1", "1e999", "９９", "2026-02-30", "\x7f", "🙂" * 2000]


@pytest.mark.slow
def test_no_text_in_a_field_breaks_a_page(town: Town, client: Client, made: Round) -> None:
    """Each field of the citizen's form, of registration and of answering with each odd text: taken as text, or said."""
    staff = Client()
    staff.force_login(town.people["service_centre"])
    card = town.card(contact=CONTACT, unit=town.roads)
    survey = "/surveys/citizens-2026/"
    doors = [
        (client, "/", ["text", "name", "address", "phone", "email", "place", "kind", "category", "key", "opened"]),
        (client, "/card/", ["reference", "code"]),
        (client, "/answer/", ["code"]),
        (client, survey, ["q-road", "q-lights", "q-used", "q-words", "q-which", "q-most.1", "brought", "ticket", "step", "go",
                          "language", "sending"]),
        (staff, "/staff/register/", ["text", "channel", "received_on", "unit", "category", "name", "phone", "email", "key"]),
        (staff, f"/staff/cards/{card.reference}/callback/", ["callback-summary", "callback-held_on", "callback-held_time",
                                                             "callback-reaction", "callback-seen"]),
        (staff, f"/staff/cards/{card.reference}/delegate/", ["delegate-handler", "delegate-seen"]),
        (staff, f"/staff/cards/{card.reference}/forward/", ["forward-unit", "forward-seen"]),
    ]  # fmt: skip
    usual = {"text": "Hull", "step": "streets", "go": "next", "callback-summary": "a", "callback-reaction": "5"}
    for browser, path, names in doors:
        # Each odd text in all fields at once, and those on which most breaks in each alone.
        tries = [dict.fromkeys(names, bad) for bad in BAD] + [{name: bad} for name in names for bad in (LONG, "a\x00b")]
        for odd in tries:
            # A browser sends half a pair as «?»; who sends its bytes gets them replaced.
            sent = {name: bad.encode(errors="surrogatepass").decode(errors="replace") for name, bad in odd.items()}
            status = browser.post(path, usual | sent).status_code
            assert status < 500, (path, list(odd)[:2], repr(sent)[:80])


def test_what_a_page_brought_along_is_not_trusted(town: Town, client: Client, made: Round) -> None:
    here, about = "/surveys/citizens-2026/", {"step": ".review", "go": "send"}
    for brought in (
        '{"words": "a\\ud800b\\u0000c", "road": 5}',
        json.dumps({"words": ["a"], "road": "9" * 5000, "which": [{"a": 1}], "used": {"a": 1}}),
        "[" * 100_000,
        "9" * 5000,
        '{"road": 5, "road": 6}',
    ):
        answer = client.post(here, about | {"brought": brought})
        assert answer.status_code in (302, 413, 422), brought[:40]
    assert {value for answer in Answer.objects.all() for value in answer.values.values()} <= {5, 6}
    assert Comment.objects.get(text__startswith="a?").text == "a?bc"
    assert LONGEST_COMMENT < LONGEST_TEXT * 10


def status_of_get(address: str, content_type: str) -> str:
    """Ask the application as the server does: Django decodes the address before anything of its own catches errors."""
    path, _mark, query = address.partition("?")
    environ = {"PATH_INFO": path, "QUERY_STRING": query, "REQUEST_METHOD": "GET", "CONTENT_TYPE": content_type}
    setup_testing_defaults(environ)
    found: list[str] = []
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        b"".join(application(environ, lambda status, _headers: found.append(status)))
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)
    return found[0]


@pytest.mark.slow
def test_no_encoding_breaks_a_page(town: Town, client: Client) -> None:
    form = b"text=Br%E5k&place=" + "øya".encode("latin-1")
    for content_type in (
        "application/x-www-form-urlencoded; charset=latin-1",
        "application/x-www-form-urlencoded; charset=zlib",
        "multipart/form-data; boundary=b; charset=zlib",
        "multipart/form-data; boundary=b; charset=undefined",
        "text/plain; charset=idna",
    ):
        assert client.generic("POST", "/", form, content_type=content_type).status_code == 400, content_type
    for name in ("zlib", "undefined", "idna", "hex", "latin-1"):
        assert status_of_get("/api/v1/schema/?a=%FF", f"text/plain; charset={name}") == "400 Bad Request", name
    assert status_of_get("/api/v1/schema/?a=%FF", "text/plain; charset=UTF8") == "200 OK"
    plain = client.generic("POST", "/", form, content_type="application/x-www-form-urlencoded")
    assert plain.status_code in (302, 422)  # bytes that are no UTF-8 stand as «�»
    assert client.generic("POST", "/", form, content_type="multipart/form-data; boundary=").status_code in (400, 422)


# --- Two clients -------------------------------------------------------------------------------------------------------


@pytest.fixture
def two(town: Town) -> tuple[APIClient, APIClient]:
    """Two keys that act as one person: the one for roads, the other for schools."""

    def key(unit: Unit) -> APIClient:
        every = ["cards:read", "cards:write", "overdue:read", "surveys:read", "surveys:write"]
        made = create_api_key(
            name=unit.name, acts_as=town.people["service_centre"], scopes=every, units=[unit], today=NOW.date(),
            by=None, now=NOW,
        )  # fmt: skip
        headers = {"Accept-Language": "en", "Authorization": f"Bearer {made.secret}"}
        return APIClient(headers=headers, raise_request_exception=False)

    return key(town.roads), key(town.schools)


def test_two_clients_never_meet(town: Town, two: tuple[APIClient, APIClient]) -> None:
    roads, schools = two
    secret = "Bare for veg"
    same = {"text": secret, "unit": "roads", "submitter": {"name": "Kari Hemmelig"}}
    first = roads.post(CARDS, same, headers={"Idempotency-Key": "1"})
    assert first.status_code == 201
    # The same key and body from the other is a request of its own, and another body is no clash.
    other = schools.post(CARDS, same | {"unit": "schools"}, headers={"Idempotency-Key": "1"})
    assert (other.status_code, other.get("Idempotent-Replayed")) == (201, None)
    again = schools.post(CARDS, same, headers={"Idempotency-Key": "2"})
    assert again.json()["reference"] != first.json()["reference"]
    assert roads.post(CARDS, same, headers={"Idempotency-Key": "1"})["Idempotent-Replayed"] == "true"

    ours, theirs = first.json()["reference"], other.json()["reference"]
    tag = roads.get(f"{CARDS}{ours}/")["ETag"]
    nowhere = schools.get(f"{CARDS}26-999999-0/").json() | {"instance": ""}
    for path in ("", "events/", "attachments/", "contact-attempts/"):
        assert schools.get(f"{CARDS}{ours}/{path}").json() | {"instance": ""} == nowhere
    for headers in ({"If-Match": tag}, {"If-Match": '"0"'}, {"Idempotency-Key": "n"}, {}):
        # Whether the tag is right is not told either.
        told = schools.post(f"{CARDS}{ours}/notes/", {"text": "x"}, headers=headers)
        assert told.json() | {"instance": ""} == nowhere
    for client, reference in ((roads, ours), (schools, theirs)):
        noted = client.post(f"{CARDS}{reference}/notes/", {"text": "x"}, headers={"Idempotency-Key": "n"})
        assert (noted.status_code, noted.get("Idempotent-Replayed")) == (200, None)
    for query in ({}, {"expand": "unit,category"}, {"fields": "text"}, {"q": secret}, {"unit": "roads"}):
        found = json.dumps(schools.get(CARDS, query).json(), ensure_ascii=False)
        assert ours not in found
        if "unit" in query:
            assert json.loads(found)["results"] == []
    duplicate = schools.post(f"{CARDS}{theirs}/close/", {"result": "duplicate", "duplicate_of": ours})
    assert check(duplicate, 400, "invalid", ["duplicate_of"])["errors"][0]["code"] == "does_not_exist"
