"""Which figures the overview shows, in which order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reporting.models import Indicator
from reporting.overview import MOST
from reporting.scales import Perspective


class OverviewForm(forms.Form):
    """One choice for each place; an empty one is left out."""

    def __init__(self, *args: Any, shown: Sequence[Indicator], language: str, **kw: Any) -> None:
        super().__init__(*args, **kw)
        all_there = list(Indicator.objects.order_by("perspective", "pk"))
        self._by_key = {one.key: one for one in all_there}
        groups = [
            (label, [(one.key, one.name_in(language)) for one in all_there if one.perspective == code])
            for code, label in Perspective.choices
        ]
        choices = [("", "–"), *((label, things) for label, things in groups if things)]
        for place in range(1, MOST + 1):
            field = forms.ChoiceField(
                label=_("Figure %(place)s") % {"place": place}, choices=choices, required=False,
                initial=shown[place - 1].key if place <= len(shown) else "",
                error_messages={"invalid_choice": _("That one is not there any more. Choose another.")},
            )  # fmt: skip
            field.conditional = True  # type: ignore[attr-defined]  # nobody needs «(optional)» eight times
            self.fields[f"figure_{place}"] = field

    def chosen(self) -> list[Indicator | None]:
        return [self._by_key.get(self.cleaned_data[f"figure_{place}"]) for place in range(1, MOST + 1)]
