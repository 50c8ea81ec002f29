"""What is asked for to make a report, to write to it, and to publish it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from organisation.models import Unit
from reporting.actions.reports import LONGEST_REASON, LONGEST_TEXT
from reporting.documents import Document
from reporting.models import Assessment, Group, Scorecard
from reporting.periods import Every, Period, before, period_of
from reporting.report_names import OF_SOMETHING, QUARTERLY, Asked, Kind
from reporting.report_pages import SUMMARY
from reporting.report_queries import key_of_assessment
from surveys.questionnaires import text_in

YEARS, QUARTERS = 6, 12
_REASON_TOO_LONG = _("The reason is longer than %(limit_value)s characters.")
_TEXT_TOO_LONG = _("The text is longer than %(limit_value)s characters.")


class NewReportForm(forms.Form):
    """Of which kind, which period, and of what. The latest quarter that is over stands first."""

    use_required_attribute = False

    kind = forms.ChoiceField(
        label=_("Kind of report"), choices=Kind.choices, error_messages={"required": _("Choose a kind of report.")}
    )
    period = forms.ChoiceField(label=_("Period"), error_messages={"required": _("Choose a period.")})
    what = forms.ChoiceField(
        label=_("Of what"),
        required=False,
        help_text=_(
            "The unit, the scorecard, the form of assessment or the group of municipalities. The other reports are of the"
            " whole municipality."
        ),
        error_messages={"invalid_choice": _("There is no such unit, scorecard, assessment or group. Choose one.")},
    )

    def __init__(
        self, *args: Any, today: date, units: Sequence[Unit], scorecards: Sequence[Scorecard],
        assessments: Sequence[Assessment], groups: Sequence[Group], said: Any, language: str, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self._periods = {str(period): period for period in _periods(today)}
        self._fields("period").choices = [(key, said(period)) for key, period in self._periods.items()]
        forms_there = {key_of_assessment(each): each for each in assessments}
        self._fields("what").choices = [
            ("", _("The whole municipality")),
            (_("Unit or sector"), [(f"{Kind.UNIT}-{unit.code}", unit.name) for unit in units]),
            (
                _("Scorecard"),
                [(f"{Kind.SCORECARD}-{each.key}", each.name_in(language)) for each in scorecards],
            ),
            (
                _("Form of assessment"),
                [
                    (
                        f"{Kind.ASSESSMENT}-{key}",
                        f"{text_in(each.form.names, language)}, {each.get_kind_display().lower()}",
                    )
                    for key, each in forms_there.items()
                ],
            ),
            (
                _("Group of municipalities"),
                [(f"{Kind.BENCHMARK}-{each.key}", each.name_in(language)) for each in groups],
            ),
        ]

    def _fields(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        if not isinstance(field, forms.ChoiceField):
            raise TypeError(name)
        return field

    def clean(self) -> dict[str, Any]:
        """Refuse what does not go together."""
        data: dict[str, Any] = super().clean() or {}
        kind, period, what = data.get("kind"), self._periods.get(data.get("period", "")), data.get("what", "")
        if kind is None or "what" not in data:
            return data
        of, _dash, key = what.partition("-")
        if kind in OF_SOMETHING and of != kind:
            words = {
                Kind.UNIT: _("Choose the unit or sector that the report is of."),
                Kind.SCORECARD: _("Choose the scorecard that the report is of."),
                Kind.ASSESSMENT: _("Choose the form of assessment that the report is of."),
                Kind.BENCHMARK: _("Choose the group that the report compares with."),
            }
            self.add_error("what", words[Kind(kind)])
        elif kind not in OF_SOMETHING and what:
            self.add_error("what", _("This report is of the whole municipality. A unit has a report of its own kind."))
        if period is not None and period.every != Every.YEAR and kind not in QUARTERLY:
            self.add_error("period", _("A report of this kind is of a whole year. Choose a year."))
        if period is not None:
            data["asked"] = Asked(kind, period, key)
        return data

    def asked(self) -> Asked:
        found: Asked = self.cleaned_data["asked"]
        return found


def _periods(today: date) -> list[Period]:
    """The quarters and years that a report can be of, those that are over first."""
    quarter, found = period_of(today, Every.QUARTER), []
    for _each in range(QUARTERS):
        quarter = before(quarter)
        found.append(quarter)
    years = [Period(today.year - back) for back in range(1, YEARS + 1)]
    going_on = [period_of(today, Every.QUARTER), Period(today.year)]
    return [*found[:4], *years[:2], *going_on, *found[4:], *years[2:]]


class TextsForm(forms.Form):
    """The staff's texts: `<section>__<language>`. `seen` is how often they had been saved when the page was opened."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(
        self, *args: Any, document: Document, texts: Mapping[str, Mapping[str, str]], languages: Sequence[str],
        language: str, seen: int, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = seen
        names = {code: str(name) for code, name in settings.LANGUAGES}
        self.sections = [(SUMMARY, _("Summary, before the first section"))] + [
            (section.key, text_in(section.heading, language)) for section in document.sections
        ]
        self._languages = [code for code in languages if code in names]
        for key, heading in self.sections:
            for code in self._languages:
                self.fields[f"{key}__{code}"] = forms.CharField(
                    label=_("%(heading)s (%(language)s)") % {"heading": heading, "language": names[code]},
                    required=False,
                    max_length=LONGEST_TEXT,
                    initial=texts.get(key, {}).get(code, ""),
                    widget=forms.Textarea(attrs={"rows": 4, "lang": code}),
                    error_messages={"max_length": _TEXT_TOO_LONG},
                )
        shown = {key for key, _heading in self.sections}
        # What was written to a section that this version lacks is kept.
        self._others = {key: dict(words) for key, words in texts.items() if key not in shown}

    def parts(self) -> list[tuple[str, list[forms.BoundField], list[forms.BoundField]]]:
        """Each section's heading, its field in the municipality's own language, and those in the others."""
        found = []
        for key, heading in self.sections:
            first, *others = (self[f"{key}__{code}"] for code in self._languages)
            found.append((str(heading), [first], others))
        return found

    def given(self) -> dict[str, dict[str, str]]:
        texts = dict(self._others)
        for key, _heading in self.sections:
            texts[key] = {code: self.cleaned_data.get(f"{key}__{code}") or "" for code in self._languages}
        return texts

    def show_saved(self, texts: Mapping[str, Mapping[str, str]], seen: int) -> None:
        """Let the form be sent again over what is saved, with the saved text beside each field that differs."""
        self.data = {name: self.data[name] for name in self.data} | {"seen": str(seen)}
        for key, _heading in self.sections:
            for code in self._languages:
                name, saved = f"{key}__{code}", texts.get(key, {}).get(code, "")
                if saved != (self.cleaned_data.get(name) or "").replace("\r\n", "\n").strip():
                    self[name].help_text = _("Saved by somebody else: «%(text)s»") % {"text": saved}


class PublishReportForm(forms.Form):
    """From which day, and for whom."""

    publish_on = forms.DateField(
        label=_("Published from"),
        widget=forms.DateInput(attrs={"type": "date", "data-width": "auto"}),
        error_messages={"required": _("Choose the day."), "invalid": _("Write the day as 2026-11-30.")},
    )
    public = forms.BooleanField(
        label=_("For everybody"),
        required=False,
        help_text=_(
            "Everybody can read the report and take its files from that day on, with small groups held back. Without it, "
            "those of the municipality who see figures read it."
        ),
    )


class ReasonForm(forms.Form):
    """Why there is a new version, or why one is taken away."""

    reason = forms.CharField(
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": _("Write why. Those who read the report see it."),
            "max_length": _REASON_TOO_LONG,
        },
    )

    def __init__(self, *args: Any, label: Any, help_text: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label, self.fields["reason"].help_text = label, help_text
