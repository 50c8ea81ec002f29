"""The administrator's pages on units, people, calendar, texts, the municipality and the log."""

from __future__ import annotations

import re
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse

from organisation.actions.api_keys import NewKey, create_api_key
from organisation.models import (
    ApiKey,
    Change,
    DayOff,
    Municipality,
    OwnWording,
    Person,
    RoleAssignment,
    Unit,
)
from organisation.permissions import Role
from tests.factories import MONDAY, DayOffFactory, PersonFactory, RoleFactory, Solvik, UnitFactory

BASE = "/staff/administration"


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def admin(solvik: Solvik, client: Client) -> Client:
    client.force_login(solvik.administrator)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def a_key(solvik: Solvik) -> NewKey:
    return create_api_key(
        name="Kartet", acts_as=solvik.clerk, scopes=["cards:read"], today=MONDAY.date(), by=None, now=MONDAY
    )


def paths(solvik: Solvik) -> list[str]:
    return [
        "/", "/units/", "/new-unit/", "/units/roads/", "/units/roads/close/", "/people/", "/new-person/",
        f"/people/{solvik.clerk.pk}/", "/categories/", "/new-category/", "/rules/", "/new-rule/", "/deadlines/",
        "/calendar/", "/texts/", "/texts/page.intro/", "/municipality/", "/look/", "/log/", "/keys/", "/new-key/",
        "/webhooks/", "/new-webhook/", "/webhooks/given-up/",
    ]  # fmt: skip


def posts(solvik: Solvik) -> list[str]:
    day = DayOffFactory(on="2026-12-24")
    role = solvik.clerk.role_assignments.get()
    key = ApiKey.objects.create(name="Kartet", acts_as=solvik.clerk, scopes=["cards:read"], digest="x", made_at=MONDAY)
    person = f"/people/{solvik.clerk.pk}"
    return [
        "/new-unit/", "/units/roads/", "/units/roads/close/", "/new-person/", f"{person}/", f"{person}/link/",
        f"{person}/roles/", f"{person}/roles/{role.pk}/take/", f"{person}/absences/", "/new-category/", "/new-rule/",
        "/deadlines/", "/calendar/", f"/calendar/{day.pk}/remove/", "/texts/page.intro/", "/municipality/", "/look/",
        "/look/arms/", "/look/arms/remove/", "/new-key/", f"/keys/{key.pk}/revoke/",
        "/new-webhook/",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "who", ["clerk", "roads_leader", "handler", "sector_leader", "chief", "mayors_secretary", "reader"]
)
def test_nobody_else_sees_or_does_anything(solvik: Solvik, client: Client, who: str) -> None:
    client.force_login(getattr(solvik, who))
    assert {path: client.get(BASE + path).status_code for path in paths(solvik)} == dict.fromkeys(paths(solvik), 403)
    to_post = posts(solvik)
    assert {path: client.post(BASE + path, {"x": "1"}).status_code for path in to_post} == dict.fromkeys(to_post, 403)
    assert not Change.objects.exists()
    assert mail.outbox == []


def test_who_is_not_signed_in_is_asked_to(solvik: Solvik, client: Client) -> None:
    for path in paths(solvik):
        assert client.get(BASE + path).headers["Location"].startswith("/accounts/login/"), path


def test_an_administrator_opens_every_page_and_sees_no_cards(solvik: Solvik, admin: Client) -> None:
    for path in paths(solvik):
        assert admin.get(BASE + path).status_code == 200, path
    assert admin.get("/staff/").status_code == 403
    page = admin.get(f"{BASE}/").content.decode()
    assert 'href="/staff/administration/" aria-current="page"' in page
    assert "/admin/" not in page


@pytest.mark.parametrize("path", ["/units/none/", "/people/999999/", "/texts/none/", "/people/999999/link/"])
def test_what_is_not_there_is_not_found(admin: Client, path: str) -> None:
    assert (admin.post if "link" in path else admin.get)(BASE + path).status_code == 404


# --- Units --------------------------------------------------------------------------------------------------------------


def test_a_unit_is_opened_with_a_code_made_of_its_name(solvik: Solvik, admin: Client) -> None:
    form = {"name": "Blå bøker", "kind": "unit", "parent": solvik.sector.pk, "leader": solvik.handler.pk}
    assert admin.post(f"{BASE}/new-unit/", form).status_code == 302
    made = Unit.objects.get(code="bla-boker")
    assert (made.parent, made.leader, made.email) == (solvik.sector, solvik.handler, "")
    again = admin.post(f"{BASE}/new-unit/", form)
    assert again.status_code == 422
    assert "There is a unit with this code already. Write another." in again.content.decode()
    assert 'value="Blå bøker"' in again.content.decode()


def test_a_unit_is_changed_and_what_is_wrong_keeps_what_was_typed(solvik: Solvik, admin: Client) -> None:
    form = {"name": "Vei og trafikk", "email": "vei@", "leader": solvik.handler.pk, "deputy": solvik.handler.pk}
    wrong = admin.post(f"{BASE}/units/roads/", form)
    assert wrong.status_code == 422
    assert 'value="Vei og trafikk"' in wrong.content.decode()
    assert "<h1" in wrong.content.decode()
    assert ">Vei<" in wrong.content.decode()
    twice = admin.post(f"{BASE}/units/roads/", form | {"email": ""})
    assert "Handler leads the unit" in twice.content.decode()
    assert admin.post(f"{BASE}/units/roads/", form | {"email": "", "deputy": ""}).status_code == 302
    assert Unit.objects.get(code="roads").name == "Vei og trafikk"


def test_the_service_centre_is_not_closed(solvik: Solvik, admin: Client) -> None:
    assert "Close the unit" not in admin.get(f"{BASE}/units/service-centre/").content.decode()
    answer = admin.post(f"{BASE}/units/service-centre/close/", {"successor": "roads", "on": "02.11.2026"})
    assert answer.status_code == 422
    assert "cannot be closed" in answer.content.decode()


# --- People -------------------------------------------------------------------------------------------------------------


def test_a_person_is_let_in_given_a_role_and_chooses_a_password(solvik: Solvik, admin: Client, client: Client) -> None:
    form = {"name": "Åse Ny", "email": "Ase@solvik.test", "phone": "", "language": "nn", "send": "1"}
    answer = admin.post(f"{BASE}/new-person/", form)
    person = Person.objects.get(email="ase@solvik.test")
    assert answer.headers["Location"] == f"{BASE}/people/{person.pk}/"
    assert not person.has_usable_password()
    (sent,) = mail.outbox
    assert sent.to == ["ase@solvik.test"]
    assert "nytt passord" in sent.body
    role = {"role-role": Role.CASE_HANDLER, "role-unit": solvik.roads.pk}
    assert admin.post(f"{BASE}/people/{person.pk}/roles/", role).status_code == 302
    assert RoleAssignment.objects.get(person=person).unit == solvik.roads

    link = re.search(r"http://\S+(/accounts/\S+)", sent.body)
    assert link is not None
    someone = Client()
    page = someone.get(link[1], follow=True)
    someone.post(page.redirect_chain[-1][0], {"password1": "et-helt-nytt-passord", "password2": "et-helt-nytt-passord"})
    assert Person.objects.get(pk=person.pk).check_password("et-helt-nytt-passord")


def test_the_same_address_is_not_let_in_twice(solvik: Solvik, admin: Client) -> None:
    answer = admin.post(f"{BASE}/new-person/", {"name": "X", "email": "CLERK@solvik.test", "language": "nb"})
    assert answer.status_code == 422
    assert "Somebody signs in with this address already." in answer.content.decode()
    assert mail.outbox == []


def test_a_role_that_cannot_be_is_told_at_its_field(solvik: Solvik, admin: Client) -> None:
    address = f"{BASE}/people/{solvik.reader.pk}/roles/"
    answer = admin.post(address, {"role-role": Role.CASE_HANDLER, "role-unit": ""})
    assert answer.status_code == 422
    assert 'href="#id_role-unit"' in answer.content.decode()
    assert admin.post(address, {"role-role": "unit_leader"}).status_code == 422
    assert solvik.reader.role_assignments.count() == 1


def test_roles_are_taken_back_but_not_the_last_administrators(solvik: Solvik, admin: Client) -> None:
    for person, left in ((solvik.clerk, 0), (solvik.administrator, 1)):
        role = person.role_assignments.get()
        address = f"{BASE}/people/{person.pk}/roles/{role.pk}/take/"
        page = admin.post(address, follow=True).content.decode()
        assert person.role_assignments.count() == left
        assert ("last administrator" in page) == bool(left)
    another = solvik.chief.role_assignments.get()
    assert admin.post(f"{BASE}/people/{solvik.clerk.pk}/roles/{another.pk}/take/").status_code == 404


def test_a_login_is_closed_and_the_session_with_it(solvik: Solvik, admin: Client) -> None:
    theirs = Client()
    theirs.force_login(solvik.clerk)
    form = {"name": "Clerk", "email": "clerk@solvik.test", "phone": "", "language": "nb"}
    assert admin.post(f"{BASE}/people/{solvik.clerk.pk}/", form).status_code == 302
    assert theirs.get("/staff/").status_code == 302
    assert admin.post(f"{BASE}/people/{solvik.clerk.pk}/link/").status_code == 404
    assert "Clerk" not in admin.get(f"{BASE}/people/?q=clerk").content.decode().split("<main")[1].split("<tbody>")[-1]
    assert "clerk@solvik.test" in admin.get(f"{BASE}/people/?closed=1").content.decode()


def test_people_are_found_by_name_address_and_role(solvik: Solvik, admin: Client) -> None:
    def found(query: str) -> set[str]:
        return {person.email.split("@")[0] for person, _held in admin.get(f"{BASE}/people/{query}").context["found"]}

    assert found("?q=ROADS") == {"roads_leader", "roads_deputy"}
    assert found("?q=chief@") == {"chief"}
    assert found("?role=reader") == {"reader"}
    assert found("?role=unit_leader") == {"roads_leader", "roads_deputy", "water_leader", "sector_leader"}
    assert found("?q=%00&role=tull") >= {"clerk", "administrator"}


def test_an_absence_is_written_down_and_taken_back(solvik: Solvik, admin: Client) -> None:
    address = f"{BASE}/people/{solvik.roads_leader.pk}"
    wrong = admin.post(f"{address}/absences/", {"away-first_on": "5.12.2026", "away-last_on": "1.12.2026"})
    assert wrong.status_code == 422
    assert "The last day cannot be before the first." in wrong.content.decode()
    admin.post(f"{address}/absences/", {"away-first_on": "1.12.2026", "away-last_on": "5.12.2026"})
    away = solvik.roads_leader.absences.get()
    assert admin.post(f"{BASE}/people/{solvik.clerk.pk}/absences/{away.pk}/remove/").status_code == 404
    admin.post(f"{address}/absences/{away.pk}/remove/")
    assert solvik.roads_leader.absences.count() == 0


# --- Calendar, texts, municipality, log -----------------------------------------------------------------------------------


def test_days_off_are_added_and_taken_away(solvik: Solvik, admin: Client) -> None:
    page = admin.get(f"{BASE}/calendar/").content.decode()
    assert "Good Friday" in page
    assert "Langfredag" in admin.get(f"{BASE}/calendar/", HTTP_ACCEPT_LANGUAGE="nb").content.decode()
    for typed in ("31.02.2027", "i morgen", "", "25.12.2026", "24.12.2999"):
        answer = admin.post(f"{BASE}/calendar/", {"on": typed, "name": "Julaften"})
        assert answer.status_code == 422, typed
        assert 'value="Julaften"' in answer.content.decode()
    assert admin.post(f"{BASE}/calendar/", {"on": "24.12.2026", "name": "Julaften"}).status_code == 302
    day = DayOff.objects.get()
    assert "Julaften" in admin.get(f"{BASE}/calendar/").content.decode()
    admin.post(f"{BASE}/calendar/{day.pk}/remove/")
    assert not DayOff.objects.exists()


def test_a_text_is_looked_at_saved_and_taken_back(solvik: Solvik, admin: Client) -> None:
    address, form = f"{BASE}/texts/page.intro/", {"nb": "Hei fra {municipality}!", "nn": "", "sv": "", "en": ""}
    looked = admin.post(address, form | {"look": "1"})
    assert "Hei fra Solvik!" in looked.content.decode()
    assert not OwnWording.objects.exists()
    wrong = admin.post(address, form | {"sv": "Hej från {kommun}"})
    assert wrong.status_code == 422
    assert "This text cannot name {kommun}. It can name {municipality}." in wrong.content.decode()
    assert "Hei fra {municipality}!" in wrong.content.decode()
    assert not OwnWording.objects.exists()
    assert admin.post(address, form).status_code == 302
    assert OwnWording.objects.get().text == "Hei fra {municipality}!"
    admin.post(address, form | {"nb": ""})
    assert not OwnWording.objects.exists()


def test_what_is_typed_in_a_text_is_text(solvik: Solvik, admin: Client) -> None:
    answer = admin.post(f"{BASE}/texts/page.intro/", {"nb": "<script>alert(1)</script>", "look": "1"})
    assert "<script>alert(1)</script>" not in answer.content.decode()


def test_the_municipality_is_changed(solvik: Solvik, admin: Client) -> None:
    form = {"name": "Solvik kommune", "language": "nb", "languages": ["nb", "sv"], "website": "solvik.test"}
    assert admin.post(f"{BASE}/municipality/", form).status_code == 302
    here = Municipality.objects.get()
    assert (here.name, here.languages, here.website) == ("Solvik kommune", ["nb", "sv"], "https://solvik.test")
    wrong = admin.post(f"{BASE}/municipality/", form | {"languages": ["sv"]})
    assert wrong.status_code == 422
    assert "The first language is among those that are offered." in wrong.content.decode()


def test_the_look_is_seen_before_it_is_saved(solvik: Solvik, admin: Client) -> None:
    looked = admin.post(f"{BASE}/look/", {"colour": "ffd500", "look": "1"}).content.decode()
    assert "/look/ffd500.css" in looked
    assert "White cannot be read on #ffd500" in looked
    assert Municipality.objects.get().colour == ""
    for form in ({"colour": "rød"}, {"colour": "rød", "look": "1"}):
        wrong = admin.post(f"{BASE}/look/", form)
        assert wrong.status_code == 422
        assert "«rød» is not a colour." in wrong.content.decode()
    admin.post(f"{BASE}/look/", {"colour": "#7A1F3D"})
    assert "/look/7a1f3d.css" in admin.get(f"{BASE}/look/").content.decode()
    admin.post(f"{BASE}/look/", {"colour": ""})
    assert Municipality.objects.get().colour == ""


def test_the_log_shows_who_did_what(solvik: Solvik, admin: Client) -> None:
    admin.post(f"{BASE}/calendar/", {"on": "24.12.2026", "name": "Julaften"})
    page = admin.get(f"{BASE}/log/").content.decode()
    assert "Day off: Julaften" in page
    assert "Administrator" in page
    assert "Day off: Julaften" not in admin.get(f"{BASE}/log/?first=03.11.2026").content.decode()
    wrong = admin.get(f"{BASE}/log/?first=tull&kind=tull&person=x")
    assert wrong.status_code == 200
    assert "«tull» is not a date." in wrong.content.decode()


# --- What it costs ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("path", "cost"), [("/units/", 5), ("/people/", 7), ("/log/", 8), ("/", 15), ("/texts/", 4)])
def test_a_list_costs_no_query_a_row(
    solvik: Solvik, admin: Client, django_assert_num_queries: Any, path: str, cost: int
) -> None:
    for more in (1, 3):
        for _one in range(more):
            unit = UnitFactory(parent=solvik.sector, leader=PersonFactory())
            RoleFactory(person=PersonFactory(), role=Role.CASE_HANDLER, unit=unit)
            number = Unit.objects.count()
            form = {"name": f"U{number}", "kind": "unit", "code": f"u{number}", "leader": solvik.clerk.pk}
            assert admin.post(f"{BASE}/new-unit/", form).status_code == 302
        admin.get(BASE + path)
        with django_assert_num_queries(cost):
            admin.get(BASE + path)


def test_addresses_have_names() -> None:
    assert reverse("feedback:administration") == f"{BASE}/"
    assert reverse("organisation:units") == f"{BASE}/units/"


# --- Keys for other systems ------------------------------------------------------------------------------------------


def test_a_key_is_made_shown_once_and_taken_back(solvik: Solvik, admin: Client) -> None:
    form = {"name": "Kartet", "acts_as": solvik.clerk.pk, "scopes": ["cards:read"], "units": [solvik.roads.pk]}
    page = admin.post(f"{BASE}/new-key/", form | {"expires_on": "2027-01-01"})
    key = ApiKey.objects.get()
    [secret] = re.findall(r'value="(innspill_[^"]{43})"', page.content.decode())
    assert page.status_code == 201
    assert secret.startswith(key.beginning)
    assert secret not in "".join(str(row.__dict__) for row in (*ApiKey.objects.all(), *Change.objects.all()))
    listed = admin.get(f"{BASE}/keys/").content.decode()
    assert ("Kartet" in listed, secret in listed, "Never" in listed) == (True, False, True)
    assert admin.post(f"{BASE}/keys/{key.pk}/revoke/").status_code == 302
    assert "Taken back" in admin.get(f"{BASE}/keys/").content.decode()
    assert [change.what for change in Change.objects.filter(kind="organisation.apikey").order_by("pk")] == [
        "created",
        "changed",
    ]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "Write which system it is for."),
        ({"acts_as": ""}, "Choose as whom it acts."),
        ({"scopes": []}, "Choose what the key may be used for."),
        ({"scopes": ["cards:all"]}, "Select a valid choice."),
        ({"expires_on": "2026-11-01"}, "That day is over already."),
        ({"expires_on": "aldri"}, "expires_on"),
    ],
)
def test_a_key_that_cannot_be_is_refused_at_its_field(
    solvik: Solvik, admin: Client, wrong: dict[str, Any], sentence: str
) -> None:
    form = {"name": "Kartet", "acts_as": solvik.clerk.pk, "scopes": ["cards:read"]} | wrong
    page = admin.post(f"{BASE}/new-key/", form)
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert not ApiKey.objects.exists()


def test_keys_cost_the_same_however_many(solvik: Solvik, admin: Client, django_assert_max_num_queries: Any) -> None:
    for _each in range(8):
        a_key(solvik)
    with django_assert_max_num_queries(7):
        admin.get(f"{BASE}/keys/")
