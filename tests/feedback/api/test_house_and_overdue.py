"""Units, categories, where a card would go, and the weekly lists by the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from rest_framework.test import APIClient

from feedback.deadlines import Contact
from feedback.models import Card, OverdueRun
from tests.feedback.api.conftest import NOW, Town

CONTACT = Contact(name="Kari Nordmann", address="Storgata 1", phone="33 00 00 00")
MONDAY = datetime(2026, 11, 30, 7, tzinfo=UTC)
Clients = Callable[..., APIClient]


def test_units_and_categories_in_their_order(town: Town, centre: APIClient) -> None:
    units = centre.get("/api/v1/units/").json()["results"]
    assert [unit["code"] for unit in units] == ["mayor", "centre", "schools", "sector", "roads"]
    assert units[-1] == {
        "code": "roads", "name": "Veg", "kind": "unit", "parent": "sector",
        "leader": {"name": town.people["unit_leader"].name, "email": "unit_leader@solvik.example"}, "closed_on": None,
        "successor": None,
    }  # fmt: skip
    categories = centre.get("/api/v1/categories/").json()["results"]
    assert {(one["code"], one["in_use"]) for one in categories} == {("lights", True), ("old", False)}


@time_machine.travel(NOW, tick=False)
def test_a_preview_says_where_and_why_and_writes_nothing(town: Town, centre: APIClient) -> None:
    def way(**values: object) -> dict[str, object]:
        return centre.post("/api/v1/routing-preview/", {"text": "Det er mørkt", **values}).json()

    whole = {"name": "Kari", "address": "Storgata 1", "phone": "33 00 00 00"}
    assert way(category="lights", submitter=whole) == {
        "unit": "roads", "by": "rule", "rule": "Gatelys", "callback_owed": True, "due_on": "2026-11-26",
    }  # fmt: skip
    assert (way()["unit"], way()["by"], way()["rule"], way()["callback_owed"]) == ("centre", "nothing", None, False)
    assert (way(political=True)["unit"], way(unit="schools")["by"]) == ("mayor", "chosen")
    assert not Card.objects.exists()
    assert centre.post("/api/v1/routing-preview/", {}).json()["errors"][0]["field"] == "text"


@pytest.fixture
def late(town: Town) -> list[Card]:
    return [town.card(f"Hull {n}", contact=CONTACT, unit=unit) for n, unit in enumerate([town.roads, town.schools])]


def test_a_week_is_run_once_and_read(town: Town, centre: APIClient, client_of: Clients, late: list[Card]) -> None:
    with time_machine.travel(MONDAY, tick=False):
        made = centre.post("/api/v1/overdue-runs/", {"week": "2026-W49"})
        again = centre.post("/api/v1/overdue-runs/", {})
        assert (made.status_code, again.status_code, OverdueRun.objects.count()) == (201, 200, 1)
        assert made.json() == again.json()
        assert (made.json()["week"], made.json()["cards"], made.json()["repeats"]) == ("2026-W49", 2, 0)
        lists = centre.get(made["Location"]).json()["results"]
        assert [(one["unit"], one["cards"], one["grace_on"]) for one in lists] == [
            ("schools", 1, "2026-12-04"), ("roads", 1, "2026-12-04"),
        ]  # fmt: skip
        leader = client_of("unit_leader")
        assert [one["unit"] for one in leader.get(made["Location"]).json()["results"]] == ["roads"]
        assert leader.get(lists[0]["url"]).status_code == 404
        (entry,) = leader.get(lists[1]["url"]).json()["results"]
        assert entry == {
            "reference": late[0].reference, "card": f"http://testserver/api/v1/cards/{late[0].reference}/",
            "due_on": "2026-11-26", "days_over": 4, "times": 1, "solved": False,
        }  # fmt: skip
        centre.post(f"/api/v1/cards/{late[0].reference}/reroute/", {"unit": "schools", "reason": "Skolens"})
        assert leader.get(lists[1]["url"]).json()["results"][0]["card"] is None


def test_what_went_to_the_chief_executive(town: Town, centre: APIClient, client_of: Clients, late: list[Card]) -> None:
    for week in range(2):
        with time_machine.travel(MONDAY + timedelta(weeks=week), tick=False):
            centre.post("/api/v1/overdue-runs/", {})
    chief = client_of("chief_executive")
    (told,) = chief.get("/api/v1/escalations/").json()["results"]
    assert (told["week"], told["cards"], told["units"]) == ("2026-W50", 2, 2)
    cards = chief.get(told["url"]).json()["results"]
    assert [(card["unit"], card["times"], card["card"] is not None) for card in cards] == [
        ("schools", 2, True), ("roads", 2, True),
    ]  # fmt: skip
    assert client_of("unit_leader").get("/api/v1/escalations/").status_code == 403
    assert chief.get("/api/v1/escalations/2026-W49/").status_code == 404


@time_machine.travel(MONDAY, tick=False)
@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"week": "49"}, "week", "invalid"),
        ({"week": "2026-W54"}, "week", "invalid"),
        ({"as_of": "2026-11-30T06:00"}, "as_of", "no_zone"),
        ({"week": "0115-W36"}, "week", "invalid"),
        ({"as_of": "0115-09-03T20:11:36Z"}, "as_of", "too_early"),
        ({"uke": "2026-W49"}, "uke", "unknown_field"),
    ],
)
def test_bad_weeks(centre: APIClient, body: dict[str, str], field: str, code: str) -> None:
    answer = centre.post("/api/v1/overdue-runs/", body)
    assert answer.status_code == 400
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [(field, code)]


@time_machine.travel(MONDAY, tick=False)
def test_no_week_of_the_future_and_none_that_disagree(centre: APIClient) -> None:
    for body in ({"week": "2026-W52"}, {"week": "2026-W48", "as_of": "2026-11-30T06:00:00+01:00"}):
        assert centre.post("/api/v1/overdue-runs/", body).status_code in (400, 409)
    assert not OverdueRun.objects.exists()


@pytest.mark.parametrize("path", ["overdue-runs/2026-W01/", "overdue-runs/nothing/", "overdue-runs/2026-W01/roads/"])
def test_weeks_that_are_not_here(centre: APIClient, path: str) -> None:
    assert centre.get(f"/api/v1/{path}").status_code == 404


@pytest.mark.parametrize(
    ("who", "reads", "runs"),
    [("service_centre", 200, 400), ("unit_leader", 200, 403), ("case_handler", 403, 403), ("nobody", 403, 403)],
)
def test_who_reads_and_runs(client_of: Clients, who: str, reads: int, runs: int) -> None:
    client = client_of(who)
    assert client.get("/api/v1/overdue-runs/").status_code == reads
    assert client.post("/api/v1/overdue-runs/", {"week": "x"}).status_code == runs
