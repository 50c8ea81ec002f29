"""Tokens of an identity provider (JWT, OpenID Connect discovery): verified with its keys, which are fetched and kept.

One verifier for three kinds: the identity token of a sign-in, the access token of a client at the API, and the logout
token by which the provider ends sessions. Who the issuer is stands in the settings, so its address is the operator's word.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import jwt
import requests
from django.core.cache import cache

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""With a key of two halves. Never one that we could have written ourselves (HS256), and never «none»."""

TIMEOUT = 5  # seconds
FRESH = 60 * 60
"""Seconds after which keys are asked for anew."""
KEPT = 24 * 60 * 60
"""Seconds for which they serve while the provider does not answer."""
ASKED_AGAIN = 60
"""Seconds between two questions for a key that we do not know: anybody can write a number into a token's head."""
LEEWAY = 30
"""Seconds by which two clocks may differ."""


LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
LOGOUT_KNOWN = 10 * 60
"""Seconds for which the number of a logout token is remembered, so that it is not taken twice."""


class BadToken(Exception):
    """The token is not what it should be. The text is for the log and for who wrote the client, not for a page."""


class ProviderAway(Exception):
    """The identity provider does not answer, or answers nonsense."""


def discovered(issuer: str) -> dict[str, Any]:
    """Return what the provider says of itself. Raises ProviderAway."""
    return _kept("config", issuer, lambda: _configuration(issuer))


def verified(token: str, *, issuer: str, audience: str, required: Sequence[str] = ("exp", "iat")) -> dict[str, Any]:
    """Return the token's claims: signed by the issuer, for us, valid now. Raises BadToken, ProviderAway."""
    try:
        head = jwt.get_unverified_header(token)
        algorithm = head.get("alg")
        if algorithm not in ALGORITHMS:
            raise BadToken("the algorithm is not accepted")
        claims: dict[str, Any] = jwt.decode(
            token,
            _key(issuer, str(head.get("kid") or ""), algorithm),
            algorithms=[algorithm],
            audience=audience,
            issuer=discovered(issuer)["issuer"],
            leeway=LEEWAY,
            options={"require": ["iss", "aud", *required]},
        )
    except jwt.PyJWTError as error:
        raise BadToken(str(error) or type(error).__name__) from error
    return claims


def logout_of(token: str, *, issuer: str, audience: str) -> tuple[str, str]:
    """Return whose sessions are over by this logout token (OpenID Connect Back-Channel Logout 1.0): the provider's names
    for the person and for its session, either of which may be empty. A token is good once. Raises BadToken, ProviderAway.
    """
    claims = verified(token, issuer=issuer, audience=audience, required=("iat", "jti", "events"))
    events = claims["events"]
    if not isinstance(events, dict) or LOGOUT not in events or "nonce" in claims:
        raise BadToken("it is no logout token")
    subject, session = str(claims.get("sub") or ""), str(claims.get("sid") or "")
    if not subject and not session:
        raise BadToken("it names neither sub nor sid")
    if not cache.add(f"logout:{claims['jti']}", 1, timeout=LOGOUT_KNOWN):
        raise BadToken("it was used before")
    return subject, session


def _key(issuer: str, number: str, algorithm: str) -> jwt.PyJWK:
    fetch = lambda: _fetched(discovered(issuer)["jwks_uri"])  # noqa: E731
    found = _chosen(_kept("keys", issuer, fetch), number, algorithm)
    if found is None and cache.add(_name("asked", issuer), 1, timeout=ASKED_AGAIN):
        found = _chosen(_kept("keys", issuer, fetch, anew=True), number, algorithm)
    if found is None:
        raise BadToken("the key is not known")
    return found


def _chosen(keys: dict[str, Any], number: str, algorithm: str) -> jwt.PyJWK | None:
    """Return the signing key of that number; without a number, the only one there is."""
    rows = keys.get("keys")
    signing = [
        row
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, dict) and row.get("use", "sig") == "sig" and row.get("kty") != "oct"
    ]
    if number:
        signing = [row for row in signing if row.get("kid") == number]
    if len(signing) != 1 or signing[0].get("alg", algorithm) != algorithm:
        return None
    return jwt.PyJWK.from_dict(signing[0], algorithm=algorithm)


def _kept(kind: str, issuer: str, fetch: Any, *, anew: bool = False) -> dict[str, Any]:
    """Return what was fetched less than an hour ago, else fetch it; what is older serves while the provider is away."""
    name, fresh = _name(kind, issuer), _name(f"{kind}-fresh", issuer)
    old: dict[str, Any] | None = cache.get(name)
    if old is not None and not anew and cache.get(fresh):
        return old
    try:
        new: dict[str, Any] = fetch()
    except ProviderAway:
        if old is None:
            raise
        return old
    cache.set(name, new, timeout=KEPT)
    cache.set(fresh, 1, timeout=FRESH)
    return new


def _name(kind: str, issuer: str) -> str:
    return f"tokens:{kind}:{hashlib.sha256(issuer.encode()).hexdigest()}"


def _configuration(issuer: str) -> dict[str, Any]:
    found = _fetched(f"{issuer}/.well-known/openid-configuration")
    if str(found.get("issuer", "")).rstrip("/") != issuer or not isinstance(found.get("jwks_uri"), str):
        raise ProviderAway("The provider says that it is another.")
    return found


def _fetched(address: str) -> dict[str, Any]:
    try:
        answer = requests.get(address, timeout=TIMEOUT, allow_redirects=False, headers={"Accept": "application/json"})
        answer.raise_for_status()
        found = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise ProviderAway(type(error).__name__) from error
    if answer.status_code != 200 or not isinstance(found, dict):
        raise ProviderAway("The provider's answer cannot be read.")
    return found
