"""Ask another house over HTTP, once: with limits of time and size, never in our own network, never led on to another
address. Whoever tries again, waits or reads the answer stands above this. No database."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit, urlunsplit

import urllib3
from django.utils.translation import gettext_lazy as _
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, LocationParseError

from organisation.errors import Refused

CHUNK = 64 * 1024
READ_WHOLE = frozenset({200})


class CannotReach(Refused):
    """The other house gave nothing that can be used; the sentence says why, without secrets, and `reason` in a word."""

    code = "cannot_fetch"
    message = "%(why)s"

    def __init__(self, why: Any, reason: str = "", *, field: str = "") -> None:
        super().__init__(why=why)
        self.reason = reason
        self.field = field


class PrivateAddress(OSError):
    """The name leads into our own network."""


REACHED_NOTHING = (HTTPError, OSError)
"""What `Line.ask` raises where no answer came, or only a part of one; `why_not` turns it into a sentence."""


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


USUAL = Limits()


@dataclass(frozen=True)
class Answer:
    """What the other house said. `content` is whole, or its beginning where no more was asked for."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def retry_after(self) -> float:
        """The seconds that the other house wants us to wait; 0 where it names none, or a date."""
        after = self.headers.get("Retry-After", "")
        return float(after) if after.isascii() and after.isdigit() and len(after) < 6 else 0


class Line:
    """One connection to the house that an address names. The network is looked up when it is first asked."""

    def __init__(self, parts: SplitResult, *, allow_private: bool, limits: Limits) -> None:
        self.parts, self.limits = parts, limits
        self._opened: list[socket.socket] = []
        plain = parts.scheme == "http"
        kind = urllib3.HTTPConnectionPool if plain else urllib3.HTTPSConnectionPool
        self._pool = kind(str(parts.hostname), port=parts.port, maxsize=1)
        guarded = _guarded(HTTPConnection if plain else HTTPSConnection, self._opened, allow_private=allow_private)
        self._pool.ConnectionCls = guarded

    def ask(
        self,
        method: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
        *,
        whole: Container[int] = READ_WHOLE,
        at_most: int = 0,
    ) -> Answer:
        """Ask once. An answer with a status in `whole` is read to its end, of any other the first `at_most` bytes.

        Raises CannotReach for an answer that is too large or too slow, and what REACHED_NOTHING names.
        """
        limits = self.limits
        ends = time.monotonic() + limits.total
        try:
            with self._cut_off_after(limits.total):
                answer = self._pool.urlopen(
                    method,
                    urlunsplit(("", "", self.parts.path or "/", self.parts.query, "")),
                    body=body,
                    headers=headers,
                    timeout=urllib3.Timeout(connect=limits.connect, read=limits.read),
                    retries=False,
                    redirect=False,
                    preload_content=False,
                )
                try:
                    if answer.status in whole:
                        content = self._whole(answer, ends)
                    else:
                        content = answer.read(at_most, decode_content=False) if at_most else b""
                    return Answer(answer.status, answer.headers, content)
                finally:
                    answer.close()
        except REACHED_NOTHING:
            if time.monotonic() > ends:
                raise _too_slow(limits) from None
            raise

    def _whole(self, answer: urllib3.BaseHTTPResponse, ends: float) -> bytes:
        pieces, size = [], 0
        while piece := answer.read1(CHUNK, decode_content=True):
            size += len(piece)
            if size > self.limits.most_bytes:
                why = _("The answer is larger than %(most)s MB.") % {"most": self.limits.most_bytes >> 20}
                raise CannotReach(why, "too_large")
            if time.monotonic() > ends:
                raise _too_slow(self.limits)
            pieces.append(piece)
        told = answer.headers.get("Content-Length", "")
        if told.isdigit() and not answer.headers.get("Content-Encoding") and int(told) != size:
            raise urllib3.exceptions.IncompleteRead(size, int(told) - size)
        return b"".join(pieces)

    @contextmanager
    def _cut_off_after(self, seconds: float) -> Iterator[None]:
        """Hang up after so long, whatever the other house does: who sends a byte now and then meets no limit of a read."""
        clock = threading.Timer(seconds, self._hang_up)
        clock.daemon = True
        clock.start()
        try:
            yield
        finally:
            clock.cancel()

    def _hang_up(self) -> None:
        for opened in self._opened:
            try:
                opened.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # gone already

    def close(self) -> None:
        self._pool.close()
        for opened in self._opened:
            opened.close()
        self._opened.clear()


def checked(address: str, *, allow_plain: bool = False, field: str = "") -> SplitResult:
    """Return the address in its parts. Raises CannotReach for what is none, for plain HTTP, for names and passwords in it."""
    try:
        parts = urlsplit(address.strip())
        port = parts.port
    except ValueError:
        raise CannotReach(
            _("This is no address on the net. It begins with https://."), "address", field=field
        ) from None
    schemes = ("https", "http") if allow_plain else ("https",)
    if (
        parts.scheme not in schemes
        or not parts.hostname
        or any(ord(sign) <= 32 for sign in address.strip())
        or port == 0
    ):
        raise CannotReach(_("This is no address on the net. It begins with https://."), "address", field=field)
    if parts.username is not None or parts.password is not None:
        why = _("No name and password in the address: it is shown to all who see this page.")
        raise CannotReach(why, "address", field=field)
    return parts


def why_not(error: BaseException, parts: SplitResult) -> CannotReach:
    """Return what REACHED_NOTHING names as a refusal with a sentence."""
    host = {"host": str(parts.hostname)}
    if isinstance(error, CannotReach):
        return error
    if is_private(error):
        return CannotReach(_("%(host)s lies in a private network, from which nothing is fetched.") % host, "private")
    if isinstance(error, urllib3.exceptions.TimeoutError):
        return CannotReach(_("%(host)s did not answer in time.") % host, "timeout")
    if isinstance(error, urllib3.exceptions.SSLError):
        return CannotReach(_("%(host)s has no certificate that is trusted here.") % host, "certificate")
    if isinstance(error, urllib3.exceptions.ProtocolError | LocationParseError):
        return CannotReach(_("The answer from %(host)s was cut short.") % host, "cut_short")
    return CannotReach(_("%(host)s cannot be reached.") % host, "unreachable")


def is_private(error: BaseException) -> bool:
    """Whether nothing was asked because the name leads into our own network: trying again is no use."""
    return any(isinstance(each, PrivateAddress) for each in (error, error.__cause__, error.__context__, *error.args))


def _too_slow(limits: Limits) -> CannotReach:
    why = _("The answer took longer than %(most)s seconds.") % {"most": round(limits.total)}
    return CannotReach(why, "timeout")


def _guarded(kind: type[HTTPConnection], opened: list[socket.socket], *, allow_private: bool) -> type[HTTPConnection]:
    """Return a connection that goes to the very address that was checked, so that a name cannot lead elsewhere meanwhile,
    and keeps a second handle on its socket in `opened`, by which it can be hung up at any stage."""

    class Guarded(kind):  # type: ignore[valid-type, misc]
        def _new_conn(self) -> socket.socket:
            made = super()._new_conn() if allow_private else _outside_socket(self)
            opened.append(made.dup())
            return made

    return Guarded


def _outside_socket(connection: HTTPConnection) -> socket.socket:
    """Connect to the first address of the host that is on the open net: looked up once, checked, and that one is used."""
    found = socket.getaddrinfo(connection.host, connection.port, type=socket.SOCK_STREAM)
    outside = [entry for entry in found if ipaddress.ip_address(str(entry[4][0]).partition("%")[0]).is_global]
    if not outside:
        raise PrivateAddress(connection.host)
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
