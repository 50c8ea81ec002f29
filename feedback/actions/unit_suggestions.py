"""Which unit a card at the service centre may belong to, and why. Reads once for a whole list; writes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from feedback.actions.intake import only, unit_of
from feedback.models import Card, CardEvent
from feedback.queries import rules_in_use
from feedback.routing import Facts, Reasons, Rule, first_fit, reasons
from organisation.models import Unit


@dataclass(frozen=True)
class Suggestion:
    """A unit, and what speaks for it: political content, words of the text, or the card's category, kind or area."""

    unit: Unit
    political: bool = False
    why: Reasons = field(default_factory=Reasons)


@dataclass(frozen=True)
class SentBack:
    """Which unit sent the card back last, and the reason it wrote."""

    unit: str
    reason: str = ""


@dataclass(frozen=True)
class Looked:
    """What is known of a list of cards: suggestions and returns by the card's id."""

    suggestions: dict[int, Suggestion]
    sent_back: dict[int, SentBack]


def look_at(cards: Sequence[Card], units: dict[int, Unit]) -> Looked:
    """Return the suggestion for each card, in two queries whatever their number. `units` are as `read_units` gives them.

    The rules may have changed since the card came, or the card. A unit that has sent a card back is not suggested again.
    """
    rules = rules_in_use()
    returned = _returns([card.pk for card in cards if card.returned_at is not None])
    names = {unit.code: unit.name for unit in units.values()}
    suggestions = {}
    for card in cards:
        found = suggest(card, units, rules, not_to={event.from_value for event in returned[card.pk]})
        if found is not None:
            suggestions[card.pk] = found
    return Looked(
        suggestions=suggestions,
        sent_back={
            pk: SentBack(names.get(events[-1].from_value, ""), events[-1].note.text if _has_note(events[-1]) else "")
            for pk, events in returned.items()
            if events
        },
    )


def suggest(card: Card, units: dict[int, Unit], rules: Iterable[Rule], *, not_to: set[str]) -> Suggestion | None:
    """Return the unit that the rules give a card now, left out those in `not_to` (codes); None where it stays."""
    if card.political and (office := only(units, Unit.Kind.MAYORS_OFFICE)) is not None and office.code not in not_to:
        return Suggestion(office, political=True) if office.pk != card.unit_id else None
    facts = Facts(card.text, card.category_id, card.kind, card.place, card.area)
    rule = first_fit((rule for rule in rules if not _leads_to(rule, units, not_to)), facts)
    unit = unit_of(rule, units) if rule is not None else None
    if rule is None or unit is None or unit.pk == card.unit_id:
        return None
    return Suggestion(unit, why=reasons(rule, facts))


def _leads_to(rule: Rule, units: dict[int, Unit], codes: set[str]) -> bool:
    unit = unit_of(rule, units)
    return unit is not None and unit.code in codes


def _returns(card_ids: list[int]) -> defaultdict[int, list[CardEvent]]:
    found: defaultdict[int, list[CardEvent]] = defaultdict(list)
    if card_ids:
        sent_back = CardEvent.objects.filter(card__in=card_ids, what=CardEvent.What.RETURNED)
        for event in sent_back.select_related("note").order_by("at", "id"):
            found[event.card_id].append(event)
    return found


def _has_note(event: CardEvent) -> bool:
    return hasattr(event, "note")
