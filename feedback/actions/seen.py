"""Act on a card only as the person saw it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TypeVar

from django.db import transaction
from django.db.models import Max

from feedback.errors import ChangedMeanwhile
from feedback.models import Card, CardEvent

T = TypeVar("T")


def latest_event(card: Card) -> int:
    """Return the id of the latest event that weighs, by the events already loaded with the card; 0 where there is none."""
    return max((event.pk for event in card.events.all() if event.what not in CardEvent.OF_NO_WEIGHT), default=0)


def latest_events(card_ids: Collection[int]) -> dict[int, int]:
    """Return for each card of a list the id of its latest event that weighs (one query)."""
    weighing = CardEvent.objects.filter(card__in=card_ids).exclude(what__in=CardEvent.OF_NO_WEIGHT)
    return dict(weighing.order_by().values("card").annotate(latest=Max("pk")).values_list("card", "latest"))


def unless_changed(card: Card, seen: int, act: Callable[[], T]) -> T:
    """Run `act` if nothing has happened to the card since the event `seen`, and return what it returns.

    The card's row is locked first, so that of a button pressed twice, or of two people, the second meets what the first
    did. Raises ChangedMeanwhile, and what `act` raises.
    """
    with transaction.atomic():
        _lock(card)
        if CardEvent.objects.filter(card=card, pk__gt=seen).exclude(what__in=CardEvent.OF_NO_WEIGHT).exists():
            raise ChangedMeanwhile
        return act()


def if_as_seen(card: Card, seen: Collection[int], act: Callable[[], T]) -> T:
    """Run `act` if the card's latest event that weighs is one of `seen`, as `unless_changed` does.

    Raises ChangedMeanwhile, and what `act` raises.
    """
    with transaction.atomic():
        _lock(card)
        if latest_events([card.pk]).get(card.pk, 0) not in seen:
            raise ChangedMeanwhile
        return act()


def _lock(card: Card) -> None:
    Card.objects.select_for_update().only("pk").get(pk=card.pk)
