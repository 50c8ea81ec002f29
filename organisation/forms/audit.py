"""The filters of the audit log."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organisation.ds_forms import DayField
from organisation.models import Person


class AuditFilter(forms.Form):
    """Texts are compared as a whole: there is an index for each, and a reference is copied, not guessed at."""

    reference = forms.CharField(
        label=_("Reference"), required=False, max_length=60, widget=forms.TextInput(attrs={"size": "14"})
    )
    person = forms.ModelChoiceField(Person.objects.all(), label=_("Who"), required=False, empty_label=_("Anybody"))
    action = forms.ChoiceField(label=_("What was done"), required=False)
    kind = forms.ChoiceField(label=_("With what"), required=False)
    first = DayField(label=_("From"), required=False)
    last = DayField(label=_("Until"), required=False)

    def __init__(
        self, *args: Any, kinds: list[tuple[str, str]], actions: list[tuple[str, list[tuple[str, str]]]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.choices = [("", _("Everything")), *kinds]
        action: Any = self.fields["action"]
        action.choices = [("", _("Everything")), ("looks", _("All looks")), ("changes", _("All changes")), *actions]
        for field in self.fields.values():
            field.conditional = True  # type: ignore[attr-defined]

    def clean_reference(self) -> str:
        return str(self.cleaned_data["reference"]).replace("\x00", "").strip()
