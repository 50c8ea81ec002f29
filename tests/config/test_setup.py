"""`manage.py setup`: an empty municipality and its first administrator, once."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from organisation.actions import setting_up
from organisation.models import Municipality, Person, RoleAssignment, Unit
from organisation.permissions import Role
from organisation.queries import grants_of, municipality, service_centre
from tests.config.conftest import ROOT

pytestmark = pytest.mark.django_db

PASSWORD = "en lang setning om vinteren"
GIVEN = {
    "name": "Nyvik kommune",
    "number": "9999",
    "admin_email": "Anna@Nyvik.example",
    "admin_name": "Anna Ås",
    "admin_password_env": "FIRST_PASSWORD",
}


def run(monkeypatch: pytest.MonkeyPatch, password: str = PASSWORD, **options: Any) -> str:
    monkeypatch.setenv("FIRST_PASSWORD", password)
    out = io.StringIO()
    call_command("setup", no_input=True, stdout=out, **(GIVEN | options))
    return out.getvalue()


def test_set_up_makes_municipality_service_centre_and_administrator(monkeypatch: pytest.MonkeyPatch) -> None:
    said = run(monkeypatch)
    here, person = municipality(), Person.objects.get()
    assert (here.name, here.number, here.country, here.language, here.time_zone) == (
        "Nyvik kommune",
        "9999",
        "NO",
        "nb",
        "Europe/Oslo",
    )
    assert not here.is_demonstration
    assert (service_centre(), Unit.objects.count()) == (Unit.objects.get(), 1)
    assert (person.email, person.name, person.is_staff, person.is_superuser) == (
        "anna@nyvik.example",
        "Anna Ås",
        False,
        False,
    )
    assert grants_of(person).roles == {Role.ADMINISTRATOR}
    assert "Nyvik kommune" in said
    assert PASSWORD not in said


def test_the_administrator_signs_in_and_keeps_the_organisation_but_sees_no_cards(
    monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    run(monkeypatch)
    client.post("/accounts/login/", {"login": "anna@nyvik.example", "password": PASSWORD})
    assert client.get("/staff/administration/units/").status_code == 200
    assert client.get("/staff/").status_code == 403


def test_sweden_has_its_own_language_and_time(monkeypatch: pytest.MonkeyPatch) -> None:
    run(monkeypatch, country="SE")
    here = municipality()
    assert (here.language, here.time_zone) == ("sv", "Europe/Stockholm")


def test_a_second_time_is_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    run(monkeypatch)
    with pytest.raises(CommandError, match=r"«Nyvik kommune» is set up here already. One installation holds one"):
        run(monkeypatch, name="En annen", admin_email="another@nyvik.example")
    assert (Municipality.objects.count(), Person.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"name": " "}, "Write a name of at most 100 characters."),
        ({"name": None}, "--name is missing: name of the municipality."),
        ({"number": "12a"}, "«12a» is not a municipality number. Write up to ten digits, or nothing."),
        ({"country": "DK"}, "«DK» is not one of the countries here: NO, SE."),
        ({"language": "da"}, "«da» is not one of the languages here: nb, nn, sv, en."),
        ({"time_zone": "Europe/Larvik"}, "«Europe/Larvik» is not a time zone. Example: Europe/Oslo."),
        ({"admin_email": "anna"}, "«anna» is not an e-mail address. Write it like name@example.com."),
        ({"admin_name": ""}, "Write a name of at most 150 characters."),
        ({"password": "kort"}, "The password will not do. This password is too short"),
        ({"password": "anna@nyvik.example"}, "The password will not do. The password is too similar to the"),
        ({"password": ""}, "--admin-password-env names FIRST_PASSWORD, and there is nothing in it."),
        ({"admin_password_env": None}, "The administrator's password is missing: --admin-password-env or"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_made(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(CommandError) as refused:
        run(monkeypatch, **given)
    assert str(refused.value).startswith(sentence)
    assert [model.objects.count() for model in (Municipality, Person, Unit, RoleAssignment)] == [0, 0, 0, 0]


def test_an_address_somebody_has_is_refused_and_nothing_is_half_done(monkeypatch: pytest.MonkeyPatch) -> None:
    Person.objects.create_user("anna@nyvik.example", "Anna")
    with pytest.raises(CommandError, match=r"Somebody signs in with «Anna@Nyvik.example» already"):
        run(monkeypatch)
    assert (Municipality.objects.count(), Unit.objects.count()) == (0, 0)


def test_asked_again_until_an_answer_can_be(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = iter(["", "Nyvik", "", "", "", "Europe/Larvik", "", "anna", "anna@nyvik.example", "Anna"])
    passwords = iter(["kort", "kort", PASSWORD, "noe annet", PASSWORD, PASSWORD])
    monkeypatch.setattr("builtins.input", lambda _prompt: next(answers))
    monkeypatch.setattr("getpass.getpass", lambda _prompt: next(passwords))
    err = io.StringIO()
    call_command("setup", stdout=io.StringIO(), stderr=err)
    assert (municipality().name, municipality().time_zone) == ("Nyvik", "Europe/Oslo")
    assert Person.objects.get().check_password(PASSWORD)
    assert [line.split(" ", 1)[0] for line in err.getvalue().splitlines()] == [
        "Write",
        "«Europe/Larvik»",
        "«anna»",
        "The",
        "The",
    ]


def test_two_at_once_make_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second has looked before the first committed: the database refuses it."""
    run(monkeypatch)
    looks = iter([False])
    real = setting_up.check

    def look(**values: str) -> None:
        if next(looks, True):
            real(**values)

    monkeypatch.setattr(setting_up, "check", look)
    with pytest.raises(setting_up.AlreadySetUp):
        setting_up.set_up(
            name="En annen",
            number="",
            country="NO",
            time_zone="Europe/Oslo",
            language="nb",
            administrator_email="b@nyvik.example",
            administrator_name="B",
            password=PASSWORD,
            now=timezone.now(),
        )
    assert Person.objects.count() == 1


@pytest.mark.slow
def test_as_a_command_the_password_comes_by_standard_input(process_env: dict[str, str]) -> None:
    words = ["--no-input", "--name", "Nyvik", "--admin-email", "anna@nyvik.example", "--admin-name", "Anna"]
    command = [sys.executable, str(ROOT / "manage.py"), "setup", *words, "--admin-password-stdin"]
    done = [
        subprocess.run(command, env=process_env, input=f"{PASSWORD}\n", capture_output=True, text=True, check=False)
        for _time in range(2)
    ]
    assert [one.returncode for one in done] == [0, 1]
    assert (
        done[1].stderr.strip()
        == "CommandError: «Nyvik» is set up here already. One installation holds one municipality."
    )
    assert Person.objects.get().check_password(PASSWORD)
    assert json.dumps(PASSWORD) not in done[0].stdout
