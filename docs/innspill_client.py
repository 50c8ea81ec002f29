"""A small client of Innspill's API: one file, Python 3.9 or newer, nothing to install. Copy it and make it yours.

    from innspill_client import Innspill, Problem

    api = Innspill("https://innspill.example.org", key="innspill_…")
    card = api.post("cards/", {"text": "The street light by the school is dark."}).data
    for card in api.all("cards/", unit="roads", due="overdue"):
        print(card["reference"], card["due_on"])

It waits as long as the server asks (429, 503), sends again what it got no answer to where that is safe, follows pages, and
raises `Problem` for what is refused. Each POST carries an Idempotency-Key, so that sent again it is done once.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from http.client import HTTPException

AGAIN = (429, 502, 503, 504)
"""What may be another answer in a while."""


class Problem(Exception):
    """The server said no, in one shape (RFC 9457). `code` is for programs, `detail` for people, `errors` by field."""

    def __init__(self, status, body):
        self.status = status
        self.code = body.get("code", "")
        self.title = body.get("title", "")
        self.detail = body.get("detail", "")
        self.errors = {error["field"]: error["detail"] for error in body.get("errors", [])}
        super().__init__(f"{status} {self.code}: {self.detail}")


class NoAnswer(Exception):
    """The server was not reached, or hung up, as often as it was tried."""


class Answer:
    """`data` is the body as Python has it (None where there is none); `headers` ask without regard to case."""

    def __init__(self, status, headers, data):
        self.status, self.headers, self.data = status, headers, data

    @property
    def etag(self):
        return self.headers.get("ETag")


class Innspill:
    """One installation, by its address, and the key that was made for you there."""

    def __init__(self, address, key, language="en", tries=5, timeout=30, longest_wait=120, sleep=time.sleep):
        self.base = address.rstrip("/") + "/api/v1/"
        self.key, self.language = key, language
        self.tries, self.timeout, self.longest_wait, self.sleep = tries, timeout, longest_wait, sleep

    # --- Requests -----------------------------------------------------------------------------------------------------

    def get(self, path, **filters):
        return self.request("GET", path, query=filters)

    def post(self, path, body=None, if_match=None, idempotency_key=None):
        """Without a key of yours the request gets one of its own, which all its tries share."""
        headers = {"Idempotency-Key": idempotency_key or str(uuid.uuid4())}
        return self.request("POST", path, body={} if body is None else body, headers=headers, if_match=if_match)

    def patch(self, path, body, if_match=None, idempotency_key=None):
        headers = {"Idempotency-Key": idempotency_key or str(uuid.uuid4())}
        return self.request("PATCH", path, body=body, headers=headers, if_match=if_match)

    def delete(self, path):
        return self.request("DELETE", path)

    def all(self, path, **filters):
        """Give every row of a list, page by page, each page asked for when it is needed."""
        page = self.get(path, **filters).data
        while True:
            yield from page["results"]
            if not page["next"]:
                return
            page = self.request("GET", page["next"]).data

    def request(self, method, path, body=None, query=None, headers=None, if_match=None):
        """Ask until there is an answer. Raises Problem for a refusal, NoAnswer where there is none."""
        url = self._url(path, query)
        sent = {"Authorization": f"Bearer {self.key}", "Accept": "application/json", "Accept-Language": self.language}
        sent.update(headers or {})
        if if_match is not None:
            sent["If-Match"] = if_match
        content = None
        if body is not None:
            content = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        # What has a key is done once; what has none and got no answer may have been done.
        is_safe = method in ("GET", "HEAD", "DELETE") or "Idempotency-Key" in sent
        for attempt in range(1, self.tries + 1):
            asked = urllib.request.Request(url, data=content, headers=sent, method=method)  # noqa: S310
            try:
                with _opener.open(asked, timeout=self.timeout) as answer:
                    return Answer(answer.status, answer.headers, _read(answer.read()))
            except urllib.error.HTTPError as error:
                with error:
                    problem = Problem(error.code, _problem(error.read()))
                    asked_for = error.headers.get("Retry-After", "")
                # What was refused for its number or for want of the database was not done.
                if error.code not in AGAIN or attempt == self.tries or not (is_safe or error.code in (429, 503)):
                    raise problem from None
                wait = float(asked_for) if asked_for.isdigit() else 0.0
            except (OSError, HTTPException) as error:
                if not is_safe or attempt == self.tries:
                    raise NoAnswer(f"{method} {url}: {error}") from error
                wait = 0.0
            # A little more each time, and not all clients at once.
            self.sleep(min(max(wait, 2.0 ** (attempt - 1)) + random.random(), self.longest_wait))  # noqa: S311
        raise NoAnswer(url)

    def _url(self, path, query):
        url = urllib.parse.urljoin(self.base, path)
        if not url.startswith(self.base):
            raise ValueError(f"{url} is not at {self.base}: the key is not sent there.")
        wanted = {
            name: str(value).lower() if isinstance(value, bool) else value for name, value in (query or {}).items()
        }
        return f"{url}?{urllib.parse.urlencode(wanted, doseq=True)}" if wanted else url


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The API leads nowhere else, and the key is for it alone."""

    def redirect_request(self, *args):
        return None


_opener = urllib.request.build_opener(_NoRedirect)


def verify(secrets, headers, body, now=None, tolerance=300):
    """Return what a webhook tells, if one of `secrets` (`whsec_…`) signed it within `tolerance` seconds of `now`.

    `headers` as your web framework gives them, `body` the bytes as they came. Raises ValueError for what is not ours.
    """
    found = {name.lower(): value for name, value in headers.items()}
    try:
        key, stamp, signatures = found["webhook-id"], found["webhook-timestamp"], found["webhook-signature"].split()
        age = abs((time.time() if now is None else now) - int(stamp))
    except (KeyError, ValueError):
        raise ValueError("A webhook has three headers, and this has not.") from None
    if age > tolerance:
        raise ValueError("Too old, or from the future: somebody may be sending an old one again.")
    for secret in secrets:
        signed = hmac.new(base64.b64decode(secret[len("whsec_") :]), f"{key}.{stamp}.".encode() + body, hashlib.sha256)
        expected = "v1," + base64.b64encode(signed.digest()).decode()
        if any(hmac.compare_digest(expected.encode(), given.encode()) for given in signatures):
            return json.loads(body)
    raise ValueError("Signed by nobody we know.")


def _read(content):
    return json.loads(content) if content else None


def _problem(content):
    try:
        body = json.loads(content)
    except ValueError:
        body = None  # a proxy's page, not the API's
    return body if isinstance(body, dict) else {"detail": content[:200].decode(errors="replace")}
