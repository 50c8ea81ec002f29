"""The form of an indicator."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organisation.models import Municipality
from reporting.forms.scorecards import words_of
from reporting.models import Indicator
from reporting.scales import Direction, Origin, Perspective, Scale
from surveys.models import Comparator


class IndicatorForm(forms.Form):
    scale = forms.ChoiceField(label=_("Scale"), choices=Scale.choices)
    decimals = forms.TypedChoiceField(
        label=_("Decimals shown"), coerce=int, choices=[(number, str(number)) for number in range(4)], initial=1
    )
    direction = forms.ChoiceField(label=_("Direction"), choices=Direction.choices, initial=Direction.HIGHER)
    perspective = forms.ChoiceField(label=_("Perspective"), choices=Perspective.choices)
    origin = forms.ChoiceField(label=_("Values are"), choices=Origin.choices, initial=Origin.TYPED)
    formula = forms.SlugField(
        label=_("Made of"), max_length=60, required=False,
        help_text=_("From a survey: the key of the area or the question. Per inhabitant: the key of the other indicator."),
        error_messages={"invalid": _("Write the key with letters a–z, digits and dashes alone.")},
    )  # fmt: skip
    source = forms.CharField(label=_("Source"), max_length=250, required=False)
    country_weighs = forms.ChoiceField(
        label=_("The country's mean counts"), required=False,
        choices=[("", _("Not known: as published")), *Comparator.Weighs.choices],
    )  # fmt: skip

    def __init__(self, *args: Any, house: Municipality, indicator: Indicator | None = None, **kw: Any) -> None:
        names = ("scale", "decimals", "direction", "perspective", "origin", "formula", "source", "country_weighs")
        first = {name: getattr(indicator, name) for name in names} if indicator else {}
        super().__init__(*args, **{"initial": first, **kw})
        if indicator is None or indicator.origin != Origin.FEEDBACK:
            self.fields["origin"].choices = [  # type: ignore[attr-defined]
                (value, label) for value, label in Origin.choices if value != Origin.FEEDBACK
            ]
        self.words = [words_of(self, "name", house, indicator.names if indicator else {}, label=_("Name"))]
        self.more_words = [
            words_of(
                self, "explanation", house, indicator.explanations if indicator else {}, label=_("What it measures"),
                required=False, rows=2,
            )
        ]  # fmt: skip
        self._fields = names

    def values(self) -> dict[str, Any]:
        """Return the action's arguments."""
        return {name: self.cleaned_data[name] for name in self._fields} | {
            "names": self.words[0].texts(),
            "explanations": self.more_words[0].texts(),
        }
