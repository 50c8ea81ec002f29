"""What of a card's history other systems are told: a reference, a moment and a link, and nothing of what people wrote."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import islice

from django.conf import settings
from django.urls import reverse

from feedback.models import Card, CardEvent, OverdueRun
from organisation.models import WebhookEvent
from organisation.webhooks.telling import Telling, is_asked_for, statement_of, tell

What = CardEvent.What
MOVED = (What.FORWARDED, What.REROUTED, What.RETURNED)
TOLD: dict[str, WebhookEvent] = {
    What.REGISTERED: WebhookEvent.CARD_REGISTERED,
    What.FORWARDED: WebhookEvent.CARD_FORWARDED,
    What.REROUTED: WebhookEvent.CARD_FORWARDED,
    What.RETURNED: WebhookEvent.CARD_FORWARDED,
    What.CALLED_BACK: WebhookEvent.CARD_CALLED_BACK,
    What.CLOSED: WebhookEvent.CARD_CLOSED,
}
AT_ONCE = 1000
"""Cards of an overdue run that are told of in one statement."""


def announce(events: Iterable[CardEvent], *, now: datetime) -> None:
    """Tell those who asked of these events, each with its card read and standing as it does after the event.

    Only the endpoints of the unit that the card is with now are told: the one it left sees it no more. In the
    transaction that writes the events; at most one statement.
    """
    tell([telling for event in events if (telling := telling_of(event)) is not None], now=now)


def announcement(events: Iterable[CardEvent], *, now: datetime, source: str, mark: tuple[str, str]) -> str:
    """Return what `announce` writes, for who writes it together with the events themselves: see `statement_of`."""
    tellings = [telling for event in events if (telling := telling_of(event)) is not None]
    return statement_of(tellings, now=now, source=source, mark=mark)


def announce_overdue(run: OverdueRun, *, now: datetime) -> None:
    """Tell of the cards on a week's lists, each once a week: one statement where nobody asked."""
    if not is_asked_for(WebhookEvent.CARD_OVERDUE):
        return
    week = str(run.week)
    cards = Card.objects.filter(
        overdue_entries__overdue_list__run=run, overdue_entries__solved_before_mail=False, sensitive=False
    )
    every = cards.only("reference", "unit_id").order_by("overdue_entries__id").iterator(chunk_size=AT_ONCE)
    while batch := list(islice(every, AT_ONCE)):
        tell(
            [
                Telling(
                    WebhookEvent.CARD_OVERDUE, f"overdue:{week}:{card.pk}", now, _data(card) | {"week": week}, card.unit_id
                )
                for card in batch
            ],
            now=now,
        )  # fmt: skip


def telling_of(event: CardEvent) -> Telling | None:
    """Return what is told of one event, with its card read; None where nobody is told of such, or of such a card."""
    if event.card.sensitive:
        return None
    what = TOLD.get(event.what)
    if event.what == What.UNDONE and event.from_value in MOVED:
        what = WebhookEvent.CARD_FORWARDED
    if what is None:
        return None
    # Events of a registration are written without reading their ids back; a card is registered once.
    mark = event.pk or f"{event.card.reference}:{event.what}"
    return Telling(what, f"card:{mark}", event.at, _data(event.card), event.card.unit_id)


def _data(card: Card) -> dict[str, str]:
    return {
        "reference": card.reference,
        "url": settings.SITE_URL + reverse("api:card", args=[card.reference]),
    }
