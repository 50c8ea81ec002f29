"""Steps from the list itself: forward one card as suggested, act on several chosen ones, undo what was just done."""

from __future__ import annotations

import json

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from feedback.actions.bulk import (
    Chosen,
    Report,
    delegate_many,
    forward_many,
    forward_to_suggestions,
    undo_many,
)
from feedback.actions.moving import forward_card
from feedback.actions.seen import unless_changed
from feedback.actions.undoing import undoable_event
from feedback.errors import Refused
from feedback.models import Card
from feedback.queries import for_forwarding, listed_card
from feedback.reference import parse_reference
from feedback.rules import SEEING_CARDS
from feedback.views.access import card_for, person_who_may
from feedback.views.list_page import ListPage, show
from organisation.models import Person
from organisation.permissions import Permission
from organisation.queries import active_person, answering_unit_called, grants_of

BIGGEST = 2**63


def undo_message(request: HttpRequest, words: str, events: list[int], back: str) -> str:
    """Return a message with an «Undo» beside its words, which leads back to the address `back`."""
    shown = {"words": words, "events": ",".join(str(pk) for pk in events), "back": back}
    return render_to_string("components/undo.html", shown, request)


def back_to(request: HttpRequest) -> str:
    """Return the page of ours that the form names, or the list."""
    back = request.POST.get("back", "")
    ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return back if ours and back.startswith("/staff/") else reverse("feedback:worklist")


def act_on_chosen(request: HttpRequest, person: Person) -> HttpResponse:
    """Do what the pressed button says with the chosen cards. What is refused stays chosen, with the sentence why."""
    if not any(grants_of(person).somewhere(may) for may in (Permission.ROUTE_CARDS, Permission.DELEGATE_CARDS)):
        raise PermissionDenied
    chosen = [one for value in request.POST.getlist("card") if (one := _read(value)) is not None]
    typed = {name: request.POST.get(name, "").strip() for name in ("unit", "handler")}
    references = [one.reference for one in chosen]
    try:
        report = _do(request.POST.get("do", ""), chosen, typed, person)
    except _Missing as missing:
        return show(ListPage(request, person, chosen=references), typed, wrong={missing.field: missing.sentence})
    except Refused as refusal:
        return show(ListPage(request, person, chosen=references), typed, wrong={"card": str(refusal)})
    here = request.get_full_path()
    if report.done:
        messages.success(request, undo_message(request, _done_words(report), report.events, here))
    if report.refused:
        left = [reference for reference, _sentence in report.refused]
        return show(ListPage(request, person, chosen=left), typed, report=report)
    return redirect(here)


class _Missing(Exception):
    """A field of the bulk form that is not filled in, or with what there is not."""

    def __init__(self, field: str, sentence: str) -> None:
        self.field, self.sentence = field, sentence


def _read(value: str) -> Chosen | None:
    """Return what a box of the list holds, «26-004217-5.118», or None for what no list has drawn."""
    written, _dot, seen = value.partition(".")
    reference = parse_reference(written)
    return Chosen(reference, _number(seen)) if reference else None


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 20 and int(text) < BIGGEST else 0


def _do(what: str, chosen: list[Chosen], typed: dict[str, str], person: Person) -> Report:
    now = timezone.now()
    if what == "suggested":
        return forward_to_suggestions(chosen, by=person, now=now)
    if what == "delegate":
        handler = active_person(typed["handler"]) if typed["handler"] else None
        if handler is None:
            raise _Missing("handler", _("Choose a case handler."))
        return delegate_many(chosen, handler=handler, by=person, now=now)
    if not typed["unit"]:
        raise _Missing("unit", _("Choose a unit."))
    if (unit := answering_unit_called(typed["unit"])) is None:
        raise _Missing("unit", _("There is no such unit. Choose another."))
    return forward_many(chosen, unit=unit, by=person, now=now)


def _done_words(report: Report) -> str:
    number = len(report.done)
    units = {card.unit.name for card in report.done}
    if len(units) == 1 and all(card.handler_id is None for card in report.done):
        words = ngettext("%(number)s card forwarded to %(unit)s.", "%(number)s cards forwarded to %(unit)s.", number)
        return words % {"number": number, "unit": units.pop()}
    if all(card.handler_id is not None for card in report.done) and report.done[0].handler is not None:
        words = ngettext("%(number)s card given to %(name)s.", "%(number)s cards given to %(name)s.", number)
        return words % {"number": number, "name": report.done[0].handler.name}
    return ngettext("%(number)s card forwarded.", "%(number)s cards forwarded.", number) % {"number": number}


@login_required
@never_cache
@require_POST
def forward(request: HttpRequest, reference: str) -> HttpResponse:
    """Forward one card from its row. With htmx the row alone comes back, and the counts."""
    person, card = card_for(request, reference)
    now, typed = timezone.now(), request.POST.get("unit", "").strip()
    unit = answering_unit_called(typed) if typed else None
    seen = _number(request.POST.get("seen", ""))
    sentence = ""
    if unit is None:
        sentence = _("There is no such unit. Choose another.") if typed else _("Choose a unit.")
    else:
        try:
            card = unless_changed(card, seen, lambda: forward_card(card, unit=unit, by=person, now=now))
        except Refused as refusal:
            sentence = str(refusal)
    if sentence:
        return _row_refused(request, person, reference, typed, sentence)
    event = undoable_event(card, by=person, now=now)
    words = _("%(reference)s is forwarded to %(unit)s.") % {"reference": card.reference, "unit": card.unit.name}
    undo = undo_message(request, words, [event] if event else [], back_to(request))
    if not request.htmx:  # type: ignore[attr-defined]
        messages.success(request, undo)
        return redirect(back_to(request))
    context = {"card": card, "undo": undo} | ListPage(request, person).counts()
    answer = render(request, "feedback/cards/_forwarded.html", context)
    answer["HX-Trigger-After-Settle"] = json.dumps({"told": words})
    return answer


def _row_refused(request: HttpRequest, person: Person, reference: str, typed: str, sentence: str) -> HttpResponse:
    """Draw the row, or without script the list, with the sentence at the field and what was typed."""
    wrong = {"reference": reference, "typed": typed, "sentence": sentence}
    page = ListPage(request, person)
    if not request.htmx:  # type: ignore[attr-defined]
        context = page.context() | {"wrong_row": wrong, "has_errors": True}
        return render(request, "feedback/cards/list.html", context, status=422)
    card = listed_card(person, reference, for_forwarding)
    page.page = type(page.page)([card] if card is not None else [])
    context = page.rows_context() | {"wrong_row": wrong}
    return render(request, "feedback/cards/_to_forward.html", context, status=422)


@login_required
@never_cache
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Undo the steps whose events the form names, and say what became of each."""
    person = person_who_may(request, *SEEING_CARDS)
    numbers = request.POST.get("events", "").split(",")
    events = [_number(number) for number in numbers if _number(number)]
    try:
        report = undo_many(events, by=person, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(back_to(request))
    if report.done:
        messages.success(request, _undone_words(report.done))
    for reference, sentence in report.refused:
        messages.error(request, f"{reference}: {sentence}")
    return redirect(back_to(request))


def _undone_words(cards: list[Card]) -> str:
    if len(cards) == 1:
        return _("Undone: %(reference)s is as it was.") % {"reference": cards[0].reference}
    words = ngettext("Undone: %(number)s card is as it was.", "Undone: %(number)s cards are as they were.", len(cards))
    return words % {"number": len(cards)}
