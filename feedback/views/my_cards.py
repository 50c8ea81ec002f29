"""«My messages»: what a citizen sent while signed in at the national provider, and the way there and out again.

Signing in is never demanded. Everything here is not there where no provider is set up.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from feedback import citizen_provider as provider
from feedback.actions.citizens import begin_session, end_session, end_sessions_there
from feedback.queries import own_cards
from feedback.views.citizen_session import BEGUN, SIGNED_IN, TOKEN, citizen_of, forget, keep, named, seems_signed_in
from feedback.views.limits import SigningIn, seconds_to_wait
from feedback.views.private import closed_after, private_page
from feedback.views.standing import Standing
from organisation.queries import working_calendar
from organisation.secrets import Unreadable, closed, opened
from organisation.tokens import BadToken, ProviderAway, logout_of

logger = logging.getLogger(__name__)
P = ParamSpec("P")

SENTENCES = {
    provider.BROKE_OFF: _("You broke off signing in. You can send your message without it."),
    provider.LATE: _("Signing in took too long, or was begun in another window. Begin again, or go on without it."),
    provider.LEVEL: _("You signed in with less than is asked for here. Choose a stronger way there, such as BankID."),
    provider.AWAY: _("Signing in does not work just now. You can send your message without it."),
    provider.REFUSED: _("Signing in failed. Begin again, or go on without it."),
    "often": _("That was very often. Wait a while before you sign in again, or go on without it."),
    "ended": _("You are not signed in any more."),
    "out": _("You are signed out."),
}
"""What is said on the page that one comes back to, by the word in its address."""

TO = {"send": "feedback:send", "cards": "feedback:my_cards"}
"""Where to go on after signing in, by the word in the address."""

_TOKEN = "citizen-token"  # noqa: S105 (what it is closed for)


def sentence_of(request: HttpRequest) -> Any:
    """Return what became of signing in, as the address of the page has it; "" where it says nothing that we know."""
    return SENTENCES.get(request.GET.get("sign-in", ""), "")


def where_it_is_on(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    @never_cache
    @wraps(view)
    def wrapped(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not provider.is_on():
            raise Http404
        return view(request, *args, **kwargs)

    return wrapped


@where_it_is_on
@private_page
@require_safe
def my_cards(request: HttpRequest) -> HttpResponse:
    """What the citizen who is signed in has sent; for others, what signing in gives and what we keep of it."""
    now, house = timezone.now(), request.municipality  # type: ignore[attr-defined]
    citizen = citizen_of(request, now)
    sentence = sentence_of(request) or (SENTENCES["ended"] if citizen is None and seems_signed_in(request) else "")
    context = {"citizen": citizen, "sign_in": settings.CITIZEN_OIDC_NAME, "sentence": sentence}
    if citizen is not None:
        today = working_calendar(house).local_date(now)
        found = own_cards(citizen.signer, closed_after=closed_after(house, now))
        context["cards"] = [Standing(card, house, today) for card in found]
    return render(request, "feedback/citizen/my_cards.html", context)


@where_it_is_on
@require_safe
def sign_in(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider. It is a link: our pages let no form go to another address."""
    to, now = _to(request.GET.get("to", "")), timezone.now()
    if wait := seconds_to_wait(request, SigningIn):
        logger.warning("Signing in is asked for very often: again in %s seconds", wait)
        return _back_to(to, "often")
    try:
        begun = provider.begun(to=to, back=_ours("citizen_back"), language=_language(), now=now)
    except ProviderAway as error:
        logger.warning("The citizens' identity provider does not answer: %s", error)
        return _back_to(to, provider.AWAY)
    response = redirect(begun.address)
    keep(response, BEGUN, begun.kept, seconds=int(provider.GOOD_FOR.total_seconds()))
    return response


@where_it_is_on
@require_safe
def back(request: HttpRequest) -> HttpResponse:
    """Take the browser back from the provider: signed in, or with the reason why not on the page it came from."""
    now, kept = timezone.now(), request.COOKIES.get(named(BEGUN), "")
    try:
        citizen = provider.come_back(request.GET.dict(), kept, back=_ours("citizen_back"), now=now)
    except provider.SignInFailed as failed:
        response = _back_to(provider.wanted(kept, now), failed.why)
        forget(response, BEGUN)
        return response
    if old := request.COOKIES.get(named(SIGNED_IN)):
        end_session(old)
    response = redirect(TO[_to(citizen.to)])
    forget(response, BEGUN)
    keep(response, SIGNED_IN, begin_session(citizen, now=now))
    keep(response, TOKEN, closed(citizen.token.encode(), purpose=_TOKEN))
    return response


@where_it_is_on
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign the citizen out here, and lead on to the provider, which is asked to do the same.

    Not by a redirect: browsers hold the form's address against it (form-action). The page says where it goes.
    """
    if key := request.COOKIES.get(named(SIGNED_IN)):
        end_session(key)
    try:
        token = opened(request.COOKIES.get(named(TOKEN), ""), purpose=_TOKEN).decode()
    except Unreadable:
        token = ""
    out = provider.way_out(token, back=_ours("citizen_signed_out")) if key else ""
    response = (
        render(request, "feedback/citizen/signing_out.html", {"out": out, "sign_in": settings.CITIZEN_OIDC_NAME})
        if out
        else redirect("feedback:citizen_signed_out")
    )
    if out:
        response["Refresh"] = f"0; url={out}"
        response["Referrer-Policy"] = "same-origin"
    forget(response, SIGNED_IN, TOKEN)
    return response


@where_it_is_on
@require_safe
def signed_out(request: HttpRequest) -> HttpResponse:
    """Where the provider sends one after signing out."""
    return _back_to("cards", "out")


@csrf_exempt
@where_it_is_on
@require_http_methods(["GET", "POST"])
def ended_there(request: HttpRequest) -> HttpResponse:
    """End what the provider says is over: told by its server (back-channel, POST), or through the browser (front-channel,
    GET with the provider's name for its session, which nobody guesses)."""
    issuer = settings.CITIZEN_OIDC_ISSUER
    if request.method == "GET":
        if request.GET.get("iss", "").rstrip("/") != issuer:
            return HttpResponse(status=400)
        end_sessions_there(session=request.GET.get("sid", ""))
        return HttpResponse()
    try:
        token = request.POST.get("logout_token", "")
        subject, session = logout_of(token, issuer=issuer, audience=settings.CITIZEN_OIDC_CLIENT_ID)
    except BadToken as error:
        logger.warning("A logout token was refused: %s", error)
        return JsonResponse({"error": "invalid_request", "error_description": str(error)}, status=400)
    except ProviderAway:
        return JsonResponse({"error": "temporarily_unavailable"}, status=503)
    end_sessions_there(subject=subject, session=session)
    return HttpResponse()


def _to(word: str) -> str:
    return word if word in TO else "cards"


def _back_to(to: str, why: str) -> HttpResponse:
    return redirect(f"{reverse(TO[_to(to)])}?sign-in={why}")


def _ours(name: str) -> str:
    """By SITE_URL, and not by what a request calls us: these very addresses are known to the provider."""
    return str(settings.SITE_URL + reverse(f"feedback:{name}"))


def _language() -> str:
    return (get_language() or "nb").split("-")[0]
