"""Take back a step right after it was done: the card stands as before, and the history shows both.

Only whoever did it, only for ten minutes, and only while nothing else has happened to the card. A mail of the step that
still waits is withdrawn; where it went, the same address is told that the card is theirs no more.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from feedback import mails
from feedback.actions.base import write
from feedback.actions.seen import latest_events, unless_changed
from feedback.errors import NotAllowed, Refused
from feedback.models import Card, CardEvent
from feedback.rules import may_do
from feedback.workflow import OPEN_STATES, State, Step
from organisation.models import Person, Unit
from organisation.outbox.queueing import queue_mails
from organisation.outbox.withdrawing import withdraw_mail
from organisation.queries import municipality

UNDO_WITHIN = timedelta(minutes=10)

What = CardEvent.What
STEP_OF: dict[str, Step] = {
    What.FORWARDED: Step.FORWARD,
    What.REROUTED: Step.REROUTE,
    What.DELEGATED: Step.DELEGATE,
    What.CLOSED: Step.CLOSE,
}
"""What can be undone, and the step whose permission it asks for."""


class TooLateToUndo(Refused):
    code = "too_late_to_undo"
    message = _("This can be undone for ten minutes, by the one who did it. Now it takes a step of its own.")


def undoable_event(card: Card, *, by: Person, now: datetime) -> int | None:
    """Return the id of the card's latest event if `by` may undo it at `now`, or None."""
    event = CardEvent.objects.filter(pk=latest_events([card.pk]).get(card.pk, 0)).first()
    return event.pk if event is not None and _may_be_undone(event, by, now) else None


def _may_be_undone(event: CardEvent, by: Person, now: datetime) -> bool:
    if event.what not in STEP_OF or event.by_id != by.pk or not event.at <= now <= event.at + UNDO_WITHIN:
        return False
    # What the rules sent on at the registration came from no unit.
    return event.what not in (What.FORWARDED, What.REROUTED) or event.from_value != ""


def undo_step(event: CardEvent, *, by: Person, now: datetime) -> Card:
    """Undo what `event` tells of, and return the card as it stands again.

    Raises ChangedMeanwhile where something has happened since, TooLateToUndo, NotAllowed.
    """

    def undo() -> Card:
        card = Card.objects.select_related("unit").get(pk=event.card_id)
        if not _may_be_undone(event, by, now):
            raise TooLateToUndo
        if not may_do(by, STEP_OF[event.what], card):
            raise NotAllowed
        if event.what == What.DELEGATED:
            _take_back_delegation(card, event)
        elif event.what == What.CLOSED:
            _open_again(card, event)
        else:
            _move_back(card, event)
        written = write(card, What.UNDONE, by=by, now=now, from_value=event.what, event=event.pk)
        _tell(card, event, written, now=now)
        return card

    return unless_changed(event.card, event.pk, undo)


def _move_back(card: Card, event: CardEvent) -> None:
    unit = Unit.objects.filter(code=event.from_value, closed_on=None).first()
    if unit is None:
        raise TooLateToUndo
    was = event.details.get("was", {})
    card.unit = unit
    card.handler = Person.objects.filter(pk=was.get("handler") or 0).first()
    card.returned_at = datetime.fromisoformat(was["returned_at"]) if was.get("returned_at") else None
    card.state = State.REGISTERED if unit.kind == Unit.Kind.SERVICE_CENTRE else State.FORWARDED
    card.save(update_fields=["unit", "handler", "returned_at", "state"])


def _take_back_delegation(card: Card, event: CardEvent) -> None:
    card.handler = Person.objects.filter(pk=event.from_value or 0).first()
    card.save(update_fields=["handler"])


def _open_again(card: Card, event: CardEvent) -> None:
    """The state before the closing; what was not completed then is not completed now. The promise stands as it stood."""
    card.state, card.closed_at, card.close_result, card.duplicate_of = event.from_value, None, "", None
    if card.state in OPEN_STATES:
        card.completed_at = None
    card.save(update_fields=["state", "closed_at", "close_result", "duplicate_of", "completed_at"])


def _tell(card: Card, event: CardEvent, written: CardEvent, *, now: datetime) -> None:
    key = mails.key_of_step(card, event)
    gone = withdraw_mail(key) if key else None
    if gone is not None:
        told = mails.card_taken_back(card, to=gone.to, language=gone.language, house=municipality(), event=written.pk)
        queue_mails([told], now=now)
