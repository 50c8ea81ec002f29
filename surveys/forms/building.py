"""Forms of making a survey: what it is called and for whom, its next round, its areas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.forms.boundfield import BoundField
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from organisation.models import Municipality, Unit
from organisation.queries import answering_units
from surveys.models import Area, Survey
from surveys.models.questionnaire import SMALLEST_GROUP
from surveys.questionnaires import EASY, SurveyKind

NAMES = dict(settings.LANGUAGES)


class LanguageFields:
    """One text in several languages, each with its easy-to-read variant: the first in sight, the others in a disclosure."""

    def __init__(
        self, form: forms.Form, name: str, codes: list[str], texts: Mapping[str, str], *, label: Any,
        help_text: Any = "", required: bool = True, rows: int = 0, easy: bool = True,
    ) -> None:  # fmt: skip
        self.form, self.name, self.label, self.help_text = form, name, label, help_text
        self.kept = {code: text for code, text in texts.items() if code.removesuffix(EASY) not in codes}
        self.codes = [f"{code}{suffix}" for code in codes for suffix in (("", EASY) if easy else ("",))]
        for code in self.codes:
            language = code.removesuffix(EASY)
            widget = forms.Textarea if rows else forms.TextInput
            attrs = {"lang": language} | ({"rows": str(rows)} if rows else {})
            form.fields[self.field_name(code)] = forms.CharField(
                label=format_lazy("{} – {}", NAMES[language], _("easy to read"))
                if code.endswith(EASY)
                else NAMES[language],
                required=required and code == codes[0],
                widget=widget(attrs=attrs),
                error_messages={"required": _("Write a few words here.")},
            )
            form.initial.setdefault(self.field_name(code), texts.get(code, ""))

    def field_name(self, code: str) -> str:
        return f"{self.name}_{code.replace('-', '_')}"

    @property
    def first(self) -> BoundField:
        return self.form[self.field_name(self.codes[0])]

    @property
    def others(self) -> list[BoundField]:
        fields = [self.form[self.field_name(code)] for code in self.codes[1:]]
        for field in fields:
            field.field.conditional = True  # type: ignore[attr-defined]  # nobody needs «(optional)» seven times
        return fields

    @property
    def is_open(self) -> bool:
        """Whether the disclosure shows an error."""
        return self.form.is_bound and any(self.field_name(code) in self.form.errors for code in self.codes[1:])

    @property
    def written(self) -> int:
        """How many of the others are written."""
        return sum(bool(str(field.value() or "").strip()) for field in self.others)

    def texts(self) -> dict[str, str]:
        """Return what was sent, and what stood in languages that the form does not show."""
        data = self.form.cleaned_data
        return self.kept | {code: data.get(self.field_name(code), "") for code in self.codes}

    def typed(self) -> dict[str, str]:
        """Return what stands in the fields, checked or not: what a preview shows."""
        return self.kept | {code: str(self.form[self.field_name(code)].value() or "") for code in self.codes}


def codes_of(house: Municipality, languages: Iterable[str]) -> list[str]:
    """Return the municipality's first language, and then the others of `languages`."""
    return [house.language, *(code for code in languages if code != house.language)]


class SurveyForm(forms.Form):
    kind = forms.ChoiceField(label=_("Type"), choices=SurveyKind.choices, widget=forms.RadioSelect)
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Unit"), required=False, to_field_name="code", empty_label=_("The whole municipality"),
        help_text=_("For a user survey: the unit whose users are asked."),
        error_messages={"invalid_choice": _("That one is not there any more. Choose another.")},
    )  # fmt: skip
    languages = forms.MultipleChoiceField(
        label=_("Languages"), choices=settings.LANGUAGES, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("In which people can answer."),
    )  # fmt: skip
    repeats_every_years = forms.IntegerField(
        label=_("Held every … years"), required=False, widget=forms.TextInput(attrs={"size": "4", "inputmode": "numeric"}),
        help_text=_("Then the quality advisers are reminded three months before the next round. Empty: once."),
        error_messages={"invalid": _("Write a whole number.")},
    )  # fmt: skip
    smallest_group = forms.IntegerField(
        label=_("Smallest group shown"), min_value=SMALLEST_GROUP, max_value=1000,
        widget=forms.TextInput(attrs={"size": "4", "inputmode": "numeric"}),
        help_text=_("Groups with fewer answers are never shown, nor anything they follow from. At least 5."),
        error_messages={
            "required": _("Write a whole number."), "invalid": _("Write a whole number."),
            "min_value": _("At least %(limit_value)s, so that nobody's answer can be seen."),
        },
    )  # fmt: skip

    def __init__(self, *args: Any, house: Municipality, survey: Survey | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.survey = survey
        self.initial = {**_initial_of(survey, house), **self.initial}
        self.fields["unit"].queryset = answering_units()  # type: ignore[attr-defined]
        codes = codes_of(house, survey.languages if survey else house.languages)
        titles, introductions, thanks = (
            (survey.titles, survey.introductions, survey.thanks) if survey else ({}, {}, {})
        )  # fmt: skip
        self.title = LanguageFields(self, "title", codes, titles, label=_("Title"), easy=False)
        self.introduction = LanguageFields(
            self, "introduction", codes, introductions, label=_("Introduction"), required=False, rows=4,
            help_text=_("On the first page: what it is about, and what the answers are used for."),
        )  # fmt: skip
        self.thanks = LanguageFields(
            self, "thanks", codes, thanks, label=_("Words when it is sent"), required=False, rows=2
        )
        if survey is None:
            self.fields["code"] = code_field()

    def values(self) -> dict[str, Any]:
        """Return the action's arguments."""
        names = ["kind", "unit", "languages", "repeats_every_years", "smallest_group"]
        values = {name: self.cleaned_data[name] for name in names}
        if self.survey is None:
            values["code"] = self.cleaned_data["code"]
        return values | {
            "titles": self.title.texts(),
            "introductions": self.introduction.texts(),
            "thanks": self.thanks.texts(),
        }


def _initial_of(survey: Survey | None, house: Municipality) -> dict[str, Any]:
    if survey is None:
        return {"kind": SurveyKind.CITIZEN, "languages": house.languages, "smallest_group": SMALLEST_GROUP}
    return {
        "kind": survey.kind,
        "unit": survey.unit.code if survey.unit else "",
        "languages": survey.languages,
        "repeats_every_years": survey.repeats_every_years,
        "smallest_group": survey.smallest_group,
    }


def code_field() -> forms.SlugField:
    return forms.SlugField(
        label=_("Code"), max_length=60, required=False,
        help_text=_("For addresses and files; it never changes. Leave it empty to have it made of the title."),
        error_messages={"invalid": _("Write the code with letters a–z, digits and dashes alone, like citizens-2026.")},
    )  # fmt: skip


class CopyForm(forms.Form):
    """The next round: what it is called. Everything else comes along."""

    def __init__(self, *args: Any, house: Municipality, survey: Survey, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        last = survey.opens_at or survey.created_at
        titles = {code: text.replace(str(last.year), str(year)) for code, text in survey.titles.items()}
        self.title = LanguageFields(
            self, "title", codes_of(house, survey.languages), titles, label=_("Title"), easy=False
        )
        self.fields["code"] = code_field()

    def values(self) -> dict[str, Any]:
        return {"titles": self.title.texts(), "code": self.cleaned_data["code"]}


class IntervalForm(forms.Form):
    repeats_every_years = SurveyForm.base_fields["repeats_every_years"]


class AreaForm(forms.Form):
    """What an area says; `area` is None for a new one."""

    def __init__(
        self, *args: Any, house: Municipality, survey: Survey, area: Area | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.area = area
        codes = codes_of(house, survey.languages)
        titles, introductions = (area.titles, area.introductions) if area else ({}, {})
        self.title = LanguageFields(self, "title", codes, titles, label=_("Title"))
        self.introduction = LanguageFields(
            self, "introduction", codes, introductions, label=_("Introduction"), required=False, rows=2,
            help_text=_("Above the questions. For a scale: what 1 and 6 mean."),
        )  # fmt: skip

    def values(self) -> dict[str, Any]:
        return {"titles": self.title.texts(), "introductions": self.introduction.texts()}


class LibraryForm(forms.Form):
    """Which questions to take. The action says which of them there are."""

    items = forms.Field(widget=forms.MultipleHiddenInput, required=False)
