"""Fetch an answer from another house over HTTP, tried again where that may help. The limits and the guard of our own
network are `organisation.outgoing`'s. No database."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

from django.utils.translation import gettext_lazy as _

from organisation.outgoing import REACHED_NOTHING, USUAL, CannotReach, Limits, Line, checked, is_private, why_not

AGAIN = frozenset({429, 500, 502, 503, 504})
"""Answers that may be another after a while."""
_SECRET = re.compile(r"key|token|secret|password|sig", re.IGNORECASE)


@dataclass(frozen=True)
class Fetcher:
    """How this installation fetches. `agent` names it to those it asks."""

    agent: str
    allow_private: bool = False
    limits: Limits = USUAL
    sleep: Callable[[float], object] = time.sleep

    def fetch(self, address: str, *, body: bytes | None = None) -> bytes:
        """Return what the address answers: GET, or POST of the JSON in `body`, which asks and changes nothing.

        Raises CannotReach.
        """
        parts = checked(address, allow_plain=self.allow_private)
        headers = {"User-Agent": self.agent, "Accept": "application/json", "Accept-Encoding": "gzip"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        line = Line(parts, allow_private=self.allow_private, limits=self.limits)
        wait = self.limits.pause
        try:
            for left in range(self.limits.tries - 1, -1, -1):
                try:
                    answer = line.ask("GET" if body is None else "POST", headers, body)
                except REACHED_NOTHING as error:
                    if left and not is_private(error):
                        self.sleep(wait)
                        wait = min(wait * 2, self.limits.longest_pause)
                        continue
                    raise why_not(error, parts) from None
                if answer.status == 200:
                    return answer.content
                if answer.status not in AGAIN or not left:
                    raise _refused(answer.status, parts)
                self.sleep(min(max(wait, answer.retry_after), self.limits.longest_pause))
                wait = min(wait * 2, self.limits.longest_pause)
        finally:
            line.close()
        raise AssertionError("unreachable")


def told(address: str) -> str:
    """Return the address as it may be shown and kept: without secrets."""
    parts = urlsplit(address)
    kept = [
        (name, "hidden" if _SECRET.search(name) else value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    ]
    where = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, where, parts.path, urlencode(kept, safe=",:"), ""))


def on_same_house(address: str, base: str) -> str:
    """Return the address of a next page at the house that `base` is of, by its own scheme and name.

    Raises CannotReach where the answer would lead us elsewhere.
    """
    try:
        here, there = urlsplit(base), urlsplit(address)
        same = there.hostname in (None, here.hostname) and there.port in (None, here.port)
    except ValueError:
        same = False
    if not same:
        raise CannotReach(_("The answer leads on to another house, and is not followed there."))
    return urlunsplit((here.scheme, here.netloc, there.path, there.query, ""))


def _refused(status: int, parts: SplitResult) -> CannotReach:
    host = str(parts.hostname)
    if 300 <= status < 400:
        return CannotReach(_("%(host)s leads on to another address, and is not followed there.") % {"host": host})
    if status == 404:
        return CannotReach(_("%(host)s does not know this number or address (404).") % {"host": host})
    return CannotReach(_("%(host)s answered with the error %(status)s.") % {"host": host, "status": status})
