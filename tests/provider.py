"""A real identity provider at a port of this machine: `oidc-provider-mock`, with what it lacks.

It asks for PKCE (RFC 7636: the code is given only to who knows the secret of the question), answers with the `acr` of its
user, signs whatever a test asks for with its own key (logout tokens, access tokens, and bad ones), and changes that key.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import flask
import oidc_provider_mock
import requests
from authlib import jose
from oidc_provider_mock._server import _threaded_server
from oidc_provider_mock._storage import storage


class Provider(NamedTuple):
    address: str

    def user(self, sub: str, **claims: Any) -> None:
        """Have somebody there, with these claims."""
        assert requests.put(f"{self.address}/users/{sub}", json=claims, timeout=5).status_code == 204

    def authorize(self, address: str, sub: str) -> str:
        """Be the browser at the provider: choose who one is, and return where it sends one back to."""
        answer = requests.post(address, data={"sub": sub}, allow_redirects=False, timeout=5)
        assert answer.status_code == 302, answer.text
        back = urlsplit(answer.headers["Location"])
        return f"{back.path}?{back.query}"

    def sign(self, claims: dict[str, Any], **head: Any) -> str:
        """Return a token of the provider's with exactly these claims."""
        return requests.post(f"{self.address}/test/sign", json={"claims": claims, "head": head}, timeout=5).text

    def asked(self) -> dict[str, str]:
        """Return what the last question for a token said."""
        found: dict[str, str] = requests.get(f"{self.address}/test/asked", timeout=5).json()
        return found

    def new_key(self) -> None:
        assert requests.post(f"{self.address}/test/key", timeout=5).ok


@contextmanager
def provider_running() -> Iterator[Provider]:
    app = oidc_provider_mock.app(require_nonce=True)
    app.debug = False
    challenges: dict[str, str] = {}
    asked: dict[str, str] = {}

    @app.before_request
    def ask_for_the_secret() -> Any:
        if flask.request.path == "/oauth2/authorize" and flask.request.args.get("code_challenge_method") != "S256":
            return "PKCE is asked for", 400
        if flask.request.path == "/oauth2/token":
            asked.clear()
            asked.update(flask.request.form.to_dict())
            verifier = flask.request.form.get("code_verifier", "")
            digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
            if challenges.pop(flask.request.form.get("code", ""), None) != digest:
                return flask.jsonify({"error": "invalid_grant"}), 400
        return None

    @app.after_request
    def keep_the_question(response: flask.Response) -> flask.Response:
        code = parse_qs(urlsplit(response.headers.get("Location", "")).query).get("code")
        if flask.request.path == "/oauth2/authorize" and code:
            challenges[code[0]] = flask.request.args["code_challenge"]
        return response

    @app.post("/test/sign")
    def sign() -> bytes:
        wanted = flask.request.get_json()
        key = storage.jwk.as_dict(is_private=True)
        head = {"alg": "RS256", "kid": key["kid"], **wanted["head"]}
        signed: bytes = jose.jwt.encode(head, wanted["claims"], key | {"kid": head["kid"]})
        return signed

    @app.get("/test/asked")
    def what_was_asked() -> flask.Response:
        return flask.jsonify(asked)

    @app.post("/test/key")
    def new_key() -> str:
        storage.jwk = jose.RSAKey.generate_key(is_private=True, options={"kid": "another"})
        return ""

    with _threaded_server(app, host="localhost") as server:
        yield Provider(f"http://localhost:{server.server_port}")
