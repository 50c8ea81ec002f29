"""The schema: what is checked in is what the code says, and what the code does is what the schema says."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from rest_framework.authtoken.models import Token
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance, unsupported_method

from config.wsgi import application
from feedback.deadlines import Contact
from tests.described import read, schema
from tests.feedback.api.conftest import NOW, Town
from tests.reporting.plans import an_action_with_a_course
from tests.reporting.scorecards import a_scorecard_with_figures

COMMAND = "manage.py spectacular --lang en --validate --fail-on-warn --file docs/openapi.yaml"


@pytest.mark.slow
def test_checked_in_schema_is_what_the_code_says() -> None:
    """Generated without one warning, and valid OpenAPI 3.1."""
    out = io.StringIO()
    call_command("spectacular", lang="en", validate=True, fail_on_warn=True, stdout=out)
    assert read(out.getvalue()) == schema(), f"The API changed. If that was meant, run: {COMMAND}"


def test_schema_is_openapi_3_1_and_open_to_all(client: Client, town: Town) -> None:
    answer = client.get("/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi+json"})
    body = answer.json()
    assert body["openapi"] == "3.1.0"
    assert {"/api/v1/cards/", "/api/v1/cards/{reference}/callback/", "/api/v1/token/"} <= set(body["paths"])


def test_every_operation_tells_of_its_errors_and_shows_examples(client: Client, town: Town) -> None:
    paths = client.get("/api/v1/schema/?format=json").json()["paths"]
    for path, operations in paths.items():
        for method, operation in operations.items():
            assert {"500", "503"} <= set(operation["responses"]), (method, path)
            for code, response in operation["responses"].items():
                if code == "204":
                    continue
                (content_type,) = response["content"]
                if content_type in ("application/octet-stream", "text/csv", "application/x-ndjson"):
                    continue
                assert content_type == ("application/json" if code < "300" else "application/problem+json")
                if code < "300" or code == "400":
                    assert response["content"][content_type]["examples"], (method, path, code)


def test_docs_load_only_from_our_own_address_and_nothing_inline(client: Client, town: Town) -> None:
    answer = client.get("/api/docs/")
    page = answer.content.decode()
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "<style" not in page
    assert "<script>" not in page
    assert "//" not in page.replace("<!doctype html>", "")
    script = client.get("/api/docs/?script=")
    assert (script.status_code, script["Content-Type"].partition(";")[0]) == (200, "application/javascript")
    assert '"validatorUrl": null' in script.content.decode()
    assert "/api/v1/schema/" in script.content.decode()


@pytest.mark.parametrize("name", ["swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js"])
def test_docs_find_their_files_in_the_sidecar(name: str) -> None:
    assert finders.find(f"drf_spectacular_sidecar/swagger-ui-dist/{name}")


# --- Many made-up requests to every operation --------------------------------------------------------------------------


# As the checked-in schema has them, which the first test here holds to the code.
OPERATIONS = [(method.upper(), path) for path, operations in schema()["paths"].items() for method in operations]


NOTHING_TO_GET_WRONG = {"/api/v1/public-statistics/"}
"""Neither a key nor a parameter: no request can be wrong."""

WRITERS = {
    "/api/v1/values/": "quality_adviser",
    "/api/v1/actions/": "quality_adviser",
    "/api/v1/webhooks/": "administrator",
}
"""Who may write there, where that is not the service centre."""


PLAIN = {"Accept-Encoding": "identity"}
"""Called in this process: nobody unpacks what was packed for the way."""


@cache
def served_schema() -> Any:
    """The schema as the application serves it, fetched once: it takes a second to make."""
    config = schemathesis.Config.from_dict({"generation": {"allow-x00": True}})
    return schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", application, config=config)


@pytest.fixture
def api_schema(town: Town) -> Iterator[Any]:
    town.card(contact=Contact(name="Kari Nordmann", address="Storgata 1", phone="33 00 00 00"))
    figure = a_scorecard_with_figures(NOW)
    an_action_with_a_course(town.roads, figure.indicator, NOW)
    # As Django's own test client does: the end of a request would close the connection in the test's transaction.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield served_schema()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_no_request_breaks_it_and_every_answer_is_as_the_schema_says(
    town: Town, api_schema: Any, method: str, path: str, mode: GenerationMode
) -> None:
    if mode is GenerationMode.NEGATIVE and path in NOTHING_TO_GET_WRONG:
        return
    who = next((role for beginning, role in WRITERS.items() if path.startswith(beginning)), "service_centre")
    token = Token.objects.create(user=town.people[who]).key
    headers = PLAIN | ({} if "token" in path else {"Authorization": f"Bearer {token}"})

    @given(case=api_schema[path][method].as_strategy(generation_mode=mode))
    @how(max_examples=10, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    def try_many(case: Any) -> None:
        # A code may have the right form and name no unit; what OPTIONS tells is nobody's business yet.
        case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance, unsupported_method])

    try_many()
