"""Act on an action only as whoever acts has seen it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TypeVar

from django.db import transaction
from django.db.models import Max

from feedback.errors import ChangedMeanwhile
from reporting.models import Initiative, InitiativeEvent

T = TypeVar("T")


def latest_event_of(initiative: Initiative) -> int:
    """Return the id of the latest event of an action, 0 where there is none. Reminders change nothing of it, and do not count
    (one query)."""
    events = InitiativeEvent.objects.filter(initiative=initiative).exclude(what=InitiativeEvent.What.REMINDED)
    return events.aggregate(latest=Max("pk"))["latest"] or 0


def if_action_as_seen(initiative: Initiative, seen: Collection[int], act: Callable[[], T]) -> T:
    """Run `act` if the action's latest event is one of `seen`, and return what it returns. Of two at once the second meets
    what the first did. Raises ChangedMeanwhile, and what `act` raises."""
    with transaction.atomic():
        Initiative.objects.select_for_update(of=("self",)).only("pk").get(pk=initiative.pk)
        if latest_event_of(initiative) not in seen:
            raise ChangedMeanwhile
        return act()
