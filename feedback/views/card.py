"""One card: all that is known of it, what is to be done next, and everything else that can be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from feedback.actions.seen import latest_event, unless_changed
from feedback.errors import NotAllowed, Refused
from feedback.forms.steps import StepForm
from feedback.models import Card
from feedback.queries import is_visible, names_in_history
from feedback.views.access import card_for
from feedback.views.own_words import alternative_to_register, own_words_of
from feedback.views.refusals import show_refusal
from feedback.views.steps import BY_SLUG, ENTRIES, StepEntry, main_step
from feedback.views.telling import for_staff
from organisation.models import Municipality, Person
from organisation.queries import working_calendar


@login_required
@never_cache
@require_safe
def card(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a card with the forms of every step that is open to the person."""
    person, found = card_for(request, reference)
    return render(request, "feedback/cards/card.html", Drawing(found, person, _house(request)).context())


@login_required
@never_cache
@require_POST
def step(request: HttpRequest, reference: str, step: str) -> HttpResponse:
    """Do one step. What is refused comes back with the sentence at its field and all that was typed."""
    person, found = card_for(request, reference)
    entry = BY_SLUG.get(step)
    if entry is None:
        raise Http404
    form = Drawing(found, person, _house(request)).form(entry, request.POST, request.FILES)
    if form.is_valid():
        now = timezone.now()
        try:
            unless_changed(found, form.cleaned_data["seen"], lambda: entry.act(found, form, person, now))
        except Refused as refusal:
            show_refusal(form, refusal)
            status = 403 if isinstance(refusal, NotAllowed) else 422
        else:
            messages.success(request, entry.done)
            if not is_visible(person, found):  # the step took the card out of the person's sight
                return redirect("feedback:worklist")
            return redirect("feedback:card", reference=found.reference)
    else:
        status = 422
    _person, fresh = card_for(request, reference)
    context = Drawing(fresh, person, _house(request), wrong=(entry, form)).context()
    return render(request, "feedback/cards/card.html", context, status=status)


def _house(request: HttpRequest) -> Municipality:
    return request.municipality  # type: ignore[attr-defined]


@dataclass
class Shown:
    """One step as the page shows it."""

    entry: StepEntry
    form: StepForm
    open: bool = False


class Drawing:
    """What a card's page shows one person, with the forms of what they may do. `wrong` is a form that came back."""

    def __init__(
        self, found: Card, person: Person, house: Municipality, wrong: tuple[StepEntry, StepForm] | None = None
    ) -> None:
        self.card, self.person, self.wrong = found, person, wrong
        self.house = house
        self.calendar = working_calendar(self.house)
        self.now = timezone.now()
        self.attempts = [
            attempt
            for attempt in found.contactattempts.all()
            if attempt.cycle == found.cycle and attempt.undone_at is None
        ]
        self.own_words = own_words_of(found)
        self.contact_card = next((made for made in found.contactcards.all() if made.cycle == found.cycle), None)

    def form(self, entry: StepEntry, *data: Any) -> StepForm:
        """Return the step's form, bound where there is data."""
        return entry.form(
            *data,
            prefix=entry.slug,
            initial={"seen": latest_event(self.card)},
            card=self.card,
            calendar=self.calendar,
            person=self.person,
            now=self.now,
        )

    def shown(self) -> dict[str, Shown]:
        """Return the steps open to the person, and the one that came back though it is open no more."""
        steps = {
            entry.slug: Shown(entry, self.form(entry))
            for entry in ENTRIES
            if entry.open_to(self.person, self.card) and self.makes_sense(entry.slug)
        }
        if self.wrong is not None:
            entry, form = self.wrong
            # The page now shows what the person had not seen; pressing again is an answer to that.
            data = cast(QueryDict, form.data).copy()
            data[form.add_prefix("seen")] = str(latest_event(self.card))
            form.data = data
            steps[entry.slug] = Shown(entry, form, open=True)
        return steps

    def makes_sense(self, slug: str) -> bool:
        """Whether a step that the state allows would be refused in any case for what the card holds. The rules are the
        actions': this only keeps the list short."""
        if slug == "post-contact-card":
            return self.waits
        if slug == "contact-card":
            return self.card.callback_owed and self.contact_card is None
        if slug == "follow-up":
            return not self.card.callback_owed
        if slug in ("callback", "contact-attempt", "agree-other-way", "preliminary-answer"):
            return getattr(self.card, "submitter", None) is not None
        if slug == "decline-reopening":
            return self.own_words.asked is not None
        if slug == "register-alternative":
            return alternative_to_register(self.card) is not None
        return slug != "undo-attempt" or bool(self.attempts)

    @property
    def waits(self) -> bool:
        """Whether a contact card is made and not posted."""
        return self.contact_card is not None and self.contact_card.posted_on is None

    def context(self) -> dict[str, Any]:
        """Return what `card.html` shows."""
        card, steps = self.card, self.shown()
        main = main_step(card, len(self.attempts), self.house.minimum_attempts, contact_card_waits=self.waits)
        beside = ["contact-attempt", "undo-attempt"] if main == "callback" else ["undo-attempt"]
        # A request to reopen is answered where it stands.
        answers = ["reopen", "decline-reopening"] if self.own_words.asked is not None else []
        return {
            "section": "cards",
            "card": card,
            "today": self.calendar.local_date(self.now),
            "attempts": self.attempts,
            "needed": self.house.minimum_attempts,
            "contact_card": self.contact_card,
            "main": steps.get(main) if main else None,
            "attempt": steps.get("contact-attempt") if main == "callback" else None,
            "undo": steps.get("undo-attempt"),
            "more": [shown for slug, shown in steps.items() if slug not in (main, *beside, *answers)],
            "own_words": self.own_words,
            "answers": [steps[slug] for slug in answers if slug in steps],
            "history": for_staff(card, *names_in_history(card)),
            "has_errors": self.wrong is not None,
        }
