"""`fields=` and `expand=`: an answer holds what was asked for, in as many statements whatever the number of rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from feedback.deadlines import Contact
from feedback.models import Card, OverdueRun
from organisation.actions.api_keys import create_api_key
from organisation.history_door import erasing
from organisation.models import Unit
from tests.feedback.api.conftest import NOW, Town
from tests.feedback.api.test_house_and_overdue import MONDAY
from tests.feedback.api.test_problems import check

CARDS = "/api/v1/cards/"
WEEK = "/api/v1/overdue-runs/2026-W49/"
CONTACT = Contact(name="Kari Nordmann", address="Storgata 1", phone="33 00 00 00")
Clients = Callable[..., APIClient]


@pytest.fixture
def weeks(town: Town, centre: APIClient) -> Any:
    """Two cards a unit that were on two lists: everything that can be listed lists something."""
    for number in range(2):
        for unit in (town.roads, town.schools):
            town.card(f"Hull {number}", contact=CONTACT, unit=unit, category=town.lights)
    for week in range(2):
        with time_machine.travel(MONDAY + timedelta(weeks=week), tick=False):
            centre.post("/api/v1/overdue-runs/", {})
    town.schools.successor = Unit.objects.create(code="new", name="Ny", parent=town.roads.parent)
    town.schools.save()
    with time_machine.travel(MONDAY + timedelta(weeks=1), tick=False):
        yield


LISTS = [
    CARDS,
    "/api/v1/units/",
    "/api/v1/categories/",
    "/api/v1/overdue-runs/",
    WEEK,
    f"{WEEK}roads/",
    "/api/v1/escalations/",
    "/api/v1/escalations/2026-W50/",
]


def documented(centre: APIClient, path: str) -> dict[str, list[str]]:
    """What the schema says can be asked for at the address."""
    paths = centre.get("/api/v1/schema/?format=json").json()["paths"]
    here = path.replace("2026-W49", "{week}").replace("2026-W50", "{week}").replace("roads", "{unit}")
    parameters = paths[here]["get"]["parameters"]
    return {one["name"]: one["schema"]["items"]["enum"] for one in parameters if one["name"] in ("fields", "expand")}


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.usefixtures("weeks")
def test_each_field_alone_is_all_there_is(centre: APIClient, path: str) -> None:
    whole = centre.get(path).json()["results"]
    assert whole
    names = documented(centre, path)["fields"]
    assert sorted(whole[0]) == names
    for name in names:
        found = centre.get(path, {"fields": name}).json()["results"]
        assert found == [{name: row[name]} for row in whole]
    assert centre.get(path, {"fields": ",".join(reversed(names))}).json()["results"] == whole


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.usefixtures("weeks")
def test_expanding_puts_the_object_in_place_of_the_key_and_costs_the_same_for_more_rows(
    town: Town, centre: APIClient, path: str
) -> None:
    names = documented(centre, path).get("expand", [])
    if not names:
        check(centre.get(path, {"expand": "unit"}), 400, "invalid", ["expand"])
        return
    plain = centre.get(path).json()["results"]

    def statements() -> tuple[list[Any], int]:
        with CaptureQueriesContext(connection) as found:
            answer = centre.get(path, {"expand": ",".join(names)})
        return answer.json()["results"], len(found)

    rows, before = statements()
    units = {unit["code"]: unit for unit in centre.get("/api/v1/units/").json()["results"]}
    categories = {one["code"]: one for one in centre.get("/api/v1/categories/").json()["results"]}
    cards = {card["url"]: card for card in centre.get(CARDS).json()["results"]}
    known = {"unit": units, "parent": units, "successor": units, "category": categories, "card": cards}
    assert rows == [row | {name: known[name].get(row[name]) for name in names} for row in plain]
    Unit.objects.create(code="more", name="Mer", parent=town.roads.parent, leader=town.people["reader"])
    if path == CARDS:
        for unit in (town.schools.successor, town.centre, town.mayor):
            town.card("Mer", unit=unit, contact=CONTACT, category=town.lights)
    _rows, after = statements()
    assert after == before


def test_a_list_of_more_entries_costs_no_more(town: Town, centre: APIClient) -> None:
    def statements(cards: int) -> int:
        for number in range(cards):
            town.card(f"Hull {number}", contact=CONTACT, unit=town.roads)
        with time_machine.travel(MONDAY, tick=False):
            centre.post("/api/v1/overdue-runs/", {"week": "2026-W49"})
            with CaptureQueriesContext(connection) as found:
                entries = centre.get(f"{WEEK}roads/", {"expand": "card"}).json()["results"]
        assert len(entries) == cards
        return len(found)

    one = statements(1)
    assert one <= 7
    OverdueRun.objects.all().delete()
    with erasing():
        Card.objects.all().delete()
    assert statements(6) == one


@time_machine.travel(NOW, tick=False)
def test_one_card_is_shaped_too_and_its_etag_is_of_the_whole(town: Town, centre: APIClient) -> None:
    here = f"{CARDS}{town.card(category=town.lights).reference}/"
    whole, part = centre.get(here), centre.get(here, {"fields": "state,unit", "expand": "unit"})
    assert list(part.json()) == ["state", "unit"]
    assert part.json()["unit"]["leader"]["email"] == "unit_leader@solvik.example"
    assert part["ETag"] == whole["ETag"]
    changed = centre.patch(here, {"place": "Skolegata 4"}, headers={"If-Match": part["ETag"]})
    assert (changed.status_code, len(changed.json())) == (200, len(whole.json()))
    again = centre.get(here, {"fields": "state"})
    assert again["ETag"] != part["ETag"]
    check(centre.patch(here, {"place": "x"}, headers={"If-Match": part["ETag"]}), 412, "changed_meanwhile")


@pytest.mark.parametrize(
    ("query", "field", "said"),
    [
        ({"fields": "reference,status"}, "fields", "There is no field «status» here. The fields are: reference, url, state"),
        ({"fields": ""}, "fields", "There is no field «» here."),
        ({"fields": "\x00"}, "fields", "Null characters are not allowed."),
        ({"fields": "reference," + "x" * 10_000}, "fields", "There is no field «" + "x" * 100 + "» here."),
        ({"fields": "secret"}, "fields", "There is no field «secret» here."),
        ({"expand": "submitter"}, "expand", "«submitter» cannot be expanded here. These can: unit, category."),
        ({"expand": "unit.leader"}, "expand", "«unit.leader» cannot be expanded here."),
        ({"fields": "reference", "expand": "unit"}, "expand", "«unit» is not among the fields that you ask for."),
    ],
)  # fmt: skip
def test_what_there_is_not_is_named_with_what_there_is(
    town: Town, centre: APIClient, query: dict[str, str], field: str, said: str
) -> None:
    if "\x00" in str(query) or query == {"fields": ""}:
        assert centre.get(CARDS, query).json()["errors"][0]["field"] == field
        return
    (error,) = check(centre.get(CARDS, query), 400, "invalid", [field])["errors"]
    assert error["detail"].startswith(said)


def test_pages_keep_their_shape(town: Town, centre: APIClient) -> None:
    for number in range(3):
        town.card(f"Hull {number}")
    page = centre.get(CARDS, {"fields": "reference,unit", "expand": "unit", "page_size": "2"}).json()
    following = centre.get(page["next"]).json()
    assert [list(card) for card in [*page["results"], *following["results"]]] == [["reference", "unit"]] * 3
    assert following["results"][0]["unit"]["code"] == "centre"
    assert len({card["reference"] for card in [*page["results"], *following["results"]]}) == 3


@pytest.mark.usefixtures("weeks")
def test_expanding_gives_nobody_what_they_could_not_read(town: Town, client_of: Clients) -> None:
    made = create_api_key(
        name="Lister",
        acts_as=town.people["service_centre"],
        scopes=["overdue:read"],
        today=NOW.date(),
        by=None,
        now=NOW,
    )
    lists = APIClient(headers={"Accept-Language": "en", "Authorization": f"Bearer {made.secret}"})
    assert lists.get("/api/v1/units/").status_code == 403
    told = check(lists.get(WEEK, {"expand": "unit"}), 403, "not_allowed")
    assert told["detail"] == "Your roles do not let you read what «unit» holds."
    entries = lists.get(f"{WEEK}roads/").json()["results"]
    assert [entry["card"] for entry in entries] == [None, None]
    assert lists.get(f"{WEEK}roads/", {"expand": "card"}).status_code == 403
    # The unit's leader sees a card on the list for as long as it lies with the unit.
    leader, gone = client_of("unit_leader"), entries[0]["reference"]
    client_of("service_centre").post(f"{CARDS}{gone}/reroute/", {"unit": "schools", "reason": "Skolens"})
    seen = leader.get(f"{WEEK}roads/", {"expand": "card"}).json()["results"]
    assert {entry["reference"]: entry["card"] and entry["card"]["reference"] for entry in seen} == {
        gone: None,
        entries[1]["reference"]: entries[1]["reference"],
    }
