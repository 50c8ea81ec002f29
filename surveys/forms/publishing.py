"""What is asked for before results are published, and before they are withdrawn."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from surveys.actions.publishing import LONGEST_REASON, LONGEST_WORDS
from surveys.models import Survey

_REASON = {"max_length": _("The reason is longer than %(longest)s characters.") % {"longest": LONGEST_REASON}}


class PublishForm(forms.Form):
    """The day, the municipality's own words in each of the survey's languages (`words_nb`, …), and of a new version why.

    A draft may leave the day open; `publishing` asks for it.
    """

    publish_on = forms.DateField(
        label=_("Published from"),
        help_text=_("Everybody can read the results from this day on."),
        widget=forms.DateInput(attrs={"type": "date", "data-width": "auto"}),
        error_messages={"required": _("Choose the day."), "invalid": _("Write the day as 2026-11-30.")},
    )

    def __init__(
        self,
        *args: Any,
        survey: Survey,
        languages: dict[str, str],
        new_version: bool = False,
        publishing: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["publish_on"].required = publishing
        self.languages = [language for language in survey.languages if language in languages]
        for language in self.languages:
            self.fields[f"words_{language}"] = forms.CharField(
                label=_("What the municipality says of the result: %(language)s") % {"language": languages[language]},
                required=False,
                max_length=LONGEST_WORDS,
                widget=forms.Textarea(attrs={"rows": 4, "lang": language}),
                error_messages={
                    "max_length": _("The text is longer than %(longest)s characters.") % {"longest": LONGEST_WORDS}
                },
            )
        if new_version:
            self.fields["reason"] = forms.CharField(
                label=_("Why there is a new version"),
                help_text=_("It stands on the public page, beside the day of the new version."),
                required=publishing,
                max_length=LONGEST_REASON,
                widget=forms.Textarea(attrs={"rows": 2}),
                error_messages=_REASON | {"required": _("Write why. Those who read the results see it.")},
            )

    def given(self) -> dict[str, Any]:
        """What the actions take."""
        return {
            "publish_on": self.cleaned_data["publish_on"],
            "words": {language: self.cleaned_data.get(f"words_{language}") or "" for language in self.languages},
            "reason": self.cleaned_data.get("reason") or "",
        }


class WithdrawForm(forms.Form):
    """Why what is out is taken away."""

    reason = forms.CharField(
        label=_("Why the results are withdrawn"),
        help_text=_("It stands on the public page in place of the results."),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages=_REASON | {"required": _("Write why. Those who read the results see it.")},
    )
