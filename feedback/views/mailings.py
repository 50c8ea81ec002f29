"""The log of when paper cards went out, where and how many."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from feedback import queries
from feedback.actions.mailings import correct_mailing, record_mailing, remove_mailing
from feedback.errors import NotAllowed, Refused
from feedback.forms.informing import MailingForm
from feedback.models import Mailing
from feedback.views.access import person_who_may
from feedback.views.refusals import show_refusal
from organisation.models import Person
from organisation.permissions import Permission

PAGE = {"section": "information", "page_of_section": "mailings"}


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mailings(request: HttpRequest) -> HttpResponse:
    """The log, and the form that adds to it."""
    person = person_who_may(request, Permission.INFORM_CITIZENS)
    house = request.municipality  # type: ignore[attr-defined]
    form = MailingForm(request.POST or None, initial={"languages": [house.language], "sent_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            record_mailing(form.sent(), by=person, now=timezone.now())
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Written down. It shows in the figures."))
            return redirect("feedback:mailings")
    context = PAGE | {"form": form, "mailings": queries.mailings()}
    return render(request, "feedback/information/mailings.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mailing(request: HttpRequest, pk: int) -> HttpResponse:
    """Put one mailing right."""
    person, found = _mailing_for(request, pk)
    form, status = MailingForm(request.POST or None, initial=MailingForm.of(found)), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                correct_mailing(found, form.sent(), by=person, now=timezone.now())
            except Refused as refusal:
                show_refusal(form, refusal)
                status = 403 if isinstance(refusal, NotAllowed) else 422
            else:
                messages.success(request, _("Put right."))
                return redirect("feedback:mailings")
    context = PAGE | {"form": form, "mailing": found}
    return render(request, "feedback/information/mailing.html", context, status=status)


@login_required
@never_cache
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one mailing away."""
    person, found = _mailing_for(request, pk)
    remove_mailing(found, by=person)
    messages.success(request, _("Removed."))
    return redirect("feedback:mailings")


def _mailing_for(request: HttpRequest, pk: int) -> tuple[Person, Mailing]:
    person = person_who_may(request, Permission.INFORM_CITIZENS)
    found = queries.mailing(pk)
    if found is None:
        raise Http404
    return person, found
