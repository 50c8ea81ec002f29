"""What is asked for before results are published."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from surveys.actions.publishing import LONGEST_WORDS
from surveys.models import Survey


class PublishForm(forms.Form):
    """The day, and the municipality's own words in each of the survey's languages (`words_nb`, …)."""

    publish_on = forms.DateField(
        label=_("Published from"),
        help_text=_("The figures are frozen now and shown from this day on."),
        widget=forms.DateInput(attrs={"type": "date", "data-width": "auto"}),
        error_messages={"required": _("Choose the day."), "invalid": _("Write the day as 2026-11-30.")},
    )

    def __init__(self, *args: Any, survey: Survey, languages: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.languages = [language for language in survey.languages if language in languages]
        for language in self.languages:
            self.fields[f"words_{language}"] = forms.CharField(
                label=_("What the municipality says of the result (%(language)s)") % {"language": languages[language]},
                required=False,
                max_length=LONGEST_WORDS,
                widget=forms.Textarea(attrs={"rows": 4, "lang": language}),
                error_messages={
                    "max_length": _("The text is longer than %(longest)s characters.") % {"longest": LONGEST_WORDS}
                },
            )

    def words(self) -> dict[str, str]:
        return {language: self.cleaned_data.get(f"words_{language}") or "" for language in self.languages}
