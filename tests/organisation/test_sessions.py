"""Sessions: their two limits, where one is signed in, ending them; the sign-in log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from organisation.actions.people import change_person
from organisation.models import BrowserSession, OutgoingMail, Person, SignIn
from organisation.places import browser_of, counted, shortened
from organisation.tasks import forget_sign_ins_of_old
from tests.factories import Solvik, make_solvik

PASSWORD = "et-langt-passord-her"
NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def solvik(db: None) -> Solvik:
    made = make_solvik()
    for person in (made.clerk, made.administrator):
        person.set_password(PASSWORD)
        person.language = "en"
        person.save()
    return made


@pytest.fixture
def limits(settings: Any) -> Iterator[time_machine.Coordinates]:
    settings.SESSION_IDLE_MINUTES, settings.SESSION_HOURS = 60, 12
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def sign_in(person: Person, **headers: str) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="en", **headers)
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    return client


def test_who_does_nothing_for_an_hour_is_out(solvik: Solvik, limits: time_machine.Coordinates) -> None:
    client = sign_in(solvik.clerk)
    limits.shift(timedelta(minutes=59))
    assert client.get("/staff/").status_code == 200  # which counts anew
    limits.shift(timedelta(minutes=59))
    assert client.get("/staff/").status_code == 200
    limits.shift(timedelta(minutes=61))
    assert client.get("/staff/").headers["Location"] == "/accounts/login/?next=/staff/"


def test_after_twelve_hours_everybody_signs_in_anew(solvik: Solvik, limits: time_machine.Coordinates) -> None:
    client = sign_in(solvik.clerk)
    for _half_hour in range(23):
        limits.shift(timedelta(minutes=30))
        assert client.get("/staff/").status_code == 200
    limits.shift(timedelta(minutes=31))
    assert client.get("/staff/").status_code == 302


def test_the_limits_cost_no_statement_but_once_in_a_while(solvik: Solvik, limits: time_machine.Coordinates) -> None:
    client = sign_in(solvik.clerk)

    def statements() -> list[str]:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get("/staff/").status_code == 200
        return [each["sql"] for each in asked if "browsersession" in each["sql"]]

    assert [each.split()[0] for each in statements()] == ["SELECT"]
    limits.shift(timedelta(minutes=5))
    assert [each.split()[0] for each in statements()] == ["SELECT"]
    limits.shift(timedelta(minutes=2))
    assert [each.split()[0] for each in statements()] == ["SELECT", "UPDATE"]
    assert [each.split()[0] for each in statements()] == ["SELECT"]


def test_one_sees_where_one_is_signed_in_and_ends_it(solvik: Solvik) -> None:
    here = sign_in(solvik.clerk, HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="192.0.2.77")
    there = sign_in(solvik.clerk, REMOTE_ADDR="2001:db8:1:2::3")
    strangers = sign_in(solvik.administrator)
    page = here.get("/accounts/me/").content.decode()
    assert "Firefox, Windows" in page
    assert "192.0.2.0/24" in page
    assert "2001:db8:1::/48" in page
    assert "192.0.2.77" not in page
    for row in BrowserSession.objects.all():
        assert row.session_key not in page  # it is the cookie

    foreign = BrowserSession.objects.get(person=solvik.administrator)
    here.post("/accounts/me/end/", {"session": foreign.mark})
    assert strangers.get("/accounts/me/").status_code == 200
    here.post("/accounts/me/end/", {"session": BrowserSession.objects.get(address="2001:db8:1::/48").mark})
    assert (there.get("/staff/").status_code, here.get("/staff/").status_code) == (302, 200)
    again = sign_in(solvik.clerk)
    here.post("/accounts/me/end/")
    assert (again.get("/staff/").status_code, here.get("/staff/").status_code) == (302, 200)


def test_an_administrator_signs_somebody_out_everywhere(solvik: Solvik) -> None:
    theirs, admins = sign_in(solvik.clerk), sign_in(solvik.administrator)
    answer = admins.post(f"/staff/administration/people/{solvik.clerk.pk}/sign-ins/end/", follow=True)
    assert "is signed out everywhere" in answer.content.decode()
    assert theirs.get("/staff/").status_code == 302
    own = sign_in(solvik.administrator)
    admins.post(f"/staff/administration/people/{solvik.administrator.pk}/sign-ins/end/")
    assert (own.get("/accounts/me/").status_code, admins.get("/accounts/me/").status_code) == (302, 200)


def test_a_closed_login_is_out_at_once_with_no_session_left(solvik: Solvik) -> None:
    theirs = sign_in(solvik.clerk)
    clerk = solvik.clerk
    change_person(
        clerk,
        email=clerk.email,
        name=clerk.name,
        phone="",
        language="nb",
        is_active=False,
        by=solvik.administrator,
        now=NOW,
    )
    assert theirs.get("/staff/").status_code == 302
    assert not BrowserSession.objects.filter(person=clerk).exists()


def test_a_new_password_ends_what_is_signed_in_elsewhere(solvik: Solvik) -> None:
    here, there = sign_in(solvik.clerk), sign_in(solvik.clerk)
    new = "et-helt-nytt-passord"
    here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert (here.get("/staff/").status_code, there.get("/staff/").status_code) == (200, 302)
    assert BrowserSession.objects.filter(person=solvik.clerk).count() == 1
    assert OutgoingMail.objects.get(kind="sign_in_changed").to == solvik.clerk.email


def test_an_emergency_login_is_told_of_to_the_administrators(solvik: Solvik) -> None:
    Person.objects.filter(pk=solvik.clerk.pk).update(is_emergency=True)
    sign_in(solvik.clerk)
    assert SignIn.objects.get(person=solvik.clerk).is_emergency
    mail = OutgoingMail.objects.get(kind="emergency_sign_in")
    assert mail.to == solvik.administrator.email
    assert solvik.clerk.name in mail.subject


def test_next_leads_nowhere_else(solvik: Solvik, client: Client) -> None:
    for path in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"):
        answer = Client().post("/accounts/login/", {"login": solvik.clerk.email, "password": PASSWORD, "next": path})
        assert answer.headers["Location"] == "/staff/"


def test_old_lines_and_dead_sessions_go_at_night(solvik: Solvik, limits: time_machine.Coordinates) -> None:
    sign_in(solvik.clerk)
    limits.shift(timedelta(days=364))
    assert forget_sign_ins_of_old() == "deleted 0 lines, 1 sessions"
    limits.shift(timedelta(days=3))
    assert forget_sign_ins_of_old() == "deleted 1 lines, 0 sessions"


def test_a_session_of_a_browser_in_which_nobody_is_names_nobody(solvik: Solvik, client: Client) -> None:
    session = client.session
    session["anything"] = 1
    session.save()
    row = BrowserSession.objects.get(pk=session.session_key)
    assert (row.person, row.started_at, SESSION_KEY in row.get_decoded()) == (None, None, False)


@pytest.mark.parametrize(
    ("address", "network", "by"),
    [
        ("192.0.2.77", "192.0.2.0/24", "192.0.2.77"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.77", "192.0.2.0/24", "::/64"),
        ("unix:", "", "unix:"),
    ],
)
def test_addresses_are_shortened_for_the_log(address: str, network: str, by: str) -> None:
    assert (shortened(address), counted(address)) == (network, by)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox, Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/604.1",
            "Safari, iOS",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Linux"),
        ("<script>", ""),
    ],
)
def test_browsers_are_told_by_name(agent: str, name: str) -> None:
    assert browser_of(agent) == name
