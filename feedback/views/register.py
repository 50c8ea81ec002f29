"""Register a card that came otherwise than from the web page."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from feedback.actions.correcting import add_attachments
from feedback.actions.registration import register_card
from feedback.errors import Refused
from feedback.forms.register import RegisterForm
from feedback.models import Card
from feedback.views.access import person_who_may
from feedback.views.refusals import show_refusal
from organisation.models import Person
from organisation.permissions import Permission

KEPT = "register_keeps"


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Take a card in, and stand ready for the next: channel and received date stay as they were."""
    person = person_who_may(request, Permission.REGISTER_CARDS)
    if request.method != "POST":
        kept = request.session.get(KEPT, {})
        language = request.municipality.language  # type: ignore[attr-defined]
        first = {"received_on": timezone.localdate(), "language": language, **kept, "key": uuid.uuid4()}
        return render(
            request, "feedback/cards/register.html", {"form": RegisterForm(initial=first), "section": "register"}
        )
    form = RegisterForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            card = _register(form, person)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            request.session[KEPT] = {name: form.data.get(name, "") for name in ("channel", "received_on")}
            messages.success(request, _saved(card))
            return redirect("feedback:register")
    return render(request, "feedback/cards/register.html", {"form": form, "section": "register"}, status=422)


def _register(form: RegisterForm, person: Person) -> Card:
    now, uploads = timezone.now(), form.cleaned_data["uploads"]

    def attach(card: Card) -> None:
        add_attachments(card, uploads, by=person, now=now)

    return register_card(form.intake(), by=person, now=now, and_then=attach)


def _saved(card: Card) -> str:
    link = format_html(
        '<a class="ds-link" href="{}">{}</a>', reverse("feedback:card", args=[card.reference]), card.reference
    )
    return format_html(_("Registered {reference}: it is with {unit}."), reference=link, unit=card.unit.name)
