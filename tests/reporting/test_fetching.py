"""Fetching over HTTP: limits, retries, and that nobody leads us into our own network or elsewhere."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from organisation.outgoing import CannotReach, Limits, checked
from reporting.fetching import Fetcher, on_same_house, told
from tests.reporting.loopback import House, Says, another_house

FAST = Limits(connect=1, read=0.5, total=1, most_bytes=100_000, tries=3, pause=1)


@pytest.fixture
def house() -> Iterator[House]:
    with another_house() as made:
        yield made


def fetcher(slept: list[float] | None = None, **more: Any) -> Fetcher:
    waits = [] if slept is None else slept
    return Fetcher(
        "Innspill (+https://solvik.example)", allow_private=True, limits=replace(FAST, **more), sleep=waits.append
    )


def test_an_answer_is_fetched_and_we_say_who_we_are(house: House) -> None:
    house.says("/x", Says(b'{"a": 1}' * 100, zipped=True))
    assert fetcher().fetch(f"{house.url}/x?year=2024") == b'{"a": 1}' * 100
    method, path, headers, _body = house.asked[0]
    assert (method, path, headers["User-Agent"]) == ("GET", "/x?year=2024", "Innspill (+https://solvik.example)")
    fetcher().fetch(f"{house.url}/x", body=b'{"query": []}')
    assert house.asked[1][0] == "POST"
    assert house.asked[1][3] == b'{"query": []}'


def test_a_busy_house_is_asked_again_after_a_while(house: House) -> None:
    slept: list[float] = []
    house.says("/x", Says(status=429, headers={"Retry-After": "7"}), Says(status=500), b"good")
    assert fetcher(slept).fetch(f"{house.url}/x") == b"good"
    assert slept == [7, 2]
    house.says("/y", Says(status=503, headers={"Retry-After": "9999"}))
    with pytest.raises(CannotReach, match="503"):
        fetcher(slept).fetch(f"{house.url}/y")
    assert slept[2:] == [60, 60]
    assert len(house.asked) == 6


def test_what_is_cut_short_is_asked_for_again(house: House) -> None:
    house.says("/x", Says(b"x" * 500, cut=100), b"whole")
    assert fetcher().fetch(f"{house.url}/x") == b"whole"
    house.says("/y", Says(b"x" * 500, cut=100))
    with pytest.raises(CannotReach, match=r"cut short|brutt av"):
        fetcher().fetch(f"{house.url}/y")


@pytest.mark.parametrize(
    ("says", "code"),
    [
        (Says(status=404), "404"), (Says(status=302, headers={"Location": "http://169.254.169.254/"}), ""),
        (Says(status=301, headers={"Location": "/x2"}), ""), (Says(b"x" * 100_001), "MB"),
        (Says(b"\x00" * 200_000, zipped=True), "MB"), (Says(status=403), "403"),
    ],
)  # fmt: skip
def test_what_does_not_get_better_is_asked_for_once(house: House, says: Says, code: str) -> None:
    house.says("/x", says)
    with pytest.raises(CannotReach) as caught:
        fetcher().fetch(f"{house.url}/x")
    assert code in str(caught.value)
    assert house.paths() == ["/x"]


@pytest.mark.slow
def test_a_slow_house_is_not_waited_for(house: House) -> None:
    house.says("/silent", Says(b"x", pause=2))
    house.says("/drip", Says(b"x" * 6400, pause=0.3))
    for path in ("/silent", "/drip"):
        with pytest.raises(CannotReach):
            fetcher(tries=1).fetch(house.url + path)


def test_nothing_is_fetched_from_our_own_network(house: House) -> None:
    outside = Fetcher("Innspill", limits=FAST, sleep=lambda _seconds: None)
    secure = house.url.replace("http:", "https:")
    port = house.url.rpartition(":")[2]
    for address in (secure, f"https://localhost:{port}/", f"https://[::1]:{port}/", "https://10.0.0.1/", "https://169.254.169.254/",
                    f"https://[::ffff:127.0.0.1]:{port}/", f"https://2130706433:{port}/"):  # fmt: skip
        with pytest.raises(CannotReach):
            outside.fetch(address)
    assert house.asked == []
    with pytest.raises(CannotReach):
        outside.fetch(house.url)  # plain HTTP


@pytest.mark.parametrize(
    "address",
    ["", "example.org", "ftp://example.org/", "file:///etc/passwd", "https://", "https://a:b@example.org/", "https://x:99999/",
     "https://exa mple.org/", "https://example.org/\r\nHost: other", "http://example.org/", "https://[::1"],
)  # fmt: skip
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(CannotReach):
        checked(address)


def test_addresses_are_told_without_secrets_and_pages_stay_in_the_house() -> None:
    assert told("https://a:b@x.example/p?api_key=123&year=2024") == "https://x.example/p?api_key=hidden&year=2024"
    base = "https://api.kolada.se/v3"
    assert on_same_house("http://api.kolada.se/v3/data?page=2", base) == "https://api.kolada.se/v3/data?page=2"
    assert on_same_house("/v3/data?page=2", base) == "https://api.kolada.se/v3/data?page=2"
    for elsewhere in ("https://evil.example/v3/data", "https://api.kolada.se.evil.example/", "//10.0.0.1/x",
                      "https://api.kolada.se:22/", "https://[::1"):  # fmt: skip
        with pytest.raises(CannotReach):
            on_same_house(elsewhere, base)


def test_nobody_there(house: House) -> None:
    with pytest.raises(CannotReach):
        fetcher().fetch("http://127.0.0.1:9/x")
    assert threading.active_count() < 50


@pytest.mark.slow
def test_who_answers_a_byte_at_a_time_is_hung_up_on() -> None:
    """Each byte comes within the limit of a read; it is the whole that takes too long, already in the headers."""
    server = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        connection, _from = server.accept()
        with connection, contextlib.suppress(OSError):
            for sign in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 100:
                connection.send(bytes([sign]))
                time.sleep(0.1)

    threading.Thread(target=drip, daemon=True).start()
    began = time.monotonic()
    with server, pytest.raises(CannotReach) as caught:
        fetcher(tries=1).fetch(f"http://127.0.0.1:{server.getsockname()[1]}/")
    assert caught.value.reason == "timeout"
    assert time.monotonic() - began < 5
