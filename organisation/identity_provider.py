"""Signing in at the municipality's identity provider (OpenID Connect), by django-allauth.

allauth keeps the state and the code's secret (PKCE) and exchanges the code. What it leaves out is here: the identity
token's signature is verified, its nonce belongs to this browser, and its `acr` is one that was asked for. Who comes gets
the roles that the provider's roles are here (`ProviderRole`). Of what the provider tells, the number alone is kept.
"""

from __future__ import annotations

import hmac
import logging
import secrets
from typing import Any

import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base import AuthError
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from organisation.actions.base import Unfit
from organisation.actions.provider_roles import LoginClosed, NoRoleHere, let_in
from organisation.actions.sign_ins import write_sign_in
from organisation.known_browsers import origin_of
from organisation.models import Person, SignIn
from organisation.tokens import BadToken, discovered, verified

logger = logging.getLogger(__name__)

ID = "municipality"


def refusal(request: HttpRequest, sentence: Any, *, status: int = 403) -> HttpResponse:
    """Answer with the page that says why the provider's sign-in led to nothing, and what else one can do."""
    return render(request, "account/provider_failed.html", {"sentence": sentence}, status=status)


class MunicipalityAdapter(OpenIDConnectOAuth2Adapter):
    @property
    def openid_config(self) -> dict[str, Any]:
        return discovered(settings.OIDC_ISSUER)

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """By SITE_URL, and not by what a request calls us: this very address is known to the provider."""
        return str(settings.SITE_URL + reverse("provider_callback"))

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        try:
            claims = verified(
                str(kwargs["response"].get("id_token") or ""),
                issuer=settings.OIDC_ISSUER,
                audience=app.client_id,
                required=("exp", "iat", "sub", "nonce"),
            )
            if claims.get("azp", app.client_id) != app.client_id:
                raise BadToken("it was made for another client")
        except BadToken as error:
            logger.warning("An identity token was refused: %s", error)
            raise OAuth2Error("The identity token is not valid.") from error
        if not claims.get(settings.OIDC_EMAIL_CLAIM) and "userinfo_endpoint" in self.openid_config:
            claims = self._more(claims, token.token)
        login: SocialLogin = self.get_provider().sociallogin_from_response(request, claims)
        login.claims = claims
        return login

    def _more(self, claims: dict[str, Any], access_token: str) -> dict[str, Any]:
        """Return the claims with what the provider tells of the person besides. The identity token has the last word."""
        answer = requests.get(
            self.openid_config["userinfo_endpoint"],
            headers={"Authorization": f"Bearer {access_token}"},
            timeout=5,
            allow_redirects=False,
        )
        answer.raise_for_status()
        told = answer.json()
        return {**told, **claims} if isinstance(told, dict) and told.get("sub") == claims["sub"] else claims


class MunicipalityProvider(OpenIDConnectProvider):
    id = ID
    name = "OpenID Connect"
    oauth2_adapter_class = MunicipalityAdapter
    pkce_enabled_default = True

    def redirect(
        self, request: HttpRequest, process: Any, next_url: str | None = None, data: Any = None, **kwargs: Any
    ) -> HttpResponse:
        nonce = secrets.token_urlsafe(24)
        more = {"nonce": nonce} | (
            {"acr_values": " ".join(settings.OIDC_ACR_VALUES)} if settings.OIDC_ACR_VALUES else {}
        )
        answer: HttpResponse = super().redirect(
            request, process, next_url, data, auth_params=self.get_auth_params() | more, nonce=nonce, **kwargs
        )
        return answer

    def extract_uid(self, data: dict[str, Any]) -> str:
        uid = str(data.get(settings.OIDC_UID_CLAIM) or "")
        if not uid:
            raise OAuth2Error("The identity token does not say who it is.")
        return uid

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        return []


class ProviderAdapter(DefaultSocialAccountAdapter):
    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        """The one provider there is stands in the settings."""
        if not settings.OIDC_ISSUER:
            return []
        return [
            SocialApp(
                provider=ID, provider_id=ID, name=settings.OIDC_NAME, client_id=settings.OIDC_CLIENT_ID,
                secret=settings.OIDC_CLIENT_SECRET,
                settings={"server_url": settings.OIDC_ISSUER, "oauth_pkce_enabled": True, "scope": settings.OIDC_SCOPES},
            )
        ]  # fmt: skip

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """The provider tells of its own changes."""

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        if exception is not None:
            logger.warning("The identity provider's sign-in failed: %s", type(exception).__name__)
        sentence = (
            _("You broke off.")
            if error == AuthError.CANCELLED
            else _("The sign-in took too long, was begun in another window, or came back changed. Begin again.")
        )
        raise ImmediateHttpResponse(refusal(request, sentence))

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Let somebody in who comes back from the provider, or answer with why not."""
        claims: dict[str, Any] = sociallogin.claims
        if not hmac.compare_digest(str(claims["nonce"]).encode(), str(sociallogin.state.get("nonce")).encode()):
            logger.warning("An identity token was refused: the nonce is another browser's")
            raise ImmediateHttpResponse(refusal(request, _("The sign-in was begun in another browser. Begin again.")))
        if settings.OIDC_ACR_VALUES and claims.get("acr") not in settings.OIDC_ACR_VALUES:
            raise ImmediateHttpResponse(
                refusal(request, _("You signed in with less than is asked for here. Choose a stronger way there."))
            )
        known = sociallogin.user if sociallogin.is_existing else None
        person: Person | None = known
        try:
            person = known or self._by_address(claims)
            let = let_in(
                person,
                email=str(claims.get(settings.OIDC_EMAIL_CLAIM) or ""),
                name=str(claims.get("name") or ""),
                language=(get_language() or "nb").split("-")[0],
                values=_roles(claims),
                makes_logins=settings.OIDC_MAKES_LOGINS,
                now=timezone.now(),
            )
        except (NoRoleHere, LoginClosed, Unfit, _AddressTaken) as why:
            write_sign_in(person, SignIn.What.REFUSED, way="provider", origin=origin_of(request), now=timezone.now())
            sentence = NoRoleHere() if isinstance(why, Unfit) else why
            raise ImmediateHttpResponse(refusal(request, str(sentence))) from None
        if known is None:
            account = sociallogin.account
            account.user = let
            account.save()
            sociallogin.user = let
        request.provider_session = {  # type: ignore[attr-defined]
            "provider_session": str(claims.get("sid") or "")[:255],
            "provider_subject": str(claims["sub"])[:255],
        }

    def _by_address(self, claims: dict[str, Any]) -> Person | None:
        """Return whose e-mail address the provider names, for the first time. An address that it does not vouch for, or
        that is another identity's already, makes nobody known."""
        email = str(claims.get(settings.OIDC_EMAIL_CLAIM) or "").strip().lower()
        if not email or "\x00" in email:
            return None
        person = Person.objects.filter(email=email).first()
        if person is None:
            return None
        if claims.get("email_verified") is False or SocialAccount.objects.filter(user=person, provider=ID).exists():
            raise _AddressTaken(_("Another login has this e-mail address. Ask the administrator."))
        return person


class _AddressTaken(Exception):
    pass


def _roles(claims: dict[str, Any]) -> list[str]:
    """Return the roles that the token names: a list, or words with spaces between."""
    told = claims.get(settings.OIDC_ROLE_CLAIM)
    if isinstance(told, str):
        return told.split()
    return [str(role) for role in told] if isinstance(told, list) else []
