"""The second step: set up, asked for, demanded where somebody sees personal data, lost and taken away."""

from __future__ import annotations

import json
import re
import time
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.management import CommandError, call_command
from django.test import Client
from django.test.utils import override_settings

from organisation.models import BrowserSession, OutgoingMail, Person, SignIn
from tests.factories import Solvik, make_solvik

PASSWORD = "et-langt-passord-her"
EN = {"HTTP_ACCEPT_LANGUAGE": "en"}
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def solvik(transactional_db: None) -> Solvik:
    made = make_solvik()
    for person in (made.clerk, made.administrator):
        person.set_password(PASSWORD)
        person.language = "en"
        person.save()
    return made


def sign_in(client: Client, person: Person) -> Any:
    return client.post("/accounts/login/", {"login": person.email, "password": PASSWORD}, **EN)


def code_of(secret: str, *, steps: int = 0) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + steps))


def set_up_app(client: Client) -> str:
    html = client.get("/accounts/second-step/app/", **EN).content.decode()
    secret = re.search(r'second-step__key">([A-Z2-7]+)<', html)
    assert secret is not None, html
    answer = client.post("/accounts/second-step/app/", {"code": code_of(secret[1])}, **EN)
    assert answer.headers["Location"] == "/accounts/second-step/codes/", answer.content.decode()
    return secret[1]


def test_an_app_is_set_up_with_codes_and_asked_for_from_then_on(solvik: Solvik, client: Client) -> None:
    sign_in(client, solvik.clerk)
    assert BrowserSession.objects.get(person=solvik.clerk).way == "password"
    secret = set_up_app(client)
    assert BrowserSession.objects.get(person=solvik.clerk).way == "code"  # it was just shown to work
    stored = Authenticator.objects.get(user=solvik.clerk, type="totp")
    assert secret not in json.dumps(stored.data)

    codes = re.findall(r"<code>(\d{8})</code>", client.get("/accounts/second-step/codes/").content.decode())
    assert len(codes) == 10
    [mail] = OutgoingMail.objects.filter(kind="sign_in_changed")
    assert (mail.to, "An app was set up" in mail.text) == (solvik.clerk.email, True)

    elsewhere = Client()
    assert sign_in(elsewhere, solvik.clerk).headers["Location"] == "/accounts/second-step/"
    assert elsewhere.get("/staff/").status_code == 302  # not in yet
    wrong = elsewhere.post("/accounts/second-step/", {"code": "000000"}, **EN)
    assert "That code does not fit" in wrong.content.decode()
    assert elsewhere.post("/accounts/second-step/", {"code": codes[0]}).headers["Location"] == "/staff/"
    assert BrowserSession.objects.get(person=solvik.clerk, way="recovery_code")
    assert [line.what for line in SignIn.objects.filter(person=solvik.clerk)][:2] == ["signed_in", "wrong_code"]

    third = Client()
    sign_in(third, solvik.clerk)
    again = third.post("/accounts/second-step/", {"code": codes[0]}, **EN)  # each code works once
    assert again.status_code == 200
    assert third.post("/accounts/second-step/", {"code": code_of(secret, steps=1)}).status_code == 302


def test_codes_are_guessed_slower_and_slower(solvik: Solvik, client: Client) -> None:
    sign_in(client, solvik.clerk)
    secret = set_up_app(client)
    guesser = Client()
    sign_in(guesser, solvik.clerk)
    for number in range(5):
        guesser.post("/accounts/second-step/", {"code": f"00000{number}"})
    answer = guesser.post("/accounts/second-step/", {"code": code_of(secret, steps=1)}, **EN)
    assert "Wait 1 minute and try again" in answer.content.decode()
    assert guesser.get("/staff/").status_code == 302


@override_settings(SECOND_STEP_DEMANDED=True)
def test_where_it_is_demanded_a_password_alone_leads_to_setting_it_up(solvik: Solvik, client: Client) -> None:
    sign_in(client, solvik.clerk)
    for path in ("/staff/", "/staff/today/", "/admin/"):
        assert client.get(path).headers["Location"] == "/accounts/me/"
    assert client.get("/staff/", HTTP_HX_REQUEST="true").headers["HX-Redirect"] == "/accounts/me/"
    refused = client.get("/api/v1/cards/")
    assert (refused.status_code, refused.headers["Content-Type"]) == (403, "application/problem+json")
    assert "Set up a second step first" in client.get("/accounts/me/", **EN).content.decode()
    assert client.get("/").status_code == 200  # the citizens' pages are everybody's
    set_up_app(client)
    assert client.get("/staff/").status_code == 200
    client.post("/accounts/second-step/app/remove/")
    assert client.get("/staff/").headers["Location"] == "/accounts/me/"


@override_settings(SECOND_STEP_DEMANDED=True)
def test_who_sees_no_personal_data_is_not_asked_for_one(solvik: Solvik, client: Client) -> None:
    nobody = Person.objects.create_user("nobody@solvik.test", "Nobody", PASSWORD)
    sign_in(client, nobody)
    assert client.get("/staff/").status_code in (200, 403)


def test_a_lost_telephone_is_the_administrators_to_put_right(solvik: Solvik, client: Client) -> None:
    theirs = Client()
    sign_in(theirs, solvik.clerk)
    set_up_app(theirs)
    sign_in(client, solvik.administrator)
    page = client.get(f"/staff/administration/people/{solvik.clerk.pk}/sign-ins/", **EN).content.decode()
    assert "Take the second step away" in page
    client.post(f"/staff/administration/people/{solvik.clerk.pk}/second-step/take/")
    assert not Authenticator.objects.filter(user=solvik.clerk).exists()
    assert theirs.get("/staff/").status_code == 302  # signed out at once
    assert OutgoingMail.objects.filter(kind="sign_in_changed", text__contains="took the second step").count() == 1

    # One's own goes by one's own page, where it is asked for first.
    own = Client()
    sign_in(own, solvik.administrator)
    set_up_app(own)
    own.post(f"/staff/administration/people/{solvik.administrator.pk}/second-step/take/")
    assert Authenticator.objects.filter(user=solvik.administrator).exists()


def test_the_machine_takes_away_the_only_administrators(solvik: Solvik, client: Client) -> None:
    sign_in(client, solvik.administrator)
    set_up_app(client)
    call_command("remove_second_step", " Administrator@solvik.test".strip(), stdout=StringIO())
    assert not Authenticator.objects.exists()
    assert client.get("/accounts/me/").status_code == 302
    with pytest.raises(CommandError, match="Nobody has the login"):
        call_command("remove_second_step", "nobody@solvik.test")


@pytest.mark.parametrize("what", ["sign-ins/", "sign-ins/end/", "second-step/take/"])
def test_only_administrators_reach_the_signing_in_of_others(solvik: Solvik, client: Client, what: str) -> None:
    client.force_login(solvik.clerk)
    path = f"/staff/administration/people/{solvik.administrator.pk}/{what}"
    assert (client.get if what == "sign-ins/" else client.post)(path).status_code == 403
