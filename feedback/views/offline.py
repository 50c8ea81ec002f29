"""The page on which a citizen writes, as a browser keeps it for the time without a net: nothing of the visitor is in it."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from feedback.forms.citizen import CitizenForm
from feedback.views.citizen import words_of_page
from feedback.views.limits import opened_token


@gzip_page
@never_cache
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """The empty page to keep. No token, no key, and no day: it may be read weeks from now, by whoever sits there then."""
    if not settings.KEEP_SEND_PAGE:
        raise Http404
    context = {
        **words_of_page(request.municipality),  # type: ignore[attr-defined]
        "form": CitizenForm(),
        "opened": opened_token(timezone.now()),
        "offline": True,
        "all_kept": True,
    }
    response = render(request, "feedback/citizen/send.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


@never_cache
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker that shows the kept page; where that is switched off, one that takes itself and the page away."""
    return render(
        request, "feedback/citizen/send-worker.js", {"keep": settings.KEEP_SEND_PAGE}, content_type="text/javascript"
    )
