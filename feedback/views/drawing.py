"""What a page shows one person of a card: the steps open to them with their forms, on the card's page and in a row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, cast

from django.http import HttpRequest, QueryDict
from django.utils import timezone

from feedback.actions.seen import latest_event
from feedback.forms.choices import Choices
from feedback.forms.steps import StepForm
from feedback.models import Card, CardReader, ContactAttempt, ContactCard
from feedback.queries import readers_of
from feedback.views.own_words import OwnWords, alternative_to_register, own_words_of
from feedback.views.steps import ENTRIES, StepEntry, main_step
from organisation.calendar import WorkingCalendar
from organisation.models import Municipality, Person
from organisation.queries import working_calendar

Wrong = tuple[StepEntry, StepForm]
"""A step whose form came back, with the form."""


@dataclass(frozen=True)
class Desk:
    """Who asks, when, and by which rules: read once for a page, however many cards it shows."""

    person: Person
    house: Municipality
    calendar: WorkingCalendar
    now: datetime

    @classmethod
    def of(cls, request: HttpRequest, person: Person) -> Desk:
        house: Municipality = request.municipality  # type: ignore[attr-defined]
        return cls(person, house, working_calendar(house), timezone.now())

    @property
    def today(self) -> date:
        return self.calendar.local_date(self.now)


@dataclass
class Shown:
    """One step as the page shows it; None for a form that comes when the step is opened."""

    entry: StepEntry
    form: StepForm | None
    open: bool = False


class Drawing:
    """One card as one person may work on it. `wrong` is a form that came back, `opened` the step that was asked for."""

    auto_id = "id_%s"
    offered: frozenset[str] | None = None
    """The slugs of the steps that are looked at; None for all. A list looks at those alone that cost it no query a card."""

    def __init__(self, card: Card, desk: Desk, *, wrong: Wrong | None = None, opened: str = "") -> None:
        self.card, self.desk, self.wrong, self.opened = card, desk, wrong, opened

    @cached_property
    def attempts(self) -> list[ContactAttempt]:
        """The calls that count, the first one first."""
        card = self.card
        return [made for made in card.contactattempts.all() if made.cycle == card.cycle and made.undone_at is None]

    @cached_property
    def contact_card(self) -> ContactCard | None:
        return next((made for made in self.card.contactcards.all() if made.cycle == self.card.cycle), None)

    @cached_property
    def choices(self) -> Choices:
        """What the card's forms offer, read once and only where one is drawn."""
        return Choices(self.card, self.desk.house)

    @cached_property
    def own_words(self) -> OwnWords:
        """What the submitter wrote on the own page."""
        return own_words_of(self.card)

    @cached_property
    def readers(self) -> list[CardReader]:
        """Who was named to open a sensitive card; of others nobody is."""
        return readers_of(self.card) if self.card.sensitive else []

    @property
    def waits(self) -> bool:
        """Whether a contact card is made and not posted."""
        return self.contact_card is not None and self.contact_card.posted_on is None

    @property
    def needed(self) -> int:
        return self.desk.house.minimum_attempts

    @cached_property
    def entries(self) -> dict[str, StepEntry]:
        """The steps open to the person, by slug."""
        return {
            entry.slug: entry
            for entry in ENTRIES
            if (self.offered is None or entry.slug in self.offered) and self.offers(entry)
        }

    @cached_property
    def main(self) -> str | None:
        """The slug of what is to be done next, if the person may do it."""
        slug = main_step(self.card, len(self.attempts), self.needed, contact_card_waits=self.waits)
        return slug if slug in self.entries else None

    def offers(self, entry: StepEntry) -> bool:
        """Whether the step is open to the person and is of use now."""
        return entry.open_to(self.desk.person, self.card) and self.makes_sense(entry.slug)

    def makes_sense(self, slug: str) -> bool:
        """Whether a step that the state allows would be refused in any case for what the card holds. The rules are the
        actions': this only keeps the list short."""
        if slug == "post-contact-card":
            return self.waits
        if slug == "contact-card":
            return self.card.callback_owed and self.contact_card is None
        if slug == "follow-up":
            return not self.card.callback_owed
        if slug == "hand-over":
            return bool(self.choices.services)
        if slug == "explain-delay":
            return self.card.due_on < self.desk.today
        if slug in ("callback", "contact-attempt", "agree-other-way", "preliminary-answer"):
            return getattr(self.card, "submitter", None) is not None
        if slug == "mark-sensitive":
            return not self.card.sensitive
        if slug in ("unmark-sensitive", "name-reader"):
            return self.card.sensitive
        if slug == "unname-reader":
            return bool(self.readers)
        if slug == "decline-reopening":
            return self.own_words.asked is not None
        if slug == "register-alternative":
            return alternative_to_register(self.card) is not None
        return slug != "undo-attempt" or bool(self.attempts)

    @property
    def seen(self) -> int:
        """The latest event that the page shows, which each form carries; a list's cards have it with them."""
        seen: int | None = getattr(self.card, "seen", None)
        return latest_event(self.card) if seen is None else seen

    def form(self, entry: StepEntry, *data: Any) -> StepForm:
        """Return the step's form, bound where there is data."""
        return entry.form(
            *data,
            prefix=entry.slug,
            auto_id=self.auto_id,
            initial={"seen": self.seen},
            card=self.card,
            calendar=self.desk.calendar,
            person=self.desk.person,
            now=self.desk.now,
            choices=self.choices,
        )

    def again(self) -> Shown | None:
        """Return the step that came back. It need not be open any more: what was typed is shown all the same."""
        if self.wrong is None:
            return None
        entry, form = self.wrong
        # The page now shows what the person had not seen; pressing again is an answer to that.
        data = cast(QueryDict, form.data).copy()
        data[form.add_prefix("seen")] = str(self.seen)
        form.data = data
        form.auto_id = self.auto_id
        return Shown(entry, form, open=True)

    def asked_for(self) -> Shown | None:
        """Return the step that came back or, if it is open to the person, the one that was asked for."""
        if self.wrong is not None:
            return self.again()
        entry = self.entries.get(self.opened)
        if entry is None:
            return None
        form = self.form(entry)
        if (first := next(iter(form.visible_fields()), None)) is not None:
            first.field.widget.attrs["autofocus"] = True
        return Shown(entry, form, open=True)

    def steps(self, *drawn: str | None) -> dict[str, Shown]:
        """Return the steps open to the person, and the one that came back: with its form that one, the one that was asked
        for, and those named in `drawn`. A form costs more than all else that a page says of its step."""
        shown = {
            slug: Shown(entry, self.form(entry) if slug in drawn else None) for slug, entry in self.entries.items()
        }
        if (asked := self.asked_for()) is not None:
            shown[asked.entry.slug] = asked
        return shown
