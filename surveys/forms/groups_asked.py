"""How many of each respondent group were asked: a number for each choice of a background question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from surveys.actions.groups_asked import MOST
from surveys.forms.sampling import NumberField
from surveys.questionnaires import Item, text_in


class GroupsForm(forms.Form):
    """`asked` is the question, `first` what the fields begin with by choice."""

    use_required_attribute = False

    def __init__(self, *args: Any, asked: Item, language: str, first: Mapping[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for option in asked.options:
            self.fields[option.key] = NumberField(
                label=text_in(option.texts, language) or option.key, required=False, initial=first.get(option.key)
            )

    def clean(self) -> dict[str, Any]:
        """Say it at the field where a number is larger than any group."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for name, number in list(data.items()):
            if number is not None and number > MOST:
                self.add_error(name, ValidationError(_("That is more people than a group can have."), code="too_many"))
        return data

    def given(self) -> dict[str, int]:
        """Return the number of each group, 0 where nothing was written."""
        return {name: number or 0 for name, number in self.cleaned_data.items()}
