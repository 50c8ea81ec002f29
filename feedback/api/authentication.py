"""Who calls: a token in the header for other systems, the session with its CSRF token for the browser."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import SessionAuthentication, TokenAuthentication, get_authorization_header
from rest_framework.authtoken.models import Token
from rest_framework.exceptions import APIException, AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from feedback.api.problems import UNAVAILABLE
from organisation.actions.api_keys import PREFIX, use_api_client, use_api_key
from organisation.kept_queries import KeptQuery
from organisation.queries import needs_second_step, take_grants, with_grants
from organisation.tokens import BadToken, ProviderAway, verified

logger = logging.getLogger(__name__)


class InvalidToken(AuthenticationFailed):
    """The token of an identity provider that is not, or no longer, good here. `why` is for who wrote the client."""

    default_code = "invalid_token"
    default_detail = _("The token is not valid here, or no longer.")

    def __init__(self, why: str) -> None:
        super().__init__()
        self.why = why


class ProviderUnavailable(APIException):
    status_code = 503
    default_code = "unavailable"
    default_detail = UNAVAILABLE


class ApiTokenAuthentication(TokenAuthentication):
    """`Authorization: Bearer …`, or `Token …`: the key of a system, a token of the municipality's identity provider for one
    of its clients (RFC 6750, RFC 9068), or the token of a person."""

    words = (b"token", b"bearer")

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        header = get_authorization_header(request).split()
        if not header or header[0].lower() not in self.words:
            return None
        self.keyword = header[0].decode()  # REST framework makes an object of this class for each request
        return super().authenticate(request)

    def authenticate_credentials(self, key: str) -> tuple[Any, Any]:
        if key.startswith(PREFIX):
            found = use_api_key(key, today=timezone.localdate())
            if found is None:
                raise AuthenticationFailed
            return found.acts_as, found
        if "\x00" in key:  # PostgreSQL would not even look
            raise AuthenticationFailed
        if settings.API_AUDIENCE and key.count(".") == 2:
            return self.authenticate_client(key)
        token = next(iter(_TOKEN.rows(key)), None)
        if token is None or not token.user.is_active:
            raise AuthenticationFailed
        take_grants(token.user, token)
        if settings.SECOND_STEP_DEMANDED and needs_second_step(token.user):
            raise AuthenticationFailed  # made by a password alone, it would be the way around the second step
        return token.user, token

    def authenticate_client(self, token: str) -> tuple[Any, Any]:
        """Return as whom the client acts that this access token was given to, narrowed to what both sides let it."""
        try:
            claims = verified(token, issuer=settings.API_ISSUER, audience=settings.API_AUDIENCE)
            if "nonce" in claims or "events" in claims:  # made for signing in or out, perhaps for the same audience
                raise BadToken("it is no access token")
        except BadToken as error:
            raise InvalidToken(str(error)) from error
        except ProviderAway as error:
            raise ProviderUnavailable from error
        client = _client(claims)
        found = use_api_client(client, scopes=_scopes(claims), today=timezone.localdate()) if client else None
        if found is None:
            raise InvalidToken("the client is not let in")
        logger.info("API client %s", client)
        return found.acts_as, found

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


_TOKEN: KeptQuery[Token] = KeptQuery(
    lambda key: with_grants(Token.objects.select_related("user"), "user").filter(key=key)
)


def _client(claims: Mapping[str, Any]) -> str:
    """Return the client's id: by RFC 9068, and as Entra ID names it in its two versions."""
    found = next((claims[name] for name in ("client_id", "azp", "appid") if isinstance(claims.get(name), str)), "")
    return "" if "\x00" in found else str(found)


def _scopes(claims: Mapping[str, Any]) -> set[str]:
    """Return what the token says that the client may: words in `scope` or `scp`, a list in `roles`."""
    found: set[str] = set()
    for name in ("scope", "scp", "roles"):
        told = claims.get(name)
        found |= (
            set(told.split())
            if isinstance(told, str)
            else {str(each) for each in told}
            if isinstance(told, list)
            else set()
        )
    return found


class ApiSessionAuthentication(SessionAuthentication):
    """The browser's session, for which each write must carry the CSRF token."""

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except PermissionDenied:
            raise PermissionDenied(
                _("Send the CSRF token of your session in the header X-CSRFToken, or use an API token."), "csrf_failed"
            ) from None
