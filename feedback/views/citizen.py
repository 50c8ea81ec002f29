"""What a citizen sees first: one page to send a card, and the receipt. The page that follows it is in `status`."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from feedback.actions.citizens import sign_card
from feedback.actions.correcting import add_attachments
from feedback.actions.holding import attach_held
from feedback.actions.intake import LONGEST_TEXT, House, deadline_rule
from feedback.actions.registration import register_card
from feedback.citizen_provider import is_on
from feedback.codes import code_of
from feedback.deadlines import due_on
from feedback.errors import Refused
from feedback.forms.citizen import IN_A_SENTENCE, CitizenForm
from feedback.kept_pages import PRIVACY_PAGE, SEND_PAGE
from feedback.models import Card, Category, CitizenSession
from feedback.privacy_kinds import told_kinds
from feedback.queries import suggestion_for
from feedback.retention import usual_rule
from feedback.views.citizen_session import citizen_of, seems_signed_in
from feedback.views.held import held_for, keep_files, keys_in, shown
from feedback.views.limits import (
    Sending,
    Suggesting,
    long_opened,
    opened_token,
    say_wait,
    seconds_to_wait,
    too_often,
    too_quick,
)
from feedback.views.maps import allow_tiles, map_for_page
from feedback.views.my_cards import sentence_of
from feedback.views.private import card_of_link, private_page
from feedback.views.refusals import show_refusal
from organisation.kept_pages import kept
from organisation.models import Municipality
from organisation.queries import wordings, working_calendar

LONGEST_SUBJECT = 100
"""Characters that a link to this page may put first in the message: what it is about."""


@kept(SEND_PAGE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: HttpRequest) -> HttpResponse:
    """The front page: a citizen writes a card."""
    house, now = request.municipality, timezone.now()  # type: ignore[attr-defined]
    calendar = working_calendar(house)

    citizen = citizen_of(request, now)

    def promise(category: Category | None) -> date:
        return due_on(calendar.local_date(now), deadline_rule(category, house), calendar)

    if request.method != "POST":
        subject = " ".join(request.GET.get("subject", "").split())[:LONGEST_SUBJECT]
        name = citizen.name if citizen is not None else ""
        initial = {"key": uuid.uuid4(), "text": f"{subject}: " if subject else "", "name": name}
        form = CitizenForm(initial=initial, promise=promise)
        return _send_page(request, form, opened=opened_token(now), citizen=citizen)
    form = CitizenForm(request.POST, request.FILES, promise=promise, held=held_for(request, now))
    wait, opened = 0, request.POST.get("opened", "")
    if form.is_valid() and (wait := seconds_to_wait(request, Sending)):
        say_wait(form, wait, house)
    elif form.is_valid() and too_quick(opened, now):
        form.add_error(None, _("That was quicker than most people are. Press «Send the message» once more."))
        opened = long_opened(now)
    elif form.is_valid() and request.POST.get("signed") and citizen is None:
        # The page was opened by somebody who was signed in. Sent once more, it goes without.
        form.add_error(None, _("You are not signed in any more. Sign in again, or send the message without."))
    elif form.is_valid():
        try:
            return redirect("feedback:receipt", secret=_register(request, form, now, citizen).secret)
        except Refused as refusal:
            show_refusal(form, refusal)
    response = _send_page(request, form, opened=opened, all_kept=keep_files(request, form, now), citizen=citizen)
    return too_often(response, wait) if wait else response


def _send_page(
    request: HttpRequest, form: CitizenForm, *, opened: str, all_kept: bool = True, citizen: CitizenSession | None
) -> HttpResponse:
    house = request.municipality  # type: ignore[attr-defined]
    data = form.cleaned_data if form.is_bound else {}
    category, rule = data.get("category"), house.callback_rule
    context = {
        **words_of_page(house),
        "form": form,
        "opened": opened,
        "other_way": data.get("other_way", ""),
        "lacking": form.lacking(rule),
        "needed": [(name, IN_A_SENTENCE[name]) for name in form.needed_for_call(rule)],
        "promise": form.fields["category"].widget.promise(category),
        "held": shown(form.held),
        "all_kept": all_kept,
        "map": map_for_page(),
        "keep_copy": settings.KEEP_SEND_PAGE,
        "citizen": citizen,
        "sign_in": settings.CITIZEN_OIDC_NAME if is_on() else "",
        "sentence": sentence_of(request) if is_on() else "",
    }
    return allow_tiles(render(request, "feedback/citizen/send.html", context, status=422 if form.errors else 200))


def words_of_page(house: Municipality) -> dict[str, str]:
    """Return the sentences of the page that staff may have put in their own words."""
    words = wordings(["page.intro", "page.not_for"], municipality=house.name)
    return {"intro": words["page.intro"], "not_for": words["page.not_for"]}


def _register(request: HttpRequest, form: CitizenForm, now: datetime, citizen: CitizenSession | None) -> Card:
    keys, uploads = keys_in(request), form.cleaned_data["uploads"]

    def attach(card: Card) -> None:
        if citizen is not None:
            sign_card(card, citizen)
        attach_held(card, keys, form.held, now=now)
        add_attachments(card, uploads, by=None, now=now)

    house = House.to_route(request.municipality)  # type: ignore[attr-defined]
    and_then = attach if citizen is not None or keys or uploads else None
    return register_card(form.intake(), by=None, now=now, house=house, and_then=and_then)


@never_cache
@require_POST
def suggest(request: HttpRequest) -> JsonResponse:
    """What a text seems to be about, for the page to offer while it is written. Keeps nothing."""
    if wait := seconds_to_wait(request, Suggesting):
        return JsonResponse({}, status=429, headers={"Retry-After": str(wait)})
    category, kind = suggestion_for(request.POST.get("text", "")[:LONGEST_TEXT])
    return JsonResponse({"category": category.code if category else "", "kind": kind})


@private_page
@require_safe
def receipt(request: HttpRequest, secret: str) -> HttpResponse:
    """What a citizen keeps: the reference, who has it, and by when somebody rings where that is owed."""
    card = card_of_link(request, secret, timezone.now())
    context = {"card": card, "code": code_of(card.secret), "signed_in": seems_signed_in(request)}
    return render(request, "feedback/citizen/receipt.html", context)


@kept(PRIVACY_PAGE)
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """How a message is treated: who sees it, what for, by which law, and for how long, from the models' own declarations."""
    context = {"kinds": [told for told in told_kinds() if told.kind.for_citizens], "usual": usual_rule()}
    return render(request, "feedback/citizen/privacy.html", context)
