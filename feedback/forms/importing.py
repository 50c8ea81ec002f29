"""The form of the page that reads cards in from a file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class ImportCardsForm(forms.Form):
    """A file with our own columns and what the older system is called, or any file with a mapping that says both."""

    use_required_attribute = False
    file = forms.FileField(
        label=_("File with cards"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
        help_text=_("CSV, with the columns of the file to begin with."),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty. Choose another.")},
    )
    source = forms.CharField(
        label=_("What the older system is called"), max_length=60, required=False,
        help_text=_("A card is known again by this name and its key: a second time it is not made anew."),
    )  # fmt: skip
    mapping = forms.CharField(
        label=_("Mapping"), required=False, max_length=20_000, strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_("For a file with other columns: in TOML, which of its columns is which of ours."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].conditional = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for the older system's name where no mapping says it."""
        cleaned = super().clean() or {}
        if not cleaned.get("mapping", "").strip() and not cleaned.get("source") and "source" not in self.errors:
            self.add_error("source", _("Write what the older system is called."))
        return cleaned
