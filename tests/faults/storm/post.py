"""Where mails and webhooks arrive: a real mail server and a real receiver, which write down all that they took."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from tests.organisation.receiver import Receiver, Took, open_receiver
from tests.post_office import free_port

REFUSED = "nobody"
"""Mail to an address that begins so is refused for good."""
LATER = "later"
"""Mail to an address that begins so is put off the first time."""


@dataclass
class Arrival:
    """One mail that was accepted: when, and whether the sender was told so."""

    at: float
    to: str
    told: bool


@dataclass
class PostOffice:
    """The mail server. `mood`: «well», «hangs» (silent after the letter), «drops» (accepts, and hangs up without a word)."""

    port: int
    mood: str = "well"
    drops_left: int = 0
    arrived: dict[str, list[Arrival]] = field(default_factory=lambda: defaultdict(list))
    put_off: set[str] = field(default_factory=set)
    last_to: dict[str, float] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if address.startswith(REFUSED):
            return "550 5.1.1 No such user here"
        if address.startswith(LATER) and address not in self.put_off:
            self.put_off.add(address)
            return "451 4.7.1 Come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        if self.mood == "hangs":
            while self.mood == "hangs":
                await asyncio.sleep(0.2)
            return "451 4.3.0 Begin anew"
        found = re.search(rb"^Message-ID:\s*(<[^>]+>)", envelope.content, re.I | re.M)
        name = found[1].decode() if found else "?"
        drops = self.mood == "drops" and self.drops_left > 0
        self.arrived[name].append(Arrival(time.time(), envelope.rcpt_tos[0], not drops))
        self.last_to[envelope.rcpt_tos[0]] = time.time()
        if drops:
            self.drops_left -= 1
            server.transport.abort()
            return "421 Gone"
        return "250 OK"


class Letters:
    """Opens and closes the post office's door."""

    def __init__(self) -> None:
        self.office = PostOffice(free_port())
        self._controller: Controller | None = None

    def open(self) -> None:
        self._controller = Controller(self.office, hostname="127.0.0.1", port=self.office.port)
        self._controller.start()

    def close(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None


@dataclass
class Hooks:
    """What the receiver took, by the id of the delivery: when each time, and whether it said yes."""

    receiver: Receiver
    took: dict[str, list[tuple[float, bool]]] = field(default_factory=lambda: defaultdict(list))
    latest: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, took: Took) -> None:
        is_well = self.receiver.behaviour.get(took.path, 200) == 200
        with self._lock:
            self.took[took.id].append((time.time(), is_well))
            if is_well:
                self.latest[took.json["data"].get("reference", "")] = time.time()
        self.receiver.took.clear()

    def hang(self) -> None:
        self.receiver.released.clear()
        self.receiver.behaviour["/hook"] = "hangs"

    def well(self) -> None:
        self.receiver.behaviour.pop("/hook", None)
        self.receiver.released.set()


@contextmanager
def open_hooks() -> Iterator[Hooks]:
    with open_receiver() as receiver:
        hooks = Hooks(receiver)
        receiver.on_request = hooks.note
        yield hooks
