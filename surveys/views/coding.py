"""One comment after the other: look it through, code it, make a card of it, and undo that."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from feedback.rules import may_see_cards
from organisation.errors import Refused
from organisation.models import Person
from organisation.permissions import Permission
from organisation.views.answering import show_refusal
from surveys.actions.comment_base import State, fingerprint
from surveys.actions.comment_review import (
    leave_out_comment,
    pieces_in,
    redact_comment,
    release_comment,
    suggested,
)
from surveys.actions.comments import Coding, Sent, as_it_is, code_comment, send_comment, step_of, undo
from surveys.coding import segments
from surveys.comment_files import outcome
from surveys.comment_queries import comment_of, neighbour
from surveys.forms.comments import CodingForm, RedactForm
from surveys.models import Comment
from surveys.views.comment_desk import Desk, say_done, steps_in
from surveys.views.results import survey_for

FOUND = {
    "phone": gettext_lazy("a phone number"),
    "email": gettext_lazy("an e-mail address"),
    "birth_number": gettext_lazy("an identity number"),
    "name": gettext_lazy("a name"),
    "address": gettext_lazy("an address"),
}


def _desk_for(request: HttpRequest, code: str, pk: uuid.UUID) -> tuple[Desk, Comment]:
    """Raises PermissionDenied, and Http404 for a comment that is not there or not to be read."""
    person, survey = survey_for(request, code, Permission.MANAGE_SURVEYS)
    found = comment_of(survey, pk)
    if found is None:
        raise Http404
    return Desk(request, person, survey), found


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def comment(request: HttpRequest, code: str, comment: uuid.UUID) -> HttpResponse:
    """Show one comment with what it seems to be about; write down what it is about, and make a card of it if asked to."""
    desk, found = _desk_for(request, code, comment)
    if request.method != "POST":
        return _page(desk, found)
    form = CodingForm(request.POST, areas=desk.areas)
    if form.is_valid():
        was = as_it_is(found)
        try:
            words = _code(desk.person, found, form, to_service=request.POST.get("do") == "send", now=timezone.now())
        except Refused as refusal:
            return _refused(desk, found, form, refusal)
        now_is = comment_of(desk.survey, found.pk)
        if now_is is not None and was != as_it_is(now_is):
            say_done(request, desk, words, [step_of(now_is, was)])
        else:
            messages.info(request, words)
        return redirect(desk.address(neighbour(desk.shown, found.pk)))
    return _page(desk, found, form=form, status=422)


def _code(person: Person, found: Comment, form: CodingForm, *, to_service: bool, now: datetime) -> str:
    seen = form.cleaned_data["seen"]
    if not to_service:
        code_comment(found, form.coding(), seen=seen, by=person)
        return _("The comment is coded.")
    sent: Sent = send_comment(found, form.coding(), seen=seen, by=person, now=now)
    said = {"reference": sent.card.reference, "unit": sent.card.unit.name}
    if not sent.is_new:
        return _("The comment had been sent to %(unit)s already, as card %(reference)s.") % said
    return _("Card %(reference)s was made for %(unit)s.") % said


def _refused(desk: Desk, found: Comment, form: Any, refusal: Refused) -> HttpResponse:
    """Draw the page as the comment stands now, with the sentence and all that was typed."""
    fresh = comment_of(desk.survey, found.pk)
    if fresh is None:
        messages.error(desk.request, str(refusal))
        return redirect(desk.list_address())
    show_refusal(form, refusal)
    form.data = form.data.copy()
    form.data["seen"] = fingerprint(fresh)
    return _page(desk, fresh, **{"redact" if isinstance(form, RedactForm) else "form": form}, status=422)


def _page(
    desk: Desk, found: Comment, *, form: CodingForm | None = None, redact: RedactForm | None = None, status: int = 200
) -> HttpResponse:
    seen = fingerprint(found)
    suggestion = desk.suggesting.of(found) if found.state == State.KEPT else None
    coded = Coding(found.area, found.unit, found.kind, found.category)
    coding_form = form or CodingForm(
        initial=CodingForm.first(suggestion.coding if suggestion else coded, seen), areas=desk.areas
    )
    pieces = [(piece.at, piece.text) for piece in pieces_in(found.text)]
    redact_form = redact or RedactForm(initial={"text": suggested(found.text), "seen": seen}, auto_id="redact_%s")
    shown = desk.shown
    following = neighbour(shown, found.pk)
    context = desk.context() | {
        "comment": found,
        "question": desk.questions.words(found.question, desk.language),
        "parts": segments(found.text, pieces),
        "found": [FOUND[kind] for kind in found.found if kind in FOUND],
        "suggestion": suggestion,
        "form": coding_form,
        "redact": redact_form,
        "erring": next((one for one in (form, redact) if one is not None and one.errors), None),
        "has_errors": bool(form and form.errors) or bool(redact and redact.errors),
        "outcome": outcome(found),
        "may_see_card": may_see_cards(desk.person),
        "list_address": desk.list_address(),
        "next": desk.address(following) if following else "",
        "previous": desk.address(neighbour(shown, found.pk, after=False)) if following else "",
        "seen": seen,
    }
    return render(desk.request, "surveys/comments/comment.html", context, status=status)


@login_required
@require_POST
def step(request: HttpRequest, code: str, comment: uuid.UUID, step: str) -> HttpResponse:
    """Release a comment, take something away from it, or leave it out."""
    desk, found = _desk_for(request, code, comment)
    form = RedactForm(request.POST, auto_id="redact_%s")
    form.is_valid()
    seen, now, was = form.cleaned_data.get("seen", ""), timezone.now(), as_it_is(found)
    ways: dict[str, tuple[Callable[[], Comment], str]] = {
        "release": (
            lambda: release_comment(found, seen=seen, by=desk.person, now=now),
            _("The comment can be coded now."),
        ),
        "leave-out": (
            lambda: leave_out_comment(found, seen=seen, by=desk.person, now=now),
            _("The comment is left out. Its text goes tonight."),
        ),
        "redact": (
            lambda: redact_comment(
                found, text=form.cleaned_data.get("text", ""), seen=seen, by=desk.person, now=now
            ),
            _("Taken away for good. What is left can be coded."),
        ),
    }  # fmt: skip
    if step not in ways:
        raise Http404
    act, words = ways[step]
    try:
        done = act()
    except Refused as refusal:
        return _refused(desk, found, form, refusal)
    if done.state == State.HELD:
        messages.warning(request, _("Taken away for good. What is left may still name somebody, and is held."))
        return redirect(desk.address(done))
    if step == "redact":
        messages.success(request, words)
    else:
        say_done(request, desk, words, [step_of(done, was)])
    # What has just been released is there to be coded at once.
    return redirect(desk.address(neighbour(desk.shown, done.pk) if step == "leave-out" else done))


@login_required
@require_POST
def undo_steps(request: HttpRequest, code: str) -> HttpResponse:
    """Undo what the page offered to undo, and go back to where it stands now."""
    person, survey = survey_for(request, code, Permission.MANAGE_SURVEYS)
    desk, now = Desk(request, person, survey), timezone.now()
    back = request.POST.get("back", "")
    ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/staff/surveys/")
    try:
        steps = steps_in(request.POST.get("steps", ""), person)
    except signing.BadSignature:
        messages.error(request, _("This can be undone for ten minutes, by the one who did it."))
        return redirect(back if ours else desk.list_address())
    done: list[Comment] = []
    for one in steps:
        try:
            done.append(undo(one, by=person, now=now))
        except Refused as refusal:
            messages.error(request, str(refusal))
    if done:
        words = ngettext(
            "Undone: the comment is as it was.", "Undone: %(number)s comments are as they were.", len(done)
        )
        messages.success(request, words % {"number": len(done)})
    if len(steps) == 1:
        return redirect(reverse("surveys:comment", args=[survey.code, steps[0].pk]) + desk.query)
    return redirect(back if ours else desk.list_address())
