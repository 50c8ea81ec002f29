"""Publishing a survey's results: a draft, what it will look like, the day it comes out, and taking it away again."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organisation.permissions import Permission
from organisation.views.answering import answer, do
from surveys.actions.publication_drafts import compute_again, publish_draft, save_draft, throw_draft_away
from surveys.actions.publishing import take_back_publication, withdraw_publication
from surveys.forms.publishing import PublishForm, WithdrawForm
from surveys.models import Publication, PublicationDraft, Survey
from surveys.publishing import draft_of, publication_of, waiting_publication
from surveys.views.results import survey_for
from surveys.views.showing import public_context


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for the day and the words; keep them as a draft, or publish them with the draft's figures."""
    person, survey = survey_for(request, code, Permission.MANAGE_SURVEYS)
    today, publishing = timezone.localdate(), request.POST.get("do") != "save"
    draft, waiting, out = draft_of(survey), waiting_publication(survey, today), publication_of(survey, today)
    languages = {code: str(name) for code, name in settings.LANGUAGES}
    form = PublishForm(
        request.POST or None,
        survey=survey,
        languages=languages,
        new_version=out is not None,
        publishing=publishing,
        initial=_initial(draft, waiting, out),
    )
    act = publish_draft if publishing else save_draft
    here = reverse("surveys:results_publish", args=[survey.code])
    return answer(
        request,
        form,
        lambda: act(survey, **form.given(), by=person, now=timezone.now()),
        template="surveys/results/publish.html",
        context=lambda: _about(survey) | {"has_errors": bool(form.errors)},
        done=_("The results are published from the day that you chose.") if publishing else _("The draft is saved."),
        to=reverse("surveys:results", args=[survey.code]) if publishing else here,
    )


def _initial(draft: PublicationDraft | None, waiting: Publication | None, out: Publication | None) -> dict[str, Any]:
    """What was written last: in the draft, in what waits for its day, or in what is out."""
    latest = draft or waiting or out
    if latest is None:
        return {"publish_on": timezone.localdate()}
    found: dict[str, Any] = {f"words_{language}": text for language, text in latest.words.items()}
    if latest is out:
        return found | {"publish_on": timezone.localdate()}
    return found | {"publish_on": latest.publish_on, "reason": latest.reason}


def _about(survey: Survey) -> dict[str, Any]:
    """Where the publishing of a survey stands."""
    today = timezone.localdate()
    return {
        "section": "surveys",
        "survey": survey,
        "title": survey.title(get_language() or "nb"),
        "draft": draft_of(survey),
        "waiting": waiting_publication(survey, today),
        "out": publication_of(survey, today),
    }


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Ask why, and take away what is out."""
    person, survey = survey_for(request, code, Permission.MANAGE_SURVEYS)
    form = WithdrawForm(request.POST or None)
    return answer(
        request,
        form,
        lambda: withdraw_publication(survey, reason=form.cleaned_data["reason"], by=person, now=timezone.now()),
        template="surveys/results/withdraw.html",
        context=lambda: _about(survey) | {"has_errors": bool(form.errors)},
        done=_("The results are withdrawn. The public page tells why."),
        to=reverse("surveys:results", args=[survey.code]),
    )


@login_required
@require_POST
def take_back(request: HttpRequest, code: str) -> HttpResponse:
    """Take back what waits for its day."""
    person, survey = survey_for(request, code, Permission.MANAGE_SURVEYS)
    return do(
        request,
        lambda: take_back_publication(survey, by=person, now=timezone.now()),
        done=_("The publication was taken back."),
        to=reverse("surveys:results", args=[survey.code]),
    )


@login_required
@require_POST
def compute(request: HttpRequest, code: str) -> HttpResponse:
    """Have the draft's figures computed anew."""
    person, survey = survey_for(request, code, Permission.MANAGE_SURVEYS)
    return do(
        request,
        lambda: compute_again(survey, by=person, now=timezone.now()),
        done="",
        to=reverse("surveys:results_publish", args=[survey.code]),
    )


@login_required
@require_POST
def throw_away(request: HttpRequest, code: str) -> HttpResponse:
    """Throw the draft away."""
    person, survey = survey_for(request, code, Permission.MANAGE_SURVEYS)
    return do(
        request,
        lambda: throw_draft_away(survey, by=person, now=timezone.now()),
        done=_("The draft was thrown away."),
        to=reverse("surveys:results", args=[survey.code]),
    )


@login_required
@never_cache
@require_safe
def preview(request: HttpRequest, code: str) -> HttpResponse:
    """Show the public page as the draft makes it, or as it waits for its day. Nothing is computed here."""
    _person, survey = survey_for(request, code, Permission.MANAGE_SURVEYS)
    draft, waiting = draft_of(survey), waiting_publication(survey, timezone.localdate())
    shown: PublicationDraft | Publication | None = draft if draft and draft.figures else waiting
    if shown is None or shown.figures is None:
        messages.info(request, _("Save the draft first: then the figures are computed, and you can look at the page."))
        return redirect("surveys:results_publish", survey.code)
    context = public_context(survey, shown.figures, shown, get_language() or "nb") | {"is_preview": True}
    return render(request, "surveys/results/public.html", context)
