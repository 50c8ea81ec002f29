"""To the identity provider and back, and its word that somebody signed out there."""

from __future__ import annotations

import logging

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from organisation.actions.sign_ins import end_provider_sessions
from organisation.identity_provider import ID, MunicipalityAdapter, refusal
from organisation.tokens import BadToken, ProviderAway, logout_of

logger = logging.getLogger(__name__)

AWAY = _("The municipality's sign-in does not answer just now. Try again in a while.")


@require_safe
@never_cache
def to_provider(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider. It is a link: our pages let no form go to another address."""
    if not settings.OIDC_ISSUER:
        raise Http404
    provider = get_adapter(request).get_provider(request, ID)
    try:
        answer: HttpResponse = provider.redirect(request, AuthProcess.LOGIN, next_url=get_next_redirect_url(request))
    except ProviderAway as error:
        logger.warning("The identity provider does not answer: %s", error)
        return refusal(request, AWAY, status=503)
    return answer


@require_safe
@never_cache
def callback(request: HttpRequest) -> HttpResponse:
    """Take the browser back from the provider."""
    if not settings.OIDC_ISSUER:
        raise Http404
    try:
        answer: HttpResponse = OAuth2CallbackView.adapter_view(MunicipalityAdapter(request, ID))(request)
    except ProviderAway as error:
        logger.warning("The identity provider does not answer: %s", error)
        return refusal(request, AWAY, status=503)
    return answer


@csrf_exempt
@require_POST
@never_cache
def signed_out_there(request: HttpRequest) -> HttpResponse:
    """End the sessions that the provider says are over (OpenID Connect Back-Channel Logout 1.0)."""
    if not settings.OIDC_ISSUER:
        raise Http404
    try:
        subject, session = logout_of(
            request.POST.get("logout_token", ""), issuer=settings.OIDC_ISSUER, audience=settings.OIDC_CLIENT_ID
        )
    except BadToken as error:
        logger.warning("A logout token was refused: %s", error)
        return JsonResponse({"error": "invalid_request", "error_description": str(error)}, status=400)
    except ProviderAway:
        return JsonResponse({"error": "temporarily_unavailable"}, status=503)
    end_provider_sessions(subject=subject, session=session, now=timezone.now())
    return HttpResponse()
