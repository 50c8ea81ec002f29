"""Cards as rows that are worked on in place: whom to ring today, a unit's overdue list, the political cards.

Each form of a row goes to the step's own address with the page it stands on as `back`. With htmx the answer is the row
anew; without, the page again, or the card's page where something is to be filled in.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve

from feedback.deadlines import try_again_by
from feedback.models import Card, CardEvent, ContactAttempt, OverdueEntry, Submitter
from feedback.queries import delays_of, entry_in_week
from feedback.views.drawing import Desk, Drawing, Shown, Wrong
from feedback.views.steps import StepEntry
from organisation.calendar import IsoWeek
from organisation.permissions import Permission
from organisation.queries import grants_of

PAGES = ("feedback:today", "feedback:overdue_list", "feedback:political")
"""The pages that have rows: a form may lead back to these and no others."""

SHOWN = 100
"""Rows on a page; the rest come up as these are answered."""

MORE = (
    "callback",
    "delegate",
    "preliminary-answer",
    "agree-other-way",
    "return",
    "explain-delay",
    "close",
)
"""What a row offers under «More», besides the step that is next; everything else is on the card's page."""

NEXT = ("forward", "follow-up", "contact-card", "post-contact-card", "contact-attempt", "undo-attempt")
"""What a row offers beside that."""


class Back(NamedTuple):
    """The page that a row stands on: its address with its filters, its name, and of an overdue list the week."""

    path: str
    name: str
    week: IsoWeek | None = None


def back_of(request: HttpRequest) -> Back | None:
    """Return the page that the form or link came from, or None where it named none of `PAGES`."""
    parts = urlsplit(request.POST.get("back") or request.GET.get("back", ""))
    try:
        match = resolve(parts.path)
    except Resolver404:
        return None
    if match.view_name not in PAGES:
        return None
    week = match.kwargs.get("week")
    try:
        named = IsoWeek.parse(week) if week else None
    except ValueError:
        return None
    return Back(parts.path + (f"?{parts.query}" if parts.query else ""), match.view_name, named)


class Row(Drawing):
    """One card as a row.

    `entry` is its place on an overdue list, `delay` what was written of why it is late; `said` what was just done, `gone`
    that it is out of the person's sight now, `refocus` that a form was put away: the focus goes to the row's first button.
    """

    offered = frozenset((*MORE, *NEXT))

    def __init__(
        self,
        card: Card,
        desk: Desk,
        back: Back,
        *,
        entry: OverdueEntry | None = None,
        wrong: Wrong | None = None,
        opened: str = "",
        said: StepEntry | None = None,
        gone: bool = False,
        refocus: bool = False,
        delay: CardEvent | None = None,
    ) -> None:
        super().__init__(card, desk, wrong=wrong, opened=opened)
        self.back, self.entry, self.said, self.gone, self.refocus, self.delay = back, entry, said, gone, refocus, delay
        # Many rows' forms stand on one page: their fields' names are the steps', their ids the cards'.
        self.auto_id = f"id_{card.reference}_%s"

    @property
    def done(self) -> bool:
        """Whether there is nothing left to do about it here."""
        return self.gone or not self.card.is_open or self.of_earlier_cycle

    @property
    def of_earlier_cycle(self) -> bool:
        return self.entry is not None and self.entry.cycle < self.card.cycle

    @property
    def done_at(self) -> datetime | None:
        return self.card.reopened_at if self.of_earlier_cycle else self.card.completed_at

    @cached_property
    def shown(self) -> Shown | None:
        """The step whose form is open in the row."""
        return self.asked_for()

    @property
    def next_entry(self) -> StepEntry | None:
        return self.entries.get(self.main) if self.main else None

    @property
    def may_call(self) -> bool:
        """Whether a call that nobody answered can be logged: not where the answer is given in writing."""
        return "contact-attempt" in self.entries and self.card.callback_owed and self.other_way != "written"

    @property
    def other_way(self) -> str:
        submitter: Submitter | None = getattr(self.card, "submitter", None)
        return submitter.other_way if submitter is not None else ""

    @property
    def more(self) -> list[StepEntry]:
        return [self.entries[slug] for slug in MORE if slug in self.entries and slug != self.main]

    @property
    def tried(self) -> ContactAttempt | None:
        """The latest call in vain, if it was written down today: beside it stands what comes next, and «undo»."""
        latest = max(self.attempts, key=lambda made: (made.recorded_at, made.pk), default=None)
        today = latest is not None and self.desk.calendar.local_date(latest.recorded_at) == self.desk.today
        return latest if today else None

    @property
    def may_undo(self) -> bool:
        return "undo-attempt" in self.entries

    @property
    def try_again_by(self) -> date:
        return try_again_by(self.card.due_on, self.desk.today, self.desk.calendar)

    @property
    def names_unit(self) -> bool:
        """Whether the unit is worth saying: to somebody who works in several."""
        units = grants_of(self.desk.person).units_with(Permission.WORK_ON_CARDS)
        return self.back.name == "feedback:today" and len(units) > 1

    @property
    def today(self) -> date:
        return self.desk.today


def rows_of(
    cards: Sequence[Card], desk: Desk, back: Back, *, entries: dict[int, OverdueEntry] | None = None
) -> list[Row]:
    """Return the rows of `cards`, which `for_rows` has joined (one query for all). `entries` are by card."""
    by_card, delays = entries or {}, delays_of(cards)
    return [Row(card, desk, back, entry=by_card.get(card.pk), delay=delays.get(card.pk)) for card in cards]


def draw_row(request: HttpRequest, row: Row, *, status: int = 200) -> HttpResponse:
    """Answer htmx with one row."""
    if row.back.week is not None and row.entry is None:
        row.entry = entry_in_week(row.card, row.back.week)
    row.delay = delays_of([row.card]).get(row.card.pk)
    return render(request, "feedback/rows/_row.html", {"row": row}, status=status)
