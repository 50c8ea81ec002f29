"""Remind whoever has a card that is due in a few days."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from feedback import mails
from feedback.models import Card, CardEvent
from feedback.workflow import OPEN_STATES
from organisation.models import Municipality
from organisation.outbox.queueing import queue_mails
from organisation.queries import (
    Recipient,
    answering_units,
    is_away,
    list_recipient,
    municipality,
    open_successor,
    with_leaders,
    working_calendar,
)


def remind_of_deadlines(*, now: datetime) -> int:
    """Mail each handler, or the unit's leader, the cards that are due in two days (a setting). Return how many cards.

    A card is reminded of once in its cycle; a day on which the job did not run is made up the next. A card that somebody
    works on at the moment is left for tomorrow.
    """
    house = municipality()
    today = working_calendar(house).local_date(now)
    reminded = CardEvent.objects.filter(
        Q(at__gte=F("card__reopened_at")) | Q(card__reopened_at__isnull=True),
        card=OuterRef("pk"),
        what=CardEvent.What.REMINDED,
    )
    with transaction.atomic():
        # One run at a time: of two that shared out the cards, each would take a person's one mail for its own part.
        Municipality.objects.select_for_update(no_key=True).get()
        cards = list(
            Card.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(
                ~Exists(reminded),
                state__in=OPEN_STATES,
                due_on__range=(today, today + timedelta(days=house.remind_days_before)),
            )
            .select_related("handler", "unit", "category")
            .prefetch_related("handler__absences")
            .order_by("due_on", "id")
        )
        if not cards:
            return 0
        units = {unit.pk: unit for unit in with_leaders(answering_units())}
        by_recipient: dict[str, tuple[Recipient, list[Card]]] = {}
        for card in cards:
            handler = card.handler
            if handler is not None and handler.is_active and not is_away(handler, today):
                to: Recipient | None = Recipient(handler, handler.email, handler.language)
            else:
                to = list_recipient(
                    units.get(open_successor(card.unit).pk, card.unit), on=today, language=house.language
                )
            if to is not None:
                by_recipient.setdefault(to.email, (to, []))[1].append(card)
        queue_mails(
            [mails.reminder(to, theirs, house=house, today=today) for to, theirs in by_recipient.values()], now=now
        )
        CardEvent.objects.bulk_create(
            [CardEvent(card=card, what=CardEvent.What.REMINDED, at=now, to_value=str(card.due_on)) for card in cards]
        )
        return len(cards)
