"""What the API answers when it cannot do what was asked: problem details, in the caller's language, never HTML."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import OperationalError
from django.http import HttpResponse
from django.utils import translation
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient, APIRequestFactory

from feedback.actions.intake import LONGEST_TEXT
from feedback.api import problems
from feedback.errors import ChangedMeanwhile, NotAllowed, Refused, WrongState
from feedback.models import Card
from organisation.models import Municipality, OutgoingMail
from tests.feedback.api.conftest import NOW, PASSWORD, Town

CARDS = "/api/v1/cards/"


def check(answer: HttpResponse, status: int, code: str, fields: list[str] | None = None) -> dict[str, Any]:
    """See that the answer is a whole problem, and return it."""
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    body: dict[str, Any] = json.loads(answer.content)
    assert set(body) - {"errors"} == {"type", "title", "status", "detail", "code", "instance"}
    assert (body["status"], body["code"], body["type"]) == (status, code, f"urn:innspill:problem:{code}")
    assert body["title"]
    assert body["detail"]
    if fields is None:
        assert "errors" not in body
    else:
        assert sorted(error["field"] for error in body["errors"]) == sorted(fields)
        assert all(error["code"] and error["detail"] for error in body["errors"])
    return body


# --- Bad input: each names its field, and nothing is written ----------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["text"]),
        ({"text": ""}, ["text"]),
        ({"text": " \n "}, ["text"]),
        ({"text": None}, ["text"]),
        ({"text": 5}, ["text"]),
        ({"text": ["a"]}, ["text"]),
        ({"text": "a\x00b"}, ["text"]),
        ({"text": "\ud800"}, ["text"]),
        ({"text": "x" * (LONGEST_TEXT + 1)}, ["text"]),
        ({"text": "a", "unit": "nowhere"}, ["unit"]),
        ({"text": "a", "unit": "sector"}, ["unit"]),
        ({"text": "a", "unit": 1}, ["unit"]),
        ({"text": "a", "unit": "\x00"}, ["unit"]),
        ({"text": "a", "unit": {"code": "roads"}}, ["unit"]),
        ({"text": "a", "category": "nothing"}, ["category"]),
        ({"text": "a", "category": "old"}, ["category"]),
        ({"text": "a", "received_on": "2026-02-30"}, ["received_on"]),
        ({"text": "a", "received_on": "2026-11-17"}, ["received_on"]),
        ({"text": "a", "received_on": "16.11.2026"}, ["received_on"]),
        ({"text": "a", "received_on": 20261116}, ["received_on"]),
        ({"text": "a", "kind": "rant"}, ["kind"]),
        ({"text": "a", "kind": []}, ["kind"]),
        ({"text": "a", "channel": "import"}, ["channel"]),
        ({"text": "a", "language": "de"}, ["language"]),
        ({"text": "a", "political": "yes"}, ["political"]),
        ({"text": "a", "political": 1}, ["political"]),
        ({"text": "a", "latitude": 59}, ["latitude"]),
        ({"text": "a", "latitude": 91, "longitude": 181}, ["latitude", "longitude"]),
        ({"text": "a", "latitude": "59.1", "longitude": True}, ["latitude", "longitude"]),
        ({"text": "a", "latitude": 10**400, "longitude": 1}, ["latitude"]),
        ({"text": "a", "place": "x" * 251}, ["place"]),
        ({"text": "a", "submitter": "Kari"}, ["submitter"]),
        ({"text": "a", "submitter": {"email": "kari@", "phone": 33000000}}, ["submitter.email", "submitter.phone"]),
        ({"text": "a", "submitter": {"phone": "ring meg"}}, ["submitter.phone"]),
        ({"text": "a", "submitter": {"name": "x" * 151}}, ["submitter.name"]),
        ({"text": "a", "submitter": {"shoe_size": 41}}, ["submitter.shoe_size"]),
        ({"text": "a", "txt": "b", "secret": "c"}, ["secret", "txt"]),
        ({"text": "a", "reference": "26-000001-0"}, ["reference"]),
        ([], [""]),
        ([{"text": "a"}], [""]),
        ("text", [""]),
        (None, [""]),
    ],
    ids=lambda value: str(value)[:60] if isinstance(value, (dict, list)) else None,
)
@time_machine.travel(NOW, tick=False)
def test_bad_input_is_refused_by_field_and_writes_nothing(
    town: Town, centre: APIClient, body: Any, fields: list[str]
) -> None:
    answer = centre.generic("POST", CARDS, json.dumps(body), content_type="application/json")
    codes = {"received_on": "impossible_received_date", "unit": "not_an_answering_unit", "latitude": "impossible_place"}
    code = answer.json()["code"]
    check(answer, 400, code, fields)
    assert code in ("invalid", codes.get(fields[0]))
    assert (Card.objects.count(), OutgoingMail.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b'{"text": "a"', b'{"text": NaN}', b"\xff\xfe{}", b"\x00", b"[" * 100_000, b"1" * 5000],
    ids=["nothing", "torn", "torn later", "NaN", "not UTF-8", "NUL", "deep", "a long number"],
)
def test_what_is_no_json_is_refused(town: Town, centre: APIClient, body: bytes) -> None:
    answer = centre.generic("POST", CARDS, body, content_type="application/json")
    if body == b"":
        check(answer, 400, "invalid", ["text"])
    else:
        check(answer, 400, "parse_error")


def test_huge_body_is_refused_before_it_is_read_as_json(town: Town, centre: APIClient, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = centre.post(CARDS, {"text": "x" * 1000})
    assert "1000" in check(answer, 413, "too_large")["detail"]
    assert Card.objects.count() == 0


def test_a_date_that_is_none_is_told_so(town: Town, centre: APIClient) -> None:
    body = check(centre.post(CARDS, {"text": "a", "received_on": "2026-02-30"}), 400, "invalid", ["received_on"])
    assert body["detail"] == "That is not a date in the calendar. Write it like 2026-11-21."


# --- Who, where and how ----------------------------------------------------------------------------------------------


def test_without_login_401_says_how(town: Town, client_of: Callable[..., APIClient]) -> None:
    answer = client_of(None).get(CARDS)
    check(answer, 401, "not_authenticated")
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize("header", ["Token wrong", "Bearer wrong", "Token", "Bearer a b", "Token \x00", "Bearer å"])
def test_a_wrong_token_is_401(town: Town, client_of: Callable[..., APIClient], header: str) -> None:
    check(client_of(None).get(CARDS, headers={"Authorization": header}), 401, "authentication_failed")


def test_without_the_right_403(town: Town, client_of: Callable[..., APIClient]) -> None:
    check(client_of("reader").post(CARDS, {"text": "a"}), 403, "not_allowed")


def test_not_there_404(town: Town, centre: APIClient) -> None:
    check(centre.get(f"{CARDS}26-999999-9/"), 404, "not_found")


@pytest.mark.parametrize("path", ["/api/", "/api/v2/cards/", "/api/v1/cards", "/api/v1/cards/a/b/", "/api/v1/%00/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_such_address_404_without_a_redirect_that_loses_the_body(centre: APIClient, path: str, method: str) -> None:
    check(getattr(centre, method)(path), 404, "not_found")


def test_no_such_method_405(town: Town, centre: APIClient) -> None:
    check(centre.delete(CARDS), 405, "method_not_allowed")


def test_no_such_form_of_answer_406(town: Town, centre: APIClient) -> None:
    check(centre.get(CARDS, headers={"Accept": "text/html"}), 406, "not_acceptable")


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart/form-data", "text/html", "x"])
def test_no_such_form_of_request_415(town: Town, centre: APIClient, content_type: str) -> None:
    check(centre.generic("POST", CARDS, b"text=a", content_type=content_type), 415, "unsupported_media_type")


def test_a_session_without_csrf_token_is_403(town: Town) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(town.people["service_centre"])
    assert client.get(CARDS).status_code == 200
    check(client.post(CARDS, {"text": "a"}), 403, "csrf_failed")
    assert Card.objects.count() == 0


# --- What an action refuses ------------------------------------------------------------------------------------------


class Field(Refused):
    code = "some_rule"
    field = "text"


@pytest.mark.parametrize(
    ("error", "status", "code", "fields"),
    [
        (NotAllowed(), 403, "not_allowed", None),
        (WrongState(state="Closed"), 409, "wrong_state", None),
        (ChangedMeanwhile(), 409, "changed_meanwhile", None),
        (Refused(), 409, "refused", None),
        (Field(), 400, "some_rule", ["text"]),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_a_refusal_has_its_status(error: Exception, status: int, code: str, fields: list[str] | None) -> None:
    answer = problems.handler(error, {"request": APIRequestFactory().get(CARDS)})
    assert answer is not None
    assert (answer.status_code, answer.data["code"]) == (status, code)
    assert [error["field"] for error in answer.data.get("errors", [])] == (fields or [])


# --- When it is our fault --------------------------------------------------------------------------------------------


def _fail(error: Exception) -> Callable[..., None]:
    def failing(*_args: object, **_kwargs: object) -> None:
        raise error

    return failing


def test_a_fault_of_ours_is_500_and_tells_nothing(
    town: Town, centre: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedback.api.views.visible_to", _fail(RuntimeError("a secret of ours")))
    answer = centre.get(CARDS)
    assert "secret" not in json.dumps(check(answer, 500, "server_error"))


def test_a_dead_database_is_503(town: Town, centre: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedback.api.views.visible_to", _fail(OperationalError("could not connect to 10.0.0.5")))
    answer = centre.get(CARDS)
    assert "10.0.0.5" not in json.dumps(check(answer, 503, "unavailable"))
    assert answer["Retry-After"] == "60"


def test_a_database_that_dies_before_the_view_is_503(centre: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("organisation.middleware.municipality", _fail(OperationalError("could not connect")))
    check(centre.get(CARDS), 503, "unavailable")


def test_a_dead_cache_is_503_where_tries_are_counted(town: Town, settings: Any) -> None:
    settings.CACHES = {
        "default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"},
    }
    client = APIClient(raise_request_exception=False)
    check(client.post("/api/v1/token/", {"email": "a@example.com", "password": "x"}), 503, "unavailable")


def test_before_set_up_503(town: Town, centre: APIClient) -> None:
    Municipality.objects.all().delete()
    check(centre.post(CARDS, {"text": "a"}), 503, "not_set_up")


# --- Language --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "used"),
    [("nb", "nb"), ("no", "nb"), ("nn-NO, en;q=0.5", "nn"), ("sv", "sv"), ("en", "en"), ("de", "nb")],
)
def test_sentences_are_in_the_callers_language(
    town: Town, client_of: Callable[..., APIClient], language: str, used: str
) -> None:
    answer = client_of("service_centre", language).post(CARDS, {})
    body = check(answer, 400, "invalid", ["text"])
    assert answer["Content-Language"] == used
    assert (body["title"] == "The request cannot be used as it is") is (used == "en")
    with translation.override(used):
        assert body["title"] == translation.gettext("The request cannot be used as it is")
    required = {
        "nb": "Dette feltet er påkrevd.",
        "sv": "Det här fältet är obligatoriskt.",
        "en": "This field is required.",
    }
    if used in required:
        assert body["errors"][0]["detail"] == required[used]


# --- Tokens ----------------------------------------------------------------------------------------------------------


def test_token_for_password_opens_the_cards(town: Town) -> None:
    client = APIClient()
    answer = client.post("/api/v1/token/", {"email": " Service_Centre@Solvik.example ", "password": PASSWORD})
    assert (answer.status_code, "no-store" in answer["Cache-Control"]) == (200, True)
    token = answer.json()["token"]
    for word in ("Token", "token", "Bearer", "BEARER"):
        cards = client.get(CARDS, headers={"Authorization": f"{word} {token}"})
        assert (cards.status_code, "no-store" in cards["Cache-Control"]) == (200, True)
    assert client.post("/api/v1/token/", {"email": "service_centre@solvik.example", "password": PASSWORD}).json() == {
        "token": token
    }


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("service_centre@solvik.example", "feil"),
        ("service_centre@solvik.example", f"{PASSWORD} "),
        ("nobody-at-all@solvik.example", PASSWORD),
        ("gone@solvik.example", PASSWORD),
        ("a\x00b", "x"),
    ],
)
def test_wrong_credentials_all_answer_alike(town: Town, email: str, password: str) -> None:
    answer = APIClient().post("/api/v1/token/", {"email": email, "password": password})
    if "\x00" in email:
        check(answer, 400, "invalid", ["email"])
    else:
        check(answer, 400, "wrong_credentials")
    assert Token.objects.count() == 0


def test_tries_at_one_login_are_limited_from_whatever_address(town: Town) -> None:
    client = APIClient()
    body = {"email": "reader@solvik.example", "password": "feil"}
    answers = [
        client.post("/api/v1/token/", body, REMOTE_ADDR=f"10.0.0.{number}", headers={"X-Forwarded-For": str(number)})
        for number in range(11)
    ]
    assert [answer.status_code for answer in answers] == [400] * 5 + [429] * 6
    check(answers[-1], 429, "throttled")
    assert 0 < int(answers[-1]["Retry-After"]) <= 61
    assert client.post("/api/v1/token/", body | {"email": "centre@solvik.example"}).status_code == 400


def test_tries_from_one_address_are_limited_whatever_it_says_of_itself(town: Town) -> None:
    client = APIClient()
    statuses = [
        client.post(
            "/api/v1/token/",
            {"email": f"{number}@solvik.example", "password": "feil"},
            headers={"X-Forwarded-For": f"10.0.0.{number}"},
        ).status_code
        for number in range(31)
    ]
    assert statuses == [400] * 20 + [429] * 11
