"""The mails that wait for a person: the queue, and one mail with what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from feedback.actions.receiving import words_of_card
from feedback.actions.sorting_mail import TO_DECIDE, dismiss_mail, file_mail, make_card_of_mail
from feedback.errors import NotAllowed, Refused
from feedback.forms.mail import DismissMailForm, FileMailForm, MailCardForm, empty_forms
from feedback.models import IncomingMail
from feedback.paging import SIZE
from feedback.queries import card_by_reference, incoming_mail, mails_dealt_with, mails_that_wait
from feedback.receiving import uploads_of
from feedback.rules import may_sort_mail
from feedback.views.access import card_for, person_who_may
from feedback.views.refusals import show_refusal
from organisation.models import Person
from organisation.permissions import Permission
from organisation.views.downloads import as_download

PAGE = {"section": "mail_in"}
PARTS = {"card": "_make_card", "file": "_file", "dismiss": "_dismiss"}
TO_DISMISS = (IncomingMail.Reason.SPAM, IncomingMail.Reason.BULK, IncomingMail.Reason.TO_LIST)
"""What most often needs nothing more: the first thing that the page offers."""


def _sorter(request: HttpRequest) -> Person:
    person = person_who_may(request, Permission.ROUTE_CARDS)
    if not may_sort_mail(person):
        raise PermissionDenied
    return person


def _mail_for(request: HttpRequest, pk: int) -> tuple[Person, IncomingMail]:
    person = _sorter(request)
    found = incoming_mail(pk)
    if found is None:
        raise Http404
    return person, found


@login_required
@never_cache
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The mails that wait, the oldest first, or, where asked for, the others."""
    _sorter(request)
    done = request.GET.get("show") == "done"
    rows = mails_dealt_with() if done else mails_that_wait()
    page = Paginator(rows, SIZE).get_page(request.GET.get("page"))
    context = PAGE | {
        "page": page,
        "done": done,
        "waiting": mails_that_wait().count() if done else page.paginator.count,
    }
    return render(request, "feedback/mail/queue.html", context)


@login_required
@never_cache
@require_safe
def mail(request: HttpRequest, pk: int) -> HttpResponse:
    """One mail as it was read, why it waits, and what can be done."""
    _person, found = _mail_for(request, pk)
    return _show(request, found)


@login_required
@never_cache
@require_POST
def make_card(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a card of the mail."""
    person, found = _mail_for(request, pk)
    form = MailCardForm(request.POST)

    def act() -> HttpResponse:
        card = make_card_of_mail(
            found, text=form.cleaned_data["text"], uploads=uploads_of(found), by=person, now=timezone.now()
        )
        messages.success(request, _("The mail is card %(reference)s.") % {"reference": card.reference})
        return redirect("feedback:card", card.reference)

    return _answer(request, found, form, act)


@login_required
@never_cache
@require_POST
def file_on_card(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the mail on a card that is there."""
    person, found = _mail_for(request, pk)
    form = FileMailForm(request.POST)

    def act() -> HttpResponse:
        card = card_by_reference(person, form.cleaned_data["reference"])
        file_mail(found, card, uploads=uploads_of(found), by=person, now=timezone.now())
        reference = card.reference if card else ""
        messages.success(request, _("The mail is filed on card %(reference)s.") % {"reference": reference})
        return redirect("feedback:mail_queue")

    return _answer(request, found, form, act)


@login_required
@never_cache
@require_POST
def dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the mail off the queue."""
    person, found = _mail_for(request, pk)
    form = DismissMailForm(request.POST)

    def act() -> HttpResponse:
        dismiss_mail(found, reason=form.cleaned_data["reason"], by=person, now=timezone.now())
        messages.success(request, _("Dismissed. The original is kept for a while."))
        return redirect("feedback:mail_queue")

    return _answer(request, found, form, act)


@login_required
@never_cache
@require_safe
def original(request: HttpRequest, pk: int) -> FileResponse:
    """Hand out the mail as it came, for a mail program: never opened here."""
    _person, found = _mail_for(request, pk)
    return _download(found)


@login_required
@never_cache
@require_safe
def original_of_card(request: HttpRequest, reference: str, pk: int) -> FileResponse:
    """The same for whoever may see the card on which the mail lies."""
    _person, card = card_for(request, reference)
    found = next((one for one in card.incomingmails.all() if one.pk == pk), None)
    if found is None:
        raise Http404
    return _download(found)


def _download(found: IncomingMail) -> FileResponse:
    if not found.file:
        raise Http404
    return as_download(found.file, name=f"mail-{found.pk}.eml", content_type="message/rfc822")


def _answer(
    request: HttpRequest, found: IncomingMail, form: forms.Form, act: Callable[[], HttpResponse]
) -> HttpResponse:
    """Do it, or show the page again with the sentence at its field and all that was typed."""
    status = 422
    if form.is_valid():
        try:
            return act()
        except Refused as refusal:
            show_refusal(form, refusal)
            status = 403 if isinstance(refusal, NotAllowed) else 422
    return _show(request, incoming_mail(found.pk) or found, wrong=form, status=status)


def _show(
    request: HttpRequest, found: IncomingMail, *, wrong: forms.Form | None = None, status: int = 200
) -> HttpResponse:
    suggested = found.card.reference if found.card else ""
    main = "dismiss" if found.reason in TO_DISMISS else "file" if found.card else "card"
    context: dict[str, Any] = PAGE | {
        "mail": found,
        "to_decide": found.state in TO_DECIDE,
        "main": main,
        "order": [f"feedback/mail/{PARTS[name]}.html" for name in sorted(PARTS, key=lambda name: name != main)],
        "forms": empty_forms(text=words_of_card(found), reference=suggested, wrong=wrong),
        "wrong": wrong,
        "has_errors": wrong is not None,
    }
    return render(request, "feedback/mail/mail.html", context, status=status)
