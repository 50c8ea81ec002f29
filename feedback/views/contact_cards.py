"""Contact cards that wait to be posted: all of them in one document, and marked as posted in one go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from feedback.actions.calling import ImpossiblePosted
from feedback.actions.posting import Posted, post_contact_cards, print_contact_cards
from feedback.documents import contact_card_pdf
from feedback.errors import Refused
from feedback.forms.contact_cards import ChosenForm, PostedForm
from feedback.models import ContactCard
from feedback.queries import cards_by_reference, cards_printed_at, contact_cards_waiting, visible_to
from feedback.views.access import person_who_may
from feedback.views.refusals import show_refusal
from organisation.models import Person
from organisation.permissions import Permission
from organisation.templatetags.page import short_day

BATCH = "%Y%m%dT%H%M%S%f"
"""How the moment of a printing stands in an address, in UTC."""


@login_required
@never_cache
@require_safe
def contact_cards(request: HttpRequest) -> HttpResponse:
    """Show the contact cards that wait: first those that are printed, by printing, then those that are not."""
    person = person_who_may(request, Permission.WORK_ON_CARDS)
    return _page(request, person)


@login_required
@never_cache
@require_POST
def print_chosen(request: HttpRequest) -> HttpResponse:
    """Put the chosen ones into one document, and remember which they were."""
    person = person_who_may(request, Permission.WORK_ON_CARDS)
    form = ChosenForm(request.POST, auto_id="print-%s")
    if form.is_valid():
        cards = cards_by_reference(person, (reference for reference, _seen in form.cleaned_data["card"]))
        try:
            printed = print_contact_cards(cards.values(), by=person, now=timezone.now())
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            said = ngettext("%(n)s contact card is ready.", "%(n)s contact cards are ready.", len(printed))
            messages.success(
                request, said % {"n": len(printed)} + " " + _("Open the document, print it, and post them.")
            )
            return redirect("feedback:contact_cards")
    return _page(request, person, to_print=form, status=422)


@login_required
@never_cache
@require_safe
def document(request: HttpRequest, batch: str) -> HttpResponse:
    """The contact cards of one printing, as one PDF."""
    person = person_who_may(request, Permission.WORK_ON_CARDS)
    try:
        moment = datetime.strptime(batch, BATCH).replace(tzinfo=UTC)
    except ValueError:
        raise Http404 from None
    if not (cards := cards_printed_at(person, moment)):
        raise Http404
    made = contact_card_pdf(cards)
    response = HttpResponse(made.content, content_type=made.content_type)
    response["Content-Disposition"] = f'inline; filename="{made.name}"'
    return response


@login_required
@never_cache
@require_POST
def post_chosen(request: HttpRequest) -> HttpResponse:
    """Mark the chosen ones as posted, each by itself; what is refused is named."""
    person = person_who_may(request, Permission.WORK_ON_CARDS)
    form = PostedForm(request.POST, auto_id=f"{request.POST.get('batch', '')}-%s")
    if form.is_valid():
        chosen = form.cleaned_data["card"]
        cards = cards_by_reference(person, (reference for reference, _seen in chosen))
        pairs = [(cards[reference], seen) for reference, seen in chosen if reference in cards]
        posted_on = form.cleaned_data["posted_on"]
        posted = post_contact_cards(pairs, posted_on=posted_on, by=person, now=timezone.now())
        if posted.done or not all(isinstance(refusal, ImpossiblePosted) for _card, refusal in posted.refused):
            _tell(request, posted, short_day(posted_on))
            return redirect("feedback:contact_cards")
        show_refusal(form, ImpossiblePosted())
    return _page(request, person, posted=form, status=422)


def _tell(request: HttpRequest, posted: Posted, day: str) -> None:
    if posted.done:
        said = ngettext(
            "%(n)s contact card is marked as posted on %(day)s.",
            "%(n)s contact cards are marked as posted on %(day)s.",
            len(posted.done),
        )
        messages.success(request, said % {"n": len(posted.done), "day": day})
    for card, refusal in posted.refused:
        messages.warning(request, f"{card.reference}: {refusal}")


@dataclass(frozen=True)
class Section:
    """Contact cards that stand together on the page, with the form that does something with them."""

    form: ChosenForm
    rows: list[tuple[ContactCard, str, bool]]
    moment: datetime | None = None

    @property
    def address(self) -> str:
        return reverse("feedback:contact_cards_document", args=[_batch(self.moment)]) if self.moment else ""


def _section(form: ChosenForm, waiting: Iterable[ContactCard], moment: datetime | None = None) -> Section:
    rows = []
    for made in waiting:
        value = f"{made.card.reference}:{made.seen or 0}"  # type: ignore[attr-defined]
        submitter = getattr(made.card, "submitter", None)
        # What has no address cannot be posted: it is there to be seen, and not ticked.
        rows.append((made, value, form.ticks(value, usually=bool(submitter and submitter.address))))
    return Section(form, rows, moment)


def _page(
    request: HttpRequest,
    person: Person,
    *,
    to_print: ChosenForm | None = None,
    posted: PostedForm | None = None,
    status: int = 200,
) -> HttpResponse:
    waiting = list(contact_cards_waiting(visible_to(person)))
    printed = sorted((made for made in waiting if made.printed_at), key=_printed_at, reverse=True)
    batches = []
    for moment, rows in groupby(printed, _printed_at):
        form = posted if posted is not None and posted.data.get("batch") == _batch(moment) else None
        first = {"posted_on": timezone.localdate(), "batch": _batch(moment)}
        batches.append(_section(form or PostedForm(initial=first, auto_id=f"{_batch(moment)}-%s"), rows, moment))
    context = {
        "section": "contact_cards",
        "batches": batches,
        "not_printed": _section(
            to_print or ChosenForm(auto_id="print-%s"), (made for made in waiting if made.printed_at is None)
        ),
        "has_errors": status == 422,
    }
    return render(request, "feedback/contact_cards/list.html", context, status=status)


def _printed_at(made: ContactCard) -> datetime:
    assert made.printed_at is not None  # noqa: S101 (asked only of printed ones)
    return made.printed_at


def _batch(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(BATCH)
