"""What is written down: with the request it belongs to, and nothing that opens anything."""

from __future__ import annotations

import io
import json
import logging
import logging.config
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from config.logs import logging_settings, without_secrets
from tests.factories import a_card, make_solvik


@pytest.fixture(params=["plain", "json"])
def written(request: Any) -> Iterator[tuple[str, io.StringIO]]:
    """What a handler of ours writes, in both forms."""
    out = io.StringIO()
    made = logging_settings(request.param, "INFO")
    handler = logging.StreamHandler(out)
    form = made["formatters"][request.param]
    configurator = logging.config.DictConfigurator(made)
    handler.setFormatter(configurator.configure_formatter(dict(form)))
    handler.addFilter(configurator.configure_filter(dict(made["filters"]["of_request"])))
    root = logging.getLogger()
    root.addHandler(handler)
    yield request.param, out
    root.removeHandler(handler)


@pytest.mark.django_db
def test_a_line_has_its_request_and_no_secret(written: tuple[str, io.StringIO], client: Client) -> None:
    form, out = written
    make_solvik()
    card = a_card(text="Noe hemmelig om naboen")
    response = client.get(f"/card/{card.secret}/files/999/", headers={"x-request-id": "from-the-proxy-1"})
    assert (response.status_code, response["X-Request-ID"]) == (404, "from-the-proxy-1")
    said = out.getvalue()
    assert "/card/…/files/999/" in said
    assert card.secret not in said
    assert "naboen" not in said
    if form == "json":
        line = json.loads(said.splitlines()[-1])
        assert {"time", "level", "logger", "message", "request_id"} == set(line)
        assert (line["level"], line["request_id"]) == ("WARNING", "from-the-proxy-1")
        assert line["time"].endswith("Z")


def test_a_request_id_that_is_not_sound_is_not_taken(client: Client) -> None:
    given = client.get("/healthz", headers={"x-request-id": "x" * 200})["X-Request-ID"]
    assert len(given) == 32
    assert client.get("/healthz")["X-Request-ID"] != given


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Not Found: /card/aBc123dEf456/", "Not Found: /card/…/"),
        ("GET /surveys/x/kiosk/Zm9vYmFy/thanks/", "GET /surveys/x/kiosk/…/thanks/"),
        ("/accounts/password/reset/key/3-cx1/", "/accounts/password/reset/key/…/"),
        ("/callback/?state=abc&code=def ok", "/callback/?state=…&code=… ok"),
        ("signed eyJhIjoxfQ:1vKxyz:abcdefghijklmnopqrstuvwxyz0123", "signed …"),
        ("Not Found: /staff/cards/2026-000123/", "Not Found: /staff/cards/2026-000123/"),
        ("started at 08:15:30", "started at 08:15:30"),
    ],
)
def test_what_opens_something_is_left_out(text: str, expected: str) -> None:
    assert without_secrets(text) == expected


def test_an_unknown_form_is_told_at_once() -> None:
    with pytest.raises(ImproperlyConfigured, match="LOG_FORMAT"):
        logging_settings("xml", "INFO")
