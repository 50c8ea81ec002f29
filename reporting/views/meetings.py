"""Meetings with residents: what was said, and what came of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from feedback.queries import cards_by_reference
from organisation.errors import Refused
from organisation.models import Person
from organisation.queries import all_units
from organisation.views.answering import answer, do
from reporting.actions import meetings as actions
from reporting.forms.meetings import InputCardForm, InputForm, InputsForm, MeetingForm
from reporting.models import Meeting, MeetingInput
from reporting.plan_queries import input_of, inputs_of, meeting_numbered, meetings
from reporting.rules import may_hold, may_hold_some, may_plan
from reporting.views.access import SECTION, reading
from reporting.views.sending import sent

PART = SECTION | {"part": "meetings"}
ON_A_PAGE = 30


def _meeting(pk: int) -> Meeting:
    found = meeting_numbered(pk)
    if found is None:
        raise Http404
    return found


def _holding(request: HttpRequest, pk: int) -> tuple[Person, Meeting]:
    """Return who is signed in and the meeting, if they keep it (403 if not)."""
    person, found = reading(request), _meeting(pk)
    if not may_hold(person, found.unit_id):
        raise PermissionDenied
    return person, found


def _said(meeting: Meeting, pk: int) -> MeetingInput:
    found = input_of(meeting, pk)
    if found is None:
        raise Http404
    return found


@login_required
@never_cache
@require_safe
def meeting_list(request: HttpRequest) -> HttpResponse:
    """Show all meetings, the latest first, with what came of each."""
    person = reading(request)
    page = Paginator(meetings(), ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "reporting/meetings/list.html", PART | {"page": page, "may_hold": may_hold_some(person)})


def _page(request: HttpRequest, person: Person, found: Meeting, form: InputsForm | None = None) -> HttpResponse:
    inputs = inputs_of(found)
    references = [each.card.reference for each in inputs if each.card is not None]
    context = PART | {
        "meeting": found,
        "inputs": inputs,
        "seen_cards": cards_by_reference(person, references) if references else {},
        "form": form or InputsForm(),
        "may_hold": may_hold(person, found.unit_id),
        "may_plan": may_plan(person),
    }
    return render(request, "reporting/meetings/meeting.html", context, status=422 if form else 200)


@login_required
@never_cache
@require_safe
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a meeting: what was said, and what came of each."""
    return _page(request, reading(request), _meeting(pk))


@login_required
@require_POST
def write_inputs(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what was said, many things at once."""
    person, found = _holding(request, pk)
    form = InputsForm(request.POST)
    return sent(
        request,
        form,
        lambda: actions.write_inputs(found, form.said(), by=person),
        lambda: _page(request, person, found, form),
        done=_("What was said is written down."),
        to=reverse("reporting:meeting", args=[pk]),
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_input(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """Put one input right, such as where somebody is named in it."""
    person, found = _holding(request, pk)
    said = _said(found, item)
    form = InputForm(request.POST or None, initial={"text": said.text})
    here = f"{reverse('reporting:meeting', args=[pk])}#input-{item}"
    return answer(
        request,
        form,
        lambda: actions.reword_input(said, form.cleaned_data["text"], by=person),
        template="reporting/edit.html",
        context=lambda: (
            PART | {"title": _("Put it right"), "button": _("Save"), "back": here, "back_name": found.title}
        ),
        done=_("Saved."),
        to=here,
    )


@login_required
@require_POST
def remove_input(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """Take one input away."""
    person, found = _holding(request, pk)
    return do(
        request,
        lambda: actions.take_input_away(_said(found, item), by=person),
        done=_("The input is taken away."),
        to=reverse("reporting:meeting", args=[pk]),
    )


@login_required
@require_POST
def make_card(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """Make an anonymous card of one input, with one press."""
    person, found = _holding(request, pk)
    said = _said(found, item)
    try:
        card = actions.make_card(said, by=person, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _made(card.reference, card.unit.name))
    return redirect(f"{reverse('reporting:meeting', args=[pk])}#input-{item}")


def _made(reference: str, unit: str) -> str:
    return _("Card %(reference)s is made. It lies with %(unit)s.") % {"reference": reference, "unit": unit}


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def input_card(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """Make a card of one input by choice: its unit and kind, and who wants to be called."""
    person, found = _holding(request, pk)
    said = _said(found, item)
    here = f"{reverse('reporting:meeting', args=[pk])}#input-{item}"
    if said.card_made:
        return redirect(here)
    form = InputCardForm(request.POST or None, meeting=found)
    return answer(
        request,
        form,
        lambda: actions.make_card(said, form.as_card(), by=person, now=timezone.now()),
        template="reporting/meetings/card.html",
        context=lambda: PART | {"meeting": found, "said": said},
        done=_("The card is made."),
        to=here,
    )


def _form(request: HttpRequest, person: Person, found: Meeting | None = None) -> MeetingForm:
    units = [unit for unit in all_units() if unit.closed_on is None and may_hold(person, unit.pk)]
    return MeetingForm(request.POST or None, units=units, everywhere=may_hold(person, None), meeting=found)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_meeting(request: HttpRequest) -> HttpResponse:
    """Write a meeting down."""
    person = reading(request)
    if not may_hold_some(person):
        raise PermissionDenied
    form = _form(request, person)
    now, today = timezone.now(), timezone.localdate()
    made: list[Meeting] = []
    response = answer(
        request,
        form,
        lambda: made.append(actions.record_meeting(form.held(), by=person, now=now, today=today)),
        template="reporting/meetings/edit.html",
        context=lambda: PART | {"title": _("Write a meeting down"), "button": _("Write it down")},
        done=_("The meeting is written down. Now write what was said."),
        to=reverse("reporting:meetings"),
    )
    return redirect("reporting:meeting", pk=made[0].pk) if made else response


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a meeting right."""
    person, found = _holding(request, pk)
    form = _form(request, person, found)
    here = reverse("reporting:meeting", args=[pk])
    now, today = timezone.now(), timezone.localdate()

    def context() -> dict[str, Any]:
        return PART | {
            "title": found.title, "button": _("Save"), "back": here,
            "take_away": reverse("reporting:remove_meeting", args=[pk]),
        }  # fmt: skip

    return answer(
        request,
        form,
        lambda: actions.change_meeting(found, form.held(), by=person, now=now, today=today),
        template="reporting/meetings/edit.html",
        context=context,
        done=_("Saved."),
        to=here,
    )


@login_required
@require_POST
def remove_meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a meeting away of which nothing came."""
    person, found = _holding(request, pk)
    try:
        actions.remove_meeting(found, by=person, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("reporting:change_meeting", pk=pk)
    messages.success(request, _("The meeting is thrown away."))
    return redirect("reporting:meetings")
