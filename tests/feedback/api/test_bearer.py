"""Tokens of the municipality's identity provider at the API: `tests/provider.py` runs a real one."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import jwt
import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from organisation.actions.api_keys import ClientKnown, create_api_key, revoke_api_key
from organisation.models import ApiKey
from tests.feedback.api.conftest import PASSWORD, Town
from tests.provider import Provider, provider_running

CARDS = "/api/v1/cards/"
AUDIENCE = "api://innspill"


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with provider_running() as found:
        yield found


@pytest.fixture
def provider(running: Provider, settings: Any) -> Provider:
    settings.API_ISSUER, settings.API_AUDIENCE = running.address, AUDIENCE
    return running


def let_in(
    town: Town, *, who: str = "service_centre", scopes: tuple[str, ...] = ("cards:read", "cards:write"), **more: Any
) -> ApiKey:
    return create_api_key(
        name="Maps", acts_as=town.people[who], scopes=scopes, client_id="maps", today=date(2026, 1, 1), by=None,
        now=timezone.now(), **more,
    ).key  # fmt: skip


def token_of(provider: Provider, *, without: str = "", head: dict[str, Any] | None = None, **claims: Any) -> str:
    now = int(time.time())
    of_all = {
        "iss": provider.address, "aud": AUDIENCE, "iat": now, "nbf": now, "exp": now + 300, "azp": "maps", "sub": "x",
        "roles": ["cards:read", "cards:write"], **claims,
    }  # fmt: skip
    of_all.pop(without, None)
    return provider.sign(of_all, **(head or {}))


def client_with(token: str, language: str = "en") -> APIClient:
    client = APIClient(headers={"Accept-Language": language}, raise_request_exception=False)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


@pytest.mark.parametrize(
    ("claims", "reads", "writes"),
    [
        ({}, 200, 201),
        ({"roles": ["cards:read"]}, 200, 403),
        ({"roles": [], "scp": "cards:read overdue:run"}, 200, 403),
        ({"roles": [], "scope": "openid cards:write"}, 200, 201),  # whoever writes a card reads it
        ({"roles": ["figures:read"]}, 403, 403),
        ({"roles": []}, 403, 403),
        ({"roles": {"cards:read": 1}, "scp": 7}, 403, 403),
    ],
)
def test_a_client_may_what_both_sides_let_it(
    town: Town, provider: Provider, claims: dict[str, Any], reads: int, writes: int
) -> None:
    let_in(town)
    town.card()
    client = client_with(token_of(provider, **claims))
    assert client.get(CARDS).status_code == reads
    assert client.post(CARDS, {"text": "Hull", "channel": "phone"}).status_code == writes


def test_a_token_gives_no_more_than_the_administrator_did(town: Town, provider: Provider) -> None:
    let_in(town, scopes=("cards:read",), units=[town.roads])
    town.card()  # at the service centre
    lights = town.card("Lyset er slukket.", category=town.lights)  # at roads
    client = client_with(token_of(provider, roles=["cards:read", "cards:write", "overdue:run"]))
    assert [card["reference"] for card in client.get(CARDS).json()["results"]] == [lights.reference]
    assert client.post(CARDS, {"text": "Hull", "channel": "phone"}).status_code == 403
    assert client.get("/api/v1/overdue-runs/").status_code == 403


@pytest.mark.parametrize("name", ["client_id", "azp", "appid"])
def test_the_client_is_named_as_each_provider_does(town: Town, provider: Provider, name: str) -> None:
    let_in(town)
    assert client_with(token_of(provider, without="azp", **{name: "maps"} if name != "azp" else {})).get(
        CARDS
    ).status_code == (200 if name != "azp" else 401)


def test_what_is_not_a_good_token_is_401_and_says_why(town: Town, provider: Provider) -> None:
    let_in(town)
    now, good = int(time.time()), token_of(provider)
    with_our_own_word = jwt.encode(
        {"iss": provider.address, "aud": AUDIENCE, "exp": now + 300}, "s" * 40, algorithm="HS256"
    )
    unsigned = jwt.encode({"iss": provider.address, "aud": AUDIENCE, "exp": now + 300}, None, algorithm="none")
    bad = {
        "expired": token_of(provider, exp=now - 120),
        "not yet": token_of(provider, nbf=now + 600),
        "another audience": token_of(provider, aud="api://another"),
        "another issuer": token_of(provider, iss="https://evil.example"),
        "no audience": token_of(provider, without="aud"),
        "no end": token_of(provider, without="exp"),
        "another client": token_of(provider, azp="another"),
        "no client": token_of(provider, without="azp"),
        "a NUL": token_of(provider, azp="maps\x00"),
        "changed": good[:-6] + "AAAAAA",
        "unsigned": unsigned,
        "signed by a word": with_our_own_word,
        "unknown key": token_of(provider, head={"kid": "nobody's"}),
        "an identity token": token_of(provider, nonce="n"),
        "a logout token": token_of(provider, events={}),
        "nonsense": "a.b.c",
    }
    for what, token in bad.items():
        answer = client_with(token).get(CARDS)
        assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json"), what
        assert answer.json()["code"] == "invalid_token", what
        assert answer["WWW-Authenticate"].startswith(
            'Bearer realm="api", error="invalid_token", error_description="'
        ), what
    assert client_with(good).get(CARDS).status_code == 200
    assert client_with(good, "nb").get(CARDS).status_code == 200
    none = APIClient().get(CARDS)
    assert (none.status_code, none["WWW-Authenticate"]) == (401, 'Bearer realm="api"')


def test_a_client_that_was_taken_back_or_whose_person_left_is_out(town: Town, provider: Provider) -> None:
    key = let_in(town)
    client = client_with(token_of(provider))
    assert client.get(CARDS).status_code == 200
    with pytest.raises(ClientKnown):
        let_in(town)
    revoke_api_key(key, by=None, now=timezone.now())
    assert client.get(CARDS).status_code == 401
    anew = let_in(town, expires_on=timezone.localdate())
    assert client.get(CARDS).status_code == 200
    ApiKey.objects.filter(pk=anew.pk).update(expires_on=timezone.localdate() - timedelta(days=1))
    assert client.get(CARDS).status_code == 401


def test_keys_are_kept_and_the_client_is_in_the_log(
    town: Town, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    let_in(town)
    cache.clear()
    client = client_with(token_of(provider))
    client.get(CARDS)
    caplog.clear()
    with caplog.at_level(logging.INFO), CaptureQueriesContext(connection) as asked:
        assert client.get(CARDS).status_code == 200
    assert "API client maps" in caplog.text
    assert "jwks" not in caplog.text  # the provider was not asked again
    assert len([each for each in asked if "apikey" in each["sql"]]) == 1  # the client with its person and units


def test_a_provider_that_is_away_is_503_and_no_fault_of_ours(town: Town, provider: Provider, settings: Any) -> None:
    let_in(town)
    token = token_of(provider)
    settings.API_ISSUER = "http://localhost:9"
    answer = client_with(token).get(CARDS)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


def test_an_administrator_lets_a_client_in_on_the_page(town: Town) -> None:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(town.people["administrator"])
    sent = {
        "name": "Maps",
        "acts_as": town.people["service_centre"].pk,
        "scopes": ["cards:read"],
        "client_id": " maps ",
    }
    answer = client.post("/staff/administration/new-key/", sent, follow=True)
    assert "Maps is let in with its tokens." in answer.content.decode()
    assert ApiKey.objects.get().client_id == "maps"
    again = client.post("/staff/administration/new-key/", sent)
    assert (again.status_code, "This client is let in already" in again.content.decode()) == (422, True)


# --- Tokens for a password: no way around the second step -------------------------------------------------------------


def test_no_token_for_a_password_where_they_are_off_or_a_second_step_is_there(
    town: Town, client_of: Callable[..., APIClient], settings: Any
) -> None:
    body = {"email": "service_centre@solvik.example", "password": PASSWORD}
    settings.PASSWORD_TOKENS = False
    off = APIClient().post("/api/v1/token/", body)
    assert (off.status_code, off.json()["code"]) == (403, "no_password_tokens")
    settings.PASSWORD_TOKENS = True
    held = client_of("service_centre")
    assert held.get(CARDS).status_code == 200
    settings.SECOND_STEP_DEMANDED = True
    assert APIClient().post("/api/v1/token/", body).status_code == 403
    assert held.get(CARDS).status_code == 401  # one from before is none any more
    settings.SECOND_STEP_DEMANDED = False
    town.people["service_centre"].authenticator_set.create(type="totp", data={})
    Token.objects.all().delete()
    assert APIClient().post("/api/v1/token/", body).status_code == 403
    assert not Token.objects.exists()
