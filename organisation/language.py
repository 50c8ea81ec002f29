"""The language of the pages: chosen by the switch and kept in the browser; of somebody signed in, with the person too."""

from __future__ import annotations

from contextlib import suppress

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.i18n import set_language

from organisation.actions.people import UnknownLanguage, choose_language
from organisation.models import Person


def switch(request: HttpRequest) -> HttpResponse:
    """Show the pages in the language that was posted from now on, and remember it with whoever is signed in."""
    response: HttpResponse = set_language(request)
    chosen = response.cookies.get(settings.LANGUAGE_COOKIE_NAME)
    if chosen is not None and isinstance(request.user, Person):
        with suppress(UnknownLanguage):  # Django takes any language that it has itself; the pages stay as they are
            choose_language(request.user, language=chosen.value, by=request.user)
    return response


def remember_language(response: HttpResponse, language: str) -> None:
    """Keep the language in the browser, as Django's own switch does."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        path=settings.LANGUAGE_COOKIE_PATH,
        domain=settings.LANGUAGE_COOKIE_DOMAIN,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )
