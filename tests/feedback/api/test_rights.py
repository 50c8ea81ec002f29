"""Who may call which operation of the API: what opens the page for the same opens the operation, and nothing else does.

One row an operation, in `ROWS`; an operation without one fails the first test. What stands in its address is in `world`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from feedback.deadlines import Contact
from feedback.models import Card, CardEvent, OverdueRun
from feedback.queries import card_by_reference
from feedback.rules import may_do
from feedback.views.steps import BY_SLUG
from organisation.actions.api_keys import create_api_key
from organisation.models import OutgoingMail, Person, RoleAssignment
from organisation.permissions import Role, Scope
from surveys.models import Answer
from tests.described import schema
from tests.feedback.api.conftest import NOW, Town
from tests.organisation.told import a_webhook_with_deliveries
from tests.reporting.benchmarks import a_group
from tests.reporting.plans import an_action
from tests.reporting.scorecards import a_scorecard, an_indicator
from tests.surveys.making import make_survey

pytestmark = pytest.mark.django_db

CARDS, CARD = "/api/v1/cards/", "/api/v1/cards/{reference}/"
WEEK = "/api/v1/overdue-runs/{week}/"
SURVEY = "/api/v1/surveys/{survey}/"
READS = {Scope.CARDS_READ, Scope.CARDS_WRITE}
WRITES = {Scope.CARDS_WRITE}
LISTS = {Scope.OVERDUE_READ, Scope.OVERDUE_RUN}
REGISTERS = {Scope.CARDS_WRITE, Scope.OPEN311_WRITE}
FIGURES = {Scope.FIGURES_READ, Scope.FIGURES_WRITE}
ACTIONS = {Scope.ACTIONS_READ, Scope.ACTIONS_WRITE}
HOOKS = {Scope.WEBHOOKS_WRITE}
ACTION, HOOK = "/api/v1/actions/{action}/", "/api/v1/webhooks/{id}/"
ACTION_PAGE, HOOK_PAGE = "/staff/actions/{action_page}/settings/", "/staff/administration/webhooks/{id}/"


@dataclass(frozen=True)
class Row:
    """What opens an operation: a page (its address, «POST » before it where that is what it takes), a step with a card (its
    slug on the page), or nothing, as everybody may. `scopes` are those of which a key must have one."""

    scopes: set[Scope] | None = None
    page: str = ""
    step: str = ""
    body: Any = None
    everybody: bool = False
    files: bool = False


def step(slug: str, **body: Any) -> Row:
    return Row(WRITES, step=slug, body=body)


ROWS: dict[str, Row] = {
    f"GET {CARDS}": Row(READS, page="/staff/"),
    f"POST {CARDS}": Row(REGISTERS, page="/staff/register/", body={"text": "Hull"}),
    f"GET {CARD}": Row(READS, page="/staff/cards/{reference}/"),
    f"PATCH {CARD}": step("correct", place="Skolegata"),
    f"GET {CARD}events/": Row(READS, page="/staff/cards/{reference}/"),
    f"GET {CARD}attachments/": Row(READS, page="/staff/cards/{reference}/"),
    f"POST {CARD}attachments/": Row(WRITES, step="attach", files=True),
    f"GET {CARD}attachments/{{sha256}}/": Row(READS, page="/staff/cards/{reference}/"),
    f"GET {CARD}contact-attempts/": Row(READS, page="/staff/cards/{reference}/"),
    f"POST {CARD}contact-attempts/": step("contact-attempt"),
    f"POST {CARD}contact-card/": step("contact-card"),
    f"POST {CARD}contact-card/posted/": step("post-contact-card", posted_on="2026-11-16"),
    f"POST {CARD}callback/": step("callback", summary="Tettet", reaction=5),
    f"POST {CARD}follow-up/": step("follow-up", summary="Tettet"),
    f"POST {CARD}refer/": step("refer", body="Fylket", contacted_at="2026-11-16T10:00:00+01:00", text="Fylkets vei."),
    f"POST {CARD}forward/": step("forward", unit="roads"),
    f"POST {CARD}reroute/": step("reroute", unit="schools", reason="Skolens"),
    f"POST {CARD}return/": step("return", reason="Ikke vår"),
    f"POST {CARD}delegate/": step("delegate", handler="case_handler@solvik.example"),
    f"POST {CARD}preliminary-answer/": step("preliminary-answer", reason="Venter", expected_on="2026-12-01"),
    f"POST {CARD}notes/": step("note", text="Ringt"),
    f"POST {CARD}close/": step("close", result="withdrawn"),
    f"POST {CARD}reopen/": step("reopen", reason="Ikke ferdig"),
    f"GET {CARDS}export.csv": Row(READS, page="/staff/"),
    f"GET {CARDS}export.ndjson": Row(READS, page="/staff/"),
    "GET /api/v1/changes/": Row(READS, page="/staff/"),
    "GET /api/v1/units/": Row(READS, page="/staff/"),
    "GET /api/v1/categories/": Row(READS, page="/staff/"),
    "POST /api/v1/routing-preview/": Row(REGISTERS, page="/staff/register/", body={"text": "Hull"}),
    "GET /api/v1/overdue-runs/": Row(LISTS, page="/staff/overdue/"),
    "POST /api/v1/overdue-runs/": Row({Scope.OVERDUE_RUN}, page="POST /staff/overdue/run/", body={}),
    f"GET {WEEK}": Row(LISTS, page="/staff/overdue/{week}/"),
    f"GET {WEEK}{{unit}}/": Row(LISTS, page="/staff/overdue/{week}/{unit}/"),
    "GET /api/v1/escalations/": Row({Scope.OVERDUE_READ}, page="/staff/escalations/"),
    "GET /api/v1/escalations/{week}/": Row({Scope.OVERDUE_READ}, page="/staff/escalations/{week}/"),
    "GET /api/v1/surveys/": Row(everybody=True),
    # Of a draft; what everybody may know of is asked in tests/surveys/test_api.py.
    f"GET {SURVEY}": Row({Scope.SURVEYS_READ, Scope.SURVEYS_WRITE}, page="/staff/surveys/{survey}/"),
    f"POST {SURVEY}answers/": Row(everybody=True, body={"answers": {"q1": 5}}),
    f"GET {SURVEY}results/": Row(everybody=True),
    "POST /api/v1/survey-by-code/": Row(everybody=True, body={"code": "K7QM-2XPD-4"}),
    "GET /api/v1/public-statistics/": Row(everybody=True),
    "GET /api/v1/indicators/": Row(FIGURES, page="/staff/indicators/"),
    "GET /api/v1/indicators/{indicator}/": Row(FIGURES, page="/staff/indicators/{indicator}/"),
    "GET /api/v1/values/": Row(FIGURES, page="/staff/indicators/"),
    "POST /api/v1/values/": Row({Scope.FIGURES_WRITE}, page="/staff/values/", body={}),
    "GET /api/v1/scorecards/": Row(FIGURES, page="/staff/scorecards/"),
    "GET /api/v1/scorecards/{scorecard}/": Row(FIGURES, page="/staff/scorecards/{scorecard}/"),
    "GET /api/v1/overview/": Row(FIGURES, page="/staff/figures/"),
    "GET /api/v1/themes/": Row(FIGURES, page="/staff/themes/"),
    "GET /api/v1/benchmarks/": Row(FIGURES, page="/staff/benchmarks/"),
    "GET /api/v1/benchmarks/{group}/": Row(FIGURES, page="/staff/benchmarks/"),
    "GET /api/v1/assessment-versions/": Row(FIGURES, page="/staff/assessments/"),
    "GET /api/v1/assessments/": Row(FIGURES, page="/staff/assessments/"),
    "GET /api/v1/assessments/{assessment}/": Row(FIGURES, page="/staff/assessments/9999/"),
    "GET /api/v1/reports/": Row(FIGURES, page="/staff/reports/"),
    "GET /api/v1/reports/{report}/": Row(FIGURES, page="/staff/reports/not-there/"),
    "GET /api/v1/actions/": Row(ACTIONS, page="/staff/actions/"),
    "POST /api/v1/actions/": Row({Scope.ACTIONS_WRITE}, page="/staff/actions/new/", body={"unit": "roads"}),
    f"GET {ACTION}": Row(ACTIONS, page="/staff/actions/{action_page}/"),
    f"PATCH {ACTION}": Row({Scope.ACTIONS_WRITE}, page=ACTION_PAGE, body={}),
    f"POST {ACTION}follow-ups/": Row({Scope.ACTIONS_WRITE}, page=ACTION_PAGE, body={"text": "Begynt"}),
    f"POST {ACTION}evidence/": Row({Scope.ACTIONS_WRITE}, page=ACTION_PAGE, body={"text": "Kartet"}),
    "GET /api/v1/audit/": Row({Scope.AUDIT_READ}, page="/staff/administration/audit/"),
    "GET /api/v1/webhooks/": Row(HOOKS, page="/staff/administration/webhooks/"),
    "POST /api/v1/webhooks/": Row(HOOKS, page="/staff/administration/new-webhook/", body={}),
    f"GET {HOOK}": Row(HOOKS, page=HOOK_PAGE),
    f"PATCH {HOOK}": Row(HOOKS, page=HOOK_PAGE, body={}),
    f"DELETE {HOOK}": Row(HOOKS, page=HOOK_PAGE),
    f"GET {HOOK}deliveries/": Row(HOOKS, page=HOOK_PAGE),
    f"POST {HOOK}replay/": Row(HOOKS, page=HOOK_PAGE, body={}),
    f"POST {HOOK}secret/": Row(HOOKS, page=HOOK_PAGE, body={}),
    f"POST {HOOK}test/": Row(HOOKS, page=HOOK_PAGE, body={}),
    "POST /api/v1/token/": Row(everybody=True, body={"email": "a@solvik.example", "password": "x"}),
}
# What stands in an address of the schema, where it is called otherwise in `world`.
NAMED = {
    "reference": {"/actions/": "action", "/assessments/": "assessment"},
    "key": {"/indicators/": "indicator", "/scorecards/": "scorecard"},
    "name": {"/reports/": "report"},
}
NOT_HERE = {"GET /api/v1/assessments/{assessment}/", "GET /api/v1/reports/{report}/"}
"""Nothing of the kind is in this world: 404 for all who may. Their rights are asked in tests/reporting/api."""
NO_PAGE = {f"POST {SURVEY}answers/", f"GET {SURVEY}results/"}
"""Operations for everybody whose address in this world leads to what is not there: 404 for one and all."""

ALL = [str(scope) for scope in Scope]
WHO: list[str | None] = [None, *map(str, Role), "nobody"]
World = dict[str, str]


@pytest.fixture
def world(town: Town) -> Iterator[World]:
    """A card of the roads unit with a file, on two weeks' lists: everybody who sees cards sees it. And a survey's draft."""
    contact = Contact(name="Kari Nordmann", address="Storgata 1", phone="33 00 00 00")
    card = town.card(contact=contact, unit=town.roads, at=NOW - timedelta(days=30))
    both = Person.objects.create_user("all@solvik.example", "Alle Roller")
    town.people["all"] = both
    for role in set(Role) - {Role.UNIT_LEADER, Role.CASE_HANDLER}:
        RoleAssignment.objects.create(person=both, role=role)
    make_survey("draft", stage="draft")
    with time_machine.travel(NOW, tick=False):
        client = of_person(both)
        client.post(f"{CARDS}{card.reference}/attachments/", {"files": [a_file()]}, format="multipart")
        for week in ("2026-W46", "2026-W47"):
            client.post("/api/v1/overdue-runs/", {"week": week})
        indicator = an_indicator()
        action = an_action(town.roads, indicator=indicator)
        places = {
            "indicator": indicator.key, "scorecard": a_scorecard(("God kvalitet", indicator, None)).key,
            "group": a_group("Vik", "Dal").key, "action": action.reference, "action_page": str(action.pk),
            "assessment": "nothing", "report": "nothing",
            "id": str(a_webhook_with_deliveries(town.people["administrator"], NOW).key),
        }  # fmt: skip
        places |= {"reference": card.reference, "week": "2026-W47", "unit": "roads", "survey": "draft"}
        yield places | {"sha256": card.attachments.get().sha256}


def a_file() -> SimpleUploadedFile:
    return SimpleUploadedFile("brev.pdf", b"%PDF-1.4\n%%EOF", "application/pdf")


def of_person(person: Person | None) -> APIClient:
    client = APIClient(headers={"Accept-Language": "en"}, raise_request_exception=False)
    if person is not None:
        client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.get_or_create(user=person)[0].key}")
    return client


def with_key(person: Person, *scopes: str, **values: Any) -> APIClient:
    client = APIClient(headers={"Accept-Language": "en"}, raise_request_exception=False)
    made = create_api_key(name="Kart", acts_as=person, scopes=scopes, today=NOW.date(), by=None, now=NOW, **values)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {made.secret}")
    return client


def written() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Card, CardEvent, OutgoingMail, OverdueRun, Answer))


def called(client: APIClient, operation: str, places: World) -> int:
    """Call the operation, take back what it did, and return its status. A denial has written nothing."""
    method, path = operation.split()
    row, before = ROWS[operation], written()
    with transaction.atomic():
        body = {"files": [a_file()]} if row.files else row.body
        answer = getattr(client, method.lower())(
            path.format(**places), body, **({"format": "multipart"} if row.files else {})
        )
        status: int = answer.status_code
        if answer.streaming:
            b"".join(answer.streaming_content)  # a file is closed by being read
        assert status < 500, operation
        if status in (401, 403, 404):
            assert written() == before, operation
            assert answer["Content-Type"] == "application/problem+json"
        transaction.set_rollback(True)
    return status


def page_opens(row: Row, person: Person, places: World) -> bool:
    """Whether the page for the same is open to the person."""
    if row.step:
        card = card_by_reference(person, places["reference"])
        return card is not None and may_do(person, BY_SLUG[row.step].step, card)
    client = Client()
    client.force_login(person)
    with transaction.atomic():
        method, _space, path = row.page.rpartition(" ")
        status = getattr(client, (method or "GET").lower())(path.format(**places)).status_code
        transaction.set_rollback(True)
    return status not in (403, 404)


def _as_here(path: str) -> str:
    for name, where in NAMED.items():
        for part, ours in where.items():
            if part in path:
                path = path.replace(f"{{{name}}}", f"{{{ours}}}")
    return path


def test_every_operation_has_a_row() -> None:
    paths = schema()["paths"]
    operations = {f"{method.upper()} {_as_here(path)}" for path, methods in paths.items() for method in methods}
    assert operations - set(ROWS) == set(), "Write a row for each, above: what page opens it, and which scopes."
    assert set(ROWS) - operations == set(), "These are no operations any more."


@pytest.mark.parametrize("who", WHO, ids=str)
@pytest.mark.slow
def test_whom_the_page_lets_in_the_api_lets_in(town: Town, world: World, who: str | None) -> None:
    person = town.people[who] if who else None
    found, expected = {}, {}
    pages: dict[str, bool] = {}
    for operation, row in ROWS.items():
        status = called(of_person(person), operation, world)
        if row.everybody:
            expected[operation] = operation not in NO_PAGE
            found[operation] = status not in (401, 403, 404)
            continue
        if person is None:
            # A survey's draft looks to everybody like one that is not there.
            expected[operation], found[operation] = False, status not in (401, 404)
            continue
        if row.step or row.page not in pages:
            pages[row.page or operation] = page_opens(row, type(person).objects.get(pk=person.pk), world)
        expected[operation] = pages[row.page or operation] and operation not in NOT_HERE
        found[operation] = status not in (401, 403, 404)
    assert found == expected


@pytest.mark.parametrize("scope", ALL)
@pytest.mark.slow
def test_a_key_opens_what_its_scope_names_and_no_more(town: Town, world: World, scope: str) -> None:
    """Of somebody in every role: what is closed is closed by the scope."""
    client = with_key(town.people["all"], scope)
    found = {operation for operation in ROWS if called(client, operation, world) not in (403, 404)}
    assert found == {
        operation
        for operation, row in ROWS.items()
        if operation not in NO_PAGE | NOT_HERE
        and (row.everybody or (row.scopes is not None and Scope(scope) in row.scopes))
    }


@pytest.mark.slow
def test_all_scopes_give_nobody_more_than_the_person_has(town: Town, world: World) -> None:
    person = town.people["reader"]
    for operation in ROWS:
        without, with_all = (called(one, operation, world) for one in (of_person(person), with_key(person, *ALL)))
        assert with_all == without, operation


def test_a_key_of_another_unit_finds_nothing_of_this_one(town: Town, world: World) -> None:
    ours, others = (with_key(town.people["all"], *ALL, units=[unit]) for unit in (town.roads, town.schools))
    for operation in ROWS:
        if "{action}" in operation:
            assert called(others, operation, world) in (403, 404), operation
            assert called(ours, operation, world) not in (401, 403, 404), operation
        elif "{reference}" in operation or "{unit}" in operation or operation == "GET /api/v1/escalations/{week}/":
            assert called(others, operation, world) in (403, 404), operation
            # What is for the whole municipality, such as moving a card away, stays possible for its own unit's cards.
            assert called(ours, operation, world) not in (401, 403, 404), operation
        elif (answer := read(others, operation, world)) is not None:
            assert world["reference"] not in answer, operation
            assert "roads" not in answer or operation == "GET /api/v1/units/", operation
    # A week's run, and what belongs to no unit, is for no key of a single unit.
    assert called(ours, "POST /api/v1/overdue-runs/", world) == 403
    assert called(ours, f"GET {SURVEY}", world) == 404


def read(client: APIClient, operation: str, places: World) -> str | None:
    method, path = operation.split()
    if method != "GET":
        return None
    answer = client.get(path.format(**places))
    whole = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return whole.decode()


def test_counts_of_a_key_of_one_unit_are_of_that_unit(town: Town, world: World) -> None:
    contact = Contact(name="Kari Nordmann", address="Storgata 1", phone="33 00 00 00")
    town.card("Skolen", contact=contact, unit=town.schools, at=NOW - timedelta(days=29))
    with time_machine.travel(NOW + timedelta(weeks=2), tick=False):
        for week in ("2026-W48", "2026-W49"):
            of_person(town.people["all"]).post("/api/v1/overdue-runs/", {"week": week})
        for unit in (town.roads, town.schools):
            key = with_key(town.people["all"], "overdue:read", "cards:read", units=[unit])
            runs = key.get("/api/v1/overdue-runs/").json()["results"]
            assert {run["units"] for run in runs} <= {0, 1}
            (last, *_before) = key.get("/api/v1/escalations/").json()["results"]
            assert (last["week"], last["cards"], last["units"]) == ("2026-W49", 1, 1)
            (one,) = key.get("/api/v1/escalations/2026-W49/", {"expand": "card,unit"}).json()["results"]
            assert (one["unit"]["code"], one["card"]["unit"]) == (unit.code, unit.code)
        whole = of_person(town.people["chief_executive"]).get("/api/v1/escalations/").json()["results"][0]
        assert (whole["cards"], whole["units"]) == (2, 2)
