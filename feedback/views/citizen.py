"""What a citizen sees: one page to send a card, the receipt, and the private page that shows where it stands."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from feedback.actions.correcting import add_attachments
from feedback.actions.intake import deadline_rule
from feedback.actions.registration import register_card
from feedback.codes import code_of, is_code_of
from feedback.deadlines import due_on
from feedback.errors import Refused
from feedback.forms.citizen import CitizenForm, FindForm
from feedback.models import Card
from feedback.queries import card_by_secret, card_of_reference
from feedback.views.limits import Finding, Sending, say_wait, seconds_to_wait, too_often
from feedback.views.refusals import show_refusal
from feedback.views.telling import for_submitter, steps_of
from organisation.queries import working_calendar


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: HttpRequest) -> HttpResponse:
    """The front page: a citizen writes a card."""
    house, wait = request.municipality, 0  # type: ignore[attr-defined]
    if request.method == "POST":
        form = CitizenForm(request.POST, request.FILES)
        if form.is_valid() and (wait := seconds_to_wait(request, Sending)):
            say_wait(form, wait, house)
        elif form.is_valid():
            try:
                card = _register(form)
            except Refused as refusal:
                show_refusal(form, refusal)
            else:
                return redirect("feedback:receipt", secret=card.secret)
    else:
        form = CitizenForm(initial={"key": uuid.uuid4()})
    calendar = working_calendar(house)
    promise = due_on(calendar.local_date(timezone.now()), deadline_rule(None, house), calendar)
    response = render(
        request, "feedback/citizen/send.html", {"form": form, "promise": promise}, status=422 if form.errors else 200
    )
    return too_often(response, wait) if wait else response


def _register(form: CitizenForm) -> Card:
    now, uploads = timezone.now(), form.cleaned_data["uploads"]

    def attach(card: Card) -> None:
        add_attachments(card, uploads, by=None, now=now)

    return register_card(form.intake(), by=None, now=now, and_then=attach)


def _card(secret: str) -> Card:
    """Return the card of a private link. Every wrong secret is met with the same page."""
    card = card_by_secret(secret)
    if card is None:
        raise Http404
    return card


@never_cache
@require_safe
def receipt(request: HttpRequest, secret: str) -> HttpResponse:
    """What a citizen keeps: the reference, who has it, and by when somebody rings where that is owed."""
    card = _card(secret)
    return render(request, "feedback/citizen/receipt.html", {"card": card, "code": code_of(card.secret)})


@never_cache
@require_safe
def status(request: HttpRequest, secret: str) -> HttpResponse:
    """The submitter's own page: where the card stands, in plain words and without the names of staff."""
    card = _card(secret)
    context = {"card": card, "steps": steps_of(card), "told": for_submitter(card), "code": code_of(card.secret)}
    return render(request, "feedback/citizen/status.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Find the private page by reference and code. What is wrong with a pair is not told."""
    form, wait = FindForm(request.POST or None), 0
    if request.method == "POST" and form.is_valid() and (wait := seconds_to_wait(request, Finding)):
        say_wait(form, wait, request.municipality)  # type: ignore[attr-defined]
    elif request.method == "POST" and form.is_valid():
        card = card_of_reference(form.cleaned_data["reference"])
        if card is not None and is_code_of(card.secret, form.cleaned_data["code"]):
            return redirect("feedback:status", secret=card.secret)
        form.add_error(None, _("We found no message with this reference and code. Look at the receipt again."))
    response = render(request, "feedback/citizen/find.html", {"form": form}, status=422 if form.errors else 200)
    return too_often(response, wait) if wait else response


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """How a message is treated: who sees it, what for, and for how long."""
    return render(request, "feedback/citizen/privacy.html")
