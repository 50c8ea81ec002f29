"""Fetch an answer from another house over HTTP: with limits of time and size, tried again where that may help, never from
our own network, never led on to another address. No database."""

from __future__ import annotations

import ipaddress
import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

import urllib3
from django.utils.translation import gettext_lazy as _
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, LocationParseError

from organisation.errors import Refused

CHUNK = 64 * 1024
AGAIN = frozenset({429, 500, 502, 503, 504})
"""Answers that may be another after a while."""
_SECRET = re.compile(r"key|token|secret|password|sig", re.IGNORECASE)


class CannotFetch(Refused):
    """Nothing was fetched; the sentence says why, without secrets."""

    code = "cannot_fetch"
    field = "external"
    message = "%(why)s"

    def __init__(self, why: Any) -> None:
        super().__init__(why=why)


class _PrivateAddress(OSError):
    """The name leads into our own network."""


@dataclass(frozen=True)
class Limits:
    """Seconds, and bytes after unpacking. `total` is for one try; between tries it waits `pause`, then twice that …"""

    connect: float = 5
    read: float = 20
    total: float = 120
    most_bytes: int = 60 * 1024 * 1024
    tries: int = 4
    pause: float = 2
    longest_pause: float = 60


@dataclass(frozen=True)
class Fetcher:
    """How this installation fetches. `agent` names it to those it asks."""

    agent: str
    allow_private: bool = False
    limits: Limits = Limits()
    sleep: Callable[[float], object] = time.sleep

    def fetch(self, address: str, *, body: bytes | None = None) -> bytes:
        """Return what the address answers: GET, or POST of the JSON in `body`, which asks and changes nothing.

        Raises CannotFetch.
        """
        parts = checked(address, allow_plain=self.allow_private)
        pool = self._pool(parts)
        wait = self.limits.pause
        try:
            for left in range(self.limits.tries - 1, -1, -1):
                try:
                    status, content, after = self._once(pool, parts, body)
                except (HTTPError, _PrivateAddress, OSError) as error:
                    if left and not isinstance(error, CannotFetch) and not _is_private(error):
                        self.sleep(wait)
                        wait = min(wait * 2, self.limits.longest_pause)
                        continue
                    raise _why_not(error, parts) from None
                if status == 200:
                    return content
                if status not in AGAIN or not left:
                    raise _refused(status, parts)
                self.sleep(min(max(wait, after), self.limits.longest_pause))
                wait = min(wait * 2, self.limits.longest_pause)
        finally:
            pool.close()
        raise AssertionError("unreachable")

    def _pool(self, parts: SplitResult) -> urllib3.HTTPConnectionPool:
        plain = parts.scheme == "http"
        kind = urllib3.HTTPConnectionPool if plain else urllib3.HTTPSConnectionPool
        pool = kind(str(parts.hostname), port=parts.port, maxsize=1)
        if not self.allow_private:
            pool.ConnectionCls = _OutsideOnly if plain else _OutsideOnlyTls
        return pool

    def _once(
        self, pool: urllib3.HTTPConnectionPool, parts: SplitResult, body: bytes | None
    ) -> tuple[int, bytes, float]:
        """Ask once. Return the status, the content of a 200, and how many seconds the server wants us to wait."""
        limits = self.limits
        ends = time.monotonic() + limits.total
        headers = {"User-Agent": self.agent, "Accept": "application/json", "Accept-Encoding": "gzip"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        answer = pool.urlopen(
            "GET" if body is None else "POST",
            urlunsplit(("", "", parts.path or "/", parts.query, "")),
            body=body,
            headers=headers,
            timeout=urllib3.Timeout(connect=limits.connect, read=limits.read),
            retries=False,
            redirect=False,
            preload_content=False,
        )
        try:
            if answer.status != 200:
                after = answer.headers.get("Retry-After", "")
                return answer.status, b"", float(after) if after.isascii() and after.isdigit() and len(after) < 6 else 0
            pieces, size = [], 0
            while piece := answer.read1(CHUNK, decode_content=True):
                size += len(piece)
                if size > limits.most_bytes:
                    raise CannotFetch(_("The answer is larger than %(most)s MB.") % {"most": limits.most_bytes >> 20})
                if time.monotonic() > ends:
                    raise CannotFetch(
                        _("The answer took longer than %(most)s seconds.") % {"most": round(limits.total)}
                    )
                pieces.append(piece)
            told = answer.headers.get("Content-Length", "")
            if told.isdigit() and not answer.headers.get("Content-Encoding") and int(told) != size:
                raise urllib3.exceptions.IncompleteRead(size, int(told) - size)
            return 200, b"".join(pieces), 0
        finally:
            answer.close()


def checked(address: str, *, allow_plain: bool = False) -> SplitResult:
    """Return the address in its parts. Raises CannotFetch for what is none, for plain HTTP, for names and passwords in it."""
    try:
        parts = urlsplit(address.strip())
        port = parts.port
    except ValueError:
        raise CannotFetch(_("This is no address on the net. It begins with https://.")) from None
    schemes = ("https", "http") if allow_plain else ("https",)
    if (
        parts.scheme not in schemes
        or not parts.hostname
        or any(ord(sign) <= 32 for sign in address.strip())
        or port == 0
    ):
        raise CannotFetch(_("This is no address on the net. It begins with https://."))
    if parts.username is not None or parts.password is not None:
        raise CannotFetch(_("No name and password in the address: it is shown to all who see this page."))
    return parts


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

    Raises CannotFetch where the answer would lead us elsewhere.
    """
    try:
        here, there = urlsplit(base), urlsplit(address)
        same = there.hostname in (None, here.hostname) and there.port in (None, here.port)
    except ValueError:
        same = False
    if not same:
        raise CannotFetch(_("The answer leads on to another house, and is not followed there."))
    return urlunsplit((here.scheme, here.netloc, there.path, there.query, ""))


def _refused(status: int, parts: SplitResult) -> CannotFetch:
    host = str(parts.hostname)
    if 300 <= status < 400:
        return CannotFetch(_("%(host)s leads on to another address, and is not followed there.") % {"host": host})
    if status == 404:
        return CannotFetch(_("%(host)s does not know this number or address (404).") % {"host": host})
    return CannotFetch(_("%(host)s answered with the error %(status)s.") % {"host": host, "status": status})


def _is_private(error: BaseException) -> bool:
    return any(isinstance(each, _PrivateAddress) for each in (error, error.__cause__, error.__context__, *error.args))


def _why_not(error: BaseException, parts: SplitResult) -> CannotFetch:
    host = str(parts.hostname)
    if isinstance(error, CannotFetch):
        return error
    if _is_private(error):
        return CannotFetch(_("%(host)s lies in a private network, from which nothing is fetched.") % {"host": host})
    if isinstance(error, urllib3.exceptions.TimeoutError):
        return CannotFetch(_("%(host)s did not answer in time.") % {"host": host})
    if isinstance(error, urllib3.exceptions.SSLError):
        return CannotFetch(_("%(host)s has no certificate that is trusted here.") % {"host": host})
    if isinstance(error, urllib3.exceptions.ProtocolError | LocationParseError):
        return CannotFetch(_("The answer from %(host)s was cut short.") % {"host": host})
    return CannotFetch(_("%(host)s cannot be reached.") % {"host": host})


def _outside_socket(connection: HTTPConnection) -> socket.socket:
    """Connect to the first address of the host that is on the open net: looked up once, checked, and that one is used."""
    found = socket.getaddrinfo(connection.host, connection.port, type=socket.SOCK_STREAM)
    outside = [entry for entry in found if ipaddress.ip_address(str(entry[4][0]).partition("%")[0]).is_global]
    if not outside:
        raise _PrivateAddress(connection.host)
    timeout = connection.timeout if isinstance(connection.timeout, int | float) else None
    fault: OSError | None = None
    for _family, _kind, _protocol, _name, where in outside:
        try:
            return socket.create_connection((str(where[0]), int(where[1])), timeout)
        except TimeoutError:
            fault = TimeoutError()
        except OSError as error:
            fault = error
    if isinstance(fault, TimeoutError):
        raise urllib3.exceptions.ConnectTimeoutError(connection, "timed out") from None
    raise urllib3.exceptions.NewConnectionError(connection, "not reached") from fault


class _OutsideOnly(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _outside_socket(self)


class _OutsideOnlyTls(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _outside_socket(self)
