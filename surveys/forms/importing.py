"""The form of the page that takes in a round which was run elsewhere."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organisation.ds_forms import DayField
from surveys.forms.sampling import NumberField


class AnswersForm(forms.Form):
    """A file whose columns are the questions' keys with the days of the round, or any file with a mapping that says all."""

    use_required_attribute = False
    file = forms.FileField(
        label=_("File with answers"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
        help_text=_("CSV, one row a respondent, without names or anything else that tells who it is."),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty. Choose another.")},
    )
    opened = DayField(label=_("First day it could be answered"), required=False)
    closed = DayField(label=_("Last day it could be answered"), required=False)
    invited = NumberField(label=_("How many were asked"), required=False)
    population = NumberField(
        label=_("How many they were drawn from"), required=False, help_text=_("With it the margins are narrower.")
    )
    leave_out = forms.BooleanField(
        label=_("Leave out the lines with faults"), required=False,
        help_text=_("Without this, one fault is enough for nothing to be read in."),
    )  # fmt: skip
    mapping = forms.CharField(
        label=_("Mapping"), required=False, max_length=50_000, strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_("For a file with other columns: in TOML, which of its columns is which question. It says the days too."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("opened", "closed"):
            self.fields[name].conditional = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for the days where no mapping says them."""
        cleaned = super().clean() or {}
        if cleaned.get("mapping", "").strip():
            return cleaned
        for name in ("opened", "closed"):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _("Write the day."))
        opened, closed = cleaned.get("opened"), cleaned.get("closed")
        if opened and closed and closed < opened:
            self.add_error("closed", _("The last day is before the first."))
        return cleaned
