"""Signing in at a real identity provider: `tests/provider.py` runs one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.test import Client

from config.checks import signing_in_is_possible
from organisation.models import BrowserSession, Person, ProviderRole, RoleAssignment, SignIn
from organisation.permissions import Role
from tests.factories import Solvik, make_solvik
from tests.provider import Provider, provider_running

CLIENT = "innspill"
EVENTS = {"http://schemas.openid.net/event/backchannel-logout": {}}
EN = {"HTTP_ACCEPT_LANGUAGE": "en"}


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with provider_running() as found:
        yield found


@pytest.fixture
def provider(running: Provider, settings: Any) -> Provider:
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = running.address, CLIENT, "secret"
    settings.OIDC_NAME = "Solvik kommune"
    return running


@pytest.fixture
def solvik(db: None) -> Solvik:
    made = make_solvik()
    ProviderRole.objects.create(value="Innspill.ServiceCentre", role=Role.SERVICE_CENTRE)
    ProviderRole.objects.create(value="Innspill.Admin", role=Role.ADMINISTRATOR)
    ProviderRole.objects.create(value="Innspill.Roads", role=Role.CASE_HANDLER, unit=made.roads)
    return made


def to_provider(client: Client, path: str = "/accounts/provider/") -> str:
    answer = client.get(path, **EN)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.headers["Location"])


def come_back(client: Client, provider: Provider, sub: str, path: str = "/accounts/provider/") -> Any:
    return client.get(provider.authorize(to_provider(client, path), sub), **EN)


def test_who_comes_with_a_role_for_the_first_time_gets_a_login(
    solvik: Solvik, provider: Provider, client: Client
) -> None:
    assert "Go on with Solvik kommune" in client.get("/accounts/login/", **EN).content.decode()
    provider.user(
        "kari", email="Kari@Solvik.test", name="Kari Nordmann", roles=["Innspill.Roads", "Another"], sid="s-1"
    )
    address = to_provider(client)
    asked = {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()}
    assert asked["redirect_uri"].endswith("/accounts/provider/back/")
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert set(asked["scope"].split()) == {"openid", "profile", "email"}
    assert min(len(asked["state"]), len(asked["nonce"]), len(asked["code_challenge"])) >= 16

    answer = client.get(provider.authorize(address, "kari"))
    assert answer.headers["Location"] == "/staff/today/"
    kari = Person.objects.get(email="kari@solvik.test")
    assert (kari.name, kari.has_usable_password()) == ("Kari Nordmann", False)
    assert list(kari.role_assignments.values_list("role", "unit", "from_provider")) == [
        ("case_handler", solvik.roads.pk, True)
    ]
    assert SocialAccount.objects.get(user=kari).extra_data == {}  # the number alone is kept
    session = BrowserSession.objects.get(person=kari)
    assert (session.way, session.provider_session, session.provider_subject) == ("provider", "s-1", "kari")
    assert SignIn.objects.get(person=kari).way == "provider"


def test_roles_follow_the_provider_and_those_given_by_hand_stay(solvik: Solvik, provider: Provider) -> None:
    provider.user("ola", email="ola@solvik.test", roles=["Innspill.ServiceCentre"])
    come_back(Client(), provider, "ola")
    ola = Person.objects.get(email="ola@solvik.test")
    RoleAssignment.objects.create(person=ola, role=Role.READER)
    provider.user("ola", email="new-name@solvik.test", roles="Innspill.Roads Innspill.Admin")
    come_back(Client(), provider, "ola")
    held = set(ola.role_assignments.values_list("role", "from_provider"))
    assert held == {("case_handler", True), ("administrator", True), ("reader", False)}
    assert Person.objects.get(pk=ola.pk).email == "ola@solvik.test"  # known by the number, not by the address

    provider.user("ola", email="ola@solvik.test", roles=[])
    assert come_back(Client(), provider, "ola").status_code == 302
    assert set(ola.role_assignments.values_list("role", flat=True)) == {"reader"}


def test_the_last_administrator_stays_one(solvik: Solvik, provider: Provider) -> None:
    provider.user("adm", email="adm@solvik.test", roles=["Innspill.Admin"])
    come_back(Client(), provider, "adm")
    RoleAssignment.objects.filter(role=Role.ADMINISTRATOR, from_provider=False).delete()
    provider.user("adm", email="adm@solvik.test", roles=[])
    come_back(Client(), provider, "adm")
    assert RoleAssignment.objects.filter(role=Role.ADMINISTRATOR).count() == 1


def test_who_has_a_login_is_known_by_the_address_once(solvik: Solvik, provider: Provider) -> None:
    provider.user("clerk-1", email=solvik.clerk.email, email_verified=True)
    assert come_back(Client(), provider, "clerk-1").headers["Location"] == "/staff/"
    assert SocialAccount.objects.get().user == solvik.clerk
    provider.user("clerk-2", email=solvik.clerk.email)  # somebody else there, with the address
    refused = come_back(Client(), provider, "clerk-2")
    assert (refused.status_code, "Another login has this" in refused.content.decode()) == (403, True)


@pytest.mark.parametrize(
    ("claims", "sentence"),
    [
        ({"email": "stranger@solvik.test"}, "You have no role in Innspill"),
        ({"email": "stranger@solvik.test", "roles": ["Another"]}, "You have no role in Innspill"),
        ({"roles": ["Innspill.ServiceCentre"]}, "You have no role in Innspill"),  # and no address
        ({"email": "not an address", "roles": ["Innspill.ServiceCentre"]}, "You have no role in Innspill"),
        ({"email": "clerk@solvik.test", "email_verified": False}, "Another login has this"),
        ({"email": "gone@solvik.test", "roles": ["Innspill.ServiceCentre"]}, "This login is closed"),
    ],
)
def test_others_are_told_why_not(solvik: Solvik, provider: Provider, claims: dict[str, Any], sentence: str) -> None:
    Person.objects.create_user("gone@solvik.test", "Gone", is_active=False)
    people = Person.objects.count()
    provider.user("stranger", **claims)
    client = Client()
    answer = come_back(client, provider, "stranger")
    assert answer.status_code == 403
    assert sentence in answer.content.decode()
    assert (client.get("/staff/").status_code, Person.objects.count()) == (302, people)
    assert SignIn.objects.get().what == "refused"


def test_a_token_that_was_made_for_another_client_is_refused(solvik: Solvik, provider: Provider) -> None:
    provider.user("kari", email="kari@solvik.test", roles=["Innspill.Roads"], azp="another")
    assert come_back(Client(), provider, "kari").status_code == 403
    assert not Person.objects.filter(email="kari@solvik.test").exists()


def test_only_who_has_a_login_comes_in_where_none_are_made(solvik: Solvik, provider: Provider, settings: Any) -> None:
    settings.OIDC_MAKES_LOGINS = False
    provider.user("kari", email="kari@solvik.test", roles=["Innspill.Roads"])
    assert come_back(Client(), provider, "kari").status_code == 403


@pytest.mark.parametrize(
    ("acr", "status"), [("idporten-loa-high", 302), ("idporten-loa-substantial", 403), (None, 403)]
)
def test_acr_is_asked_for_and_looked_at(
    solvik: Solvik, provider: Provider, settings: Any, acr: str | None, status: int
) -> None:
    settings.OIDC_ACR_VALUES = ["idporten-loa-high"]
    provider.user("kari", email="kari@solvik.test", roles=["Innspill.Roads"], **({"acr": acr} if acr else {}))
    client = Client()
    address = to_provider(client)
    assert parse_qs(urlsplit(address).query)["acr_values"] == ["idporten-loa-high"]
    assert client.get(provider.authorize(address, "kari")).status_code == status


def test_a_code_of_another_browser_or_an_answer_twice_signs_nobody_in(solvik: Solvik, provider: Provider) -> None:
    provider.user("kari", email="kari@solvik.test", roles=["Innspill.Roads"])
    mine, theirs = Client(), Client()
    to_provider(theirs)
    back = provider.authorize(to_provider(mine), "kari")
    assert theirs.get(back).status_code == 403  # the state is another browser's
    assert mine.get(back).status_code == 302
    mine.post("/accounts/logout/")
    assert mine.get(back).status_code == 403

    # A code that was put into one's own answer: the secret (PKCE) does not fit.
    victim, thief = Client(), Client()
    code = parse_qs(urlsplit(provider.authorize(to_provider(victim), "kari")).query)["code"][0]
    state = parse_qs(urlsplit(to_provider(thief)).query)["state"][0]
    assert thief.get("/accounts/provider/back/", {"code": code, "state": state}).status_code == 403
    assert thief.get("/staff/").status_code == 302


def test_a_nonce_that_is_not_this_browsers_is_refused(solvik: Solvik, provider: Provider, client: Client) -> None:
    provider.user("kari", email="kari@solvik.test", roles=["Innspill.Roads"])
    address = to_provider(client)
    nonce = parse_qs(urlsplit(address).query)["nonce"][0]
    answer = client.get(provider.authorize(address.replace(nonce, "x" * len(nonce)), "kari"), **EN)
    assert (answer.status_code, "begun in another browser" in answer.content.decode()) == (403, True)


def test_breaking_off_and_nonsense_lead_back_to_signing_in(solvik: Solvik, provider: Provider, client: Client) -> None:
    state = parse_qs(urlsplit(to_provider(client)).query)["state"][0]
    broken = client.get("/accounts/provider/back/", {"error": "access_denied", "state": state}, **EN)
    assert (broken.status_code, "You broke off." in broken.content.decode()) == (403, True)
    for query in ("", "?code=x", "?code=x&state=y", "?error=server_error&state=%00"):
        assert client.get(f"/accounts/provider/back/{query}").status_code == 403


def test_next_is_followed_within_our_own_pages(solvik: Solvik, provider: Provider) -> None:
    provider.user("kari", email="kari@solvik.test", roles=["Innspill.ServiceCentre"])
    assert come_back(Client(), provider, "kari", "/accounts/provider/?next=/staff/register/").headers["Location"] == (
        "/staff/register/"
    )
    away = come_back(Client(), provider, "kari", "/accounts/provider/?next=https://evil.example/")
    assert away.headers["Location"] == "/staff/"


def test_a_provider_that_does_not_answer_is_told_of(solvik: Solvik, settings: Any, client: Client) -> None:
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID = "http://localhost:9", CLIENT
    answer = client.get("/accounts/provider/", **EN)
    assert (answer.status_code, "does not answer just now" in answer.content.decode()) == (503, True)


def test_without_a_provider_there_is_no_such_way(solvik: Solvik, client: Client) -> None:
    assert client.get("/accounts/provider/").status_code == 404
    assert client.get("/accounts/provider/back/?code=x&state=y").status_code == 404
    assert client.post("/accounts/provider/signed-out/").status_code == 404
    assert "Go on with" not in client.get("/accounts/login/", **EN).content.decode()


def test_passwords_may_be_for_emergency_logins_alone(solvik: Solvik, provider: Provider, settings: Any) -> None:
    settings.PASSWORDS_FOR_ALL = False
    for person in (solvik.clerk, solvik.administrator):
        person.set_password("et-langt-passord-her")
        person.save()
    Person.objects.filter(pk=solvik.administrator.pk).update(is_emergency=True)

    def tried(person: Person) -> Any:
        return Client().post("/accounts/login/", {"login": person.email, "password": "et-langt-passord-her"}, **EN)

    assert "Passwords are for emergency logins alone" in tried(solvik.clerk).content.decode()
    assert tried(solvik.administrator).status_code == 302


# --- Signed out there ------------------------------------------------------------------------------------------------


def logout_token(provider: Provider, *, without: str = "", head: dict[str, Any] | None = None, **claims: Any) -> str:
    now = int(time.time())
    all_of_them = {
        "iss": provider.address, "aud": CLIENT, "iat": now, "exp": now + 120, "jti": f"j-{time.time_ns()}",
        "events": EVENTS, **claims,
    }  # fmt: skip
    all_of_them.pop(without, None)
    return provider.sign(all_of_them, **(head or {}))


@pytest.fixture
def two_sessions(solvik: Solvik, provider: Provider) -> list[Client]:
    clients = []
    for number in (1, 2):
        provider.user("kari", email="kari@solvik.test", roles=["Innspill.ServiceCentre"], sid=f"s-{number}")
        clients.append(Client())
        come_back(clients[-1], provider, "kari")
    assert [client.get("/staff/").status_code for client in clients] == [200, 200]
    return clients


def said(token: str) -> int:
    return Client(enforce_csrf_checks=True).post("/accounts/provider/signed-out/", {"logout_token": token}).status_code


def test_the_providers_word_ends_that_session_or_all(two_sessions: list[Client], provider: Provider) -> None:
    token = logout_token(provider, sub="kari", sid="s-1")
    assert said(token) == 200
    assert [client.get("/staff/").status_code for client in two_sessions] == [302, 200]
    assert said(token) == 400  # a token is good once
    assert said(logout_token(provider, sub="kari")) == 200
    assert two_sessions[1].get("/staff/").status_code == 302
    assert said(logout_token(provider, sub="kari")) == 200  # nothing left to end is no fault


def test_a_word_that_is_not_the_providers_ends_nothing(two_sessions: list[Client], provider: Provider) -> None:
    good = logout_token(provider, sub="kari")
    bad = [
        "", "x.y.z", good[:-4] + "AAAA",
        logout_token(provider, sub="kari", aud="another"),
        logout_token(provider, sub="kari", iss="https://evil.example"),
        logout_token(provider, sub="kari", exp=int(time.time()) - 300),
        logout_token(provider, sub="kari", nonce="n"),
        logout_token(provider, sub="kari", events={}),
        logout_token(provider, sub="kari", without="events"),
        logout_token(provider, sub="kari", without="jti"),
        logout_token(provider),
    ]  # fmt: skip
    assert [said(token) for token in bad] == [400] * len(bad)
    assert [client.get("/staff/").status_code for client in two_sessions] == [200, 200]


def test_keys_that_were_changed_are_asked_for_again_but_not_at_every_word(solvik: Solvik, settings: Any) -> None:
    with provider_running() as provider:
        settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID = provider.address, CLIENT
        cache.clear()
        assert said(logout_token(provider, sub="kari")) == 200
        provider.new_key()
        assert said(logout_token(provider, sub="kari")) == 200
        assert said(logout_token(provider, sub="kari", head={"kid": "nobody's"})) == 400
    # The provider is away: the keys that are known serve, and an unknown one is refused and not waited for.
    assert said("x.y.z") == 400


def test_the_administrator_says_what_roles_are_here(solvik: Solvik, client: Client) -> None:
    client.force_login(solvik.administrator)
    path = "/staff/administration/provider/"
    page = client.get(path, **EN).content.decode()
    assert "Innspill.Roads" in page
    assert "No identity provider is set up" in page
    sent = {"value": "Innspill.Schools", "role": "case_handler"}
    wrong = client.post(path, sent, **EN)
    assert (wrong.status_code, "A case handler belongs to a unit" in wrong.content.decode()) == (422, True)
    assert client.post(path, sent | {"unit": solvik.water.pk}).status_code == 302
    twice = client.post(path, sent | {"unit": solvik.water.pk}, **EN)
    assert (twice.status_code, "That is there already." in twice.content.decode()) == (422, True)
    row = ProviderRole.objects.get(value="Innspill.Schools")
    client.post(f"{path}{row.pk}/remove/")
    assert not ProviderRole.objects.filter(pk=row.pk).exists()
    client.force_login(solvik.clerk)
    assert client.get(path).status_code == 403
    assert client.post(f"{path}{row.pk}/remove/").status_code == 403


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, []),
        ({"OIDC_ISSUER": "https://id.example", "OIDC_CLIENT_ID": "x", "API_ISSUER": "https://id.example"}, []),
        ({"OIDC_ISSUER": "http://id.example", "OIDC_CLIENT_ID": "x"}, ["house.E001"]),
        ({"OIDC_ISSUER": "https://id.example"}, ["house.E003"]),
        ({"PASSWORDS_FOR_ALL": False}, ["house.E004"]),
        ({"API_AUDIENCE": "api://innspill"}, ["house.E005"]),
        ({"API_AUDIENCE": "api://innspill", "API_ISSUER": "ftp://id.example"}, ["house.E002"]),
    ],
)
def test_settings_that_let_nobody_in_are_refused(settings: Any, changed: dict[str, Any], told: list[str]) -> None:
    for name, value in changed.items():
        setattr(settings, name, value)
    assert [error.id for error in signing_in_is_possible(None)] == told
