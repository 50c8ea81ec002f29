"""What the forms of one card offer to choose from: each read once, and only where a form that shows it is drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property

from django import forms

from feedback.forms.ready_texts import ready_texts
from feedback.handover_queries import services_for, services_to_send_to
from feedback.models import Card, Category, NeighbourService
from feedback.queries import all_categories
from organisation.models import Municipality, Unit
from organisation.queries import all_units


class Choices:
    """The choices for `card`; what is posted is checked by the fields themselves."""

    def __init__(self, card: Card, house: Municipality) -> None:
        self.card, self.house = card, house

    @cached_property
    def texts(self) -> dict[str, str]:
        """The texts ready to adapt."""
        return ready_texts(self.card, self.house)

    @cached_property
    def services(self) -> list[NeighbourService]:
        """The services of neighbours that cards can be sent to."""
        return services_to_send_to()

    @cached_property
    def usual_services(self) -> set[int]:
        """Those to which the card's category belongs."""
        return services_for(self.card.category_id)

    @cached_property
    def units(self) -> list[Unit]:
        """All units, sectors and closed ones too, in the alphabet's order."""
        return all_units()

    def answering(self) -> list[tuple[str, str]]:
        """Return the units that can hold a card."""
        open_ones = (unit for unit in self.units if unit.closed_on is None and unit.kind != Unit.Kind.SECTOR)
        return [(unit.code, unit.name) for unit in open_ones]

    def others(self) -> list[tuple[str, str]]:
        """Return the units that the card can be moved to."""
        return [choice for choice in self.answering() if choice[0] != self.card.unit.code]

    @cached_property
    def all_categories(self) -> list[Category]:
        return list(all_categories())

    def categories(self) -> list[tuple[str, str]]:
        """Return the categories in use."""
        return [(one.code, str(one)) for one in self.all_categories if one.is_active]

    def own_categories(self) -> list[tuple[str, str]]:
        """Return the categories in use, and the card's own though it may be in use no more."""
        kept = (one for one in self.all_categories if one.is_active or one.pk == self.card.category_id)
        return [(one.code, str(one)) for one in kept]


def draw_from(field: forms.Field, choices: Callable[[], Iterable[tuple[str, str]]]) -> None:
    """Let a field of rows be drawn from `choices`, so that a page with several fields of the same rows reads them once."""
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 (a mistake of ours)
    field.choices = lambda: [("", field.empty_label or ""), *choices()]
