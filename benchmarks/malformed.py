"""Send a real server what no browser sends: `python -m benchmarks.malformed --requests 10000 --uploads 5000`.

Makes a database of its own with something on every page, starts gunicorn on it, and asks every address there is, signed
in and not, by hand-made nonsense, by hypothesis and by schemathesis; then sends files that are not what they are called.
Prints what was answered, the slowest, and the memory of the server; ends with 1 at an answer of 5xx, at one that took
more than two seconds twice, at a worker that died, or where memory grew. The same seed sends the same.
"""

from __future__ import annotations

import argparse
import http.client
import io
import json
import os
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_from_bytes

ROOT = Path(__file__).resolve().parent.parent
Headers = tuple[tuple[str, str], ...]
LONGEST = 2.0
"""Seconds that an answer may take."""
GROWS = 1.2
"""Memory of the last quarter of the requests over that of the second: more is growing."""
NOT_DONE_HERE = {501, 505}
"""gunicorn's own answer to a transfer coding or a version of HTTP that it does not have."""


@dataclass(frozen=True)
class Sent:
    """One request. `raw` goes out as it is, on a line of its own."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    raw: bytes = b""
    what: str = ""

    def __str__(self) -> str:
        shown = self.raw[:80] if self.raw else f"{self.method} {self.path[:100]} {self.body[:60]!r}"
        return f"{self.what}: {shown!s}"


@dataclass
class Report:
    statuses: Counter[int] = field(default_factory=Counter)
    by_kind: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slowest: list[tuple[float, str]] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    @property
    def sent(self) -> int:
        return sum(self.statuses.values())

    def grew(self) -> float:
        """Memory of the last quarter over that of the second."""
        quarter = len(self.memory) // 4
        if not quarter:
            return 1.0
        return statistics.median(self.memory[-quarter:]) / statistics.median(self.memory[quarter : 2 * quarter])

    def __str__(self) -> str:
        lines = [
            f"{self.sent} sent: " + ", ".join(f"{kind} {number}" for kind, number in sorted(self.by_kind.items())),
            "answered: "
            + ", ".join(f"{status or 'closed'} {number}" for status, number in sorted(self.statuses.items())),
            "slowest: " + "; ".join(f"{took:.2f} s {what}" for took, what in self.slowest[:5]),
        ]
        if self.memory:
            lines.append(
                f"memory of the server, MB: {self.memory[0]:.0f} … {max(self.memory):.0f} … {self.memory[-1]:.0f}"
                f" (last quarter over second: {self.grew():.2f})"
            )
        return "\n".join([*lines, *(f"FAULT {fault}" for fault in self.faults[:40])])


class Server:
    """gunicorn on a port of this machine."""

    def __init__(self, env: dict[str, str], log: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.log = log
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "config.wsgi"],
                cwd=ROOT,
                stdout=out,
                stderr=out,
                env=env | {"PORT": str(self.port), "WEB_CONCURRENCY": "2", "WEB_THREADS": "4"},
            )
        for _try in range(600):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                self.send(Sent("GET", "/healthz"))
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(log.read_text())

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(30)

    def workers(self) -> list[int]:
        import psutil

        return sorted(child.pid for child in psutil.Process(self.process.pid).children(recursive=True))

    def memory(self) -> float:
        """Megabytes of all its processes."""
        import psutil

        found = 0.0
        for pid in [self.process.pid, *self.workers()]:
            found += psutil.Process(pid).memory_info().rss / 1e6
        return found

    def send(self, sent: Sent, most: float = 30) -> tuple[int, bytes]:
        """Send, and return status and body; 0 where the server closed the line without a word."""
        line = socket.create_connection(("127.0.0.1", self.port), most)
        line.settimeout(most)
        try:
            line.sendall(sent.raw or _wire(sent))
            line.shutdown(socket.SHUT_WR)
        except (BrokenPipeError, ConnectionResetError, OSError):
            pass  # it has answered before it read all
        try:
            answer = http.client.HTTPResponse(line, method=sent.method)
            answer.begin()
            return answer.status, answer.read()
        except (http.client.HTTPException, ConnectionError):
            return 0, b""
        finally:
            line.close()

    def attack(self, requests: Iterator[Sent], report: Report) -> None:
        """Send all, and write down what came of it."""
        workers = self.workers()
        for number, sent in enumerate(requests):
            self.one(sent, report)
            if number % 50 == 0:
                report.memory.append(self.memory())
            if number % 500 == 499:
                print(f"{number + 1} {sent.what}, {len(report.faults)} faults", file=sys.stderr, flush=True)
        if self.workers() != workers:
            report.faults.append(f"a worker died: {workers} became {self.workers()}")

    def one(self, sent: Sent, report: Report) -> int:
        took, status = self._timed(sent)
        if took > LONGEST:  # this machine has other work too: once more
            took, status = self._timed(sent)
            if took > LONGEST:
                report.faults.append(f"{took:.1f} s for {sent}")
        if status >= 500 and status not in NOT_DONE_HERE:
            report.faults.append(f"{status} for {sent}")
        report.statuses[status] += 1
        report.by_kind[sent.what.partition(",")[0]] += 1
        report.slowest = sorted([*report.slowest, (took, str(sent))], reverse=True)[:10]
        return status

    def _timed(self, sent: Sent) -> tuple[float, int]:
        start = time.perf_counter()
        try:
            status = self.send(sent)[0]
        except TimeoutError:
            status = 0
        return time.perf_counter() - start, status


def _wire(sent: Sent) -> bytes:
    names = {name.lower() for name, _value in sent.headers}
    headers = list(sent.headers)
    if "host" not in names:
        headers.insert(0, ("Host", "127.0.0.1"))
    if (sent.body or sent.method in ("POST", "PUT", "PATCH")) and not {"content-length", "transfer-encoding"} & names:
        headers.append(("Content-Length", str(len(sent.body))))
    headers.append(("Connection", "close"))
    head = f"{sent.method} {sent.path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers)
    return head.encode("utf-8", "surrogateescape") + b"\r\n" + sent.body


# --- What is asked for -------------------------------------------------------------------------------------------------


@dataclass
class Targets:
    """Addresses of everything there is; who asks, as (cookie, token) by name; and the fields that forms have there."""

    paths: list[str]
    who: dict[str, Headers]
    fields: dict[str, list[str]] = field(default_factory=dict)

    def learn(self, server: Server) -> None:
        """Read off each page which fields its forms have, as whoever is let in."""
        for path in self.paths:
            staffs = path.startswith("/staff/")
            for name, headers in self.who.items():
                if name == "key" or (staffs and name in ("nobody", "anybody")):
                    continue
                status, body = server.send(Sent("GET", path, headers))
                if status == 200 and b"<form" in body:
                    found = re.findall(r'\bname="([^"]+)"', body.decode("utf-8", "replace"))
                    self.fields[path] = sorted({unescape(name) for name in found if name != "viewport"})
                    break


TEXTS = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud800",
    "\udfff\ud800",
    "\u202ealert",
    "﷽" * 20,
    "\U0001f600" * 50,
    "é" * 3000,
    "x" * 70_000,
    "\r\n\r\nX: y",
    "'; DROP TABLE feedback_card; --",
    '"><script>alert(1)</script>',
    "{{7*7}}{% load x %}",
    "%s%n%x",
    "../../etc/passwd",
    "=1+1",
    "-1",
    "0",
    "1",
    "99999999999999999999999999",
    "-99999999999999999999",
    "1e400",
    "NaN",
    "Infinity",
    "٣",
    "①",
    "0x10",
    "1_000",
    "1.5",
    "١٢٣",
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "2026-W00",
    "2026-W99",
    "0000-W01",
    "9999-W53",
    "10000-W01",
    "24:61",
    "9999-12-31T23:59",
    "0001-01-01T00:00",
    "true",
    "null",
    "[]",
    "{}",
    "on",
    "roads",
    "nb",
    "zz",
    "xx-klingon",
    "a@b",
    "a@" + "b" * 300 + ".no",
    "+47 " + "9" * 400,
    "http://127.0.0.1:22/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "//evil.example",
    "https://[::1",
    "\\",
    "%",
    "%00",
    "&",
    "#",
    "\u2028",
    "\ufeff",
    "\x7f\x1b[2J",
]
BYTES = [b"\xff\xfe", b"\xc0\xaf", b"\xed\xa0\x80", b"\x80", b"\xf4\x90\x80\x80", b"\x00", b"%", b"\xe2\x82"]
NAMES = [
    "q",
    "page",
    "cursor",
    "unit",
    "category",
    "state",
    "due",
    "from",
    "to",
    "since",
    "order",
    "sort",
    "fields",
    "expand",
    "limit",
    "page_size",
    "week",
    "year",
    "language",
    "next",
    "format",
    "kind",
    "status",
    "input",
    "lat",
    "long",
    "start_date",
    "end_date",
    "service_code",
    "chosen",
    "steps",
    "moved",
    "csrfmiddlewaretoken",
    "uploads",
    "text",
    "name",
    "__proto__",
    "a[]",
    "a[b][c]",
    "",
    " ",
]
HEADERS = {
    "Host": [
        "",
        "evil.example",
        "127.0.0.1, evil",
        "127.0.0.1:99999",
        "[::1",
        "a" * 5000,
        "\xff",
        "127.0.0.1\tx",
        "_",
        "..",
        "127.0.0.1:x",
    ],
    "Cookie": [
        "sessionid=" + "x" * 7000,
        "sessionid=\xff",
        ";;;=;=a",
        "messages=abc:def:ghi",
        "csrftoken=\x01",
        "django_language=\xff",
        "a=" * 2000,
        "innspill_known=" + "e30:1:x" * 9,
        "sessionid=a; sessionid=b",
        'x="\\',
        "__Host-session=1",
    ],
    "Accept-Language": ["*;q=x", ",".join(["nb"] * 900), "x" * 4000, "nb-" + "a-" * 300, "\xff", ";q=1", "-"],
    "Accept": ["*/*;q=NaN", "a/b;" * 500, "application/xml", "\xff", ",,,", "/"],
    "Content-Type": [
        "",
        "a",
        "text/plain; charset=utf-7",
        "application/json; charset=zlib",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=" + "b" * 300,
        "multipart/mixed; boundary=x",
        "application/x-www-form-urlencoded; charset=undefined",
        "application/json;" * 100,
        "\xff/\xff",
        "text/html; charset=\x01",
    ],
    "Content-Length": ["-1", "abc", "99999999999", "1, 1", "0x10", "+5", "", "1e3"],
    "Transfer-Encoding": ["chunked", "gzip, chunked", "x", "identity", "chunked, chunked", "\x0bchunked"],
    "Authorization": [
        "Bearer",
        "Bearer \xff",
        "Bearer " + "a." * 3000,
        "Bearer a.b.c",
        "Token x y z",
        "Basic !!!",
        "Bearer eyJhbGciOiJub25lIn0.e30.",
        "Bearer innspill_",
    ],
    "If-Match": ["*", '"', '"\xff"', "W/" * 500, "a,b,,"],
    "If-None-Match": ["*", '"' * 900],
    "If-Modified-Since": ["x", "Mon, 99 Zzz 99999"],
    "Range": ["bytes=0-", "bytes=-1", "bytes=9-1", "bytes=" + "0-0," * 900, "x", "bytes=99999999999999999999-"],
    "Idempotency-Key": ["", "x" * 4000, "\xff", "\x01", "a b"],
    "Expect": ["100-continue", "x"],
    "Upgrade": ["h2c", "websocket"],
    "X-Forwarded-For": ["a, b", "::", "x" * 4000, "1.2.3.4:99"],
    "X-Forwarded-Proto": ["https", "x", "https,http"],
    "X-Forwarded-Host": ["evil.example"],
    "Referer": ["\xff", "javascript:1", "x" * 4000],
    "Origin": ["null", "https://evil.example", "\xff"],
    "HX-Request": ["true", "\xff"],
    "HX-Current-URL": ["\xff", "http://[", "x" * 3000],
    "HX-Target": ["\x01", "#"],
    "X-Request-ID": ["\xff", "x" * 4000, "a b", "%s"],
    "User-Agent": ["", "\xff", "x" * 7000],
    "X-HTTP-Method-Override": ["DELETE"],
    "X" * 300: ["y"],
    "Bad Name": ["y"],
    "": ["y"],
    "X\x00": ["y"],
}
METHODS = [
    "GET",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "HEAD",
    "TRACE",
    "CONNECT",
    "PROPFIND",
    "get",
    "FOO",
    "G" * 50,
    "GE\x00T",
    "%s",
]
TRICKS = [
    "%00",
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e/",
    "//",
    ";a=b",
    "%c0%af",
    "%ff",
    "%ed%a0%80",
    "9" * 40,
    "-1",
    "%D9%A3",
    "\\",
    "%0d%0aX:y",
    "a" * 3000,
    "~",
    "%25",
    "'",
    "%E2%80%AE",
    "0",
    "None",
    "*",
    "2026-W99",
    "%F0%9F%98%80",
    "a%20b",
    ".",
    "__class__",
    "1.0",
    "1e9",
    "a:b:c",
    "eyJhIjoxfQ:1abc:def",
]
RAW = [
    b"",
    b"\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00",
    b"GET\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: b\r\n\r\n",
    b"GET /\r\n\r\n",
    b"GET / HTTP/1.1\nHost: 127.0.0.1\n\n",
    b"GET / HTTP/1.1\r\n Host: a\r\n\r\n",
    b"GET http://evil.example/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 300 + b"\r\n",
    b"GET / HTTP/1.1\r\nA: " + b"b" * 20_000 + b"\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\nabc",
    b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabcde",
    b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 50\r\n\r\nabc",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"\xff" * 500,
    b"GET /\x00 HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /?%00 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "GET /æøå HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode(),
    "GET /æ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode("latin-1"),
]
JSON = [
    b"",
    b"\x00",
    b"[]",
    b"null",
    b"1",
    b'"a"',
    b"{",
    b'{"a":',
    b'{"text":"a","text":"b"}',
    b'{"text":NaN}',
    b'{"text":1e999}',
    b'{"a":"\\ud800"}',
    b'{"text":"\\u0000"}',
    b"[" * 3000,
    b'{"a":' * 3000,
    b"\xef\xbb\xbf{}",
    '{"text":"å"}'.encode("utf-16"),
    b'{"text":' + b"9" * 6000 + b"}",
    b'{"text":[{}]}',
    b'{"text":{"a":[null]}}',
    b'{"text":true,"unit":[],"contact":"x","submitter":7}',
    json.dumps({str(n): n for n in range(9000)}).encode(),
    b'{"text":"' + b"x" * 500_000 + b'"}',
]


def form(pairs: list[tuple[str, str | bytes]]) -> bytes:
    """Encode as a browser would, what no browser can."""
    return b"&".join(_encoded(name) + b"=" + _encoded(value) for name, value in pairs)


def _encoded(value: str | bytes) -> bytes:
    raw = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
    return quote_from_bytes(raw).encode()


PART = b"--x\r\nContent-Disposition: form-data; name="
FORM = ("Content-Type", "application/x-www-form-urlencoded")


def by_hand(targets: Targets, how_many: int, choose: random.Random) -> Iterator[Sent]:
    """Give hand-made nonsense of all kinds, in turn."""
    who = list(targets.who.values())

    def value() -> str | bytes:
        return choose.choice(BYTES) if choose.random() < 0.15 else choose.choice(TEXTS)

    def query() -> Sent:
        path = choose.choice(targets.paths)
        names = [*NAMES, *targets.fields.get(path, [])]
        pairs = [(choose.choice(names), value()) for _ in range(choose.choice([1, 1, 2, 3, 30]))]
        asked = form(pairs).decode()[:3900]
        return Sent("GET", f"{path}?{asked}", choose.choice(who), what="query")

    def posted() -> Sent:
        path = choose.choice(targets.paths)
        fields = targets.fields.get(path) or NAMES
        pairs = [(name, value()) for name in fields if choose.random() < 0.7]
        pairs += [(choose.choice(fields), value()) for _ in range(choose.choice([0, 0, 1, 3, 1500]))]
        return Sent("POST", path, (*choose.choice(who), FORM), form(pairs), what="form")

    def odd_json() -> Sent:
        path = choose.choice([path for path in targets.paths if path.startswith("/api/")] or targets.paths)
        method = choose.choice(["POST", "PATCH", "PUT", "DELETE"])
        return Sent(
            method, path, (*choose.choice(who), ("Content-Type", "application/json")), choose.choice(JSON), what="JSON"
        )

    def header() -> Sent:
        name = choose.choice(list(HEADERS))
        said = (name, choose.choice(HEADERS[name]))
        method = choose.choice(["GET", "POST"])
        others = tuple(one for one in choose.choice(who) if one[0].lower() != name.lower())
        body = b"a=b" if method == "POST" else b""
        return Sent(method, choose.choice(targets.paths), (*others, said), body, what="header")

    def parts() -> Sent:
        body = choose.choice(
            [
                b"",
                b"--x",
                b"--x--",
                b"--x\r\n\r\n",
                b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--\r\n",
                b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\na',
                PART + b'"uploads"; filename="\x00../a"\r\nContent-Type: image/png\r\n\r\nabc\r\n--x--\r\n',
                PART + b'"a"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!\r\n--x--\r\n',
                b"--x\r\nContent-Disposition: form-data; name*=utf-8''%ff\r\n\r\na\r\n--x--\r\n",
                b"--x\r\n" + b"A" * 3000 + b": b\r\n\r\n\r\n--x--\r\n",
                b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\na\r\n' * 1200 + b"--x--\r\n",
                b'--x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\na\r\n' * 150 + b"--x--\r\n",
                PART + b'"t"\r\nContent-Type: text/plain; charset=zlib\r\n\r\na\r\n--x--\r\n',
            ]
        )
        kind = ("Content-Type", "multipart/form-data; boundary=x")
        return Sent("POST", choose.choice(targets.paths), (*choose.choice(who), kind), body, what="parts")

    def method() -> Sent:
        return Sent(choose.choice(METHODS), choose.choice(targets.paths), choose.choice(who), what="method")

    def trick() -> Sent:
        steps = choose.choice(targets.paths).split("/")
        place = choose.randrange(len(steps))
        steps[place] = choose.choice(TRICKS)
        path = "/" + "/".join(steps).lstrip("/") if choose.random() < 0.9 else "/".join(steps)
        return Sent(choose.choice(["GET", "POST"]), path or "/", choose.choice(who), what="path")

    def raw() -> Sent:
        return Sent("GET", "", raw=choose.choice(RAW) or b" ", what="raw")

    kinds = [query, posted, posted, odd_json, header, header, parts, method, trick, trick, raw]
    for number in range(how_many):
        yield kinds[number % len(kinds)]()


def by_hypothesis(targets: Targets, how_many: int, seed: int) -> Iterator[Sent]:
    """Give forms and queries that hypothesis makes up: it likes the edges of numbers, dates and texts."""
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded
    from hypothesis import strategies as st

    said = st.one_of(
        st.text(max_size=200),
        st.binary(max_size=80),
        st.integers().map(str),
        st.floats().map(str),
        st.dates().map(str),
        st.datetimes().map(lambda at: at.isoformat()),
        st.from_regex(r"\d{1,5}-W\d{1,3}", fullmatch=True),
        st.emails(),
        st.sampled_from(TEXTS),
        st.characters().map(lambda one: one * 300),
        st.uuids().map(str),
        st.ip_addresses().map(str),
    )
    made: list[Sent] = []

    @seeded(seed)
    @settings(
        max_examples=how_many,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def make(data: Any) -> None:
        path = data.draw(st.sampled_from(targets.paths))
        names = st.sampled_from(targets.fields.get(path) or NAMES) | st.text(max_size=30)
        pairs = data.draw(st.lists(st.tuples(names, said), max_size=8))
        headers = data.draw(st.sampled_from(list(targets.who.values())))
        if data.draw(st.booleans()):
            made.append(Sent("POST", path, (*headers, FORM), form(pairs), what="hypothesis"))
        else:
            made.append(Sent("GET", f"{path}?{form(pairs).decode()[:3900]}", headers, what="hypothesis"))

    if how_many:
        make()
    yield from made[:how_many]


def by_schemathesis(targets: Targets, how_many: int, seed: int) -> Iterator[Sent]:
    """Give requests that the API's schema allows, and such that it does not, for each operation alike."""
    import schemathesis
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded
    from schemathesis import GenerationMode

    config = schemathesis.Config.from_dict({"generation": {"allow-x00": True}})
    schema = schemathesis.openapi.from_path(ROOT / "docs/openapi.yaml", config=config)
    # A response of the API says what its schema says: tests/feedback/api/test_schema.py. Here nothing may break.
    operations = [found.ok() for found in schema.get_all_operations()]
    each = how_many // (2 * len(operations)) + 1
    made: list[Sent] = []
    for operation in operations:
        for mode in GenerationMode:

            @seeded(seed)
            @settings(
                max_examples=each,
                database=None,
                deadline=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(operation.as_strategy(generation_mode=mode))
            def make(case: Any) -> None:
                asked = case.as_transport_kwargs(base_url="http://127.0.0.1")
                import requests

                prepared = requests.Request(
                    **{
                        name: asked.get(name)
                        for name in ("method", "url", "headers", "params", "json", "data", "files", "cookies")
                    }
                ).prepare()
                body = prepared.body or b""
                body = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
                headers = tuple(
                    (name, str(said)) for name, said in prepared.headers.items() if name != "Content-Length"
                )
                made.append(
                    Sent(
                        prepared.method or "GET",
                        prepared.path_url,
                        (*headers, *targets.who["key"]),
                        body,
                        what="schemathesis",
                    )
                )

            try:
                make()
            except Exception as error:
                if type(error).__name__ not in ("Unsatisfiable", "SkipTest", "Skipped"):
                    raise
    random.Random(seed).shuffle(made)
    yield from made[:how_many]


# --- Files --------------------------------------------------------------------------------------------------------------


def whole_files() -> dict[str, bytes]:
    """Give one good file of each kind there is, or seems to be."""
    import pillow_heif
    from PIL import Image

    pillow_heif.register_heif_opener()
    drawn, files = Image.effect_noise((64, 48), 60).convert("RGB"), {}
    for kind in ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "HEIF"):
        out = io.BytesIO()
        drawn.save(out, kind)
        files[kind.lower()] = out.getvalue()
    files["pdf"] = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    files["svg"] = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
    files["csv"] = "navn;adresse;telefon\nÅse;Storgata 1;33 00 00 00\n".encode()
    for name, inside in (("xlsx", "xl/workbook.xml"), ("docx", "word/document.xml")):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("[Content_Types].xml", "<Types/>")
            packed.writestr(inside, "<a/>")
        files[name] = out.getvalue()
    return files


def a_png(width: int, height: int, pixels: bytes) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\x00\x00\x00"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(pixels, 9)) + chunk(b"IEND", b"")


def traps(good: dict[str, bytes]) -> list[bytes]:
    """Give files that unpack to more than they are, are two things at once, or carry something."""
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("xl/workbook.xml", b"\x00" * 30_000_000)
        packed.writestr("../../../../tmp/out", "x")
    entity = (
        b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a "aaaaaaaaaa">'
        + b"".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">'.encode() for n in range(9))
        + b']><svg xmlns="http://www.w3.org/2000/svg"><text>&j;</text></svg>'
    )
    outside = b'<!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg"><text>&x;</text></svg>'
    return [
        a_png(50_000, 50_000, b""),
        a_png(30_000, 30_000, b"\x00" * 20_000_000),
        a_png(0, 0, b""),
        a_png(2**31 - 1, 1, b"a"),
        a_png(8000, 9000, b"\x00" * 5_000_000),
        bomb.getvalue(),
        entity,
        outside,
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>',
        good["jpeg"] + b"<html><script>alert(1)</script>",
        b"GIF89a/*" + b"\x00" * 20 + b"*/=1;alert(1)",
        good["pdf"] + good["xlsx"],
        b"%PDF-" + good["jpeg"],
        b"<html><script>alert(1)</script></html>",
        b"MZ" + b"\x00" * 200,
        b"#!/bin/sh\nid\n",
        b"<?php system('id');",
        b"\x00" * 4096,
        b"",
        b"\xff\xd8\xff",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\xff\xff\xff\xffWEBPVP8 ",
        b"\x00\x00\x00\x18ftypheic",
        b"%PDF-1.7",
        b"\xef\xbb\xbf",
        "a;b\n".encode("utf-16"),
        b'"' * 5000,
        b"a;" * 20_000 + b"\n",
        b"\n" * 50_000,
        b"\x1f\x8b" + zlib.compress(b"\x00" * 9_000_000),
        b"PK\x03\x04" + b"\xff" * 100,
    ]


FILE_NAMES = [
    "a.png",
    "a.PNG.exe",
    "../../etc/cron.d/x",
    "..\\..\\x",
    "/etc/passwd",
    "C:\\x.jpg",
    "CON",
    "a" * 300 + ".jpg",
    "\x00.jpg",
    "a\r\nX: y.jpg",
    'a"b.jpg',
    "",
    ".",
    "..",
    "\u202egnp.exe",
    "å\u0308.jpg",
    "\U0001f4a9.pdf",
    "a.svg",
    "a.xlsx",
    "a.csv",
    "a.html",
    "=cmd|' /C calc'!A0.csv",
    "a;b.png",
    "a%00.png",
    "  .jpg",
    "a.jpg/",
    "\ud800.jpg",
]


def mutated(choose: random.Random, good: dict[str, bytes], bad: list[bytes]) -> bytes:
    """Give a file that is not whole."""
    if choose.random() < 0.3:
        return choose.choice(bad)
    content = bytearray(choose.choice(list(good.values())))
    how = choose.randrange(4)
    if how == 0:
        return bytes(content[: choose.randrange(len(content))])
    if how == 1:
        for _ in range(choose.choice([1, 3, 30])):
            content[choose.randrange(len(content))] = choose.randrange(256)
        return bytes(content)
    if how == 2:
        place = choose.randrange(len(content))
        return (
            bytes(content[:place]) + choose.choice(list(good.values()))[choose.randrange(20) :] + bytes(content[place:])
        )
    return bytes(content) + choose.randbytes(choose.randrange(3000))


@dataclass(frozen=True)
class Door:
    """Where files go in: the field, and what else the form wants."""

    path: str
    name: str
    who: str
    others: tuple[tuple[str, str], ...] = ()


def uploads(doors: list[Door], who: dict[str, Headers], how_many: int, choose: random.Random) -> Iterator[Sent]:
    """Give forms with files that are not what they should be."""
    good = whole_files()
    bad = traps(good)
    types = [
        "image/jpeg",
        "image/png",
        "image/svg+xml",
        "application/pdf",
        "text/csv",
        "text/html",
        "application/octet-stream",
        "",
        "\xff",
        "a/b; charset=zlib",
    ]
    for number in range(how_many):
        door, parts = doors[number % len(doors)], b""
        for name, said in door.others:
            parts += f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{said}\r\n'.encode()
        for _file in range(choose.choice([1, 1, 1, 2, 12])):
            called = choose.choice(FILE_NAMES).encode("utf-8", "surrogatepass").replace(b'"', b"%22")
            kind = choose.choice(types).encode("latin-1")
            parts += b'--x\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n' % (
                door.name.encode(),
                called,
            )
            parts += b"Content-Type: %s\r\n\r\n%s\r\n" % (kind, mutated(choose, good, bad))
        headers = (*who[door.who], ("Content-Type", "multipart/form-data; boundary=x"))
        yield Sent("POST", door.path, headers, parts + b"--x--\r\n", what=f"file, {door.path}")


# --- The whole run --------------------------------------------------------------------------------------------------------


def signed_in(people: dict[str, Any]) -> dict[str, Headers]:
    """Give the headers by which each is known, and those of nobody, of anybody with a form's token, and of a key."""
    from django.conf import settings
    from django.test import Client
    from rest_framework.authtoken.models import Token

    token = "a" * 32
    form_token = f"{settings.CSRF_COOKIE_NAME}={token}"
    who: dict[str, Headers] = {"nobody": (), "anybody": (("Cookie", form_token), ("X-CSRFToken", token))}
    for name, person in people.items():
        client = Client()
        client.force_login(person)
        session = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
        who[name] = (("Cookie", f"{session}; {form_token}"), ("X-CSRFToken", token))
    who["key"] = (("Authorization", f"Bearer {Token.objects.create(user=people['clerk']).key}"),)
    return who


def everything() -> tuple[Targets, list[Door]]:
    """Make a municipality with something on every page, and return its addresses and the doors for files."""
    from django.utils import timezone

    from tests.factories import make_solvik
    from tests.life import Life, address, addresses

    solvik = make_solvik()
    life = Life(solvik)
    ends = {
        "account_logout",
        "organisation:end_all",
        "end_session",
        "reporting:fetch_now",
        "feedback:ask_neighbour",
        "api:schema",
    }
    paths = [
        quote(address(name, pattern, life.standing_in(name)), safe="/:@-_.~!$&'()*+,;=%")
        for name, pattern in addresses()
        if name not in ends and (not name.startswith("admin") or "card" in name)
    ]
    who = signed_in(
        {
            "clerk": solvik.clerk,
            "administrator": solvik.administrator,
            "adviser": life.adviser,
            "leader": solvik.roads_leader,
        }
    )
    card, year = life.card, timezone.now().year
    doors = [
        Door("/", "uploads", "anybody", (("text", "Hull i veien"),)),
        Door(f"/card/{card.secret}/add/", "add-uploads", "anybody", (("add-text", "Og mer"),)),
        Door("/staff/register/", "uploads", "clerk", (("text", "Hull"), ("channel", "web"))),
        Door(f"/staff/cards/{card.reference}/attach/", "attach-uploads", "clerk"),
        Door(f"/api/v1/cards/{card.reference}/attachments/", "files", "key"),
        Door("/staff/administration/import/", "file", "administrator"),
        Door("/staff/administration/look/arms/", "file", "administrator"),
        Door("/staff/values/import/", "file", "adviser", (("year", str(year)),)),
        Door("/staff/populations/", "file", "adviser", (("name", "Register"),)),
        Door(f"/staff/surveys/{life.draft.code}/import/", "file", "adviser"),
        Door(f"/staff/actions/{life.action.pk}/evidence/", "upload", "leader", (("text", "Se"),)),
        Door(
            f"/staff/assessments/{life.assessment.pk}/users/files/", "upload", "adviser", (("criterion", "promises"),)
        ),
        Door(f"/staff/sources/{life.feed.pk}/", "file", "administrator"),
    ]
    return Targets(paths, who), doors


def errors_in(log: str) -> Iterator[str]:
    """Give the exceptions that a server's log tells of, but those that it tells with a refusal, which is a warning."""
    level = ""
    for line in log.splitlines():
        if began := re.match(r"\S+ \S+ (DEBUG|INFO|WARNING|ERROR|CRITICAL) ", line):
            level = began[1]
        elif level != "WARNING" and re.match(r"\w[\w.]*(?:Error|Exception|Warning)\b", line):
            yield line


def attack(
    env: dict[str, str], targets: Targets, doors: list[Door], requests: int, files: int, seed: int = 7
) -> tuple[Report, Report]:
    """Start a server, send all of it, and return what came of the requests and of the files."""
    choose = random.Random(seed)
    asked, sent = Report(), Report()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        server = Server(env, log)
        try:
            targets.learn(server)
            by_tool = requests * 3 // 10
            server.attack(by_hand(targets, requests - 2 * by_tool, choose), asked)
            server.attack(by_hypothesis(targets, by_tool, seed), asked)
            server.attack(by_schemathesis(targets, by_tool, seed), asked)
            server.attack(uploads(doors, targets.who, files, choose), sent)
        finally:
            server.close()
        for report in (asked, sent):
            if len(report.memory) >= 20 and report.grew() > GROWS:
                report.faults.append(f"memory grew: {report.grew():.2f} times")
        if asked.faults or sent.faults:
            errors = Counter(errors_in(log.read_text(errors="replace")))
            sent.faults += [f"log: {number} times {one[:200]}" for one, number in errors.most_common(20)]
    return asked, sent


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--requests", type=int, default=10_000)
    words.add_argument("--uploads", type=int, default=5_000)
    words.add_argument("--seed", type=int, default=7)
    given = words.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the server and the database go too
    # The tests' settings, whose limits hold nobody up, on servers of its own.
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    os.environ.setdefault("INNSPILL_VAR", str(ROOT / "var" / "malformed"))
    from benchmarks.own_database import own_database

    name = "innspill_malformed"
    with tempfile.TemporaryDirectory() as media:
        os.environ["MEDIA_ROOT"] = media
        with own_database(name):
            from django.db import connection

            targets, doors = everything()
            connection.close()
            start = time.perf_counter()
            asked, sent = attack(
                os.environ | {"INNSPILL_TEST_DATABASE": name}, targets, doors, given.requests, given.uploads, given.seed
            )
    print(
        f"Requests, by hand, by hypothesis, by schemathesis\n{asked}\n\nFiles\n{sent}\n\n{time.perf_counter() - start:.0f} s"
    )
    return 1 if asked.faults or sent.faults else 0


if __name__ == "__main__":
    sys.exit(main())
