"""API keys: they let in, for as long as they hold, and narrow what the person as whom they act may do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from feedback.models import Card
from organisation.actions.api_keys import NewKey, create_api_key, revoke_api_key
from organisation.models import ApiKey
from organisation.permissions import ROLES, SCOPES, Permission, Role, Scope
from organisation.queries import Grants, grants_of
from tests.feedback.api.conftest import NOW, Town

CARDS = "/api/v1/cards/"
ALL = [str(scope) for scope in Scope]


@pytest.fixture(autouse=True)
def _now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def keyed(town: Town) -> Callable[..., APIClient]:
    """Return a client with a new key that acts as somebody in a role; its row is `client.key`."""

    def make(who: str = "service_centre", scopes: list[str] = ALL, **values: Any) -> APIClient:
        made: NewKey = create_api_key(
            name="Kartet", acts_as=town.people[who], scopes=scopes, today=NOW.date(), by=None, now=NOW, **values
        )
        client = APIClient(headers={"Accept-Language": "en"}, raise_request_exception=False)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {made.secret}")
        client.key = made.key  # type: ignore[attr-defined]
        return client

    return make


def references(client: APIClient) -> set[str]:
    return {card["reference"] for card in client.get(CARDS).json()["results"]}


def test_a_key_lets_in_and_knows_the_day(town: Town, keyed: Callable[..., Any]) -> None:
    client = keyed()
    assert client.get(CARDS).status_code == 200
    assert ApiKey.objects.get().last_used_on == date(2026, 11, 16)


def test_a_key_ends(town: Town, keyed: Callable[..., Any]) -> None:
    client = keyed(expires_on=date(2026, 11, 17))
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        assert client.get(CARDS).status_code == 200
    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        answer = client.get(CARDS)
        assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    revoked = keyed()
    revoke_api_key(revoked.key, by=None, now=NOW)
    assert revoked.get(CARDS).status_code == 401
    of_somebody_gone = keyed()
    town.people["service_centre"].is_active = False
    town.people["service_centre"].save()
    assert of_somebody_gone.get(CARDS).status_code == 401


@pytest.mark.parametrize(
    "secret", ["innspill_", "innspill_x", "innspill_" + "a" * 43, "innspill_\x00", "innspill_" + "é"]
)
def test_no_key(town: Town, keyed: Callable[..., Any], secret: str) -> None:
    client = keyed()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    assert client.get(CARDS).status_code == 401


def test_scopes_narrow(town: Town, keyed: Callable[..., Any]) -> None:
    card = town.card()
    reads, writes, lists = (keyed(scopes=[scope]) for scope in ("cards:read", "cards:write", "overdue:read"))
    assert (reads.get(CARDS).status_code, reads.post(CARDS, {"text": "Hull"}).status_code) == (200, 403)
    assert reads.post(f"{CARDS}{card.reference}/notes/", {"text": "x"}).status_code == 403
    assert (writes.get(CARDS).status_code, writes.post(CARDS, {"text": "Hull"}).status_code) == (200, 201)
    assert (lists.get(CARDS).status_code, lists.get("/api/v1/overdue-runs/").status_code) == (403, 200)
    assert lists.post("/api/v1/overdue-runs/", {}).status_code == 403


def test_scopes_never_give(town: Town, keyed: Callable[..., Any]) -> None:
    town.card()
    assert keyed("nobody").get(CARDS).status_code == 403
    assert keyed("reader").post(CARDS, {"text": "Hull"}).status_code == 403
    assert references(keyed("case_handler")) == set()


def test_units_narrow(town: Town, keyed: Callable[..., Any]) -> None:
    ours, others = town.card(unit=town.roads), town.card("Noe annet", unit=town.schools)
    client = keyed(units=[town.roads])
    assert references(client) == {ours.reference}
    assert client.get(f"{CARDS}{others.reference}/").status_code == 404
    assert client.post(f"{CARDS}{others.reference}/notes/", {"text": "x"}).status_code == 404
    assert client.post(f"{CARDS}{ours.reference}/notes/", {"text": "x"}).status_code == 200
    away = client.post(f"{CARDS}{ours.reference}/reroute/", {"unit": "schools", "reason": "x"})
    assert (away.status_code, Card.objects.get(pk=ours.pk).unit) == (204, town.schools)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("units", [(), (1, 2)])
def test_narrowed_grants_are_never_more(role: Role, units: tuple[int, ...]) -> None:
    whole = Grants(ROLES[role].permissions, {1: ROLES[Role.UNIT_LEADER].permissions}, frozenset({role}))
    for scope in Scope:
        narrowed = whole.narrowed(SCOPES[scope], units)
        for permission in Permission:
            for unit in (None, 1, 2, 3):
                if narrowed.allows(permission, unit):
                    seen = permission is Permission.SEE_UNIT_CARDS and whole.allows(Permission.SEE_ALL_CARDS)
                    assert whole.allows(permission, unit) or seen
                    assert permission in SCOPES[scope]
                    assert not units or unit in units


def test_a_person_who_signs_in_is_not_narrowed_by_their_keys(town: Town, keyed: Callable[..., Any]) -> None:
    keyed(scopes=["cards:read"]).get(CARDS)
    person = type(town.people["reader"]).objects.get(pk=town.people["service_centre"].pk)
    assert grants_of(person).allows(Permission.REGISTER_CARDS)


def test_every_permission_that_the_api_asks_for_lies_in_a_scope() -> None:
    inside = frozenset().union(*SCOPES.values())
    assert set(Permission) - inside == {
        Permission.MANAGE_ORGANISATION,
        Permission.INFORM_CITIZENS,
        Permission.MARK_SENSITIVE,
        Permission.TAKE_JOURNAL,
        Permission.HANDLE_PERSONAL_DATA,
    }


def test_a_key_costs_two_statements_on_a_day_and_one_after_it(town: Town, keyed: Callable[..., Any]) -> None:
    client = keyed()

    def statements() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get(CARDS)
        return len(found)

    first = statements()
    assert statements() == first - 1
    assert first == 4  # the municipality, the key, the day of its use, the cards: none, and so no look to write down
