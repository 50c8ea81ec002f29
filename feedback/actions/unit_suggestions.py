"""Which unit a card at the service centre may belong to, and why. Reads once for a whole list; writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from feedback.actions.intake import only, unit_of
from feedback.models import Card
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


def suggestions_for(cards: Iterable[Card], units: dict[int, Unit], rules: Sequence[Rule]) -> dict[int, Suggestion]:
    """Return the suggestion for each card that has one, by its id, asking nothing. The cards have `returns`
    (`feedback.queries.with_returns`); `units` are by id those that the rules and political content lead to, without sectors.

    The rules may have changed since the card came, or the card. A unit that has sent a card back is not suggested again.
    """
    found = ((card.pk, suggest(card, units, rules, not_to={one["unit"] for one in _returns(card)})) for card in cards)
    return {pk: suggestion for pk, suggestion in found if suggestion is not None}


def sent_back(card: Card, names: Mapping[str, str]) -> SentBack | None:
    """Return who sent the card back last, None where nobody did; `names` of the units by their codes."""
    returns = _returns(card)
    return SentBack(names.get(returns[-1]["unit"], ""), returns[-1]["reason"]) if returns else None


def _returns(card: Card) -> list[dict[str, str]]:
    returns: list[dict[str, str]] = card.returns  # type: ignore[attr-defined]
    return returns


def suggest(card: Card, units: dict[int, Unit], rules: Iterable[Rule], *, not_to: set[str]) -> Suggestion | None:
    """Return the unit that the rules give a card now, left out those in `not_to` (codes); None where it stays."""
    if card.political and (office := only(units, Unit.Kind.MAYORS_OFFICE)) is not None and office.code not in not_to:
        return Suggestion(office, political=True) if office.pk != card.unit_id else None
    facts = Facts(card.text, card.category_id, card.kind, card.place, card.area)
    rule = first_fit((rule for rule in rules if not (not_to and _leads_to(rule, units, not_to))), facts)
    unit = unit_of(rule, units) if rule is not None else None
    if rule is None or unit is None or unit.pk == card.unit_id:
        return None
    return Suggestion(unit, why=reasons(rule, facts))


def _leads_to(rule: Rule, units: dict[int, Unit], codes: set[str]) -> bool:
    unit = unit_of(rule, units)
    return unit is not None and unit.code in codes
