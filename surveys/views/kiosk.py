"""A tablet at the desk on which one after another answers. Staff start it; from then on nobody is signed in there."""

from __future__ import annotations

from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from organisation.permissions import Permission
from organisation.views.access import person_who_may
from surveys.forms.answering import START
from surveys.models import Survey
from surveys.queries import survey_for_answers
from surveys.views.answering import thanks_page
from surveys.views.visiting import Visit

_SALT = "survey-kiosk"
LASTS = 16 * 60 * 60
"""Seconds that a tablet goes on: a long day at the desk."""


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, code: str) -> HttpResponse:
    """Start a tablet, and sign out: whoever takes it next must find nobody signed in."""
    person_who_may(request, Permission.TYPE_ANSWERS)
    survey = _survey(code)
    if request.method == "POST":
        logout(request)
        return redirect("surveys:kiosk_answer", code=code, token=signing.dumps(survey.pk, salt=_SALT))
    context = {"survey": survey, "title": survey.title(get_language() or "nb"), "section": "surveys"}
    return render(request, "surveys/answering/kiosk.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """The pages on the tablet. A fresh look at the address begins anew."""
    survey = _started(code, token)
    visit = Visit(
        request=request,
        survey=survey,
        now=timezone.now(),
        here=reverse("surveys:kiosk_answer", args=[code, token]),
        thanks=reverse("surveys:kiosk_thanks", args=[code, token]),
        kiosk=True,
    )
    if refusal := visit.check():
        return visit.refused(refusal)
    return visit.take_step() if request.method == "POST" else visit.show(START)


@never_cache
@require_safe
def thanks(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """Say that the answer is in, and go back to the start for the next."""
    return thanks_page(request, _started(code, token), again=reverse("surveys:kiosk_answer", args=[code, token]))


def _survey(code: str) -> Survey:
    found = survey_for_answers(code)
    if found is None or not found.kiosk:
        raise Http404
    return found


def _started(code: str, token: str) -> Survey:
    """Return the survey of a tablet that staff have started today. Raises Http404 for any other."""
    survey = _survey(code)
    try:
        if signing.loads(token, salt=_SALT, max_age=LASTS) != survey.pk:
            raise Http404
    except signing.BadSignature:
        raise Http404 from None
    return survey
