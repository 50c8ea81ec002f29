"""The client in docs/: what it does when the server is busy, away, or says no."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.reporting.loopback import House, Says, another_house

FILE = Path(__file__).resolve().parent.parent / "docs" / "innspill_client.py"


@pytest.fixture(scope="module")
def client() -> Iterator[ModuleType]:
    spec = importlib.util.spec_from_file_location("innspill_client", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture
def house() -> Iterator[House]:
    with another_house() as made:
        yield made


def page(rows: list[int], following: str | None = None) -> bytes:
    return json.dumps({"next": following, "results": rows}).encode()


def problem(status: int, code: str = "invalid", **headers: str) -> Says:
    body = {"type": f"urn:innspill:problem:{code}", "title": "No", "status": status, "detail": "Because.", "code": code}
    return Says(
        json.dumps(body | {"errors": [{"field": "text", "code": code, "detail": "Empty."}]}).encode(), status, headers
    )


def api(client: ModuleType, house: House, **values: Any) -> tuple[Any, list[float]]:
    slept: list[float] = []
    return client.Innspill(house.url, key="innspill_x", sleep=slept.append, **values), slept


def test_it_follows_pages_when_they_are_needed(client: ModuleType, house: House) -> None:
    ours, _slept = api(client, house)
    house.says("/api/v1/cards/", page([1, 2], f"{house.url}/api/v1/cards/?cursor=x"), page([3]))
    rows = ours.all("cards/", unit="roads", political=True)
    assert next(rows) == 1
    assert house.paths() == ["/api/v1/cards/?unit=roads&political=true"]
    assert list(rows) == [2, 3]
    assert house.asked[0][2]["Authorization"] == "Bearer innspill_x"


def test_it_waits_as_long_as_it_is_asked_to(client: ModuleType, house: House) -> None:
    ours, slept = api(client, house)
    house.says("/api/v1/units/", problem(429, "throttled", **{"Retry-After": "37"}), problem(503), page([]))
    assert list(ours.all("units/")) == []
    assert 37 <= slept[0] < 38
    assert 2 <= slept[1] < 3
    house.says("/api/v1/units/", problem(429, "throttled", **{"Retry-After": "99999"}))
    with pytest.raises(client.Problem) as caught:
        ours.get("units/")
    assert (caught.value.status, max(slept)) == (429, 120)


def test_what_got_no_answer_is_sent_again_under_the_same_key(client: ModuleType, house: House) -> None:
    ours, slept = api(client, house)
    house.says(
        "/api/v1/cards/", Says(b'{"reference": "x"}', 201, cut=5), problem(502), Says(b'{"reference": "x"}', 201)
    )
    assert ours.post("cards/", {"text": "Hull"}).data == {"reference": "x"}
    keys = {headers["Idempotency-Key"] for _method, _path, headers, _body in house.asked}
    assert (len(house.asked), len(keys), len(slept)) == (3, 1, 2)
    ours.post("cards/", {"text": "Hull"})
    assert house.asked[-1][2]["Idempotency-Key"] not in keys
    with pytest.raises(client.NoAnswer):
        client.Innspill("http://127.0.0.1:9", key="x", tries=2, sleep=slept.append).get("units/")


def test_a_refusal_is_raised_at_once_with_its_fields(client: ModuleType, house: House) -> None:
    ours, slept = api(client, house)
    house.says("/api/v1/cards/", problem(400))
    with pytest.raises(client.Problem) as caught:
        ours.post("cards/", {})
    assert (caught.value.code, caught.value.detail, caught.value.errors) == ("invalid", "Because.", {"text": "Empty."})
    house.says("/api/v1/cards/", Says(b"<html>A proxy's page</html>", 500))
    with pytest.raises(client.Problem, match="proxy"):
        ours.get("cards/")
    assert (slept, len(house.asked)) == ([], 2)


def test_the_key_is_sent_to_nobody_else(client: ModuleType, house: House) -> None:
    ours, _slept = api(client, house)
    with another_house() as elsewhere:
        house.says("/api/v1/cards/", Says(b"", 302, {"Location": f"{elsewhere.url}/api/v1/cards/"}))
        with pytest.raises(client.Problem):
            ours.get("cards/")
        house.says("/api/v1/cards/", page([1], f"{elsewhere.url}/api/v1/cards/?cursor=x"))
        with pytest.raises(ValueError, match="the key is not sent there"):
            list(ours.all("cards/"))
        assert elsewhere.asked == []


def test_no_content_is_none_and_a_tag_is_sent_back(client: ModuleType, house: House) -> None:
    ours, _slept = api(client, house)
    house.says("/api/v1/cards/x/", Says(b"{}", 200, {"ETag": '"7"'}), Says(b"{}"), Says(b"", 204))
    ours.patch("cards/x/", {"place": "A"}, if_match=ours.get("cards/x/").etag)
    assert house.asked[1][2]["If-Match"] == '"7"'
    assert ours.delete("cards/x/").data is None
