"""Who comes through which door: every address of the whole house, everybody in turn, asked for and sent an empty form.

The table is `matrix.txt`; an address without a row there fails, and so does a row without an address. Each thing in the
addresses is of the roads unit, so that the columns of its own leader and handler and of another unit's leader say what
is theirs and what is not. What needs an API key of a certain scope is in `feedback/api/test_rights.py`.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.handlers.base import BaseHandler
from django.core.signals import request_finished
from django.db import close_old_connections, connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory

from config.response_headers import PERMISSIONS
from organisation.models import Person
from tests.factories import make_solvik
from tests.life import Life, address, addresses

TABLE = Path(__file__).with_name("matrix.txt")
WHO = ["A", "S", "L", "H", "O", "M", "C", "Q", "X", "R", "N"]
WORDS = {
    "s": "sent to sign-in", "-": "refused", "0": "not there", "x": "no such door", "r": "sent on, nothing done",
    "+": "let in", "!": "not set up",
}  # fmt: skip
CLOSED = set(WORDS) - {"+", "!"}
WRITTEN_BY_ANY = re.compile(r'"organisation_(browsersession|signin|failedtries)"')
"""Tables in which a refusal too may leave something: the session, and the log of who tried to sign in."""

WHOLE = os.environ.get("MATRIX", "") == "whole"
"""`make matrix`: everybody everywhere. Else whoever is refused, and of those who are let in one a row, in turn."""

SIGN_IN = ("/accounts/login/", "/admin/login/")

ON_EVERY_ANSWER = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
}

Row = tuple[str, str]
"""What comes of asking and of sending, a sign for each in WHO."""


def table() -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for line in TABLE.read_text().splitlines():
        if line and not line.startswith("#"):
            name, asked, sent = line.rsplit(maxsplit=2)
            assert name not in rows, f"{name} stands there twice."
            assert len(asked) == len(sent) == len(WHO), line
            assert set(asked + sent) <= set(WORDS), line
            rows[name.strip()] = (asked, sent)
    return rows


def row_of(name: str, rows: dict[str, Row]) -> str | None:
    """Return the name of the row that decides: the address's own, or one with a star."""
    if name in rows:
        return name
    return next((pattern for pattern in rows if pattern.endswith("*") and fnmatchcase(name, pattern)), None)


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    rows, names = table(), [name for name, _pattern in addresses()]
    decided = {name: row_of(name, rows) for name in names}
    without = [name for name, row in decided.items() if row is None]
    assert without == [], "Say in tests/matrix.txt who may. How a row is written: at the top of the file."
    assert set(rows) - set(decided.values()) == set(), "These are there no more."


@contextmanager
def taken_back() -> Iterator[list[str]]:
    """Give what is written meanwhile, but the sessions, and take it all back."""
    written: list[str] = []

    def see(execute: Any, sql: Any, *rest: Any) -> Any:
        if str(sql).startswith(("INSERT", "UPDATE", "DELETE")) and not WRITTEN_BY_ANY.search(str(sql)[:80]):
            written.append(str(sql)[:80])
        return execute(sql, *rest)

    with transaction.atomic(), connection.execute_wrapper(see):
        yield written
        transaction.set_rollback(True)


def sign_of(answer: HttpResponse, method: str, written: list[str]) -> str:
    status = answer.status_code
    if status == 401 or (status == 302 and answer["Location"].startswith(SIGN_IN)):
        return "s"
    assert status < 500 or status == 503, f"{status}, {answer.content[:300]!r}"
    if status in (302, 303) and method == "post" and not written:
        return "r"
    return {403: "-", 404: "0", 405: "x", 503: "!"}.get(status, "+")


def headers_of(answer: HttpResponse) -> dict[str, str]:
    """Return what a browser is told beside the content, where it is not what every answer of ours says."""
    told = answer.headers
    wrong = {name: told.get(name, "") for name, said in ON_EVERY_ANSWER.items() if told.get(name) != said}
    if told.get("Referrer-Policy") not in ("same-origin", "no-referrer"):
        wrong["Referrer-Policy"] = told.get("Referrer-Policy", "")
    policy = told.get("Content-Security-Policy", "")
    if (
        "default-src 'none'" not in policy
        or "unsafe" in policy
        or not re.search("frame-ancestors 'none'|sandbox", policy)
    ):
        wrong["Content-Security-Policy"] = policy
    if "Cache-Control" not in told:
        wrong["Cache-Control"] = ""
    for cookie in answer.cookies.values():
        if cookie["max-age"] == 0:
            continue  # taken away
        if not cookie["httponly"] or cookie["samesite"] not in ("Lax", "Strict") or cookie["domain"]:
            wrong["Set-Cookie"] = cookie.OutputString()
    return wrong


class Visitor:
    """Somebody whose browser is signed in, however the last request left it.

    Goes to Django's handler itself: the test client keeps the context of each template, which takes longer than the page.
    """

    def __init__(self, person: Person | None) -> None:
        client = Client()
        if person is not None:
            client.force_login(person)
        cookies = "; ".join(f"{name}={cookie.value}" for name, cookie in client.cookies.items())
        self.requests = RequestFactory(headers={"Accept-Language": "en"} | ({"Cookie": cookies} if cookies else {}))
        self.faults: list[str] = []
        self.handler = BaseHandler()
        self.handler.load_middleware()

    def call(self, method: str, path: str) -> tuple[str, list[str]]:
        """Ask, or send an empty form, and return the sign of the answer and what was written meanwhile."""
        json = (
            {"content_type": "application/json", "data": "{}"} if path.startswith("/api/") and method == "post" else {}
        )
        request = getattr(self.requests, method)(path, **json)
        request._dont_enforce_csrf_checks = True
        with taken_back() as written:
            answer = self.handler.get_response(request)
            self.faults += [f"{path}: {name} is «{said}»" for name, said in headers_of(answer).items()]
            if answer.streaming:
                b"".join(answer.streaming_content)
            request_finished.disconnect(close_old_connections)
            answer.close()  # a file that was not read
            request_finished.connect(close_old_connections)
        return sign_of(answer, method, written), written


@pytest.fixture
def everybody(db: None, settings: LazySettings, tmp_path: Path) -> tuple[dict[str, Visitor], Life]:
    settings.MEDIA_ROOT = tmp_path
    # What would be fetched from elsewhere meets a closed port of this machine.
    settings.KOLADA_URL = settings.SSB_URL = settings.KLASS_URL = "http://127.0.0.1:9"
    solvik = make_solvik()
    life = Life(solvik)
    people = [
        None, solvik.clerk, solvik.roads_leader, solvik.handler, solvik.water_leader, solvik.mayors_secretary, solvik.chief,
        life.adviser, solvik.administrator, solvik.reader, life.nobody,
    ]  # fmt: skip
    return dict(zip(WHO, map(Visitor, people), strict=True)), life


def asked_of(row: str, turn: int) -> Iterator[str]:
    """Give whom to ask where the row says so: all who are refused, and of those who are let in one."""
    kinds: dict[str, list[str]] = {}
    for who, sign in zip(WHO, row, strict=True):
        kinds.setdefault(sign, []).append(who)
    for sign, people in kinds.items():
        alike = sign not in CLOSED or sign == "x" or len(kinds) == 1
        yield from [people[turn % len(people)]] if alike and not WHOLE else people


@pytest.mark.slow
def test_everybody_comes_where_the_table_lets_them_and_no_further(
    everybody: tuple[dict[str, Visitor], Life],
) -> None:
    people, life = everybody
    rows, faults = table(), []
    logging.disable()  # each refusal is a line
    try:
        for turn, (name, pattern) in enumerate(addresses()):
            path = address(name, pattern, life.standing_in(name))
            decided = rows.get(row_of(name, rows) or "")
            found = list(decided or ("", ""))
            for place, method in enumerate(("get", "post")):
                signs = dict(zip(WHO, found[place], strict=False))
                for who in asked_of(decided[place], turn) if decided else WHO:
                    sign, written = people[who].call(method, path)
                    # Who may, and sent nothing that could be done, is sent on as well.
                    signs[who] = "+" if sign == "r" and signs.get(who) == "+" else sign
                    if written and signs[who] in CLOSED:
                        faults.append(f"{name}: {method} by {who}: «{WORDS[signs[who]]}», and wrote {written[0]}")
                found[place] = "".join(signs[who] for who in WHO)
            if decided != tuple(found):
                faults.append(f"{name:40} {found[0]} {found[1]}")
    finally:
        logging.disable(logging.NOTSET)
    faults += sorted({fault for one in people.values() for fault in one.faults})
    assert faults == [], "\n".join(["Otherwise than in tests/matrix.txt:", *faults])
