"""Typing in answers that came on paper: the code, all questions on one page, and on to the next code.

The code travels as a citizen's does, in the page's own form, so that no address and no log has it. How many somebody typed
today is a number in the cache, gone by tomorrow night: no row tells who typed which, or when.
"""

from __future__ import annotations

import logging
import uuid
from datetime import datetime
from typing import Any

import redis
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from feedback.views.limits import say_wait, seconds_over, seconds_to_wait, too_often
from organisation.errors import Refused
from organisation.models import Person
from organisation.permissions import Permission
from organisation.views.access import person_who_may
from organisation.views.answering import show_refusal
from surveys.actions.answering import ImpossibleValue, NothingAnswered, NotOpenYet, SurveyClosed, check_open
from surveys.actions.fielding import UnknownCode
from surveys.actions.paper import AnsweredBefore, find_for_paper, type_answer
from surveys.forms.answering import PaperCodeForm, Questionnaire, sent_in, understood
from surveys.limits import TypedGuessing
from surveys.models import Invitation, Survey
from surveys.queries import areas_of, typed_in
from surveys.sending_once import once
from surveys.views.visiting import invitation_of_ticket, ticket_of

logger = logging.getLogger(__name__)

_COUNTED_FOR = 36 * 60 * 60
"""Seconds. The count is of a day on the municipality's clock, and forgotten the night after."""


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def paper(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for the code of the next paper; show its questions; save what was typed."""
    person = person_who_may(request, Permission.TYPE_ANSWERS)
    survey = get_object_or_404(Survey, code=code)
    now = timezone.now()
    try:
        check_open(survey, now=now, paper=True)
    except (NotOpenYet, SurveyClosed) as refusal:
        context = _about(request, survey, person, now) | {"why": refusal.code}
        return render(request, "surveys/paper/code.html", context, status=409 if request.method == "POST" else 200)
    if request.method != "POST":
        return _ask_for_code(request, survey, person, now)
    invitation = invitation_of_ticket(request.POST.get("ticket", ""), survey)
    without_code = "without_code" in request.POST and survey.takes_answers_without_code
    if invitation is None and not without_code:
        return _take_code(request, survey, person, now)
    if request.POST.get("do") == "begin":
        return _sheet(request, survey, person, invitation, now)
    return _take_answers(request, survey, person, invitation, now)


def _take_code(request: HttpRequest, survey: Survey, person: Person, now: datetime) -> HttpResponse:
    form = PaperCodeForm(request.POST)
    if wait := seconds_over(request, TypedGuessing):
        form.is_valid()
        say_wait(form, wait, request.municipality)  # type: ignore[attr-defined]
        return too_often(_ask_for_code(request, survey, person, now, form), wait)
    if form.is_valid():
        try:
            found = find_for_paper(survey, form.cleaned_data["code"], by=person, now=now)
        except Refused as refusal:
            if isinstance(refusal, UnknownCode):
                seconds_to_wait(request, TypedGuessing)
            show_refusal(form, refusal)
        else:
            return _sheet(request, survey, person, found, now)
    return _ask_for_code(request, survey, person, now, form)


def _take_answers(
    request: HttpRequest, survey: Survey, person: Person, invitation: Invitation | None, now: datetime
) -> HttpResponse:
    """Save the paper and ask for the next code. What cannot be saved comes back as it was typed."""
    sheet = _questionnaire(request, survey, invitation)
    raw = sent_in(sheet.items, request.POST)
    values, wrong = understood(sheet.items, raw)
    if wrong or request.POST.get("do") != "save":
        return _sheet(request, survey, person, invitation, now, raw=raw, wrong=wrong)

    def save() -> None:
        type_answer(survey, values, invitation=invitation, language=sheet.language, by=person, now=now)
        _count(survey, person)

    try:
        once(request.POST.get("sending", ""), save)
    except AnsweredBefore as refusal:
        form = PaperCodeForm({"code": invitation.code if invitation else ""})
        form.is_valid()
        show_refusal(form, refusal)
        return _ask_for_code(request, survey, person, now, form)
    except ImpossibleValue as refusal:
        return _sheet(request, survey, person, invitation, now, raw=raw, wrong=[refusal.field])
    except NothingAnswered:
        said = _("Nothing is answered on this paper. If it came back empty, put it aside: the code stays unused.")
        return _sheet(request, survey, person, invitation, now, raw=raw, problem=said)
    except Refused as refusal:
        return _sheet(request, survey, person, invitation, now, raw=raw, problem=str(refusal))
    messages.success(request, _("Saved. Nobody can find it again."))
    return redirect("surveys:paper", survey.code)


def _ask_for_code(
    request: HttpRequest, survey: Survey, person: Person, now: datetime, form: PaperCodeForm | None = None
) -> HttpResponse:
    context = _about(request, survey, person, now) | {"form": form or PaperCodeForm()}
    return render(request, "surveys/paper/code.html", context, status=422 if form is not None else 200)


def _sheet(
    request: HttpRequest,
    survey: Survey,
    person: Person,
    invitation: Invitation | None,
    now: datetime,
    *,
    raw: dict[str, Any] | None = None,
    wrong: list[str] | None = None,
    problem: str = "",
) -> HttpResponse:
    sheet = _questionnaire(request, survey, invitation)
    areas = sheet.all_asked(raw or {}, wrong or [])
    context = _about(request, survey, person, now) | {
        "areas": areas,
        "words_in": "" if sheet.language == get_language() else sheet.language,
        "faults": [question for _title, asked in areas for question in asked if question.error],
        "problem": problem,
        "invitation": invitation,
        "ticket": ticket_of(invitation) if invitation else "",
        "sending": request.POST.get("sending") or str(uuid.uuid4()),
    }
    return render(request, "surveys/paper/sheet.html", context, status=422 if wrong or problem else 200)


def _questionnaire(request: HttpRequest, survey: Survey, invitation: Invitation | None) -> Questionnaire:
    """The questions in the language of the letter, which the paper has too."""
    resident = invitation.resident if invitation else None
    wishes = [resident.language if resident else "", request.municipality.language]  # type: ignore[attr-defined]
    language = next((wish for wish in wishes if wish in survey.languages), [*survey.languages, "nb"][0])
    return Questionnaire(survey, areas_of(survey), language)


def _about(request: HttpRequest, survey: Survey, person: Person, now: datetime) -> dict[str, Any]:
    return {
        "section": "surveys",
        "survey": survey,
        "title": survey.title(get_language() or "nb"),
        "typed_today": _typed_today(survey, person),
        "typed_in_all": typed_in(survey),
        "until": survey.paper_until or survey.closes_at,
        "over": survey.closes_at is not None and survey.closes_at <= now,
    }


def _key(survey: Survey, person: Person) -> str:
    return f"survey-typed:{survey.pk}:{person.pk}:{timezone.localdate().isoformat()}"


def _count(survey: Survey, person: Person) -> None:
    """Count one more. Where the cache is away the paper is saved all the same."""
    try:
        cache.add(_key(survey, person), 0, _COUNTED_FOR)
        cache.incr(_key(survey, person))
    except (redis.RedisError, OSError, ValueError):
        logger.warning("The cache is away: a typed paper is not counted.")


def _typed_today(survey: Survey, person: Person) -> int | None:
    try:
        return int(cache.get(_key(survey, person), 0))
    except (redis.RedisError, OSError):
        return None
