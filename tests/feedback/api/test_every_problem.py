"""Each problem that the API can answer with, provoked by a real request and held to the shape that the schema gives it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import time_machine
from django.conf import settings as django_settings
from django.db import OperationalError
from django.http import HttpResponse
from rest_framework.test import APIClient

from feedback.api import problems
from feedback.deadlines import Contact
from feedback.models import Card, ChangeBatch
from organisation.actions.api_keys import create_api_key
from organisation.models import Municipality
from surveys.actions.publishing import publish_results, withdraw_publication
from tests.described import schema
from tests.feedback.api.conftest import NOW, PASSWORD, Town
from tests.surveys.making import answer_all, make_survey

pytestmark = pytest.mark.django_db

CARDS = "/api/v1/cards/"
SCHEMA = schema()


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


class Scene:
    """What a provocation stands in: a client of the service centre, a stranger, a card of roads, ways to break things."""

    def __init__(self, town: Town, client_of: Callable[..., APIClient], settings: Any, patch: Any) -> None:
        self.town, self.client_of, self.settings, self.patch = town, client_of, settings, patch
        self.centre, self.stranger = client_of("service_centre"), client_of(None)
        contact = Contact(name="Kari Nordmann", address="Storgata 1", phone="33 00 00 00")
        self.card = f"{CARDS}{town.card(contact=contact, unit=town.roads).reference}/"

    def failing(self, error: Exception) -> HttpResponse:
        def fail(*_args: object) -> None:
            raise error

        self.patch.setattr("feedback.api.views.visible_to", fail)
        return self.centre.get(CARDS)

    def with_key(self, *bodies: dict[str, Any]) -> HttpResponse:
        answers = [self.centre.post(CARDS, body, headers={"Idempotency-Key": "1"}) for body in bodies]
        return answers[-1]

    def without_csrf(self) -> HttpResponse:
        browser = APIClient(enforce_csrf_checks=True, headers={"Accept-Language": "en"})
        browser.force_login(self.town.people["service_centre"])
        return browser.post(CARDS, {"text": "a"})

    def too_large(self) -> HttpResponse:
        self.settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
        return self.centre.post(CARDS, {"text": "x" * 1000})

    def not_set_up(self) -> HttpResponse:
        Municipality.objects.all().delete()
        return self.centre.post(CARDS, {"text": "a"})

    def read_on(self, client: APIClient, change: Callable[[], object]) -> HttpResponse:
        """Read what changed, let something happen, and read on from there."""
        cursor = client.get("/api/v1/changes/").json()["cursor"]
        change()
        return client.get(f"/api/v1/changes/?since={cursor}")

    def of_an_undone_past(self) -> HttpResponse:
        return self.read_on(self.centre, lambda: ChangeBatch.objects.update(token="another"))

    def with_other_cards_in_sight(self) -> HttpResponse:
        def give_another_unit() -> None:
            self.town.schools.leader = self.town.people["unit_leader"]
            self.town.schools.save()

        leader = self.client_of("unit_leader")
        return self.read_on(leader, give_another_unit)

    def with_a_token_of_no_provider(self) -> HttpResponse:
        self.settings.API_AUDIENCE, self.settings.API_ISSUER = "innspill", "https://provider.example"
        return self.stranger.get(CARDS, headers={"Authorization": "Bearer a.b.c"})

    def where_no_passwords_are_taken(self) -> HttpResponse:
        self.settings.PASSWORD_TOKENS = False
        return self.stranger.post("/api/v1/token/", {"email": "a@b.no", "password": PASSWORD})

    def with_a_key_of_one_unit(self) -> HttpResponse:
        made = create_api_key(
            name="Kart", acts_as=self.town.people["quality_adviser"], scopes=["figures:read"], units=[self.town.roads],
            today=NOW.date(), by=None, now=NOW,
        )  # fmt: skip
        return self.stranger.get("/api/v1/overview/", headers={"Authorization": f"Bearer {made.secret}"})

    def of_a_sensitive_card(self) -> HttpResponse:
        Card.objects.update(sensitive=True)
        return self.client_of("unit_leader").get(self.card)

    def throttled(self) -> HttpResponse:
        for _try in range(21):
            answer = self.stranger.post("/api/v1/survey-by-code/", {"code": "K7QM-2XPD-4"})
        return answer

    def withdrawn(self) -> HttpResponse:
        survey, by = make_survey("out"), self.town.people["quality_adviser"]
        answer_all(survey, {"q1": [1, 2, 3, 4, 5, 6], "q2": [2] * 6})
        publish_results(survey, publish_on=NOW.date(), words={}, reason="", by=by, now=NOW)
        withdraw_publication(survey, reason="Et tall var feil.", by=by, now=NOW)
        return self.stranger.get("/api/v1/surveys/out/results/")


PROVOKED: dict[str, tuple[int, str, Callable[[Scene], HttpResponse]]] = {
    # code: status, the operation whose schema it is held to (empty: no operation of ours), the request
    "invalid": (400, f"post {CARDS}", lambda s: s.centre.post(CARDS, {"text": "", "unit": "nowhere"})),
    "parse_error": (400, f"post {CARDS}", lambda s: s.centre.generic("POST", CARDS, b"{", "application/json")),
    "bad_request": (
        400, f"post {CARDS}", lambda s: s.centre.generic("POST", CARDS, b"{}", "application/json; charset=zlib"),
    ),
    "wrong_credentials": (
        400, "post /api/v1/token/", lambda s: s.stranger.post("/api/v1/token/", {"email": "a@b.no", "password": PASSWORD}),
    ),
    "impossible_received_date": (
        400, f"post {CARDS}", lambda s: s.centre.post(CARDS, {"text": "a", "received_on": "2027-01-01"}),
    ),
    "not_authenticated": (401, f"get {CARDS}", lambda s: s.stranger.get(CARDS)),
    "authentication_failed": (
        401, f"get {CARDS}", lambda s: s.stranger.get(CARDS, headers={"Authorization": "Bearer wrong"}),
    ),
    "not_allowed": (403, f"post {CARDS}", lambda s: s.client_of("reader").post(CARDS, {"text": "a"})),
    "reason_needed": (403, f"get {CARDS}{{reference}}/", Scene.of_a_sensitive_card),
    "csrf_failed": (403, f"post {CARDS}", Scene.without_csrf),
    "not_found": (404, f"get {CARDS}{{reference}}/", lambda s: s.centre.get(f"{CARDS}26-999999-9/")),
    "method_not_allowed": (405, "", lambda s: s.centre.delete(CARDS)),
    "not_acceptable": (406, f"get {CARDS}", lambda s: s.centre.get(CARDS, headers={"Accept": "text/html"})),
    "wrong_state": (
        409, f"post {CARDS}{{reference}}/reopen/", lambda s: s.centre.post(f"{s.card}reopen/", {"reason": "Ikke ferdig"}),
    ),
    "invalid_token": (401, f"get {CARDS}", Scene.with_a_token_of_no_provider),
    "no_password_tokens": (403, "post /api/v1/token/", Scene.where_no_passwords_are_taken),
    "outside_the_key": (403, "get /api/v1/overview/", Scene.with_a_key_of_one_unit),
    "cursor_over": (410, "get /api/v1/changes/", Scene.of_an_undone_past),
    "sight_changed": (410, "get /api/v1/changes/", Scene.with_other_cards_in_sight),
    "withdrawn": (410, "get /api/v1/surveys/{survey}/results/", Scene.withdrawn),
    "changed_meanwhile": (
        412, f"patch {CARDS}{{reference}}/",
        lambda s: s.centre.patch(s.card, {"place": "a"}, headers={"If-Match": '"1"'}),
    ),
    "too_large": (413, f"post {CARDS}", Scene.too_large),
    "unsupported_media_type": (415, f"post {CARDS}", lambda s: s.centre.generic("POST", CARDS, b"text=a", "text/plain")),
    "idempotency_key_reused": (422, f"post {CARDS}", lambda s: s.with_key({"text": "a"}, {"text": "b"})),
    "throttled": (429, "post /api/v1/survey-by-code/", Scene.throttled),
    "server_error": (500, f"get {CARDS}", lambda s: s.failing(RuntimeError("a secret of ours"))),
    "unavailable": (503, f"get {CARDS}", lambda s: s.failing(OperationalError("no connection to 10.0.0.5"))),
    "not_set_up": (503, f"post {CARDS}", Scene.not_set_up),
}  # fmt: skip


@pytest.fixture
def scene(
    town: Town,
    client_of: Callable[..., APIClient],
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Scene:
    return Scene(town, client_of, settings, monkeypatch)


@pytest.mark.parametrize("code", PROVOKED)
def test_each_problem_has_the_shape_that_is_documented(scene: Scene, code: str) -> None:
    status, operation, provoke = PROVOKED[code]
    answer = provoke(scene)
    body = json.loads(answer.content)
    assert (answer.status_code, answer["Content-Type"], body["code"]) == (status, problems.CONTENT_TYPE, code)
    described = {"type": "object", "$ref": "#/components/schemas/Problem"}
    if operation:
        method, path = operation.split()
        (content_type,) = SCHEMA["paths"][path][method]["responses"][str(status)]["content"]
        assert content_type == problems.CONTENT_TYPE
        described = SCHEMA["paths"][path][method]["responses"][str(status)]["content"][content_type]["schema"]
    jsonschema.Draft202012Validator(described | {"components": SCHEMA["components"]}).validate(body)
    known = set(SCHEMA["components"]["schemas"]["Problem"]["properties"])
    assert set(body) <= known
    assert known - set(body) <= {"errors"}
    assert body["type"] == f"urn:innspill:problem:{code}"
    assert body["instance"] == answer.wsgi_request.path  # type: ignore[attr-defined]
    assert body["title"] == str(problems.TITLES[status])
    assert "errors" not in body or all(set(error) == {"field", "code", "detail"} for error in body["errors"])
    assert "secret" not in body["detail"]
    assert "10.0.0.5" not in body["detail"]
    assert answer["Content-Language"] == "en"
    assert ("Retry-After" in answer) is (status in (429, 503) and code != "not_set_up")
    assert ("WWW-Authenticate" in answer) is (status == 401)


def test_every_status_and_every_code_of_ours_is_provoked() -> None:
    assert {status for status, _operation, _provoke in PROVOKED.values()} == set(problems.TITLES)
    written = "".join(
        (django_settings.BASE_DIR / path).read_text() for path in ("feedback/api/problems.py", "config/handlers.py")
    )
    codes = set(re.findall(r'"([a-z_]+)", [45]\d\d\b', written)) | set(
        re.findall(r'default_code = "([a-z_]+)"', written)
    )
    for path in Path(django_settings.BASE_DIR).glob("*/api/*.py"):
        codes |= set(re.findall(r'default_code = "([a-z_]+)"', path.read_text()))
    assert len(codes) >= 10
    assert codes - set(PROVOKED) == set(), "Provoke each in PROVOKED, above."
