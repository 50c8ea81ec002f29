"""Public access to one card: who may see it and each of its texts, and the public version beside each text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from feedback.actions.records import draft_of, grade_card, grade_text, write_public_version
from feedback.errors import NotAllowed, Refused
from feedback.forms.records import CardGradeForm, PublicVersionForm, TextGradeForm
from feedback.models import Card, LegalGround
from feedback.recorded import Access, Record, Recorded, legal_grounds, record_of
from feedback.rules import may_do
from feedback.views.access import card_for
from feedback.views.refusals import show_refusal
from feedback.workflow import Step
from organisation.models import Municipality, Person


@dataclass
class Shown:
    """One text with its forms; `version` is None for whoever may not write the public one."""

    text: Recorded
    access: Access
    grade: TextGradeForm
    version: PublicVersionForm | None
    opened: str = ""


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def card_records(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the card's texts with who may see them. What is sent is one of the page's forms: `text` says of which text,
    `act` which of its forms."""
    person, card = card_for(request, reference)
    if not may_do(person, Step.GRADE_ACCESS, card):
        raise PermissionDenied
    record = record_of(card, request.municipality)  # type: ignore[attr-defined]
    grounds = legal_grounds()
    if request.method != "POST":
        return _page(request, person, record, grounds)
    return _sent(request, person, card, record, grounds)


def _sent(
    request: HttpRequest, person: Person, card: Card, record: Record, grounds: Sequence[LegalGround]
) -> HttpResponse:
    key, act, now = request.POST.get("text", ""), request.POST.get("act", ""), timezone.now()
    text = record.text(key)
    form: CardGradeForm | TextGradeForm | PublicVersionForm
    if key == "card":
        act, form = "grade", CardGradeForm(request.POST, own=record.own, grounds=grounds, prefix="card")
    elif text is None or act not in ("grade", "version"):
        raise Http404
    elif act == "grade":
        form = TextGradeForm(request.POST, own=text.own, grounds=grounds, prefix=f"grade-{key}")
    else:
        form = PublicVersionForm(request.POST, prefix=f"version-{key}")
    status = 422
    if form.is_valid():
        try:
            if text is None:
                grade_card(card, **form.cleaned_data, by=person, now=now)
            elif act == "grade":
                grade_text(card, text=text, **form.cleaned_data, by=person, now=now)
            else:
                write_public_version(card, text=text, **form.cleaned_data, by=person, now=now)
        except Refused as refusal:
            show_refusal(form, refusal)
            status = 403 if isinstance(refusal, NotAllowed) else 422
        else:
            messages.success(request, _("Saved."))
            here = reverse("feedback:card_records", args=[card.reference])
            return redirect(here + (f"#{key}" if text else ""))
    return _page(request, person, record, grounds, wrong=(key, act, form), status=status)


def _page(
    request: HttpRequest,
    person: Person,
    record: Record,
    grounds: Sequence[LegalGround],
    *,
    wrong: tuple[str, str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    card, may_write = record.card, may_do(person, Step.PUBLIC_VERSION, record.card)
    house: Municipality = request.municipality  # type: ignore[attr-defined]
    key, act, form = wrong or ("", "", None)
    texts = []
    for text in record.texts:
        shown = Shown(
            text,
            record.access(text),
            TextGradeForm(
                own=text.own, grounds=grounds, prefix=f"grade-{text.key}", initial=TextGradeForm.of(text.own)
            ),
            PublicVersionForm(prefix=f"version-{text.key}", initial={"version": _proposed(text, house)})
            if may_write
            else None,
        )
        if text.key == key:
            shown.opened = act
            setattr(shown, act, form)
        texts.append(shown)
    title = ": ".join(str(part) for part in (card.get_kind_display() if card.kind else "", card.category) if part)
    context = {
        "section": "cards",
        "card": card,
        "access": record.access(),
        "form": form
        if key == "card"
        else CardGradeForm(own=record.own, grounds=grounds, prefix="card", initial=CardGradeForm.of(record.own, title)),
        "texts": texts,
        "has_errors": wrong is not None,
    }
    return render(request, "feedback/records/card.html", context, status=status)


def _proposed(text: Recorded, house: Municipality) -> str:
    """What stands there, or else the text with all that leads to a person covered."""
    if text.own is not None and text.own.public_text:
        return text.own.public_text
    return draft_of(text.card, text.text, house)
