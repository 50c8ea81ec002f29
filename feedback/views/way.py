"""The way from a card on to the next in the list it was opened from, and back to that list."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from feedback.filters import CardFilter, known_part, read_query
from feedback.forms.choices import Choices
from feedback.paging import neighbours_of, order_of
from feedback.queries import visible_to
from organisation.models import Person

PLACE = ("after", "before")


@dataclass(frozen=True)
class Way:
    """`asked` is the list's query, cleaned; `previous` and `next` are references, empty where the list ends."""

    asked: QueryDict
    previous: str = ""
    next: str = ""

    @classmethod
    def back(cls, request: HttpRequest) -> Way:
        """Return the way back alone, without a query."""
        return cls(read_query(request.GET.get("from", ""), *PLACE))

    @classmethod
    def of(cls, request: HttpRequest, person: Person, choices: Choices) -> Way:
        """Return the way on from the card of `choices` (one query, and one for a case handler in the filter), or only back
        where the page was not opened from a list."""
        asked = cls.back(request).asked
        if not known_part(asked):
            return cls(asked)
        filtered = CardFilter(asked, queryset=visible_to(person), request=request)
        filtered.know(units=lambda: choices.units, categories=lambda: choices.all_categories)
        if not filtered.is_valid():
            return cls(asked)
        return cls(asked, *neighbours_of(choices.card, filtered.ways(), order_of(asked)))

    @property
    def from_query(self) -> str:
        """What links and forms of the card's page carry along."""
        return "?" + urlencode({"from": self.asked.urlencode()}) if self.asked else ""

    @property
    def list_address(self) -> str:
        """The page of the list that the card was opened from."""
        return reverse("feedback:worklist") + (f"?{self.asked.urlencode()}" if self.asked else "")
