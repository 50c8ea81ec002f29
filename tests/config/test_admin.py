"""The Django admin: reference data for administrators, support for those who see all cards, nothing for others."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from feedback.deadlines import Contact
from feedback.models import Card
from organisation.models import Absence, Municipality, OutgoingMail, Person, RoleAssignment, Unit
from organisation.permissions import Role
from tests.feedback.api.conftest import Town, town  # noqa: F401

pytestmark = pytest.mark.django_db

EDITABLE = {"municipality", "unit", "person", "absence", "dayoff", "category", "routingrule"}
FOR_SUPPORT = {"card", "cardevent", "submitter", "overduerun", "overduelist", "escalation", "outgoingmail"}
OURS = {model for model in admin.site._registry if model._meta.app_label in ("organisation", "feedback")}


def path(model: Any, what: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{what}", args=args)


@pytest.fixture
def enter(town: Town, client: Client) -> Any:  # noqa: F811
    def enter(who: str) -> Client:
        Person.objects.filter(pk=town.people[who].pk).update(is_staff=True)
        client.force_login(Person.objects.get(pk=town.people[who].pk))
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
        return client

    return enter


def inlines(prefix: str, initial: int = 0, *rows: dict[str, Any]) -> dict[str, Any]:
    form = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial}
    for number, row in enumerate(rows):
        form |= {f"{prefix}-{number}-{key}": value for key, value in row.items()}
    return form


def test_every_model_is_either_reference_data_or_for_support() -> None:
    assert {model._meta.model_name for model in OURS} == EDITABLE | FOR_SUPPORT | {"scheduledjob"}


@pytest.mark.parametrize("who", ["administrator", "service_centre", "unit_leader"])
def test_each_page_opens_for_whom_it_is(town: Town, enter: Any, who: str) -> None:  # noqa: F811
    town.card(unit=town.roads)
    client = enter(who)
    for model in OURS:
        name = model._meta.model_name
        reference, support = name in EDITABLE | {"scheduledjob"}, name in FOR_SUPPORT
        expected = {"administrator": reference, "service_centre": support, "unit_leader": False}[who]
        assert client.get(path(model, "changelist")).status_code == (200 if expected else 403), (who, name)
        row = model._default_manager.first()
        if row is not None:
            assert client.get(path(model, "change", row.pk)).status_code == (200 if expected else 403), (who, name)


def test_cards_can_be_looked_at_and_nothing_else_and_keep_their_secret(town: Town, enter: Any) -> None:  # noqa: F811
    card, client = town.card(unit=town.roads), enter("service_centre")
    assert client.get(path(Card, "add")).status_code == 403
    assert client.post(path(Card, "change", card.pk), {"text": "x"}).status_code == 403
    assert client.post(path(Card, "delete", card.pk), {"post": "yes"}).status_code == 403
    page = client.get(path(Card, "change", card.pk)).content.decode()
    assert card.text in page
    assert card.secret not in page


def test_mail_is_told_of_without_its_words_that_hold_the_private_link(town: Town, enter: Any) -> None:  # noqa: F811
    card = town.card(contact=Contact(email="kari@example.com"))
    mail = OutgoingMail.objects.get(kind="receipt")
    assert card.secret in mail.text
    page = enter("service_centre").get(path(OutgoingMail, "change", mail.pk)).content.decode()
    assert "kari@example.com" in page
    assert card.secret not in page


def test_a_superuser_is_refused_changes_too(town: Town, client: Client) -> None:  # noqa: F811
    card = town.card()
    client.force_login(Person.objects.create_superuser("root@solvik.example", "Root", "x"))
    assert client.get(path(Card, "change", card.pk)).status_code == 200
    assert client.post(path(Card, "delete", card.pk), {"post": "yes"}).status_code == 403
    assert client.get(path(Municipality, "add")).status_code == 403
    assert client.post(path(Municipality, "delete", 1), {"post": "yes"}).status_code == 403


def test_sign_in_is_the_one_sign_in(client: Client, town: Town) -> None:  # noqa: F811
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith("/accounts/login/")


def test_a_unit_that_is_closed_hands_its_cards_to_its_successor(town: Town, enter: Any) -> None:  # noqa: F811
    card = town.card(unit=town.roads)
    form = {"code": "roads", "name": "Veg", "kind": "unit", "closed_on": "2026-11-16"}
    client = enter("administrator")
    refused = client.post(path(Unit, "change", town.roads.pk), form)
    assert "needs a successor" in refused.content.decode()
    assert Unit.objects.get(pk=town.roads.pk).closed_on is None

    done = client.post(path(Unit, "change", town.roads.pk), form | {"successor": town.schools.pk})
    assert done.status_code == 302
    card.refresh_from_db()
    assert card.unit == town.schools
    assert card.events.last().to_value == "schools"


def test_the_service_centre_cannot_be_closed(town: Town, enter: Any) -> None:  # noqa: F811
    form = {
        "code": "centre",
        "name": "S",
        "kind": "service_centre",
        "closed_on": "2026-11-16",
        "successor": town.roads.pk,
    }
    answer = enter("administrator").post(path(Unit, "change", town.centre.pk), form)
    assert answer.status_code == 200
    assert "cannot be closed" in answer.content.decode()


def test_a_unit_and_a_person_are_added(town: Town, enter: Any) -> None:  # noqa: F811
    client = enter("administrator")
    client.post(path(Unit, "add"), {"code": "water", "name": "Vann", "kind": "unit"})
    water = Unit.objects.get(code="water")
    client.post(
        path(Person, "add"),
        {"email": "New@Solvik.example", "name": "Ny", "language": "nn", "is_active": "on"}
        | inlines("role_assignments", 0, {"role": Role.CASE_HANDLER, "unit": water.pk})
        | inlines("absences"),
    )
    person = Person.objects.get(email="new@solvik.example")
    assert not person.has_usable_password()
    assert person.role_assignments.get().unit == water


def test_a_role_that_cannot_be_is_told_in_the_form(town: Town, enter: Any) -> None:  # noqa: F811
    answer = enter("administrator").post(
        path(Person, "add"),
        {"email": "new@solvik.example", "name": "Ny", "language": "nn"}
        | inlines("role_assignments", 0, {"role": Role.CASE_HANDLER, "unit": ""})
        | inlines("absences"),
    )
    assert answer.status_code == 200
    assert "belongs to a unit" in answer.content.decode()
    assert not Person.objects.filter(email="new@solvik.example").exists()


def test_the_last_administrator_stays(town: Town, enter: Any) -> None:  # noqa: F811
    person, client = town.people["administrator"], enter("administrator")
    role = person.role_assignments.get()
    form = {"email": person.email, "name": person.name, "language": "nb", "is_active": "on"} | inlines("absences")
    kept = {"id": role.pk, "person": person.pk, "role": role.role}
    for change in (
        form | inlines("role_assignments", 1, kept | {"DELETE": "on"}),
        form | inlines("role_assignments", 1, kept | {"role": Role.READER}),
        {key: value for key, value in form.items() if key != "is_active"} | inlines("role_assignments", 1, kept),
    ):
        answer = client.post(path(Person, "change", person.pk), change)
        assert answer.status_code == 200
        assert "last administrator" in answer.content.decode()
    assert RoleAssignment.objects.filter(person=person, role=Role.ADMINISTRATOR).exists()


def test_an_absence_is_registered(town: Town, enter: Any) -> None:  # noqa: F811
    leader = town.people["unit_leader"]
    form = {"person": leader.pk, "first_on": "2026-12-01", "last_on": "2026-12-05"}
    enter("administrator").post(path(Absence, "add"), form)
    assert leader.absences.count() == 1
