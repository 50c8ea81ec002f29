"""Interviews with people who said yes: the draws, and each with its list for whoever rings."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organisation.errors import Refused
from organisation.models import Person
from organisation.permissions import Permission
from organisation.views.access import person_who_may
from organisation.views.answering import do, show_refusal
from reporting.actions.interviews import draw_interviews, note_interview, throw_draw_away
from reporting.forms.interviews import DrawForm
from reporting.interview_list import how_drawn, interview_csv, interview_pdf, why_not_shown
from reporting.interviews import counts, draws, list_of, said_yes
from reporting.models import InterviewDraw, Interviewee
from reporting.views.access import SECTION

PART = SECTION | {"part": "interviews"}


def _interviewer(request: HttpRequest) -> Person:
    return person_who_may(request, Permission.MANAGE_SURVEYS)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def interviews(request: HttpRequest) -> HttpResponse:
    """The draws so far, and a new one."""
    person, status = _interviewer(request), 200
    form = DrawForm(request.POST or None, today=timezone.localdate())
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = draw_interviews(**form.cleaned_data, by=person, now=timezone.now())
            except Refused as refusal:
                show_refusal(form, refusal)
            else:
                messages.success(request, _("Drawn."))
                return redirect("reporting:interview_draw", made.pk)
    context = PART | {"form": form, "draws": draws(), "said_yes": said_yes()}
    return render(request, "reporting/interviews.html", context, status=status)


@login_required
@never_cache
@require_safe
def interview_draw(request: HttpRequest, pk: int) -> HttpResponse:
    """One draw: how it was made, and the list to ring from."""
    _interviewer(request)
    draw = get_object_or_404(draws(), pk=pk)
    rows = list_of(draw, timezone.localdate(), request.municipality.zone)  # type: ignore[attr-defined]
    context: dict[str, Any] = PART | {
        "draw": draw,
        "how": how_drawn(draw, get_language() or "nb"),
        "rows": [(row, why_not_shown(row)) for row in rows],
        "counts": counts(rows),
        "statuses": Interviewee.Status.choices,
        "untouched": all(row.interviewee.status == Interviewee.Status.WAITING for row in rows),
        "noted": request.GET.get("noted", ""),
    }
    return render(request, "reporting/interview_draw.html", context)


@login_required
@require_POST
def note(request: HttpRequest, pk: int, one: int) -> HttpResponse:
    """Write down what became of somebody, and go back to the same row."""
    person = _interviewer(request)
    found = get_object_or_404(Interviewee, pk=one, draw=pk)
    here = reverse("reporting:interview_draw", args=[pk])
    return do(
        request,
        lambda: note_interview(found, status=request.POST.get("status", ""), by=person, now=timezone.now()),
        done=_("Noted."),
        to=f"{here}?noted={found.position}#row-{found.position}",
    )


@login_required
@require_POST
def throw_away(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw away a draw of which nobody has been rung."""
    person = _interviewer(request)
    draw = get_object_or_404(InterviewDraw, pk=pk)
    try:
        throw_draw_away(draw, by=person, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("reporting:interview_draw", pk)
    messages.success(request, _("The draw is thrown away. The log keeps that there was one."))
    return redirect("reporting:interviews")


@login_required
@never_cache
@require_safe
def interview_file(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The list as a PDF to print, or as CSV."""
    _interviewer(request)
    draw, language = get_object_or_404(InterviewDraw, pk=pk), get_language() or "nb"
    rows = list_of(draw, timezone.localdate(), request.municipality.zone)  # type: ignore[attr-defined]
    if form == "pdf":
        made = interview_pdf(draw, rows, language, now=timezone.now())
        response = HttpResponse(made.content, content_type=made.content_type)
        response["Content-Disposition"] = f'inline; filename="{made.name}"'
    elif form == "csv":
        response = HttpResponse(interview_csv(rows, language), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{_("interviews")}-{draw.pk}.csv"'
    else:
        raise Http404
    return response
