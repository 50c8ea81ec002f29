"""The municipality's own settings, its days off, its texts, and the log's filters."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from organisation.ds_forms import DayField
from organisation.models import Municipality, Person
from organisation.scanning import Infected, ScannerAway, TooLarge, looked_through
from organisation.wordings import Wording


class MunicipalityForm(forms.ModelForm):
    languages = forms.MultipleChoiceField(
        label=_("Languages offered to citizens"), choices=settings.LANGUAGES, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one language.")},
    )  # fmt: skip

    class Meta:
        model = Municipality
        fields = [
            "name", "number", "phone", "email", "address", "website", "accessibility_statement_url", "language",
            "languages",
        ]  # fmt: skip
        labels = {"accessibility_statement_url": _("Address of the accessibility statement")}
        help_texts = {"phone": _("Shown at the foot of each page, and where something goes wrong.")}
        widgets = {
            "address": forms.Textarea(attrs={"rows": "3"}),
            "website": forms.URLInput(attrs={"inputmode": "url"}),
        }
        error_messages = {
            "name": {"required": _("Write a name.")},
            "email": {"invalid": _("Write the e-mail address like name@example.com.")},
            "website": {"invalid": _("Write the whole address, like https://www.example.com.")},
            "accessibility_statement_url": {"invalid": _("Write the whole address, like https://www.example.com.")},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("website", "accessibility_statement_url"):
            self.fields[name].assume_scheme = "https"  # type: ignore[attr-defined]


class DayOffForm(forms.Form):
    on = DayField(label=_("Date"), error_messages={"required": _("Write a date, like 24.12.2026.")})
    name = forms.CharField(
        label=_("What day is it?"), max_length=100, error_messages={"required": _("Write what day it is.")}
    )


class WordingForm(forms.Form):
    """One field a language, named by its code."""

    def __init__(self, *args: Any, wording: Wording, languages: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = str(min(12, max(4, wording.longest // 160)))
        for code, name in languages:
            self.fields[code] = forms.CharField(
                label=name, required=False, strip=True, widget=forms.Textarea(attrs={"rows": rows, "lang": code})
            )
            self.fields[code].conditional = True  # type: ignore[attr-defined]  # an empty one has a meaning: ours


class LogFilter(forms.Form):
    kind = forms.ChoiceField(label=_("What"), required=False)
    person = forms.ModelChoiceField(Person.objects.all(), label=_("Who"), required=False, empty_label=_("Anybody"))
    first = DayField(label=_("From"), required=False)
    last = DayField(label=_("Until"), required=False)

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.choices = [("", _("Everything")), *kinds]
        for field in self.fields.values():
            field.conditional = True  # type: ignore[attr-defined]


class ColourForm(forms.Form):
    colour = forms.CharField(
        label=_("Colour"), required=False, max_length=40, widget=forms.TextInput(attrs={"size": "12"}),
        help_text=_("Six digits, like #7a1f3d, as it stands in the municipality's graphic profile. Empty: ours."),
    )  # fmt: skip


class ScannedFileField(forms.FileField):
    """A file that is looked through for viruses before anything reads it."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Raises ValidationError with a sentence."""
        file = super().clean(data, initial)
        if file:
            try:
                if not looked_through(file):
                    raise ScannerAway
            except Infected:
                raise forms.ValidationError(_("The file contains a virus. Choose another."), code="infected") from None
            except TooLarge:
                raise forms.ValidationError(
                    _("The file is too large to be looked through for viruses. Choose a smaller one."),
                    code="too_large_to_scan",
                ) from None
            except ScannerAway as away:
                raise forms.ValidationError(str(away), code=away.code) from None
        return file


class ArmsForm(forms.Form):
    file = ScannedFileField(
        label=_("Coat of arms"), help_text=_("A PNG or an SVG, on see-through ground."),
        widget=forms.ClearableFileInput(attrs={"accept": ".png,.svg,.jpg,.jpeg,.webp"}),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty. Choose another.")},
    )  # fmt: skip
