"""Which contact cards are printed or were posted, and on which day."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organisation.ds_forms import DayField


class SeenCardsField(forms.MultipleChoiceField):
    """Cards that were ticked, each as «reference:seen». Cleans to pairs of reference and the latest event that was seen."""

    def valid_value(self, value: Any) -> bool:
        return re.fullmatch(r"[\w-]{1,20}:\d{1,18}", str(value)) is not None

    def clean(self, value: Any) -> list[tuple[str, int]]:
        """Return the pairs, each card once. Raises ValidationError where none is ticked."""
        pairs = (str(each).split(":") for each in super().clean(value))
        return list({reference: (reference, int(seen)) for reference, seen in pairs}.values())


class ChosenForm(forms.Form):
    card = SeenCardsField(
        label=_("Contact cards"),
        error_messages={
            "required": _("Choose at least one card."),
            "invalid_choice": _("The page was not understood. Load it again."),
        },
    )

    def ticks(self, value: str, usually: bool) -> bool:
        """Whether the card of this value is ticked on the page: as it was sent, or as it usually is."""
        return value in self.data.getlist("card") if self.is_bound else usually  # type: ignore[attr-defined]


class PostedForm(ChosenForm):
    batch = forms.CharField(widget=forms.HiddenInput, required=False)
    posted_on = DayField(label=_("Posted on"), error_messages={"required": _("Write the day they were posted.")})
