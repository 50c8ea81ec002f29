"""Pages of a list by where one stopped, not by number: page 30,000 costs what page 1 costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet, Value

from feedback.models import Card
from feedback.queries import SHOWN
from organisation.kept_queries import KeptQuery

SIZE = 50


@dataclass(frozen=True)
class Order:
    """A total order: a field, then the id. `key` of a row is written into the link to the next page."""

    field: str
    descending: bool

    @property
    def by(self) -> tuple[str, str]:
        return (f"-{self.field}", "-id") if self.descending else (self.field, "id")

    @property
    def turned(self) -> Order:
        return Order(self.field, not self.descending)

    def beyond(self, value: object, pk: int) -> Q:
        """Return the condition on rows that come after the one with this value and id.

        Its first part lets an index begin at the value, which the second alone would not.
        """
        side = "lt" if self.descending else "gt"
        past = Q(**{f"{self.field}__{side}": value}) | Q(**{f"id__{side}": pk})
        return Q(**{f"{self.field}__{side}e": value}) & past


NEWEST = Order("registered_at", descending=True)
DUE = Order("due_on", descending=False)
RECEIVED = Order("received_on", descending=True)


@dataclass(frozen=True)
class CardPage:
    """The rows of one page, and where the pages before and after it begin (empty where there is none)."""

    rows: list[Card]
    newer: str = ""
    older: str = ""


def key_of(card: Card, order: Order) -> str:
    return f"{getattr(card, order.field).isoformat()}_{card.pk}"


def read_key(text: str, order: Order) -> tuple[date | datetime, int] | None:
    """Return what `key_of` wrote, or None for a text that it did not write."""
    value, _, pk = text.rpartition("_")
    try:
        read: date | datetime = (
            datetime.fromisoformat(value) if order.field == "registered_at" else date.fromisoformat(value)
        )
        number = int(pk)
    except ValueError:
        return None
    if isinstance(read, datetime) and read.tzinfo is None:
        return None
    return (read, number) if 0 <= number < 2**63 else None


def order_of(asked: Mapping[str, str]) -> Order:
    """Return the order of a list by what its filter asks for: what waits for a deadline, and what is asked for by a span of
    deadlines, by deadline; a span of days of receipt by those; the rest the newest first.

    So each goes along an index that begins where the span does.
    """
    due = asked.get("due")
    if due:
        return NEWEST if due == "registered_today" else DUE
    if asked.get("due_from") or asked.get("due_until"):
        return DUE
    return RECEIVED if asked.get("received_from") or asked.get("received_until") else NEWEST


Cards = QuerySet[Card] | Sequence[QuerySet[Card]]
"""The cards of a list: those of one query, or of several that each go along an index of their own (a search)."""


def _ways(cards: Cards) -> Sequence[QuerySet[Card]]:
    return [cards] if isinstance(cards, QuerySet) else cards


def neighbours_of(card: Card, cards: Cards, order: Order) -> tuple[str, str]:
    """Return the references of the cards before and after `card` in a list, empty where there is none. One query.

    The card itself may have left the list: its place in the order is still known.
    """
    at = getattr(card, order.field), card.pk
    first, *others = (
        each.filter(run.beyond(*at)).order_by(*run.by).values_list(Value(side), order.field, "pk", "reference")[:1]
        for side, run in (("before", order.turned), ("after", order))
        for each in _ways(cards)
    )
    found = list(first.union(*others, all=True))

    def nearest(side: str, run: Order) -> str:
        places = sorted((row[1:] for row in found if row[0] == side), reverse=run.descending)
        return str(places[0][2]) if places else ""

    return nearest("before", order.turned), nearest("after", order)


def page_of(
    cards: Cards,
    order: Order,
    *,
    after: str = "",
    before: str = "",
    size: int = SIZE,
    shown: KeptQuery[Card] = SHOWN,
) -> CardPage:
    """Return one page of `cards`: the first, the one after a key, or the one before a key. One query.

    A key that cannot be read gives the first page. The ids are found first, so that what a row shows (`shown`, by ids) is
    joined for one page only.
    """
    start, end = read_key(after, order), read_key(before, order)
    backwards = end is not None and start is None
    run = order.turned if backwards else order
    at = end if backwards else start
    first, *others = (
        (each if at is None else each.filter(run.beyond(*at))).order_by(*run.by).values("pk")[: size + 1]
        for each in _ways(cards)
    )
    ids = first.union(*others) if others else first
    found = shown.rows(ids)
    found.sort(key=lambda card: (getattr(card, order.field), card.pk), reverse=run.descending)
    rows = found[:size]
    if backwards:
        rows.reverse()
    if not rows:
        return CardPage([])
    has_newer, has_older = (len(found) > size, True) if backwards else (start is not None, len(found) > size)
    return CardPage(
        rows, newer=key_of(rows[0], order) if has_newer else "", older=key_of(rows[-1], order) if has_older else ""
    )
