"""Ask a house that runs GeoReport: what it said, what it refused, and what nobody can know. No database, no clock."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from django.utils.translation import gettext as _
from urllib3.exceptions import ConnectTimeoutError

from feedback.georeport.reading import Row, Unreadable, below, fields, is_true, rows, text
from organisation.errors import Refused
from organisation.outgoing import REACHED_NOTHING, CannotReach, Limits, Line, checked, is_private, why_not

T = TypeVar("T")

LIMITS = Limits(connect=5, read=20, total=30, most_bytes=5 * 1024 * 1024)
ALL = range(100, 600)
LATER = frozenset({429, 503})
"""Answers by which the other house says that it took nothing, and that it may another time."""


class NotReached(Refused):
    """Nothing arrived: the same may be sent again without harm."""

    code = "not_reached"
    message = "%(why)s"


class SaidNo(Refused):
    """The other house answered, and refused. Sending the same again will not help."""

    code = "said_no"
    message = "%(why)s"

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why=why)
        self.status = status


class Unsure(Refused):
    """It may have arrived, or not: no answer came, or none that can be read."""

    code = "unsure"
    message = "%(why)s"


@dataclass(frozen=True)
class House:
    """A house that is asked: its base address, what it wants to be told each time, and the form that it is asked for."""

    address: str
    agent: str
    jurisdiction: str = ""
    key: str = ""
    form: str = "xml"
    allow_private: bool = False
    limits: Limits = LIMITS

    def rows(self, path: str, item: str, *, with_key: bool = False, **parameters: str) -> list[Row]:
        """Return the rows of a list. Raises NotReached, SaidNo, Unsure."""
        return _read(lambda content: rows(content, item), self.get(path, with_key=with_key, **parameters), self.address)

    def fields(self, path: str) -> Row:
        """Return the one object that is at a path. Raises NotReached, SaidNo, Unsure."""
        return _read(fields, self.get(path), self.address)

    def get(self, path: str, *, with_key: bool = False, **parameters: str) -> bytes:
        asked = self._always(with_key) | {name: value for name, value in parameters.items() if value}
        query = f"?{urlencode(asked)}" if asked else ""
        return self._ask("GET", f"{self._at(path)}{query}", None, {})

    def send(self, path: str, said: Iterable[tuple[str, str]], item: str, *, once: str) -> Row:
        """Post a form and return the first row of the answer. `once` goes along as a header: the same for the same request.

        Raises NotReached, SaidNo, Unsure.
        """
        pairs = [*self._always(with_key=True).items(), *said]
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
            "Idempotency-Key": once,
        }
        content = self._ask("POST", self._at(path), urlencode(pairs).encode(), headers)
        found = _read(lambda got: rows(got, item), content, self.address)
        if not found:
            raise Unsure(why=_("The answer holds nothing."))
        return found[0]

    def _always(self, with_key: bool) -> dict[str, str]:
        return ({"jurisdiction_id": self.jurisdiction} if self.jurisdiction else {}) | (
            {"api_key": self.key} if with_key and self.key else {}
        )

    def _at(self, path: str) -> str:
        return f"{self.address.strip().rstrip('/')}/{quote(path, safe='/')}.{self.form}"

    def _ask(self, method: str, address: str, body: bytes | None, headers: Mapping[str, str]) -> bytes:
        try:
            parts = checked(address, allow_plain=self.allow_private)
        except CannotReach as error:
            raise NotReached(why=str(error)) from None
        line = Line(parts, allow_private=self.allow_private, limits=self.limits)
        accepts = "application/json" if self.form == "json" else "text/xml"
        sent = {"User-Agent": self.agent, "Accept": accepts, "Accept-Encoding": "gzip", **headers}
        try:
            answer = line.ask(method, sent, body, whole=ALL)
        except CannotReach as error:  # too large or too slow: it began to answer, so it has the request
            raise Unsure(why=str(error)) from None
        except REACHED_NOTHING as error:
            refusal = why_not(error, parts)
            # Before there is a connection nothing can have arrived.
            before = is_private(error) or isinstance(error, ConnectTimeoutError) or _is_untrusted(error)
            raise (NotReached if before else Unsure)(why=str(refusal)) from None
        finally:
            line.close()
        if 200 <= answer.status < 300:
            return answer.content
        host = str(parts.hostname)
        if 300 <= answer.status < 400:
            raise SaidNo(
                answer.status, _("%(host)s leads on to another address, and is not followed there.") % {"host": host}
            )
        why = _said(answer.content) or _("%(host)s answered with the error %(status)s.") % {
            "host": host,
            "status": answer.status,
        }
        if answer.status in LATER:
            raise NotReached(why=why)
        if answer.status >= 500:
            raise Unsure(why=why)
        raise SaidNo(answer.status, why)


def _is_untrusted(error: BaseException) -> bool:
    """Whether the other house's certificate was refused, before anything was said."""
    found = (error, error.__cause__, error.__context__, *error.args)
    return any(isinstance(one, ssl.SSLCertVerificationError) for one in found)


def _read(reader: Callable[[bytes], T], content: bytes, address: str) -> T:
    try:
        return reader(content)
    except Unreadable:
        raise Unsure(why=_("What %(address)s answers is no GeoReport.") % {"address": address}) from None


def _said(content: bytes) -> str:
    """Return the sentences of an error, however it is shaped; empty where it is none, such as a web page."""
    try:
        found = rows(content, "error")
    except Unreadable:
        return ""
    sentences = [text(row, "description", "message", "detail") for row in found[:10]]
    return " ".join(sentence for sentence in sentences if sentence)[:500]


# --- A service's questions ------------------------------------------------------------------------------------------

TYPES = ("string", "number", "datetime", "text", "singlevaluelist", "multivaluelist")


def attributes_of(definition: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a definition's questions in their order, each with code, datatype, required, question, help, values, asked."""
    found: list[tuple[float, dict[str, Any]]] = []
    for row in below(definition, "attributes", "attribute"):
        if not isinstance(row, Mapping) or not (code := text(row, "code")):
            continue
        datatype = text(row, "datatype").lower()
        values = [
            [text(value, "key"), text(value, "name") or text(value, "key")]
            for value in below(row, "values", "value")
            if isinstance(value, Mapping) and text(value, "key")
        ]
        order = text(row, "order")
        question: dict[str, Any] = {
            "code": code[:100],
            "datatype": datatype if datatype in TYPES else "string",
            "required": is_true(row, "required"),
            "question": (text(row, "description") or code)[:300],
            "help": text(row, "datatype_description")[:300],
            "values": values[:500],
            "asked": text(row, "variable") != "false" and not text(row, "automated"),
        }
        if question["datatype"].endswith("list") and not values:
            question["datatype"] = "string"
        found.append((float(order) if order.isdigit() else 1e9, question))
    return [question for _order, question in sorted(found, key=lambda pair: pair[0])]


def pairs_of(answers: Mapping[str, Sequence[str] | str]) -> list[tuple[str, str]]:
    """Return answers by code as they go over the wire: a list of several as `attribute[code][]`."""
    said: list[tuple[str, str]] = []
    for code, answer in answers.items():
        if isinstance(answer, str):
            said.append((f"attribute[{code}]", answer))
        else:
            said += [(f"attribute[{code}][]", one) for one in answer]
    return said
