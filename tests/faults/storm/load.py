"""The people: citizens at the page and at another system, staff at theirs, and a system that keeps a copy of all cards.

Each keeps trying as a real client does: under the same key, with a growing pause, until somebody says yes or no.
"""

from __future__ import annotations

import http.client
import json
import random
import re
import threading
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urlencode

from tests.faults.storm.post import LATER, REFUSED
from tests.pictures import photo

PATIENCE = 30.0
"""Seconds for which a client waits for an answer."""
REFRESH = 40
"""Cards that are sent from one opened page; a real citizen sends one."""
STEPS = ("contact-attempts", "contact-attempts", "callback", "close", "reroute", "notes")


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Card:
    """A card somebody was promised: its number in our count, its text, and how it is called."""

    number: int
    text: str
    by: str
    email: str
    posted: float
    acknowledged: float = 0.0
    reference: str = ""
    secret: str = ""
    picture: bool = False
    tries: int = 0


@dataclass
class Said:
    """What the people were told, in the order in which it happened."""

    cards: dict[int, Card] = field(default_factory=dict)
    steps: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    unsure: set[str] = field(default_factory=set)
    seen: dict[str, str] = field(default_factory=dict)
    cursor: str = ""
    refusals: list[tuple[float, str]] = field(default_factory=list)
    slowest: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def acknowledged(self) -> list[Card]:
        with self.lock:
            return [card for card in self.cards.values() if card.acknowledged]

    def refused(self, why: str) -> None:
        with self.lock:
            self.refusals.append((time.time(), why))


class Client:
    """A client of the web server, which connects anew for each request, as people's do that come and go."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """Send one request. Raises OSError or http.client.HTTPException."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            line.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            answer = line.getresponse()
            return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            line.close()


class People:
    """All of them. `rate` cards a second are begun until `cards` are acknowledged and the time is over."""

    def __init__(self, port: int, keys: dict[str, str], *, rate: float, cards: int, seed: int) -> None:
        self.port, self.keys, self.rate, self.cards, self.seed = port, keys, rate, cards, seed
        self.said = Said()
        self.stop = threading.Event()
        self.give_up = threading.Event()
        self.paused = threading.Event()
        self._next = 0
        self._began = time.monotonic()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._picture = photo((60, 40)).getvalue()

    def begin(self, citizens: int = 10, staff: int = 2) -> None:
        self._began = time.monotonic()
        for n in range(citizens):
            self._thread(self._citizen, n)
        for n in range(staff):
            self._thread(self._staff, n)
        self._thread(self._copy, 0)

    def _thread(self, run: Callable[[int], None], n: int) -> None:
        thread = threading.Thread(target=run, args=(n,), daemon=True)
        thread.start()
        self._threads.append(thread)

    def end(self, seconds: float = 120) -> None:
        """Begin nothing more, and wait until all that was begun has its answer, or give up."""
        self.stop.set()
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.1, deadline - time.monotonic()))
        self.give_up.set()
        for thread in self._threads:
            thread.join(PATIENCE + 5)

    # --- Citizens ---

    def _take(self) -> int | None:
        """The number of the next card, when its time has come."""
        with self._lock:
            number = self._next
            self._next += 1
        wait = self._began + number / self.rate - time.monotonic()
        if wait > 0 and self.stop.wait(wait):
            return None
        return None if self.stop.is_set() else number

    def _citizen(self, n: int) -> None:
        client, page = Client(self.port), Page()
        while (number := self._take()) is not None:
            dice = random.Random(f"{self.seed}:{number}")
            who = REFUSED if number % 400 == 7 else LATER if number % 400 == 9 else "kari"
            card = Card(
                number, f"Hull i veien nummer {number:06} {uuid.UUID(int=dice.getrandbits(128))}",
                by="page" if dice.random() < 0.4 else "api", email=f"{who}{number}@example.test", posted=time.time(),
            )  # fmt: skip
            card.picture = card.by == "page" and dice.random() < 0.25
            with self.said.lock:
                self.said.cards[number] = card
            send = self._by_page if card.by == "page" else self._by_api
            self._until_answered(partial(send, client, page, card), card)

    def _until_answered(self, send: Callable[[], str], card: Card | None = None) -> bool:
        """Try again and again; return whether it was taken. `send` returns why not, or nothing."""
        pause = 0.4
        while not self.give_up.is_set():
            began = time.monotonic()
            try:
                why = send()
            except (OSError, http.client.HTTPException) as error:
                why = type(error).__name__
            self.said.slowest = max(self.said.slowest, time.monotonic() - began)
            if card is not None:
                card.tries += 1
            if not why:
                return True
            if why.startswith("no:"):
                return False
            self.said.refused(why)
            self.give_up.wait(pause * random.uniform(0.8, 1.2))
            pause = min(pause * 1.7, 5.0)
        return False

    def _by_api(self, client: Client, _page: Page, card: Card) -> str:
        submitter = {"name": "Kari", "address": "Storgata 1", "phone": "33 18 10 00", "email": card.email}
        body = json.dumps({"text": card.text, "submitter": submitter}).encode()
        answer = client.ask(
            "POST", "/api/v1/cards/", body, Authorization=f"Bearer {self.keys['clerk']}",
            Content_Type="application/json", Idempotency_Key=f"storm-{card.number}",
        )  # fmt: skip
        if answer.status != 201:
            return f"api {answer.status}"
        card.reference = json.loads(answer.body)["reference"]
        card.acknowledged = time.time()
        return ""

    def _by_page(self, client: Client, page: Page, card: Card) -> str:
        address = f"10.{card.number >> 16 & 255}.{card.number >> 8 & 255}.{card.number & 255}"
        if page.used >= REFRESH or not page.token:
            answer = client.ask("GET", "/", X_Forwarded_For=address, Accept_Language="nb")
            if answer.status != 200:
                return f"page {answer.status}"
            page.read(answer)
        fields = {
            "csrfmiddlewaretoken": page.token, "text": card.text, "name": "Kari", "address": "Storgata 1",
            "phone": "33 18 10 00", "email": card.email, "key": str(uuid.UUID(int=(self.seed << 64) + card.number)),
            "opened": page.opened,
        }  # fmt: skip
        body, kind = (
            _form_with_picture(fields, self._picture)
            if card.picture
            else (urlencode(fields).encode(), "application/x-www-form-urlencoded")
        )
        answer = client.ask(
            "POST", "/", body, Content_Type=kind, Cookie=page.cookie, X_Forwarded_For=address, Accept_Language="nb",
        )  # fmt: skip
        page.used += 1
        if answer.status != 302:
            return f"page {answer.status}{' with a picture' if card.picture else ''}"
        card.secret = answer.headers["location"].split("/card/")[1].split("/")[0]
        card.acknowledged = time.time()
        return ""

    # --- Staff, and the other system ---

    def _staff(self, n: int) -> None:
        client, dice = Client(self.port), random.Random(f"{self.seed}:staff:{n}")
        while not self.stop.wait(0.4):
            cards = [card for card in self.said.acknowledged if card.reference and card.number % 2 == n]
            if not cards:
                continue
            card, step = dice.choice(cards[-200:]), dice.choice(STEPS)
            key = f"{card.reference}-{step}-{uuid.UUID(int=dice.getrandbits(128))}"
            body = {
                "contact-attempts": {"note": key}, "callback": {"summary": key, "reaction": 5},
                "close": {"result": "withdrawn", "note": key}, "reroute": {"unit": "water", "reason": key},
                "notes": {"text": key},
            }[step]  # fmt: skip
            self._until_answered(partial(self._take_step, client, card, step, key, body))

    def _take_step(self, client: Client, card: Card, step: str, key: str, body: dict[str, Any]) -> str:
        self.said.unsure.add(key)
        answer = client.ask(
            "POST", f"/api/v1/cards/{card.reference}/{step}/", json.dumps(body).encode(),
            Authorization=f"Bearer {self.keys['clerk' if step in ('reroute', 'close') else 'roads_leader']}",
            Content_Type="application/json", Idempotency_Key=key,
        )  # fmt: skip
        if answer.status >= 500 or answer.status == 429:
            return f"step {answer.status}"
        self.said.unsure.discard(key)
        with self.said.lock:
            self.said.steps[step][f"{answer.status}"] += 1
            if answer.status < 300:
                self.said.steps[f"{step} keys"][key] += 1
        return "" if answer.status < 300 else f"no:{answer.status}"

    def _copy(self, _n: int) -> None:
        """Follow the change feed by its cursor, as another system does that keeps a copy of every card."""
        client = Client(self.port)
        while not self.stop.wait(1.0):
            if not self._until_answered(lambda: self.read_on(client)):
                break

    def read_on(self, client: Client) -> str:
        """Read one page of changes. Returns why not, or nothing."""
        path = f"/api/v1/changes/?page_size=500{f'&since={self.said.cursor}' if self.said.cursor else ''}"
        answer = client.ask("GET", path, Authorization=f"Bearer {self.keys['clerk']}")
        if answer.status != 200:
            return f"changes {answer.status}"
        found = json.loads(answer.body)
        for one in found["results"]:
            self.said.seen[one["reference"]] = (one["card"] or {}).get("state", "gone")
        self.said.cursor = found["cursor"]
        return "" if not found["has_more"] else self.read_on(client)


@dataclass
class Page:
    """The citizens' page as it was opened."""

    token: str = ""
    cookie: str = ""
    opened: str = ""
    used: int = 0

    def read(self, answer: Answer) -> None:
        html = answer.body.decode()
        self.token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', html)[1]  # type: ignore[index]
        self.opened = re.search(r'name="opened" value="([^"]*)"', html)[1]  # type: ignore[index]
        self.cookie = answer.headers.get("set-cookie", "").split(";")[0]
        self.used = 0


def _form_with_picture(fields: dict[str, str], picture: bytes) -> tuple[bytes, str]:
    edge = "storm-edge-0001"
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}' for name, value in fields.items()
    ]
    head = f'--{edge}\r\nContent-Disposition: form-data; name="uploads"; filename="hull.jpg"\r\n'
    head += "Content-Type: image/jpeg\r\n\r\n"
    body = "\r\n".join(parts).encode() + b"\r\n" + head.encode() + picture + f"\r\n--{edge}--\r\n".encode()
    return body, f"multipart/form-data; boundary={edge}"
