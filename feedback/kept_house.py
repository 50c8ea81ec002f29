"""The units, the categories and the routing rules as a page of the staff's needs them: in one statement."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from feedback.models import Card, Category, RoutingRule
from feedback.routing import Rule
from organisation.kept_rows import KeptRows
from organisation.models import Unit

_KEPT = KeptRows(Unit, Category, RoutingRule)


class KeptHouse:
    """The house of one moment, for one request. Units and categories are models of its own, made when they are asked for."""

    def __init__(self) -> None:
        self._units, self._categories, self._rules = _KEPT.current()
        self._made: dict[int, Unit] = {}

    def unit(self, pk: int) -> Unit | None:
        """Return the unit with its successors, None where there is none with this id."""
        made = self._made.get(pk)
        if made is None and pk in self._units.rows:
            made = self._made[pk] = self._units.model(pk)
            made.successor = self.unit(
                made.successor_id or 0
            )  # after it stands there itself: closed units may form a ring
        return made

    def units(self) -> list[Unit]:
        """Return all units, sectors and closed ones too, in the alphabet's order."""
        return [unit for pk in self._units.rows if (unit := self.unit(pk)) is not None]

    def units_to_route(self, rules: Iterable[Rule]) -> dict[int, Unit]:
        """Return by id the units that a card can come to by `rules` or for its political content: of hundreds a few."""
        by_rule = {rule.unit_id for rule in rules}
        wanted = (row for row in self.answering if row.id in by_rule or row.kind == Unit.Kind.MAYORS_OFFICE)
        return {row.id: unit for row in wanted if (unit := self.unit(row.id)) is not None}

    @cached_property
    def answering(self) -> list[Any]:
        """The rows of all units that can hold a card, closed ones too: `id`, `code`, `name`, `closed_on` and so on."""
        return [row for row in self._units.rows.values() if row.kind != Unit.Kind.SECTOR]

    @cached_property
    def categories(self) -> dict[int, Category]:
        """All categories by id, those out of use too, in their order."""
        return {pk: self._categories.model(pk) for pk in self._categories.rows}

    def rules(self) -> list[Rule]:
        """Return the routing rules in their order, as `feedback.queries.rules_in_use` does."""
        fitting = {None} | {pk for pk, row in self._categories.rows.items() if row.is_active}
        rows = (row for row in self._rules.rows.values() if row.is_active and row.category_id in fitting)
        return [
            Rule(row.id, row.unit_id, row.category_id, row.kind, row.area, tuple(row.words))
            for row in sorted(rows, key=lambda row: (row.position, row.id))
        ]

    def stand_on(self, cards: Iterable[Card]) -> None:
        """Put beside each card its unit and its category: joined to a list's cards they cost more than the cards."""
        for card in cards:
            if (unit := self.unit(card.unit_id)) is not None:
                card.unit = unit
            if (category := self.categories.get(card.category_id or 0)) is not None:
                card.category = category
