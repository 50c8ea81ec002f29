"""What the work list's page shows one person: the counts, the filter, one page of cards, and what can be done with them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback.actions.bulk import Report
from feedback.actions.unit_suggestions import SentBack, Suggestion, sent_back, suggestions_for
from feedback.filters import CardFilter, in_words, known_part
from feedback.kept_house import KeptHouse
from feedback.models import Card
from feedback.paging import CardPage, order_of, page_of
from feedback.queries import (
    COUNTED_TO,
    SHOWN,
    SHOWN_TO_FORWARD,
    counts_for_today,
    masked_for,
    saved_filters,
    visible_to,
)
from organisation.models import Person, Unit
from organisation.permissions import Permission
from organisation.queries import grants_of, handlers_by_unit, people_by_id

FILTERS = ("state", "unit", "category", "kind", "channel", "received_from", "received_until")
"""Those that stand in the folded part, which is open where one of them is in use."""

COUNTS = [
    ("unrouted", gettext_lazy("Not forwarded"), False),
    ("registered_today", gettext_lazy("Registered today"), False),
    ("today", gettext_lazy("Due today"), False),
    ("tomorrow", gettext_lazy("Due tomorrow"), False),
    ("overdue", gettext_lazy("Over the deadline"), True),
    ("to_post", gettext_lazy("Contact cards to post"), False),
    ("returned", gettext_lazy("Sent back"), False),
    ("asks_reopen", gettext_lazy("Asks to reopen"), False),
    ("open", gettext_lazy("All open"), False),
]
"""The numbers at the top: the filter's choice that each leads to, its words, and whether it calls for attention."""

AT_THE_CENTRE = ("to_forward", "unrouted", "returned")
"""The choices whose cards wait to be forwarded: their rows have suggestions and buttons."""

PLACE = ("after", "before")
"""Where in the list one is; beside the filter, in links that lead back to it."""


def asked_by(request: HttpRequest, person: Person) -> QueryDict:
    """Return what the address asks for; without a filter what needs the person: cards to forward, or else open ones."""
    asked = request.GET.copy()
    if not known_part(asked):
        asked["due"] = "to_forward" if grants_of(person).somewhere(Permission.ROUTE_CARDS) else "open"
    elif set(known_part(asked)) == {"mine"}:
        asked["due"] = "open"
    return asked


@dataclass(frozen=True)
class Listed:
    """One card of the list, with what is suggested for it and who sent it back."""

    card: Card
    suggestion: Suggestion | None = None
    sent_back: SentBack | None = None


class ListPage:
    """The list as one person asked for it. `chosen` are the references whose boxes stay ticked."""

    def __init__(self, request: HttpRequest, person: Person, *, chosen: Collection[str] = ()) -> None:
        self.request, self.person, self.chosen = request, person, frozenset(chosen)
        self.asked = asked_by(request, person)
        self.filter = CardFilter(self.asked, queryset=visible_to(person), request=request)
        self.house = house = KeptHouse()  # the filter knows it and not this page: else each would hold the other
        self.filter.know(units=house.units, categories=lambda: house.categories.values())
        self.order = order_of(self.asked)
        self.today = timezone.localdate()
        grants = grants_of(person)
        self.may_route = grants.somewhere(Permission.ROUTE_CARDS)
        self.may_delegate = grants.somewhere(Permission.DELEGATE_CARDS)

    @property
    def to_forward(self) -> bool:
        """Whether the rows are drawn with suggestions and buttons."""
        return self.may_route and self.asked.get("due") in AT_THE_CENTRE

    @cached_property
    def page(self) -> CardPage:
        after, before = (self.asked.get(name, "") for name in PLACE)
        shown = SHOWN_TO_FORWARD if self.to_forward else SHOWN
        page = page_of(self.filter.ways(), self.order, after=after, before=before, shown=shown)
        self.house.stand_on(page.rows)
        people = people_by_id({card.handler_id for card in page.rows if card.handler_id is not None})
        for card in page.rows:
            if card.handler_id is not None:
                card.handler = people[card.handler_id]
        masked_for(self.person, page.rows)
        return page

    def rows(self) -> list[Listed]:
        """Return the page's rows with what each needs to be acted on."""
        if not self.to_forward:
            return [Listed(card) for card in self.page.rows]
        rules, names = self.house.rules(), {row.code: row.name for row in self.house.answering}
        suggested = suggestions_for(self.page.rows, self.house.units_to_route(rules), rules)
        return [
            Listed(card, suggested.get(card.pk), sent_back(card, names) if card.returned_at else None)
            for card in self.page.rows
        ]

    def units(self) -> list[Any]:
        """Return the rows of the units that a chosen card can be forwarded to."""
        if not self.may_route or not self.page.rows:
            return []
        return [row for row in self.house.answering if row.closed_on is None]

    def handlers(self) -> list[tuple[Unit, list[Person]]]:
        """Return the case handlers of the units on the page, by unit."""
        if not self.may_delegate:
            return []
        on_page = {card.unit_id for card in self.page.rows}
        units = (self.house.unit(row.id) for row in self.house.answering if row.id in on_page)
        return handlers_by_unit([unit for unit in units if unit is not None])

    def offered(self) -> CardFilter:
        """Return the filter with its choices, drawn from what the page has read."""
        fields = self.filter.form.fields
        fields["unit"].widget.choices = [(row.code, row.name) for row in self.house.answering]
        fields["category"].widget.choices = [(one.code, str(one)) for one in self.house.categories.values()]
        return self.filter

    def counts(self) -> dict[str, Any]:
        """Return the numbers at the top, as their template takes them."""
        numbers = counts_for_today(self.person, self.today, timezone.get_current_timezone())
        now = self.asked.get("due", "")
        return {
            "counts": [
                {
                    "due": due,
                    "words": words,
                    "number": min(numbers[due], COUNTED_TO),
                    "over": numbers[due] > COUNTED_TO,
                    "danger": alarming and numbers[due],
                    "here": due == now,
                }
                for due, words, alarming in COUNTS
            ]
        }

    def heading(self) -> str:
        """Return what the list shows, in the words of its filter's choice."""
        due = dict(CardFilter.DUE).get(self.asked.get("due", ""))
        return str(due) if due else _("Search result") if self.asked.get("q") else _("All cards")

    def unknown(self) -> list[str]:
        """Return what is wrong with the filter where no field on the page would show it, as in an old link."""
        shown = ("received_from", "received_until")
        return [str(error) for name, errors in self.filter.errors.items() if name not in shown for error in errors]

    def rows_context(self) -> dict[str, Any]:
        """Return what the rows' part of the page shows."""
        self.request.shown = len(self.page.rows)  # type: ignore[attr-defined]  # for the audit log (config.looks)
        query = known_part(self.asked, *PLACE).urlencode()
        filter_only = known_part(self.asked).urlencode()
        return {
            "page": self.page,
            "rows": self.rows(),
            "to_forward": self.to_forward,
            "by": self.order.field,
            "today": self.today,
            "needed": self.request.municipality.minimum_attempts,  # type: ignore[attr-defined]
            "may_choose": bool(self.page.rows) and (self.may_route or self.may_delegate),
            "may_route": self.may_route,
            "units": self.units(),
            "handlers": self.handlers(),
            "chosen": self.chosen,
            "heading": self.heading(),
            "unknown": self.unknown(),
            "shown": [words for words in in_words(self.filter) if words[0] != "due"],
            "asked": self.asked,
            "filter_query": filter_only,
            "list_address": reverse("feedback:worklist") + (f"?{query}" if query else ""),
            "from_query": "?" + urlencode({"from": query}),
            "search_all": "?" + urlencode({"q": self.asked["q"]}) if self.asked.get("q") else "",
        }

    def context(self) -> dict[str, Any]:
        """Return what the whole page shows."""
        return (
            self.rows_context()
            | self.counts()
            | {
                "section": "cards",
                "filter": self.offered(),
                "typed": self.request.GET,
                "filtering": any(self.request.GET.get(name) for name in FILTERS),
                "saved": list(saved_filters(self.person)),
                "may_share": self.may_route,
            }
        )


def show(
    page: ListPage, typed: dict[str, str], *, report: Report | None = None, wrong: dict[str, str] | None = None
) -> HttpResponse:
    """Draw the list with what became of a bulk step: `wrong` holds sentences by field, `typed` what stood in the fields."""
    context = page.context() | {"report": report, "wrong": wrong or {}, "bulk": typed, "has_errors": True}
    return render(page.request, "feedback/cards/list.html", context, status=422)
