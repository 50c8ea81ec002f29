"""So many requests a minute of one key, one person, one address; whoever is over hears when to come back."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from organisation.actions.api_keys import create_api_key
from tests.feedback.api.conftest import NOW, Town
from tests.feedback.api.test_problems import check

UNITS = "/api/v1/units/"
LIMITS = {"key": 4, "person": 3, "address": 2}


@pytest.fixture(autouse=True)
def _limits(settings: Any) -> Any:
    settings.API_REQUESTS_PER_MINUTE = LIMITS
    with time_machine.travel(NOW.replace(second=18), tick=False):
        yield


def keyed(town: Town) -> APIClient:
    made = create_api_key(
        name="Kartet", acts_as=town.people["reader"], scopes=["cards:read"], today=NOW.date(), by=None, now=NOW
    )
    client = APIClient(headers={"Accept-Language": "en"})
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {made.secret}")
    return client


def in_session(town: Town) -> APIClient:
    client = APIClient(headers={"Accept-Language": "en"})
    client.force_login(town.people["reader"])
    return client


@pytest.mark.parametrize("kind", ["key", "token", "session", "nobody"])
def test_each_kind_of_caller(town: Town, client_of: Callable[..., APIClient], kind: str) -> None:
    made: dict[str, Callable[[], APIClient]] = {
        "key": lambda: keyed(town),
        "token": lambda: client_of("reader"),
        "session": lambda: in_session(town),
        "nobody": client_of,
    }
    client, name = made[kind](), {"key": "key", "nobody": "address"}.get(kind, "person")
    limit = LIMITS[name]
    for used in range(1, limit + 1):
        answer = client.get(UNITS)
        assert answer.status_code == (401 if kind == "nobody" else 200)
        assert answer["RateLimit-Policy"] == f'"{name}";q={limit};w=60'
        assert answer["RateLimit"] == f'"{name}";r={limit - used};t=42'
    over = client.get(UNITS)
    assert "42" in check(over, 429, "throttled")["detail"]
    assert (over["Retry-After"], over["RateLimit"]) == ("42", f'"{name}";r=0;t=42')
    # Others are others, and the next minute is another minute.
    if kind != "nobody":
        assert client_of("administrator").get("/api/v1/nothing/").status_code == 404
    with time_machine.travel(NOW.replace(minute=31), tick=False):
        assert client.get(UNITS).status_code != 429


def test_what_is_refused_counts_and_writes_nothing_when_over(town: Town) -> None:
    client = keyed(town)
    for _ in range(4):
        assert client.post("/api/v1/cards/", {"text": "Hull"}).status_code == 403
    check(client.post("/api/v1/cards/", {"text": "Hull"}), 429, "throttled")


def test_who_tries_keys_is_known_by_the_address(town: Town, client_of: Callable[..., APIClient]) -> None:
    client = APIClient(headers={"Accept-Language": "nb"})
    statuses = []
    for number in range(4):
        client.credentials(HTTP_AUTHORIZATION=f"Bearer innspill_{number}")
        statuses.append(client.get(UNITS).status_code)
    assert statuses == [401, 401, 429, 429]
    # A good key at the same address, a town hall's for one, is let in all the same.
    assert client_of("reader").get(UNITS).status_code == 200


def test_schema_and_docs_count_too_and_pages_do_not(town: Town, client_of: Callable[..., APIClient]) -> None:
    client = client_of()
    assert [client.get("/api/docs/").status_code for _ in range(3)] == [200, 200, 429]
    assert client.get("/").status_code == 200


def test_no_limit(town: Town, settings: Any, client_of: Callable[..., APIClient]) -> None:
    settings.API_REQUESTS_PER_MINUTE = LIMITS | {"person": 0}
    client = client_of("reader")
    answers = [client.get(UNITS) for _ in range(5)]
    assert {answer.status_code for answer in answers} == {200}
    assert "RateLimit" not in answers[0]


def test_where_nobody_counts_nobody_is_held_up(town: Town, settings: Any, client_of: Callable[..., APIClient]) -> None:
    location = "unix:///nowhere/valkey.sock"
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": location}}
    client = client_of("reader")
    assert {client.get(UNITS).status_code for _ in range(5)} == {200}


def test_over_in_the_callers_language(town: Town) -> None:
    client = APIClient(headers={"Accept-Language": "nn"})
    for _ in range(2):
        client.get(UNITS)
    detail = check(client.get(UNITS), 429, "throttled")["detail"]
    assert re.search(r"\b42\b", detail)


OPEN311 = "/open311/v2/services"


@pytest.mark.parametrize("form", ["json", "xml"])
def test_open311_says_it_in_its_own_way(town: Town, form: str) -> None:
    client = APIClient(headers={"Accept-Language": "en"})
    assert [client.get(f"{OPEN311}.{form}").status_code for _ in range(2)] == [200, 200]
    over = client.get(f"{OPEN311}.{form}")
    assert (over.status_code, over["Retry-After"], over["RateLimit"]) == (429, "42", '"address";r=0;t=42')
    if form == "json":
        assert [entry["code"] for entry in over.json()] == [429]
    else:
        assert b"<code>429</code>" in over.content
    assert over["Access-Control-Allow-Origin"] == "*", "a page elsewhere can read why"
    assert client.post(f"/open311/v2/requests.{form}", {"service_code": "x"}).status_code == 429


def test_who_tries_open311_keys_is_known_by_the_address(town: Town) -> None:
    client = APIClient()
    tries = [client.get(f"/open311/v2/requests.json?api_key=innspill_{number}").status_code for number in range(4)]
    assert tries == [403, 403, 429, 429]
    good = keyed(town).get(UNITS)
    assert good.status_code == 200
