"""What a citizen sees first: one page to send a card, and the receipt. The page that follows it is in `status`."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from feedback.actions.correcting import add_attachments
from feedback.actions.intake import deadline_rule
from feedback.actions.registration import register_card
from feedback.codes import code_of
from feedback.deadlines import due_on
from feedback.errors import Refused
from feedback.forms.citizen import CitizenForm
from feedback.models import Card
from feedback.views.limits import Sending, say_wait, seconds_to_wait, too_often
from feedback.views.private import card_of_link, private_page
from feedback.views.refusals import show_refusal
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


@private_page
@require_safe
def receipt(request: HttpRequest, secret: str) -> HttpResponse:
    """What a citizen keeps: the reference, who has it, and by when somebody rings where that is owed."""
    card = card_of_link(request, secret, timezone.now())
    return render(request, "feedback/citizen/receipt.html", {"card": card, "code": code_of(card.secret)})


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """How a message is treated: who sees it, what for, and for how long."""
    return render(request, "feedback/citizen/privacy.html")
