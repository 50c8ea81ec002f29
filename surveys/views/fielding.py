"""Fielding: the letters, the reminders, what came back, and how many have answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
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
from surveys.actions.closing import close_survey
from surveys.actions.fielding import field_survey, mark_reserved, mark_returned, move_times, open_now
from surveys.actions.reminding import send_reminders
from surveys.forms.sampling import CodeForm, FieldForm, MoveForm
from surveys.letters import letters_pdf
from surveys.models import Survey
from surveys.printing import languages_to_print, questionnaire_pdf
from surveys.questionnaires import Stage
from surveys.rules import SEEING_SURVEYS, may_manage, may_type
from surveys.sample_queries import (
    asked_rates,
    draw_of,
    letters_by_language,
    progress_of,
    rates,
    reminder_rounds,
    to_post,
    to_remind,
)
from surveys.strata import Stratum


class Printable(NamedTuple):
    """A language of the questionnaire on paper: whether it has easy words, and how many letters are in it."""

    code: str
    name: str
    easy: bool
    letters: int


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def fielding(request: HttpRequest, code: str) -> HttpResponse:
    """Field the survey, or follow it while it is in the field."""
    person = person_who_may(request, *SEEING_SURVEYS)
    survey = get_object_or_404(Survey, code=code)
    form: FieldForm | None = None
    status = 200
    if request.method == "POST":
        person_who_may(request, Permission.MANAGE_SURVEYS)
        form, status = FieldForm(request.POST), 422
        if form.is_valid():
            zone = request.municipality.zone  # type: ignore[attr-defined]
            try:
                field_survey(
                    survey, form.opens_at(zone), form.closes_at(zone), paper_until=form.waits_until(zone),
                    ways=form.ways(), by=person, now=timezone.now(),
                )  # fmt: skip
            except Refused as refusal:
                show_refusal(form, refusal)
            else:
                messages.success(request, _("The survey is fielded."))
                return redirect("surveys:fielding", code)
    return _page(request, survey, person, field_form=form, status=status)


@login_required
@never_cache
@require_POST
def closing(request: HttpRequest, code: str) -> HttpResponse:
    """Let the survey open, close, and stop to wait for paper at other moments."""
    person = person_who_may(request, Permission.MANAGE_SURVEYS)
    survey = get_object_or_404(Survey, code=code)
    now, zone = timezone.now(), request.municipality.zone  # type: ignore[attr-defined]
    form = _move_form(survey, zone, now, request.POST)
    if form.is_valid():
        try:
            move_times(survey, form.closes_at(zone), **form.times(zone), by=person, now=now)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The new times stand. Letters that are printed still say the old ones."))
            return redirect("surveys:fielding", code)
    return _page(request, survey, person, closing_form=form, status=422)


@login_required
@never_cache
@require_POST
def open_at_once(request: HttpRequest, code: str) -> HttpResponse:
    """Let the survey open now."""
    person = person_who_may(request, Permission.MANAGE_SURVEYS)
    survey = get_object_or_404(Survey, code=code)
    done = _("The survey is open. Invitations by e-mail go out within minutes.")
    return do(
        request, lambda: open_now(survey, by=person, now=timezone.now()),
        done=done, to=reverse("surveys:fielding", args=[code]),
    )  # fmt: skip


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, code: str) -> HttpResponse:
    """Say what closing means, and close the survey for good."""
    person = person_who_may(request, Permission.MANAGE_SURVEYS)
    survey = get_object_or_404(Survey, code=code)
    back = reverse("surveys:fielding", args=[code])
    if request.method == "POST":
        done = _("The survey is closed. Its results can be read now.")
        return do(request, lambda: close_survey(survey, by=person, now=timezone.now()), done=done, to=back)
    if survey.stage != Stage.FIELDED:
        return redirect(back)
    context = {"section": "surveys", "survey": survey, "title": survey.title(get_language() or "nb")}
    context |= {"progress": progress_of(survey), "draw": draw_of(survey), "opened": _has_opened(survey, timezone.now())}
    return render(request, "surveys/sample/close.html", context)


def _has_opened(survey: Survey, now: datetime) -> bool:
    return survey.opens_at is not None and survey.opens_at <= now


def _move_form(survey: Survey, zone: ZoneInfo, now: datetime, data: QueryDict | None = None) -> MoveForm:
    return MoveForm(data, survey=survey, opened=_has_opened(survey, now), zone=zone)


@login_required
@never_cache
@require_safe
def letters(request: HttpRequest, code: str) -> HttpResponse:
    """All letters, or all reminders, as one PDF to print."""
    person_who_may(request, Permission.MANAGE_SURVEYS)
    survey = get_object_or_404(Survey, code=code, stage=Stage.FIELDED)
    reminder = "reminder" in request.GET
    invited = list(to_post(survey, reminder=reminder))
    if not invited:
        raise Http404
    made = letters_pdf(
        survey, invited, now=timezone.now(), reminder=reminder, easy="easy" in request.GET,
        enclosed="enclosed" in request.GET,
    )  # fmt: skip
    response = HttpResponse(made.content, content_type=made.content_type)
    response["Content-Disposition"] = f'inline; filename="{made.name}"'
    return response


@login_required
@never_cache
@require_safe
def questionnaire(request: HttpRequest, code: str, language: str) -> HttpResponse:
    """The questionnaire on paper in one of the survey's languages, as a PDF to print."""
    person_who_may(request, *SEEING_SURVEYS)
    survey = get_object_or_404(Survey, code=code)
    if language not in survey.languages:
        raise Http404
    made = questionnaire_pdf(survey, language, easy="easy" in request.GET, now=timezone.now())
    response = HttpResponse(made.content, content_type=made.content_type)
    response["Content-Disposition"] = f'inline; filename="{made.name}"'
    return response


@login_required
@never_cache
@require_POST
def remind(request: HttpRequest, code: str) -> HttpResponse:
    """Remind all who have not answered."""
    person = person_who_may(request, Permission.MANAGE_SURVEYS)
    survey = get_object_or_404(Survey, code=code)
    seen = request.POST.get("after", "")
    try:
        done = send_reminders(
            survey, by=person, now=timezone.now(), after=int(seen) if seen.isdecimal() and len(seen) < 4 else -1
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        said = _("Reminded: %(mails)s by e-mail, %(letters)s by letter.")
        messages.success(request, said % {"mails": done.mails, "letters": done.letters})
        if done.letters:
            messages.info(request, _("Print the reminders and post them."))
    return redirect("surveys:fielding", code)


@login_required
@never_cache
@require_POST
def mark(request: HttpRequest, code: str) -> HttpResponse:
    """A letter came back, or somebody does not want to be asked. Focus is in the field for the next."""
    person = person_who_may(request, Permission.MANAGE_SURVEYS, Permission.TYPE_ANSWERS)
    survey = get_object_or_404(Survey, code=code)
    form = CodeForm(request.POST, auto_id="mark-%s")
    if form.is_valid():
        returned = form.cleaned_data["what"] == CodeForm.RETURNED
        try:
            found = (mark_returned if returned else mark_reserved)(survey, form.cleaned_data["code"], by=person)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            said = _("%(code)s: the letter came back.") if returned else _("%(code)s: gets no more reminders.")
            messages.success(request, said % {"code": found.code})
            return redirect(f"{reverse('surveys:fielding', args=[code])}?what={form.cleaned_data['what']}")
    return _page(request, survey, person, code_form=form, status=422)


def _as_it_stands(survey: Survey) -> dict[str, Any]:
    """What the form for fielding begins with: the next round of a survey is held as the last one was."""
    return {name: getattr(survey, name) for name in ("reminders_at_most", "open_to_all", "kiosk")}


def _page(
    request: HttpRequest,
    survey: Survey,
    person: Person,
    *,
    field_form: FieldForm | None = None,
    closing_form: MoveForm | None = None,
    code_form: CodeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now, zone = timezone.now(), request.municipality.zone  # type: ignore[attr-defined]
    draw = draw_of(survey)
    ways = [("stratum", _("Group of the draw"))] if draw and draw.stratum else []
    ways += [(str(way), str(way.label)) for way in Stratum if not (draw and draw.stratum == way)]
    by = request.GET.get("by", "")
    by = by if by in dict(ways) else ways[0][0]
    rounds = reminder_rounds(survey)
    context: dict[str, Any] = {
        "section": "surveys",
        "survey": survey,
        "draw": draw,
        "may_manage": may_manage(person),
        "may_mark": may_manage(person) or may_type(person),
        "may_type": may_type(person),
        "title": survey.title(get_language() or "nb"),
        "link": settings.SITE_URL + reverse("surveys:answer", args=[survey.code]) if survey.open_to_all else "",
        "progress": progress_of(survey),
        "ways": ways,
        "by": by,
        "rates": rates(survey, by, (survey.fielded_at or now).astimezone(zone).year) if draw else [],
        "asked_rates": asked_rates(survey, get_language() or "nb"),
        "is_draft": survey.stage == Stage.DRAFT,
        "is_fielded": survey.stage == Stage.FIELDED,
        "opened": _has_opened(survey, now),
        "over": survey.closes_at is not None and survey.closes_at <= now,
        "rounds": rounds,
        "rounds_left": max(0, survey.reminders_at_most - rounds),
        "field_form": field_form or FieldForm(initial=_as_it_stands(survey)),
        "closing_form": closing_form or _move_form(survey, zone, now),
        "code_form": code_form
        or CodeForm(initial={"what": request.GET.get("what", CodeForm.RETURNED)}, auto_id="mark-%s"),
    }
    if "what" in request.GET:
        context["code_form"].fields["code"].widget.attrs["autofocus"] = True
    if survey.stage in (Stage.DRAFT, Stage.FIELDED):
        names, letters_in = dict(settings.LANGUAGES), letters_by_language(survey)
        context["questionnaires"] = [
            Printable(language, str(names.get(language, language)), easy, letters_in.get(language, 0))
            for language, easy in languages_to_print(survey)
        ]
    if context["is_fielded"] and context["may_manage"]:
        context["letters"] = to_post(survey, reminder=False).count()
        context["reminder_letters"] = to_post(survey, reminder=True).count() if rounds else 0
        context["to_remind"] = to_remind(survey).count()
    for form in ("field_form", "closing_form", "code_form"):
        context[form].summary_id = form
    return render(request, "surveys/sample/fielding.html", context, status=status)
