"""Who calls: a token in the header for other systems, the session with its CSRF token for the browser."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import SessionAuthentication, TokenAuthentication, get_authorization_header
from rest_framework.authtoken.models import Token
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from organisation.actions.api_keys import PREFIX, use_api_key
from organisation.queries import take_grants, with_grants


class ApiTokenAuthentication(TokenAuthentication):
    """`Authorization: Bearer …`, or `Token …`: the key of a system, or the token of a person."""

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
        token = with_grants(Token.objects.select_related("user"), "user").filter(key=key).first()
        if token is None or not token.user.is_active:
            raise AuthenticationFailed
        take_grants(token.user, token)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class ApiSessionAuthentication(SessionAuthentication):
    """The browser's session, for which each write must carry the CSRF token."""

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except PermissionDenied:
            raise PermissionDenied(
                _("Send the CSRF token of your session in the header X-CSRFToken, or use an API token."), "csrf_failed"
            ) from None
