"""The submitter's own page behind a private link: where the card stands, and all that the submitter can do about it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.forms import Form
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from feedback.actions.interviews import answer_interview
from feedback.actions.reopening import ask_reopening
from feedback.actions.submitter import add_to_card, may_change, react, withdraw_card
from feedback.codes import is_code_of
from feedback.consent import WORDING, WORDINGS
from feedback.errors import Refused
from feedback.forms import status as forms
from feedback.forms.citizen import FindForm
from feedback.kept_pages import FIND_PAGE, OWN_PAGE
from feedback.models import Card
from feedback.queries import own_attachment, private_card_of_reference
from feedback.views.citizen_session import seems_signed_in
from feedback.views.limits import Finding, Following, say_wait, seconds_to_wait, too_often
from feedback.views.private import card_of_link, closed_after, private_page
from feedback.views.refusals import show_refusal
from feedback.views.standing import Standing
from feedback.workflow import Step, is_negative, may
from organisation.kept_pages import kept
from organisation.queries import working_calendar


@dataclass(frozen=True)
class Own:
    """One thing that the submitter does on the page. `slug` is the address and the prefix of the form's fields."""

    slug: str
    step: Step
    form: type[Form]
    act: Callable[[Card, Any, datetime], object]


OWN = {
    own.slug: own
    for own in (
        Own(
            "add", Step.ADD, forms.AddForm,
            lambda card, data, now: add_to_card(
                card, text=data["text"], uploads=data["uploads"], key=data["key"], now=now
            ),
        ),
        Own(
            "reaction", Step.REACT, forms.ReactForm,
            lambda card, data, now: react(
                card, reaction=int(data["reaction"]), reason=data["reason"], alternative=data["alternative"], now=now
            ),
        ),
        Own(
            "reopening", Step.ASK_REOPENING, forms.AskForm,
            lambda card, data, now: ask_reopening(card, reason=data["reason"], now=now),
        ),
        Own(
            "interview", Step.INTERVIEW, forms.InterviewForm,
            lambda card, data, now: answer_interview(card, agreed=data["interview"] == "yes", now=now),
        ),
    )
}  # fmt: skip

DONE = {*OWN, "withdraw"}


@kept(OWN_PAGE)
@private_page
@require_safe
def status(request: HttpRequest, secret: str) -> HttpResponse:
    """The submitter's own page: where the card stands, in plain words and without the names of staff."""
    now = timezone.now()
    card = card_of_link(request, secret, now)
    return render(request, "feedback/citizen/status.html", _context(request, card, now))


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, secret: str, step: str) -> HttpResponse:
    """Do one thing for the submitter. What is refused comes back with the sentence at its field and all that was typed."""
    now = timezone.now()
    card, own = card_of_link(request, secret, now), OWN.get(step)
    if own is None:
        raise Http404
    if request.method != "POST":  # somebody loads the page of a refusal anew
        return redirect("feedback:status", secret=secret)
    form, wait = own.form(request.POST, request.FILES, prefix=own.slug), 0
    if form.is_valid() and (wait := seconds_to_wait(request, Following)):
        say_wait(form, wait, request.municipality)  # type: ignore[attr-defined]
    elif form.is_valid():
        try:
            own.act(card, form.cleaned_data, now)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            return redirect(_after(secret, own.slug))
    context = _context(request, card_of_link(request, secret, now), now, wrong=(own.slug, form))
    response = render(request, "feedback/citizen/status.html", context, status=422)
    return too_often(response, wait) if wait else response


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, secret: str) -> HttpResponse:
    """Ask once more, and then close the card as withdrawn."""
    now = timezone.now()
    card = card_of_link(request, secret, now)
    if not may(Step.WITHDRAW, card.state):
        return redirect("feedback:status", secret=secret)
    form, wait = forms.WithdrawForm(request.POST if request.method == "POST" else None), 0
    if form.is_valid() and (wait := seconds_to_wait(request, Following)):
        say_wait(form, wait, request.municipality)  # type: ignore[attr-defined]
    elif form.is_valid():
        try:
            withdraw_card(card, reason=form.cleaned_data["reason"], now=now)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            return redirect(_after(secret, "withdraw"))
    context = {"card": card, "form": form}
    response = render(request, "feedback/citizen/withdraw.html", context, status=422 if form.errors else 200)
    return too_often(response, wait) if wait else response


@private_page
@require_safe
def own_file(request: HttpRequest, secret: str, pk: int) -> FileResponse:
    """One file that the submitter sent: a picture to look at, anything else as a download. Scans by staff are not there."""
    found = own_attachment(card_of_link(request, secret, timezone.now()), pk)
    if found is None:
        raise Http404
    response = FileResponse(
        found.file.open("rb"),
        as_attachment=not found.is_picture,
        filename=found.name,
        content_type=found.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _after(secret: str, slug: str) -> str:
    """Return where to go on after something was done: the page says so by its address, without a cookie."""
    return f"{reverse('feedback:status', args=[secret])}?done={slug}"


def _context(request: HttpRequest, card: Card, now: datetime, wrong: tuple[str, Form] | None = None) -> dict[str, Any]:
    house = request.municipality  # type: ignore[attr-defined]
    standing = Standing(card, house, working_calendar(house).local_date(now))
    own = standing.own_reaction
    shown: dict[str, Form] = {}
    if may(Step.ADD, card.state):
        shown["add"] = forms.AddForm(prefix="add", initial={"key": uuid.uuid4()})
    if may(Step.REACT, card.state) and standing.callback is not None and (own is None or may_change(own, now)):
        known = {"reaction": own.reaction, "reason": own.reason, "alternative": own.alternative} if own else {}
        shown["reaction"] = forms.ReactForm(prefix="reaction", initial=known)
    if may(Step.ASK_REOPENING, card.state) and not standing.asks:
        shown["reopening"] = forms.AskForm(prefix="reopening")
    if wrong is not None:
        shown[wrong[0]] = wrong[1]
    done = request.GET.get("done", "")
    return {
        "card": card,
        "standing": standing,
        "steps": standing.steps(),
        "told": standing.story(),
        "sent": standing.sent(),
        "may_withdraw": may(Step.WITHDRAW, card.state),
        "done": done if done in DONE else "",
        "ask_why": own is not None and is_negative(own.reaction) and not (own.reason or own.alternative),
        "wrong": wrong[0] if wrong else "",
        "has_errors": wrong is not None,
        "add": shown.get("add"),
        "reaction": shown.get("reaction"),
        "reopening": shown.get("reopening"),
        "interview": shown.get("interview"),
        "may_interview": standing.callback is not None and bool(standing.submitter and standing.submitter.phone),
        "consent_words": WORDINGS[WORDING],
        "signed_in": seems_signed_in(request),
    }


@kept(FIND_PAGE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Find the private page by reference and code. What is wrong with a pair is not told."""
    house = request.municipality  # type: ignore[attr-defined]
    form, wait = FindForm(request.POST or None), 0
    if request.method == "POST" and form.is_valid() and (wait := seconds_to_wait(request, Finding)):
        say_wait(form, wait, house)
    elif request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        card = private_card_of_reference(typed["reference"], closed_after=closed_after(house, timezone.now()))
        # Compared though there is no card, so that the answer takes as long.
        if is_code_of(card.secret if card is not None else "", typed["code"]) and card is not None:
            return redirect("feedback:status", secret=card.secret)
        form.add_error(None, _("We found no message with this reference and code. Look at the receipt again."))
    response = render(request, "feedback/citizen/find.html", {"form": form}, status=422 if form.errors else 200)
    return too_often(response, wait) if wait else response
