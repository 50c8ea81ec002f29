"""A unit that is typed: by its name, its code, or as much of the name as is no other's."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from organisation.ds_forms import TypedChoice
from organisation.models import Unit
from organisation.queries import answering_units

NEAREST = 3


class TypedUnitField(forms.CharField):
    """Cleans to a unit that can hold cards, or None. A wrong name is met with the nearest names there are."""

    no_such = _("There is no unit «%(typed)s». Leave the field empty to let the rules decide.")

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", TypedChoice(lambda: ((unit.name, "") for unit in answering_units())))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Unit | None:
        """Return the unit. Raises ValidationError with the nearest names for one that there is not, or with those that
        begin so where there are several."""
        typed = super().clean(value).strip()
        if not typed:
            return None
        wanted = typed.casefold()
        units = list(answering_units())
        for unit in units:
            if wanted in (unit.name.casefold(), unit.code):
                return unit
        beginning = [unit for unit in units if unit.name.casefold().startswith(wanted)]
        if len(beginning) == 1:
            return beginning[0]
        names = {unit.name.casefold(): unit.name for unit in units}
        near = [unit.name for unit in beginning[:NEAREST]] or [
            names[name] for name in get_close_matches(wanted, names, n=NEAREST)
        ]
        if near:
            raise ValidationError(
                _("There is no unit «%(typed)s». Nearest: %(names)s."),
                code="invalid_choice",
                params={"typed": typed, "names": ", ".join(near)},
            )
        raise ValidationError(
            self.no_such,
            code="invalid_choice",
            params={"typed": typed},
        )
