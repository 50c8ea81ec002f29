"""Register a card that came otherwise than from the web page."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from csp.decorators import csp_update
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from feedback.actions.correcting import add_attachments
from feedback.actions.holding import attach_held
from feedback.actions.intake import House, Prepared, prepare_card
from feedback.actions.registration import register_card
from feedback.earlier_cards import address_suggestions, earlier_submitters, place_suggestions
from feedback.errors import Refused
from feedback.forms.register import RegisterForm
from feedback.models import Card
from feedback.queries import card_by_reference
from feedback.routing import Facts, reasons
from feedback.views.access import person_who_may
from feedback.views.held import held_for, keep_files, keys_in, shown
from feedback.views.refusals import show_refusal
from organisation.models import Person
from organisation.permissions import Permission

KEPT = "register_keeps"
CONTACT = ("name", "address", "phone", "email")

# A scan that is chosen is shown beside the form before it is sent: it is the browser's own, under a blob address.
SCAN = csp_update({"img-src": ["blob:"], "frame-src": ["blob:"]})


@login_required
@never_cache
@SCAN
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Take a card in, and stand ready for the next: channel and received date stay as they were.

    `?person_of=<reference>` begins with the contact details of that card. A post with `look` or `use` only looks up who
    wrote before, for a browser without script.
    """
    person = person_who_may(request, Permission.REGISTER_CARDS)
    if request.method != "POST":
        return _page(request, RegisterForm(initial=_first(request, person)))
    now = timezone.now()
    form = RegisterForm(request.POST, request.FILES, held=held_for(request, now))
    if "look" in request.POST or "use" in request.POST:
        form.full_clean()  # for the files, which would be gone from the next page
        all_kept, typed = keep_files(request, form, now), _used(request.POST, person)
        shown_again = RegisterForm(initial={**typed.dict(), "key": typed.get("key") or uuid.uuid4()}, held=form.held)
        return _page(request, shown_again, known=_known(typed, person), all_kept=all_kept)
    if form.is_valid():
        try:
            card = _register(request, form, person, now)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            request.session[KEPT] = {name: form.data.get(name, "") for name in ("channel", "received_on")}
            messages.success(request, _saved(card))
            return _to_the_next(request, card)
    # With htmx the field itself stays on the page, with what was chosen in it.
    all_kept = bool(request.htmx) or keep_files(request, form, now)  # type: ignore[attr-defined]
    return _page(request, form, known=_known(request.POST, person), all_kept=all_kept, status=422)


@login_required
@never_cache
@require_POST
def look_up(request: HttpRequest) -> HttpResponse:
    """Tell, of a card that is being typed, where it would go, who wrote before, and which addresses begin so.

    Posted, so that nothing of it stands in an address or a log. Nothing is written.
    """
    person = person_who_may(request, Permission.REGISTER_CARDS)
    return render(request, "feedback/cards/_look_up.html", {"known": _known(request.POST, person)})


def _page(
    request: HttpRequest,
    form: RegisterForm,
    *,
    known: dict[str, Any] | None = None,
    all_kept: bool = True,
    status: int = 200,
) -> HttpResponse:
    for name, offered in (("address", "addresses"), ("place", "places")):
        form.offer(name, known[offered] if known else [])
    context = {"form": form, "known": known, "held": shown(form.held), "all_kept": all_kept, "section": "register"}
    return render(request, "feedback/cards/register.html", context, status=status)


def _first(request: HttpRequest, person: Person) -> dict[str, Any]:
    kept = request.session.get(KEPT, {})
    language = request.municipality.language  # type: ignore[attr-defined]
    first = {"received_on": timezone.localdate(), "language": language, **kept, "key": uuid.uuid4()}
    return first | _contact_of(request.GET.get("person_of", ""), person)


def _contact_of(reference: str, person: Person) -> dict[str, str]:
    """The contact details and language of the card with this reference; nothing where the person may not see it."""
    card = card_by_reference(person, reference) if reference else None
    submitter = getattr(card, "submitter", None)
    if card is None or submitter is None:
        return {}
    return {name: getattr(submitter, name) for name in CONTACT} | {"language": card.language}


def _used(posted: QueryDict, person: Person) -> QueryDict:
    """What was typed, with the contact details of the card that was chosen by «use», where one was."""
    typed = posted.copy()
    for name, value in _contact_of(posted.get("use", ""), person).items():
        typed[name] = value
    return typed


def _known(typed: QueryDict, person: Person) -> dict[str, Any]:
    """What `_look_up.html` shows of a card that is being typed."""
    name, phone, address = (typed.get(field, "")[:250] for field in ("name", "phone", "address"))
    return {
        "going": _going(RegisterForm(typed)),
        "earlier": earlier_submitters(person, name=name, phone=phone, text=typed.get("text", "")),
        "addresses": address_suggestions(person, address),
        "places": place_suggestions(person, typed.get("place", "")[:250]),
    }


@dataclass(frozen=True)
class Going:
    """Where a card would go, by what, and when somebody must ring."""

    prepared: Prepared
    words: tuple[str, ...]

    @property
    def unit(self) -> str:
        return self.prepared.routed.unit.name

    @property
    def by(self) -> str:
        return self.prepared.routed.by


def _going(form: RegisterForm) -> Going | None:
    """Where the card would go as it stands; None as long as it could not be a card."""
    intake, house = form.so_far(), House.to_route()
    try:
        prepared = prepare_card(intake, house, by=None, now=timezone.now())
    except Refused:
        return None
    rule = next((rule for rule in house.rules if rule.rule_id == prepared.routed.rule_id), None)
    return Going(prepared, reasons(rule, Facts(text=intake.text)).words if rule else ())


def _register(request: HttpRequest, form: RegisterForm, person: Person, now: datetime) -> Card:
    def attach(card: Card) -> None:
        attach_held(card, keys_in(request), form.held, by=person, now=now)
        add_attachments(card, form.cleaned_data["uploads"], by=person, now=now)

    house = House.to_route(request.municipality)  # type: ignore[attr-defined]
    return register_card(form.intake(), by=person, now=now, house=house, and_then=attach)


def _to_the_next(request: HttpRequest, card: Card) -> HttpResponse:
    """An empty form, or one with the same person's contact details where that was asked for."""
    address = reverse("feedback:register")
    if "same" in request.POST and hasattr(card, "submitter"):
        address += f"?person_of={card.reference}"
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


def _saved(card: Card) -> str:
    link = format_html(
        '<a class="ds-link" href="{}">{}</a>', reverse("feedback:card", args=[card.reference]), card.reference
    )
    return format_html(_("Registered {reference}: it is with {unit}."), reference=link, unit=card.unit.name)
