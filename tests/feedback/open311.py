"""A town that speaks Open311, and a neighbouring system that asks it, for tests."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

from django.http import HttpResponse
from django.test import Client

from feedback.actions.handing_over import ToSend, hand_over, note_arrived, note_looked, note_refused
from feedback.actions.neighbours import Known, OfferedThere, keep_services, map_categories, save_neighbour
from feedback.actions.offering import Asked, save_question
from feedback.actions.taking_requests import receive_update
from feedback.models import Card, Category, OfferedService, ServiceQuestion
from organisation.actions.api_keys import create_api_key
from organisation.models import ApiKey, Person
from tests.factories import MONDAY, CategoryFactory, RuleFactory, Solvik

BASE = "/open311/v2/"
FORM = "application/x-www-form-urlencoded; charset=utf-8"
PLACE = {"lat": "59.050000", "long": "10.030000"}


def a_key(
    person: Person, *, name: str = "FiksGata", scopes: tuple[str, ...] = ("open311:write",)
) -> tuple[ApiKey, str]:
    made = create_api_key(name=name, acts_as=person, scopes=scopes, today=date(2026, 11, 2), by=None, now=MONDAY)
    return made.key, made.secret


@dataclass
class Neighbour:
    """Another system with a key, which asks over the test client."""

    key: ApiKey
    secret: str
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def get(self, path: str, **parameters: Any) -> HttpResponse:
        return self.client.get(f"{BASE}{path}", parameters)

    def own(self, path: str, **parameters: Any) -> HttpResponse:
        return self.get(path, api_key=self.secret, **parameters)

    def post(self, path: str = "requests.json", _anonymous: bool = False, **fields: Any) -> HttpResponse:
        named = {name.replace("__", "[") + "]" if "__" in name else name: value for name, value in fields.items()}
        body = urlencode(({} if _anonymous else {"api_key": self.secret}) | named, doseq=True)
        return self.client.post(f"{BASE}{path}", body, content_type=FORM)

    def sends(self, **fields: Any) -> str:
        """Send a request that is taken, and return its number."""
        answer = self.post(**({"service_code": "roads", "description": "Hull i veien"} | PLACE | fields))
        assert answer.status_code == 200, answer.content
        [row] = json.loads(answer.content)
        return str(row["service_request_id"])


@dataclass
class Town:
    solvik: Solvik
    roads: Category
    lights: Category
    anything: Category
    neighbour: Neighbour


def make_town(solvik: Solvik) -> Town:
    """Roads ask three questions, lights none and want a position, «anything» needs no place; one is out of use."""
    roads = CategoryFactory(code="roads", name="Vei", names={"sv": "Väg"}, position=1)
    lights = CategoryFactory(code="street-lights", name="Gatelys", position=2)
    anything = CategoryFactory(code="anything", name="Annet", position=3)
    CategoryFactory(code="closed", name="Nedlagt", is_active=False)
    CategoryFactory(code="inside", name="Internt")
    OfferedService.objects.create(category_id=Category.objects.get(code="inside").pk, is_offered=False)
    OfferedService.objects.create(
        category=lights, place="position", group="Teknisk", description="Mørke lykter", keywords="lys"
    )
    OfferedService.objects.create(category=anything, place="none")
    RuleFactory(category=roads, unit=solvik.roads)
    questions: list[dict[str, Any]] = [
        {"code": "depth", "datatype": "number", "text": "Hvor dypt, i centimeter?", "help": "Omtrent"},
        {"code": "where", "datatype": "singlevaluelist", "text": "Hvor i veien?", "options": [["01", "Midt"], ["02", "Kant"]],
         "is_required": True},
        {"code": "hit", "datatype": "multivaluelist", "text": "Hva er skadet?", "options": [["a", "Dekk"], ["b", "Sykkel"]]},
        {"code": "info", "text": "Ring 110 ved fare.", "is_asked": False},
        {"code": "fixmystreet_id", "text": "Nummer", "is_filled_in": True},
    ]  # fmt: skip
    for position, question in enumerate(questions, start=1):
        ServiceQuestion.objects.create(
            category=lights if question["code"] == "x" else roads, position=position, **question
        )
    key, secret = a_key(solvik.clerk)
    return Town(solvik, roads, lights, anything, Neighbour(key, secret))


def xml(answer: HttpResponse) -> ElementTree.Element:
    return ElementTree.fromstring(answer.content)  # noqa: S314 (our own)


def said(answer: HttpResponse) -> Any:
    """Return the JSON of an answer that is well."""
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content)


def faults(answer: HttpResponse, status: int) -> list[str]:
    """Return the sentences of an error, which must have this status and the shape of one."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/json; charset=utf-8"
    rows = json.loads(answer.content)
    assert rows
    assert {frozenset(row) for row in rows} == {frozenset({"code", "description"})}
    assert {row["code"] for row in rows} == {status}
    return [row["description"] for row in rows]


def sent_to_a_neighbour(failed: Card, taken: Card, *, category: Category, now: datetime) -> None:
    """Register a neighbour; one card could not be sent to it, one it has. A question goes with our own service."""
    known = Known("Fylkets veier", "https://veier.example/open311/v2/", key="hemmelig")
    county = save_neighbour(None, known, code="county-roads", allow_plain=False, by=None, now=now)
    keep_services(county, [OfferedThere("7", "Hull", "Vei", attributes=[])], now=now)
    map_categories(county, {"7": [category]}, by=None, now=now)
    for card in (failed, taken):
        made = hand_over(card, ToSend(county.services.get(), "Hull i veien"), by=None, now=now)
        if card is failed:
            note_refused(made, "Veien er kommunal her.", now=now)
        else:
            note_arrived(made, their_id="F-17", token="", notice="Takk", now=now)
    asked = Asked("where", "singlevaluelist", "Hvor?", options=[("01", "Midt"), ("02", "Kant")])
    save_question(category, None, asked, by=None, now=now)


def handed_over_and_told_of(closed: Card, refused: Card, *, word: str, by: Person, now: datetime) -> None:
    """Let a neighbour close one card and refuse another, and another system tell of the first; `word` is all that is said."""
    known = Known("Fylkets veier", "https://veier.example/open311/v2/")
    county = save_neighbour(None, known, code="county-roads", allow_plain=False, by=None, now=now)
    keep_services(county, [OfferedThere("7", "Hull", "Vei", attributes=[])], now=now)
    service = county.services.get()
    taken = hand_over(closed, ToSend(service, word, {"a": word}), by=by, now=now)
    note_arrived(taken, their_id=word, token="", notice=word, now=now)
    note_looked(taken, is_closed=True, notes=word, updated_at=now, now=now)
    note_refused(hand_over(refused, ToSend(service, word), by=by, now=now), word, now=now)
    key, _secret = a_key(by)
    receive_update(closed, key=key, update_id=word, status="OPEN", updated_at=now, description=word, now=now)
