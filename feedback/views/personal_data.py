"""What is kept about a person, in one place: found, handed over, blocked, erased. Names never stand in an address: all is
sent with POST."""

from __future__ import annotations

import json

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from feedback.actions.persons import NothingChosen, block_person, erase_person, lift_person
from feedback.forms.privacy import EraseForm, SoughtForm
from feedback.models import Erasure
from feedback.personal_documents import personal_data_pdf
from feedback.personal_queries import chosen, everything_about, find_person
from organisation.errors import Refused
from organisation.models import Person
from organisation.permissions import Permission
from organisation.queries import municipality
from organisation.views.access import person_who_may
from organisation.views.answering import show_refusal

_ACTS = {"erase": erase_person, "block": block_person, "lift": lift_person}


def _who(request: HttpRequest) -> Person:
    return person_who_may(request, Permission.HANDLE_PERSONAL_DATA)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def personal_data(request: HttpRequest) -> HttpResponse:
    """Look for a person and show every place where they are found."""
    _who(request)
    form = SoughtForm(request.POST if request.method == "POST" else None)
    status, found = 200, None
    if form.is_bound:
        status = 422
        if form.is_valid():
            status, found = 200, find_person(form.sought())
    request.shown = len(found or ())  # type: ignore[attr-defined]
    latest = Erasure.objects.exclude(cause=Erasure.Cause.RETENTION).select_related("by")[:10]
    context = {"section": "personal_data", "form": form, "found": found, "latest": latest}
    return render(request, "feedback/personal_data/look.html", context, status=status)


@login_required
@never_cache
@require_POST
def hand_over(request: HttpRequest, form: str) -> HttpResponse:
    """All that is kept in the chosen places, for the person to read: as JSON or as a document."""
    _who(request)
    if form not in ("json", "pdf"):
        raise Http404
    found, now = chosen(request.POST.getlist("chosen")), timezone.now()
    if not found:
        messages.error(request, str(NothingChosen()))
        return redirect("feedback:personal_data")
    told = everything_about(found)
    if form == "json":
        body = {"municipality": municipality().name, "made_at": now.isoformat(), "places": told}
        content: str | bytes = json.dumps(body, ensure_ascii=False, indent=2)
        kind = "application/json"
    else:
        content, kind = personal_data_pdf(told, language=get_language() or "nb", now=now), "application/pdf"
    name = f"{_('personal-data')}.{form}"
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@login_required
@never_cache
@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """Say what goes and what stays, and ask why; when that is answered, do it."""
    person, act = _who(request), request.POST.get("act", "")
    if act not in _ACTS:
        raise Http404
    found = chosen(request.POST.getlist("chosen"))
    if not found:
        messages.error(request, str(NothingChosen()))
        return redirect("feedback:personal_data")
    form, status = EraseForm(request.POST if "confirmed" in request.POST else None), 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                done = _ACTS[act](found, cause=form.cleaned_data["cause"], by=person, now=timezone.now())
            except Refused as refusal:
                show_refusal(form, refusal)
            else:
                messages.success(request, _done(act, done, len(found)))
                return redirect(reverse("feedback:personal_data"))
    context = {
        "section": "personal_data", "form": form, "act": act, "found": found,
        "goes": [one for one in found if _goes(act, one)], "stays": [one for one in found if not _goes(act, one)],
    }  # fmt: skip
    return render(request, "feedback/personal_data/decide.html", context, status=status)


def _goes(act: str, one: object) -> bool:
    return not getattr(one, "is_open", False) and not (act == "erase" and getattr(one, "kept", False))


def _done(act: str, made: list[Erasure], places: int) -> str:
    if not made:
        return _("Nothing was left to do.")
    if act == "erase":
        return ngettext("Erased in %(number)s place.", "Erased in %(number)s places.", places) % {"number": places}
    if act == "block":
        return ngettext("%(number)s card is blocked.", "%(number)s cards are blocked.", places) % {"number": places}
    return ngettext(
        "%(number)s card can be read again.", "%(number)s cards can be read again.", places
    ) % {"number": places}  # fmt: skip
