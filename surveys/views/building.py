"""Make a survey, change it, copy it as the next round, throw a draft away."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from organisation.errors import Refused
from organisation.permissions import Permission
from organisation.views.access import person_who_may
from organisation.views.answering import answer
from surveys.actions.building import change_survey, copy_survey, create_survey, remove_survey, set_interval
from surveys.forms.building import CopyForm, IntervalForm, SurveyForm
from surveys.models import Survey
from surveys.views.building_pages import SECTION, managing


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_survey(request: HttpRequest) -> HttpResponse:
    """Make a survey; its questions come next."""
    person = person_who_may(request, Permission.MANAGE_SURVEYS)
    form = SurveyForm(request.POST or None, house=request.municipality)  # type: ignore[attr-defined]
    made: list[Survey] = []
    response = answer(
        request,
        form,
        lambda: made.append(create_survey(**form.values(), by=person, now=timezone.now())),
        template="surveys/building/settings.html",
        context=lambda: SECTION,
        done=_("The survey is made. Now the questions."),
        to=reverse("surveys:surveys"),
    )
    return redirect("surveys:questionnaire", code=made[0].code) if made else response


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, code: str) -> HttpResponse:
    """Change a survey. Once it is sent out, only how often it is held."""
    person, survey = managing(request, code)
    house = request.municipality  # type: ignore[attr-defined]
    form: SurveyForm | IntervalForm
    if survey.is_frozen:
        first = {"repeats_every_years": survey.repeats_every_years}
        form = interval = IntervalForm(request.POST or None, initial=first)
        act = lambda: set_interval(survey, **interval.cleaned_data, by=person, now=timezone.now())  # noqa: E731
    else:
        form = full = SurveyForm(request.POST or None, house=house, survey=survey)
        act = lambda: change_survey(survey, **full.values(), by=person, now=timezone.now())  # noqa: E731
    return answer(
        request,
        form,
        act,
        template="surveys/building/settings.html",
        context=lambda: SECTION | {"survey": survey},
        done=_("Saved."),
        to=reverse("surveys:survey", args=[code]),
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: HttpRequest, code: str) -> HttpResponse:
    """Copy a survey as its next round."""
    person, survey = managing(request, code)
    form = CopyForm(
        request.POST or None,
        house=request.municipality,  # type: ignore[attr-defined]
        survey=survey,
        year=timezone.localdate().year,
    )
    made: list[Survey] = []
    response = answer(
        request,
        form,
        lambda: made.append(copy_survey(survey, **form.values(), by=person, now=timezone.now())),
        template="surveys/building/copy.html",
        context=lambda: SECTION | {"survey": survey},
        done=_("The next round is made, with the same questions."),
        to=reverse("surveys:surveys"),
    )
    return redirect("surveys:questionnaire", code=made[0].code) if made else response


@login_required
@require_POST
def remove(request: HttpRequest, code: str) -> HttpResponse:
    """Throw a draft away."""
    person, survey = managing(request, code)
    try:
        remove_survey(survey, by=person, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("surveys:settings", code=code)
    messages.success(request, _("The draft is thrown away."))
    return redirect("surveys:surveys")
