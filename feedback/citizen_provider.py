"""To the citizens' national provider and back (OpenID Connect, code flow with PKCE): ID-porten, BankID and their like.

Tokens are verified where the staff's are (`organisation.tokens`). What a citizen is called there leaves this file only as a
keyed digest. Reaches the network; no database, and the clock is handed in.
"""

from __future__ import annotations

import hmac
import json
import logging
import secrets
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

import jwt
import requests
from allauth.socialaccount.providers.oauth2.utils import generate_code_challenge
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from django.utils.crypto import constant_time_compare

from organisation.secrets import Unreadable, closed, opened
from organisation.tokens import TIMEOUT, BadToken, ProviderAway, discovered, verified

logger = logging.getLogger(__name__)

GOOD_FOR = timedelta(minutes=15)
"""How long somebody may take at the provider."""

_PURPOSE = "citizen-sign-in"


class SignInFailed(Exception):
    """Nobody was signed in. `why` is one of the words below, for which the page has a sentence."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


BROKE_OFF, LATE, LEVEL, AWAY, REFUSED = "broke-off", "late", "level", "away", "refused"


class Begun(NamedTuple):
    """The address to go to, and what this browser keeps meanwhile (closed: nobody reads or changes it)."""

    address: str
    kept: str


class Citizen(NamedTuple):
    """Who came back. All but the name are digests; `token` is the identity token itself, for signing out there."""

    signer: str
    subject: str
    there: str
    name: str
    token: str
    to: str


def is_on() -> bool:
    return bool(settings.CITIZEN_OIDC_ISSUER)


def begun(*, to: str, back: str, language: str, now: datetime) -> Begun:
    """Begin to sign in. `to` is where to go on afterwards, `back` our address that the provider sends to.

    Raises ProviderAway.
    """
    config = discovered(settings.CITIZEN_OIDC_ISSUER)
    state, nonce = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
    pkce = generate_code_challenge()
    asked = {
        "response_type": "code", "client_id": settings.CITIZEN_OIDC_CLIENT_ID, "redirect_uri": back,
        "scope": " ".join(settings.CITIZEN_OIDC_SCOPES), "state": state, "nonce": nonce,
        "code_challenge": pkce["code_challenge"], "code_challenge_method": "S256", "ui_locales": language,
    }  # fmt: skip
    if settings.CITIZEN_OIDC_ACR_VALUES:
        asked["acr_values"] = settings.CITIZEN_OIDC_ACR_VALUES[0]
    kept = {"state": state, "nonce": nonce, "verifier": pkce["code_verifier"], "to": to, "at": now.timestamp()}
    return Begun(
        with_query(_address(config, "authorization_endpoint"), asked),
        closed(json.dumps(kept).encode(), purpose=_PURPOSE),
    )


def come_back(answer: dict[str, str], kept: str, *, back: str, now: datetime) -> Citizen:
    """Return who signed in, from the provider's answer and what this browser kept. Raises SignInFailed."""
    begun = _read(kept, now)
    if not begun or not constant_time_compare(answer.get("state", ""), begun["state"]):
        raise SignInFailed(LATE)
    # RFC 9207: an answer of another provider's is not for us.
    if answer.get("iss", settings.CITIZEN_OIDC_ISSUER).rstrip("/") != settings.CITIZEN_OIDC_ISSUER:
        raise SignInFailed(REFUSED)
    if fault := answer.get("error"):
        raise SignInFailed(BROKE_OFF if fault in ("access_denied", "login_required") else REFUSED)
    try:
        token = _exchanged(answer.get("code", ""), begun["verifier"], back=back, now=now)
        claims = verified(
            token,
            issuer=settings.CITIZEN_OIDC_ISSUER,
            audience=settings.CITIZEN_OIDC_CLIENT_ID,
            required=("exp", "iat", "sub", "nonce"),
        )
        if claims.get("azp", settings.CITIZEN_OIDC_CLIENT_ID) != settings.CITIZEN_OIDC_CLIENT_ID:
            raise BadToken("it was made for another client")
        if not constant_time_compare(str(claims["nonce"]), begun["nonce"]):
            raise BadToken("the nonce is another browser's")
        uid = str(claims.get(settings.CITIZEN_OIDC_UID_CLAIM) or "")
        if not uid:
            raise BadToken("it does not say who it is")
    except BadToken as error:
        # Why, and not who: what the token says of anybody is in no log.
        logger.warning("A citizen's sign-in was refused: %s", error)
        raise SignInFailed(REFUSED) from error
    except ProviderAway as error:
        logger.warning("The citizens' identity provider does not answer: %s", error)
        raise SignInFailed(AWAY) from error
    if settings.CITIZEN_OIDC_ACR_VALUES and claims.get("acr") not in settings.CITIZEN_OIDC_ACR_VALUES:
        raise SignInFailed(LEVEL)
    there = str(claims.get("sid") or "")
    return Citizen(
        signer=digest("signer", uid),
        subject=digest("subject", str(claims["sub"])),
        there=digest("session", there) if there else "",
        name=_name(claims),
        token=token,
        to=str(begun["to"]),
    )


def wanted(kept: str, now: datetime) -> str:
    """Return where somebody wanted to go on who comes back in vain, "" where that is not known any more."""
    begun = _read(kept, now)
    return str(begun["to"]) if begun else ""


def digest(what: str, value: str) -> str:
    """Return what we know a value of the provider's by: keyed, so that nobody tries all the numbers there are."""
    words = f"innspill:citizen:{what}:{settings.CITIZEN_OIDC_ISSUER}:{value}"
    return hmac.new(settings.CITIZEN_KEY.encode(), words.encode(), "sha256").hexdigest()


def way_out(token: str, *, back: str) -> str:
    """Return the address at which one signs out at the provider too, "" where it has none or does not answer."""
    try:
        config = discovered(settings.CITIZEN_OIDC_ISSUER)
    except ProviderAway:
        return ""
    address = config.get("end_session_endpoint")
    if not isinstance(address, str) or not address.startswith(("https://", "http://localhost")):
        return ""
    asked = {"client_id": settings.CITIZEN_OIDC_CLIENT_ID, "post_logout_redirect_uri": back}
    return with_query(address, asked | ({"id_token_hint": token} if token else {}))


def with_query(address: str, values: dict[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(values)}"


def _read(kept: str, now: datetime) -> dict[str, Any] | None:
    try:
        begun: dict[str, Any] = json.loads(opened(kept, purpose=_PURPOSE))
    except (Unreadable, ValueError):
        return None
    return begun if 0 <= now.timestamp() - begun["at"] <= GOOD_FOR.total_seconds() else None


def _exchanged(code: str, verifier: str, *, back: str, now: datetime) -> str:
    """Return the identity token that the code is good for. Raises BadToken where it is good for none, and ProviderAway."""
    address = _address(discovered(settings.CITIZEN_OIDC_ISSUER), "token_endpoint")
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
    sealed = {}
    if settings.CITIZEN_OIDC_PRIVATE_KEY:
        form |= {
            "client_id": settings.CITIZEN_OIDC_CLIENT_ID,
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": _assertion(now),
        }
    else:
        sealed = {"auth": (settings.CITIZEN_OIDC_CLIENT_ID, settings.CITIZEN_OIDC_CLIENT_SECRET)}
    try:
        answer = requests.post(address, data=form, timeout=TIMEOUT, allow_redirects=False, **sealed)  # type: ignore[arg-type]
        told = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise ProviderAway(type(error).__name__) from error
    if answer.status_code >= 500 or not isinstance(told, dict):
        raise ProviderAway("The provider's answer cannot be read.")
    if answer.status_code != 200 or not isinstance(told.get("id_token"), str):
        raise BadToken("the code was not taken")
    return str(told["id_token"])


def _assertion(now: datetime) -> str:
    """Say with our own key who we are (RFC 7523)."""
    key = load_pem_private_key(settings.CITIZEN_OIDC_PRIVATE_KEY.encode(), password=None)
    claims = {
        "iss": settings.CITIZEN_OIDC_CLIENT_ID, "sub": settings.CITIZEN_OIDC_CLIENT_ID,
        "aud": discovered(settings.CITIZEN_OIDC_ISSUER)["issuer"], "jti": secrets.token_urlsafe(16),
        "iat": int(now.timestamp()), "exp": int(now.timestamp()) + 60,
    }  # fmt: skip
    head = {"kid": settings.CITIZEN_OIDC_KEY_ID} if settings.CITIZEN_OIDC_KEY_ID else {}
    algorithm = "ES256" if isinstance(key, EllipticCurvePrivateKey) else "RS256"
    return jwt.encode(claims, key, algorithm=algorithm, headers=head)  # type: ignore[arg-type]


def _address(config: dict[str, Any], name: str) -> str:
    found = config.get(name)
    if not isinstance(found, str):
        raise ProviderAway(f"The provider does not tell its {name}.")
    return found


def _name(claims: dict[str, Any]) -> str:
    """Return what the provider calls the person, "" where it does not say (ID-porten does not)."""
    told = claims.get("name") or " ".join(str(claims.get(part) or "") for part in ("given_name", "family_name"))
    return str(told).replace("\x00", "").strip()[:150]
