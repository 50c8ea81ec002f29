"""A short run of `make malformed`: what no browser sends, at a real server."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection
from django.utils import timezone

from benchmarks.malformed import Door, Targets, attack, signed_in
from tests.factories import a_card, make_solvik


@pytest.mark.slow
@pytest.mark.load
def test_some_hundreds_of_malformed_requests_and_files(
    process_env: dict[str, str], settings: LazySettings, tmp_path: Path
) -> None:
    solvik = make_solvik()
    card = a_card(now=timezone.now(), unit=solvik.roads)
    who = signed_in({"clerk": solvik.clerk, "administrator": solvik.administrator})
    paths = [
        "/", "/card/", f"/card/{card.secret}/", f"/card/{card.secret}/add/", "/answer/", "/accounts/login/", "/what-we-hear/",
        "/staff/", "/staff/register/", f"/staff/cards/{card.reference}/", f"/staff/cards/{card.reference}/note/",
        "/staff/administration/rules/", "/staff/actions/", "/api/v1/cards/", f"/api/v1/cards/{card.reference}/callback/",
        "/open311/v2/requests.json", "/healthz", "/nothing/",
    ]  # fmt: skip
    doors = [
        Door("/", "uploads", "anybody", (("text", "Hull i veien"),)),
        Door(f"/staff/cards/{card.reference}/attach/", "attach-uploads", "clerk"),
        Door("/staff/administration/look/arms/", "file", "administrator"),
        Door("/staff/administration/import/", "file", "administrator", (("source", "old"), ("mapping", "x"))),
    ]
    connection.close()
    environment = process_env | {"MEDIA_ROOT": str(tmp_path)}
    asked, sent = attack(environment, Targets(paths, who), doors, requests=330, files=60)
    assert (asked.faults, sent.faults) == ([], [])
    assert (asked.sent, sent.sent) == (330, 60)
    assert {200, 400, 403, 404, 405} <= set(asked.statuses), asked
    assert {"hypothesis", "schemathesis"} <= set(asked.by_kind)
