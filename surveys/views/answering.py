"""Answering a survey: the code from the letter, the pages, the thanks. `docs/decisions/0016-survey-anonymity.md` tells why
nothing here writes a session, an address with a code, or a line in a log."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from feedback.views.limits import say_wait, seconds_over, seconds_to_wait, too_often
from surveys.forms.answering import START, CodeForm
from surveys.limits import Guessing
from surveys.models import Invitation, Survey
from surveys.queries import invitation_of_code, survey_for_answers
from surveys.questionnaires import text_in
from surveys.views.visiting import Visit, invitation_of_ticket


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Take the code from the letter, and show the survey's first page."""
    form, wait = CodeForm(request.POST if request.method == "POST" else None), 0
    if form.is_bound and (wait := seconds_over(request, Guessing)):
        form.is_valid()
        say_wait(form, wait, request.municipality)  # type: ignore[attr-defined]
    elif form.is_valid():
        if invitation := invitation_of_code(form.cleaned_data["code"]):
            return _show_first(request, invitation)
        seconds_to_wait(request, Guessing)
        form.add_error("code", _("We do not know this code. Look at it once more, or ring us."))
    response = render(request, "surveys/answering/enter.html", {"form": form}, status=422 if form.errors else 200)
    return too_often(response, wait) if wait else response


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, code: str) -> HttpResponse:
    """Show the survey to whoever comes by its link, and take each page that is sent."""
    survey = _survey(code)
    invitation = invitation_of_ticket(request.POST.get("ticket", ""), survey)
    if invitation is None and not survey.open_to_all:
        return redirect("surveys:enter")
    visit = visit_of(request, survey, invitation)
    if refusal := visit.check():
        return visit.refused(refusal)
    return visit.take_step() if request.method == "POST" else visit.show(START)


@require_safe
def thanks(request: HttpRequest, code: str) -> HttpResponse:
    """Say that the answer is in."""
    return thanks_page(request, _survey(code), again="")


def thanks_page(request: HttpRequest, survey: Survey, *, again: str) -> HttpResponse:
    """Return the last page, in the language that was answered in. `again` is where a tablet goes on."""
    wish = request.GET.get("in", "")
    language = wish if wish in survey.languages else survey.languages[0] if survey.languages else "nb"
    with translation.override(language):
        context = {"survey": survey, "name": survey.title(language), "said": text_in(survey.thanks, language)}
        response = render(request, "surveys/answering/thanks.html", context | {"again": again})
    response["Content-Language"] = language
    return response


def visit_of(request: HttpRequest, survey: Survey, invitation: Invitation | None) -> Visit:
    """Return the visit of somebody with a code, or by the open link."""
    return Visit(
        request=request,
        survey=survey,
        now=timezone.now(),
        here=reverse("surveys:answer", args=[survey.code]),
        thanks=reverse("surveys:thanks", args=[survey.code]),
        invitation=invitation,
    )


def _show_first(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    visit = visit_of(request, invitation.survey, invitation)
    refusal = visit.check()
    return visit.refused(refusal) if refusal else visit.show(START)


def _survey(code: str) -> Survey:
    found = survey_for_answers(code)
    if found is None:
        raise Http404
    return found
