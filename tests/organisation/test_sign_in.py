"""Signing in, the demonstration's people, and the pages for what went wrong."""

from __future__ import annotations

import pytest
from django.core import mail
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import override_settings

from organisation.models import Person
from tests.factories import Solvik, make_solvik

PASSWORD = "et-langt-passord-her"


@pytest.fixture
def solvik(db: None) -> Solvik:
    made = make_solvik(is_demonstration=True)
    made.clerk.set_password(PASSWORD)
    made.clerk.save()
    return made


def test_staff_sign_in_and_out(solvik: Solvik, client: Client) -> None:
    response = client.post("/accounts/login/", {"login": "CLERK@solvik.test", "password": PASSWORD})
    assert (response.status_code, response.headers["Location"]) == (302, "/staff/")
    assert client.get("/staff/").status_code == 200
    client.post("/accounts/logout/")
    assert client.get("/staff/").status_code == 302


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("clerk", "/staff/"),
        ("handler", "/staff/today/"),
        ("roads_leader", "/staff/today/"),
        ("sector_leader", "/staff/today/"),
        ("mayors_secretary", "/staff/political/"),
        ("chief", "/staff/chief/"),
        ("reader", "/staff/"),
        ("administrator", "/staff/administration/"),
    ],
)
def test_each_begins_where_their_day_begins(solvik: Solvik, client: Client, name: str, where: str) -> None:
    person = getattr(solvik, name)
    person.set_password(PASSWORD)
    person.save()
    response = client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    assert response.headers["Location"] == where


def signed_in(client: Client, person: Person, **headers: str) -> Client:
    person.set_password(PASSWORD)
    person.save()
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD}, **headers)
    return client


def test_the_pages_go_on_in_the_persons_language(solvik: Solvik, client: Client) -> None:
    solvik.clerk.language = "nn"
    signed_in(client, solvik.clerk, HTTP_ACCEPT_LANGUAGE="en")
    assert '<html lang="nn">' in client.get("/staff/", HTTP_ACCEPT_LANGUAGE="en").content.decode()


def test_a_language_that_was_chosen_in_this_browser_stays(solvik: Solvik, client: Client) -> None:
    client.post("/language/setlang/", {"language": "sv", "next": "/"})
    signed_in(client, solvik.clerk)
    assert '<html lang="sv">' in client.get("/staff/").content.decode()
    assert Person.objects.get(pk=solvik.clerk.pk).language == "nb"


def test_a_language_chosen_while_signed_in_is_kept_with_the_person(solvik: Solvik, client: Client) -> None:
    signed_in(client, solvik.clerk)
    response = client.post("/language/setlang/", {"language": "en", "next": "/staff/"})
    assert (response.status_code, response.headers["Location"]) == (302, "/staff/")
    assert Person.objects.get(pk=solvik.clerk.pk).language == "en"
    elsewhere = signed_in(Client(), Person.objects.get(pk=solvik.clerk.pk))
    assert '<html lang="en">' in elsewhere.get("/staff/").content.decode()


@pytest.mark.parametrize("language", ["de", "", "nb' --"])
def test_a_language_that_is_not_here_changes_nothing(solvik: Solvik, client: Client, language: str) -> None:
    signed_in(client, solvik.clerk)
    client.post("/language/setlang/", {"language": language, "next": "/staff/"})
    assert Person.objects.get(pk=solvik.clerk.pk).language == "nb"


def test_a_wrong_password_gets_a_sentence_and_keeps_the_address(solvik: Solvik, client: Client) -> None:
    response = client.post(
        "/accounts/login/", {"login": "clerk@solvik.test", "password": "feil"}, HTTP_ACCEPT_LANGUAGE="en"
    )
    assert "The e-mail address or the password is wrong." in response.content.decode()
    assert 'value="clerk@solvik.test"' in response.content.decode()


def test_nobody_signs_up(solvik: Solvik, client: Client) -> None:
    response = client.post("/accounts/signup/", {"email": "x@example.test", "password1": PASSWORD})
    assert "No signing up here" in client.get("/accounts/signup/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert response.status_code == 200
    assert not Person.objects.filter(email="x@example.test").exists()


@pytest.mark.parametrize(
    ("demonstration", "made_up", "shown"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_the_people_of_the_demonstration_are_listed_only_there(
    solvik: Solvik, client: Client, demonstration: bool, made_up: bool, shown: bool
) -> None:
    solvik.municipality.is_demonstration = made_up
    solvik.municipality.save()
    with override_settings(DEMONSTRATION=demonstration, DEMONSTRATION_PASSWORD=PASSWORD):
        html = client.get("/accounts/login/").content.decode()
    assert ("Roads Leader" in html) is shown
    assert (PASSWORD in html) is shown


def test_a_forgotten_password_is_mailed_a_link_that_works_once(solvik: Solvik, client: Client) -> None:
    client.post("/accounts/password/reset/", {"email": "clerk@solvik.test"})
    [message] = mail.outbox
    path = next(word for word in message.body.split() if "/password/reset/key/" in word).partition("testserver")[2]
    response = client.get(path, follow=True)
    new = {"password1": "et-helt-nytt-passord", "password2": "et-helt-nytt-passord"}
    client.post(response.redirect_chain[-1][0], new)
    assert Person.objects.get(pk=solvik.clerk.pk).check_password("et-helt-nytt-passord")


@pytest.mark.parametrize("path", ["/nothing/", "/staff/cards/26-000001-0/x/y/z/"])
def test_a_page_that_is_not_there_is_met_in_our_frame(solvik: Solvik, client: Client, path: str) -> None:
    response = client.get(path, HTTP_ACCEPT_LANGUAGE="en")
    assert response.status_code == 404
    assert "There is no such page" in response.content.decode()
    assert "Solvik" in response.content.decode()


def test_the_page_for_our_own_faults_needs_no_database() -> None:
    html = render_to_string("500.html")
    assert html.count("<h1") == 1
    assert "csrfmiddlewaretoken" not in html


def test_a_form_without_its_token_is_told_so_in_our_frame(solvik: Solvik) -> None:
    response = Client(enforce_csrf_checks=True).post("/", {"text": "Hull"}, HTTP_ACCEPT_LANGUAGE="en")
    assert response.status_code == 403
    assert "The page had been open too long" in response.content.decode()
