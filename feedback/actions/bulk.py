"""Do one thing to many cards. Each card is a transaction of its own: what is refused stops nobody else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from feedback.actions.intake import House
from feedback.actions.moving import delegate_card, forward_card
from feedback.actions.seen import unless_changed
from feedback.actions.undoing import undo_step, undoable_event
from feedback.actions.unit_suggestions import suggestions_for
from feedback.errors import Refused
from feedback.models import Card, CardEvent
from feedback.queries import visible_to, with_returns
from organisation.models import Person, Unit

MOST = 200
"""Cards at once: more than any page shows."""


class NoneChosen(Refused):
    code = "none_chosen"
    message = _("Choose at least one card.")


class TooManyChosen(Refused):
    code = "too_many_chosen"
    message = _("Choose at most %(most)s cards at once.")


class NotThere(Refused):
    code = "not_there"
    message = _("There is no such card here any more.")


class NoSuggestion(Refused):
    code = "no_suggestion"
    message = _("No rule says where this card belongs.")


@dataclass(frozen=True)
class Chosen:
    """A card by its reference, and the latest event that the list showed of it."""

    reference: str
    seen: int


@dataclass
class Report:
    """What became of each card: those done with the event that can be undone, the others with the sentence that says why."""

    done: list[Card] = field(default_factory=list)
    events: list[int] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


def forward_many(chosen: Sequence[Chosen], *, unit: Unit, by: Person, now: datetime) -> Report:
    """Forward each chosen card to `unit`. Raises NoneChosen, TooManyChosen."""
    return _each(chosen, lambda card: forward_card(card, unit=unit, by=by, now=now), by=by, now=now)


def forward_to_suggestions(chosen: Sequence[Chosen], *, by: Person, now: datetime) -> Report:
    """Forward each chosen card to the unit that the rules suggest for it. Raises NoneChosen, TooManyChosen."""
    cards = list(with_returns(visible_to(by)).filter(reference__in=[one.reference for one in chosen[:MOST]]))
    house = House.read()
    suggestions = suggestions_for(cards, house.units, house.rules)

    def forward(card: Card) -> Card:
        if (suggestion := suggestions.get(card.pk)) is None:
            raise NoSuggestion
        return forward_card(card, unit=suggestion.unit, by=by, now=now)

    return _each(chosen, forward, by=by, now=now)


def delegate_many(chosen: Sequence[Chosen], *, handler: Person, by: Person, now: datetime) -> Report:
    """Delegate each chosen card to `handler`. Raises NoneChosen, TooManyChosen."""
    return _each(chosen, lambda card: delegate_card(card, handler=handler, by=by, now=now), by=by, now=now)


def undo_many(event_ids: Sequence[int], *, by: Person, now: datetime) -> Report:
    """Undo each of these events of cards that `by` may see. Raises NoneChosen, TooManyChosen."""
    _check_number(event_ids)
    events = CardEvent.objects.filter(pk__in=event_ids, card__in=visible_to(by)).select_related("card").order_by("pk")
    report = Report()
    for event in events:
        try:
            report.done.append(undo_step(event, by=by, now=now))
        except Refused as refusal:
            report.refused.append((event.card.reference, str(refusal)))
    return report


def _each(chosen: Sequence[Chosen], act: Callable[[Card], Card], *, by: Person, now: datetime) -> Report:
    _check_number(chosen)
    cards = {card.reference: card for card in visible_to(by).filter(reference__in=[one.reference for one in chosen])}
    report = Report()
    for one in chosen:
        try:
            if (card := cards.get(one.reference)) is None:
                raise NotThere
            done = unless_changed(card, one.seen, lambda card=card: act(card))  # type: ignore[misc]
        except Refused as refusal:
            report.refused.append((one.reference, str(refusal)))
            continue
        report.done.append(done)
        if (event := undoable_event(done, by=by, now=now)) is not None:
            report.events.append(event)
    return report


def _check_number(chosen: Sequence[object]) -> None:
    if not chosen:
        raise NoneChosen
    if len(chosen) > MOST:
        raise TooManyChosen(most=MOST)
