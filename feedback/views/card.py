"""One card: all that is known of it, what is to be done next, and everything else that can be done."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from feedback.actions.seen import unless_changed
from feedback.actions.undoing import undoable_event
from feedback.errors import NotAllowed, Refused
from feedback.handover_queries import handovers_of
from feedback.models import Card, Part
from feedback.queries import card_by_reference, is_visible, looks_at, people_in_history, units_in_history
from feedback.recorded import access_of
from feedback.rules import may_do, may_propose_story, may_see_audit
from feedback.views.access import card_for
from feedback.views.bulk import undo_message
from feedback.views.drawing import Desk, Drawing, Shown
from feedback.views.refusals import show_refusal
from feedback.views.rows import Back, Row, back_of, draw_row
from feedback.views.steps import BY_SLUG, StepEntry
from feedback.views.telling import for_staff
from feedback.views.way import Way
from feedback.workflow import Step


@login_required
@never_cache
@require_safe
def card(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a card with every step that is open to the person, the forms of what comes next and of `open`, and the way on in
    the list it was opened from; in a list that htmx asks from, its row."""
    person, found = card_for(request, reference)
    desk, back, opened = Desk.of(request, person), back_of(request), request.GET.get("open", "")
    if back is not None and request.htmx:  # type: ignore[attr-defined]
        return draw_row(request, Row(found, desk, back, opened=opened, refocus=not opened))
    return _page(request, Drawing(found, desk, opened=opened), back)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, reference: str, step: str) -> HttpResponse:
    """Do one step, or show its form. What is refused comes back with the sentence at its field and all that was typed."""
    person, found = card_for(request, reference)
    entry = BY_SLUG.get(step)
    if entry is None:
        raise Http404
    desk, back = Desk.of(request, person), back_of(request)
    if request.method != "POST":
        return _form_of(request, Drawing(found, desk), entry, back)
    form = Drawing(found, desk).form(entry, request.POST, request.FILES)
    status = 422
    if form.is_valid():
        now = timezone.now()
        try:
            unless_changed(found, form.cleaned_data["seen"], lambda: entry.act(found, form, person, now))
        except Refused as refusal:
            show_refusal(form, refusal)
            status = 403 if isinstance(refusal, NotAllowed) else 422
        else:
            return _done(request, found, entry, desk, back)
    _person, fresh = card_for(request, reference)
    if back is not None and request.htmx:  # type: ignore[attr-defined]
        return draw_row(request, Row(fresh, desk, back, wrong=(entry, form)), status=status)
    return _page(request, Drawing(fresh, desk, wrong=(entry, form)), back, status=status)


def _form_of(request: HttpRequest, drawing: Drawing, entry: StepEntry, back: Back | None) -> HttpResponse:
    """Answer htmx with the form of a step that was opened on the card's page, others with that page and the step open."""
    card, way = drawing.card, Way.back(request)
    if not may_do(drawing.desk.person, entry.step, card):
        raise PermissionDenied
    if not drawing.offers(entry):
        raise Http404
    if not request.htmx:  # type: ignore[attr-defined]
        page = reverse("feedback:card", args=[card.reference])
        return redirect(f"{page}{_query(way, back, open=entry.slug)}#step-{entry.slug}")
    form = drawing.form(entry)
    # What the page showed, not what happened since: whoever acts on the form has not seen that.
    form.initial["seen"] = request.GET.get("seen") or drawing.seen
    if not any(field.value() for field in form.visible_fields()):
        request.shown = 0  # type: ignore[attr-defined]  # an empty form tells nothing of the card
    context = {"card": card, "shown": Shown(entry, form), "way": way, "back": back}
    return render(request, "feedback/cards/_step.html", context)


def _query(way: Way, back: Back | None, **more: str) -> str:
    """Return the query, with its question mark, by which an address of the card's leads back to the list."""
    said = {**more, "from": way.asked.urlencode(), "back": back.path if back else ""}
    query = urlencode({name: value for name, value in said.items() if value})
    return f"?{query}" if query else ""


def _done(request: HttpRequest, found: Card, entry: StepEntry, desk: Desk, back: Back | None) -> HttpResponse:
    """Answer a step that was done: with the row where it was done in a list, else by leading on."""
    if back is not None and request.htmx:  # type: ignore[attr-defined]
        fresh = card_by_reference(desk.person, found.reference)
        return draw_row(request, Row(fresh or found, desk, back, said=entry, gone=fresh is None))
    way = Way.back(request)
    here = reverse("feedback:card", args=[found.reference]) + way.from_query
    # What is done with a sensitive card is undone on its page: the address of an undo names no card to say why for.
    event = None if found.sensitive else undoable_event(found, by=desk.person, now=desk.now)
    messages.success(request, undo_message(request, str(entry.done), [event], here) if event else entry.done)
    if back is not None:
        return redirect(f"{back.path}#row-{found.reference}")
    if not is_visible(desk.person, found):  # the step took the card out of the person's sight
        return redirect(way.list_address)
    return redirect(here)


def _page(request: HttpRequest, drawing: Drawing, back: Back | None, *, status: int = 200) -> HttpResponse:
    way = Way.of(request, drawing.desk.person, drawing.choices)
    context = page_of(drawing, back) | {"way": way, "carried": _query(way, back)}
    return render(request, "feedback/cards/card.html", context, status=status)


def page_of(drawing: Drawing, back: Back | None) -> dict[str, Any]:
    """Return what `card.html` shows."""
    card, main = drawing.card, drawing.main
    beside = ["contact-attempt"] if main == "callback" else []
    # A request to reopen is answered where it stands.
    answers = ["reopen", "decline-reopening"] if drawing.own_words.asked is not None else []
    steps = drawing.steps(main, *beside, *answers)
    return {
        "section": "cards",
        "card": card,
        "back": back,
        "today": drawing.desk.today,
        "attempts": drawing.attempts,
        "needed": drawing.needed,
        "contact_card": drawing.contact_card,
        "main": steps.get(main) if main else None,
        "attempt": steps.get("contact-attempt") if main == "callback" else None,
        "may_undo": "undo-attempt" in steps,
        "seen": drawing.seen,
        "more": [shown for slug, shown in steps.items() if slug not in (main, *beside, *answers, "undo-attempt")],
        "own_words": drawing.own_words,
        "answers": [steps[slug] for slug in answers if slug in steps],
        "history": for_staff(card, units_in_history(card), people_in_history(card)),
        "handovers": handovers_of(card) if card.handovers.all() else [],
        "linked_pictures": [one for one in card.linked_pictures.all() if one.state != one.State.FETCHED],
        "may_hand_over": may_do(drawing.desk.person, Step.HAND_OVER, card),
        "may_see_audit": may_see_audit(drawing.desk.person, card),
        "stories": card.stories.all(),
        "may_grade_access": may_do(drawing.desk.person, Step.GRADE_ACCESS, card),
        "access": access_of(card, next((one for one in card.accesses.all() if one.part == Part.CARD), None)),
        "readers": drawing.readers,
        "looks": looks_at(card) if card.sensitive else [],
        "may_propose_story": may_propose_story(drawing.desk.person, card),
        "has_errors": drawing.wrong is not None,
    }
