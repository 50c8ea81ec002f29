"""Citizens who choose to sign in, at a real identity provider: `tests/provider.py` runs one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings as configured
from django.core import checks
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from feedback.actions.citizens import delete_ended_sessions
from feedback.actions.closing import close_card
from feedback.actions.erasing import anonymise_cards, block_cards, lift_block
from feedback.deadlines import Contact
from feedback.models import Card, CitizenSession, Erasure, SignedCard
from feedback.personal_queries import Sought, find_person
from feedback.workflow import CloseResult
from organisation.models import BrowserSession, SignIn
from tests.factories import Solvik, a_card, make_solvik
from tests.provider import Provider, provider_running

CLIENT, PID = "innspill-citizens", "20914695016"
HIGH, SUBSTANTIAL = "idporten-loa-high", "idporten-loa-substantial"
EVENTS = {"http://schemas.openid.net/event/backchannel-logout": {}}
MINE, SIGN_IN, BACK = "/my-messages/", "/my-messages/sign-in/", "/my-messages/back/"
EN = {"HTTP_ACCEPT_LANGUAGE": "en"}


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with provider_running() as found:
        yield found


@pytest.fixture
def provider(running: Provider, settings: Any) -> Provider:
    settings.CITIZEN_OIDC_ISSUER, settings.CITIZEN_OIDC_CLIENT_ID = running.address, CLIENT
    settings.CITIZEN_OIDC_CLIENT_SECRET, settings.SEND_MINIMUM_SECONDS = "secret", 0
    running.user("kari", acr=HIGH, pid=PID, sid="s-1")
    return running


@pytest.fixture
def solvik(db: None) -> Solvik:
    return make_solvik()


def to_provider(client: Client, to: str = "cards") -> str:
    answer = client.get(SIGN_IN, {"to": to}, **EN)
    assert answer.status_code == 302
    return str(answer["Location"])


def come_in(client: Client, provider: Provider, sub: str = "kari", to: str = "cards") -> Any:
    return client.get(provider.authorize(to_provider(client, to), sub), **EN)


def page(client: Client, path: str = MINE) -> str:
    return str(client.get(path, **EN).content.decode())


def send(client: Client, text: str, **more: str) -> Any:
    return client.post("/", {"text": text, "key": f"k-{time.time_ns()}", **more}, **EN)


# --- In, with a card, and out ----------------------------------------------------------------------------------------


def test_who_signs_in_finds_what_they_sent_and_nobody_else_does(solvik: Solvik, provider: Provider) -> None:
    client = Client()
    assert "Sign in with ID-porten" in page(client, "/")
    assert "<noscript>" in page(client, "/")  # says that without a script the words do not come back
    assert "We do not keep your national identity number" in page(client)
    address = to_provider(client, "send")
    asked = {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()}
    assert asked["redirect_uri"] == configured.SITE_URL + BACK
    assert (asked["code_challenge_method"], asked["acr_values"], asked["ui_locales"]) == ("S256", SUBSTANTIAL, "en")
    assert min(len(asked["state"]), len(asked["nonce"]), len(asked["code_challenge"])) >= 32
    assert client.get(provider.authorize(address, "kari"))["Location"] == "/"
    assert {name: (cookie["httponly"], cookie["samesite"]) for name, cookie in client.cookies.items()
            if cookie.value and name != "csrftoken"} == {
        "citizen": (True, "Lax"), "citizen-token": (True, "Lax"),
    }  # fmt: skip
    assert 'name="signed"' in page(client, "/")
    assert "There is nothing yet" in page(client)

    sent = send(client, "Hull i veien ved skolen", signed="yes")
    card = Card.objects.get()
    assert sent["Location"] == f"/card/{card.secret}/receipt/"
    assert "My messages" in page(client, sent["Location"])
    assert "My messages" in page(client, f"/card/{card.secret}/")
    assert not card.events.exclude(what="registered").filter(details__icontains="sign").exists()
    shown = page(client)
    assert [word in shown for word in ("Hull i veien ved skolen", card.secret, card.reference)] == [True] * 3

    # The same person in another browser finds it, another person and one who is not signed in do not.
    other, stranger = Client(), Client()
    assert come_in(other, provider)["Location"] == MINE
    assert card.reference in page(other)
    provider.user("ola", acr=HIGH, name="Ola Nordmann")
    come_in(stranger, provider, "ola")
    assert card.reference not in page(stranger)
    assert card.reference not in page(Client())
    assert 'value="Ola Nordmann"' in page(stranger, "/")  # this provider tells a name; ID-porten does not

    # The text of a sensitive card is its sender's own.
    Card.objects.update(sensitive=True)
    assert "Hull i veien ved skolen" in page(client)


def test_nothing_of_the_identity_is_kept_anywhere(solvik: Solvik, provider: Provider, caplog: Any) -> None:
    client = Client()
    provider.user("sub-of-kari", acr=HIGH, pid=PID, sid="sid-of-kari")
    come_in(client, provider, "sub-of-kari")
    send(client, "Hull", signed="yes")
    session, signed = CitizenSession.objects.get(), SignedCard.objects.get()
    assert session.signer == signed.signer
    kept = [str(value) for row in (session, signed) for name, value in vars(row).items() if name != "_state"]
    ours = [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith(("feedback", "organisation", "django"))
    ]
    for word in (PID, "sub-of-kari", "sid-of-kari"):
        assert word not in " ".join([*kept, *ours, *(cookie.value for cookie in client.cookies.values())])
    assert client.cookies["citizen"].value not in kept


def test_the_number_may_be_what_one_is_known_by(solvik: Solvik, provider: Provider, settings: Any) -> None:
    settings.CITIZEN_OIDC_UID_CLAIM = "pid"
    one, other = Client(), Client()
    come_in(one, provider)
    send(one, "Hull")
    provider.user("another-sub", acr=HIGH, pid=PID)
    come_in(other, provider, "another-sub")
    assert SignedCard.objects.get().card.reference in page(other)
    # With another key nobody is known again: the digest is keyed.
    settings.CITIZEN_KEY = "another"
    third = Client()
    come_in(third, provider)
    assert SignedCard.objects.get().card.reference not in page(third)


def test_a_citizen_is_nobody_on_the_staffs_side(solvik: Solvik, provider: Provider) -> None:
    client = Client()
    # With the very claims that let somebody in at the staff's door.
    provider.user("clerk", acr=HIGH, email=solvik.clerk.email, roles=["Innspill.Admin"])
    come_in(client, provider, "clerk")
    for path in ("/staff/", "/staff/today/", "/staff/administration/", "/admin/", "/accounts/me/"):
        assert client.get(path).status_code == 302, path
    assert client.get("/api/v1/cards/").status_code == 401
    assert "_auth_user_id" not in client.session
    assert (BrowserSession.objects.exclude(person=None).count(), SignIn.objects.count()) == (0, 0)
    client.cookies["sessionid"] = client.cookies["citizen"].value
    assert client.get("/staff/").status_code == 302
    # Staff who are signed in are no citizens, and stay signed in when a citizen signs out.
    staff = Client()
    staff.force_login(solvik.clerk)
    assert "Sign in with ID-porten" in page(staff)
    come_in(staff, provider)
    staff.post("/my-messages/sign-out/")
    assert staff.get("/staff/").status_code == 200


def test_signing_out_ends_it_here_and_leads_on(solvik: Solvik, provider: Provider) -> None:
    client, thief = Client(), Client()
    come_in(client, provider)
    thief.cookies["citizen"] = client.cookies["citizen"].value
    assert "There is nothing yet" in page(thief)
    out = client.post("/my-messages/sign-out/", **EN)
    where = urlsplit(out["Refresh"].removeprefix("0; url="))
    assert f"{where.scheme}://{where.netloc}" + where.path == provider.address + "/oauth2/end_session"
    said = parse_qs(where.query)
    assert said["post_logout_redirect_uri"] == [configured.SITE_URL + "/my-messages/signed-out/"]
    assert jwt.decode(said["id_token_hint"][0], options={"verify_signature": False})["sub"] == "kari"
    assert "Sign in with ID-porten" in page(client)
    assert "Sign in with ID-porten" in page(thief)
    assert not CitizenSession.objects.exists()
    assert "You are signed out." in page(client, client.get("/my-messages/signed-out/")["Location"])
    # Who is not signed in is led nowhere.
    assert client.post("/my-messages/sign-out/")["Location"] == "/my-messages/signed-out/"
    assert Client(enforce_csrf_checks=True).post("/my-messages/sign-out/").status_code == 403


def test_both_limits_of_a_session(solvik: Solvik, provider: Provider) -> None:
    client, start = Client(), timezone.now()

    def shown(minutes: int) -> str:
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            return page(client)

    with time_machine.travel(start, tick=False):
        come_in(client, provider)
    assert all("You are signed in with" in shown(minutes) for minutes in (2, *range(25, 240, 25), 239))
    assert "You are not signed in any more." in shown(241)  # four hours, however busy
    with time_machine.travel(start, tick=False):
        come_in(client, provider)
    assert "You are not signed in any more." in shown(31)
    delete_ended_sessions(now=start + timedelta(minutes=29))
    assert CitizenSession.objects.count() == 1
    delete_ended_sessions(now=start + timedelta(minutes=31))
    assert not CitizenSession.objects.exists()


def test_a_form_of_somebody_who_was_signed_in_goes_without_at_the_second_try(
    solvik: Solvik, provider: Provider
) -> None:
    client = Client()
    come_in(client, provider)
    CitizenSession.objects.all().delete()
    refused = send(client, "Hull", signed="yes")
    assert refused.status_code == 422
    told = refused.content.decode()
    assert "You are not signed in any more" in told
    assert ">Hull</textarea>" in told.replace("\n", "")
    assert 'name="signed"' not in told
    assert send(client, "Hull").status_code == 302
    assert (Card.objects.count(), SignedCard.objects.count()) == (1, 0)


# --- What leads to nothing -------------------------------------------------------------------------------------------


def why(answer: Any) -> str:
    assert answer.status_code == 302
    assert not CitizenSession.objects.exists()
    return parse_qs(urlsplit(answer["Location"]).query).get("sign-in", [""])[0]


@pytest.mark.parametrize(
    ("acr", "accepted", "ends"),
    [
        (SUBSTANTIAL, [HIGH], "level"),
        (None, [SUBSTANTIAL, HIGH], "level"),
        ("Level0", [SUBSTANTIAL, HIGH], "level"),
        (HIGH, [SUBSTANTIAL, HIGH], ""),
        (SUBSTANTIAL, [SUBSTANTIAL, HIGH], ""),
        (None, [], ""),
    ],
)
def test_the_level_is_looked_at(
    solvik: Solvik, provider: Provider, settings: Any, acr: str | None, accepted: list[str], ends: str
) -> None:
    settings.CITIZEN_OIDC_ACR_VALUES = accepted
    provider.user("kari", **({"acr": acr} if acr else {}))
    client = Client()
    answer = come_in(client, provider, to="send")
    if ends:
        assert why(answer) == ends
        assert "Choose a stronger way there" in page(client, answer["Location"])
        assert 'name="text"' in page(client, answer["Location"])  # the form, on which nothing changed
    else:
        assert (answer["Location"], CitizenSession.objects.count()) == ("/", 1)


def test_an_answer_that_is_not_this_browsers_signs_nobody_in(solvik: Solvik, provider: Provider) -> None:
    mine, theirs = Client(), Client()
    to_provider(theirs)
    answer = provider.authorize(to_provider(mine), "kari")
    assert why(theirs.get(answer)) == "late"  # another browser's state
    assert why(Client().get(answer)) == "late"
    assert mine.get(answer)["Location"] == MINE
    CitizenSession.objects.all().delete()
    assert why(mine.get(answer)) == "late"  # once more

    # A code of somebody else's, laid into one's own answer: the secret (PKCE) does not fit. Without the secret neither.
    victim, thief = Client(), Client()
    code = parse_qs(urlsplit(provider.authorize(to_provider(victim), "kari")).query)["code"][0]
    state = parse_qs(urlsplit(to_provider(thief)).query)["state"][0]
    assert why(thief.get(BACK, {"code": code, "state": state})) == "refused"
    # The code was used up by that: replayed by its own browser it is good for nothing.
    state = parse_qs(urlsplit(to_provider(victim)).query)["state"][0]
    assert why(victim.get(BACK, {"code": code, "state": state})) == "refused"

    # Another nonce than the one that this browser asked with.
    client = Client()
    address = to_provider(client)
    nonce = parse_qs(urlsplit(address).query)["nonce"][0]
    assert why(client.get(provider.authorize(address.replace(nonce, "x" * len(nonce)), "kari"))) == "refused"


def test_a_provider_that_asks_for_the_secret_gives_nothing_without(solvik: Solvik, provider: Provider) -> None:
    """What stands between a stolen code and a token is the provider's: see that ours asks for it."""
    import requests

    client = Client()
    code = parse_qs(urlsplit(provider.authorize(to_provider(client), "kari")).query)["code"][0]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": configured.SITE_URL + BACK}
    assert requests.post(f"{provider.address}/oauth2/token", data=form, auth=(CLIENT, "secret"), timeout=5).json() == {
        "error": "invalid_grant"
    }


def test_too_late_broken_off_and_nonsense_are_told_of(solvik: Solvik, provider: Provider) -> None:
    client = Client()
    answer = provider.authorize(to_provider(client, "send"), "kari")
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
        assert why(client.get(answer)) == "late"
    for error, ends in (("access_denied", "broke-off"), ("server_error", "refused")):
        state = parse_qs(urlsplit(to_provider(client, "send")).query)["state"][0]
        answer = client.get(BACK, {"error": error, "state": state})
        assert why(answer) == ends
        assert answer["Location"].startswith("/?sign-in=")  # back where one came from
    assert "You can send your message without" in page(client, "/?sign-in=broke-off")
    state = parse_qs(urlsplit(to_provider(client)).query)["state"][0]
    assert why(client.get(BACK, {"code": "x", "state": state, "iss": "https://evil.example"})) == "refused"
    for query in ("", "?code=x", "?code=x&state=y", "?error=x&state=%00", "?state=" + "y" * 5000):
        assert why(client.get(BACK + query)) == "late"
    client.cookies["citizen-begun"], client.cookies["citizen"] = "no token", "no key"
    assert why(client.get(BACK, {"code": "x", "state": "y"})) == "late"
    assert "Sign in with ID-porten" in page(client)
    for words in ("evil", "level%00", "<b>"):  # only our own sentences
        assert 'role="status"><p>' not in page(client, f"/?sign-in={words}")
    assert 'role="status"><p>' in page(client, "/?sign-in=level")
    assert client.get(SIGN_IN, {"to": "https://evil.example"})["Location"].startswith(provider.address)


def test_a_token_of_another_client_or_another_provider_is_refused(solvik: Solvik, provider: Provider) -> None:
    provider.user("kari", acr=HIGH, azp="another")
    assert why(come_in(Client(), provider)) == "refused"


def test_a_provider_that_is_away(solvik: Solvik, provider: Provider, settings: Any) -> None:
    client = Client()
    address = to_provider(client, "send")
    state = parse_qs(urlsplit(address).query)["state"][0]
    with provider_running() as short:
        settings.CITIZEN_OIDC_ISSUER = short.address
        state = parse_qs(urlsplit(to_provider(client, "send")).query)["state"][0]
    answer = client.get(BACK, {"code": "x", "state": state})
    assert why(answer) == "away"
    assert "Signing in does not work just now." in page(client, answer["Location"])
    settings.CITIZEN_OIDC_ISSUER = "http://localhost:9"
    assert why(client.get(SIGN_IN, {"to": "send"})) == "away"
    assert send(client, "Hull").status_code == 302  # a card needs no provider


def test_without_a_provider_there_is_no_such_way(solvik: Solvik, client: Client) -> None:
    for path in (MINE, SIGN_IN, BACK, "/my-messages/signed-out/", "/my-messages/ended/"):
        assert client.get(path).status_code == 404
    assert client.post("/my-messages/ended/").status_code == 404
    assert "ID-porten" not in page(client, "/")


def test_a_key_of_our_own_instead_of_a_secret(solvik: Solvik, provider: Provider, settings: Any) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    settings.CITIZEN_OIDC_PRIVATE_KEY = key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    ).decode()  # fmt: skip
    settings.CITIZEN_OIDC_CLIENT_SECRET, settings.CITIZEN_OIDC_KEY_ID = "", "our-key"
    come_in(Client(), provider)
    asked = provider.asked()
    assert asked["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    assert "client_secret" not in asked
    assert jwt.get_unverified_header(asked["client_assertion"]) == {"alg": "ES256", "kid": "our-key", "typ": "JWT"}
    said = jwt.decode(asked["client_assertion"], key.public_key(), algorithms=["ES256"], audience=provider.address)
    assert (said["iss"], said["sub"]) == (CLIENT, CLIENT)
    assert said["exp"] - said["iat"] <= 120


# --- Signed out there ------------------------------------------------------------------------------------------------


def word(provider: Provider, **claims: Any) -> str:
    now = int(time.time())
    said = {"iss": provider.address, "aud": CLIENT, "iat": now, "exp": now + 120, "jti": f"j-{time.time_ns()}"}
    return provider.sign(said | {"events": EVENTS} | claims)


def told(token: str) -> int:
    return Client(enforce_csrf_checks=True).post("/my-messages/ended/", {"logout_token": token}).status_code


def test_the_providers_word_ends_that_session_or_all(solvik: Solvik, provider: Provider) -> None:
    clients = [Client(), Client(), Client()]
    for number, client in enumerate(clients, 1):
        provider.user("kari", acr=HIGH, sid=f"s-{number}")
        come_in(client, provider)
    provider.user("ola", acr=HIGH)
    ola = Client()
    come_in(ola, provider, "ola")

    def in_there() -> list[bool]:
        return ["Sign in with ID-porten" not in page(client) for client in (*clients, ola)]

    bad = ["", "x.y.z", word(provider, sub="kari", aud="another"), word(provider, sub="kari", nonce="n"),
           word(provider), word(provider, sub="kari", events={}), word(provider, sub="kari", exp=1)]  # fmt: skip
    assert [told(token) for token in bad] == [400] * len(bad)
    assert in_there() == [True] * 4
    token = word(provider, sub="kari", sid="s-1")
    assert (told(token), in_there()) == (200, [False, True, True, True])
    provider.user("kari", acr=HIGH, sid="s-1")
    come_in(clients[0], provider)
    assert told(token) == 400  # replayed: who signed in since stays
    assert in_there() == [True] * 4

    # Through the browser: the provider's page opens our address with the name of its session.
    front = "/my-messages/ended/?" + urlencode({"iss": provider.address, "sid": "s-2"})
    assert Client().get("/my-messages/ended/", {"iss": "https://evil.example", "sid": "s-2"}).status_code == 400
    assert (
        Client().get("/my-messages/ended/", {"iss": provider.address}).status_code == 200
    )  # names nothing, ends nothing
    assert in_there() == [True] * 4
    assert (Client().get(front).status_code, in_there()) == (200, [True, False, True, True])
    assert (told(word(provider, sub="kari")), in_there()) == (200, [False, False, False, True])
    assert told(word(provider, sub="kari")) == 200


# --- Found and erased ------------------------------------------------------------------------------------------------


def test_what_was_sent_signed_in_is_found_blocked_and_erased(solvik: Solvik, provider: Provider) -> None:
    client = Client()
    come_in(client, provider)
    send(client, "Uten navn", signed="yes")
    send(client, "Med navn", signed="yes", name="Kari Nordmann", phone="33181000")
    a_card(unit=solvik.roads, contact=Contact("Ola Hansen", "", "", ""))
    first, second = Card.objects.filter(signed__isnull=False).order_by("id")
    # The desk finds by name what has one, and by the sign-in what has none.
    found = find_person(Sought(name="Kari Nordmann"))
    assert {one.key for one in found} == {first.reference, second.reference}
    assert all(one.own for one in found)

    now = timezone.now()
    block_cards([first.pk], cause=Erasure.Cause.OBJECTED, by=None, now=now)
    assert not SignedCard.objects.filter(card=first).exists()
    assert first.reference not in page(client)
    lift_block(first, cause=Erasure.Cause.OBJECTED, by=None, now=now)
    assert first.reference in page(client)
    anonymise_cards([first.pk, second.pk], cause=Erasure.Cause.ASKED, by=None, now=now)
    assert not SignedCard.objects.exists()
    assert "There is nothing yet" in page(client)


def test_a_page_that_is_over_is_not_listed_and_a_list_costs_no_query_a_card(
    solvik: Solvik, provider: Provider, django_assert_num_queries: Any
) -> None:
    client = Client()
    come_in(client, provider)
    send(client, "En", signed="yes")
    page(client)
    with django_assert_num_queries(16):
        page(client)
    for text in ("To", "Tre", "Fire"):
        send(client, text, signed="yes")
    with django_assert_num_queries(16):
        page(client)
    card = Card.objects.order_by("id")[0]
    past = timezone.now() - timedelta(days=366)
    close_card(card, by=solvik.clerk, now=timezone.now(), result=CloseResult.NOTED)
    assert card.reference in page(client)
    Card.objects.filter(pk=card.pk).update(closed_at=past)
    assert card.reference not in page(client)


def test_settings_that_cannot_work_are_told_of(settings: Any) -> None:
    settings.CITIZEN_OIDC_ISSUER, settings.CITIZEN_OIDC_CLIENT_ID = "http://idporten.example", ""
    found = {message.id for message in checks.run_checks(tags=["security"])}
    assert {"house.E006", "house.E007", "house.E008"} <= found
    call_command("check", "--tag", "models")
