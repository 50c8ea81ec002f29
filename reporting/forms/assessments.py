"""Forms of an assessment: its points, and what shows that criteria are met."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from reporting.actions.assessments import Judged, Shown
from reporting.assessment_versions import AssessedPart, Version
from reporting.forms.fields import OneFileField, YearField
from reporting.models import Assessment, Elsewhere, Evidence
from surveys.questionnaires import text_in


def _points(label: Any, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, required=False, error_messages={"invalid": _("Write a whole number of points.")},
        widget=forms.TextInput(attrs={"size": "4", "inputmode": "numeric", "autocomplete": "off"}), **options,
    )  # fmt: skip


class AssessmentForm(forms.Form):
    """One assessment. The fields of the areas are named by their keys, so that a refusal stands at its area."""

    use_required_attribute = False

    of = forms.CharField(
        label=_("Another municipality"), required=False, max_length=100,
        help_text=_("Leave it empty for our own. Otherwise write its name, for example Røros."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    kind = forms.ChoiceField(label=_("Made"), choices=Assessment.Kind.choices, initial=Assessment.Kind.EXTERNAL)
    total = _points(
        _("Total as published"), help_text=_("Only needed where the areas are not known, or come to something else.")
    )
    assessor = forms.CharField(
        label=_("Assessed by"), required=False, max_length=150, help_text=_("The organisation, for example KS.")
    )
    source = forms.CharField(label=_("Source"), required=False, max_length=250)
    note = forms.CharField(
        label=_("Note"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": "3"}),
        help_text=_("For example where published figures disagree, and which of them is used."),
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        version: Version,
        this_year: int,
        language: str,
        assessment: Assessment | None = None,
        **kw: Any,
    ) -> None:
        first = _as_typed(assessment) if assessment is not None else {}
        super().__init__(*args, **{"initial": first, **kw})
        self.version = version
        self.fields["year"] = YearField(
            label=_("Year"), last=this_year, error_messages={"required": _("Write the year of the assessment.")}
        )
        for area in version.areas:
            self.fields[area.key] = _points(text_in(area.titles, language))
        self.order_fields(["of", "kind", "year", *self.areas, "total"])

    @property
    def areas(self) -> list[str]:
        return [area.key for area in self.version.areas]

    def area_fields(self) -> list[BoundField]:
        return [self[area] for area in self.areas]

    def judged(self, elsewhere: Elsewhere | None) -> Judged:
        """Return what was written, of `elsewhere` or of us."""
        data = self.cleaned_data
        return Judged(
            version=self.version.key,
            points={area: data[area] for area in self.areas if data[area] is not None},
            elsewhere=elsewhere,
            **{name: data[name] for name in ("year", "kind", "total", "assessor", "source", "note")},
        )


def _as_typed(assessment: Assessment) -> dict[str, Any]:
    names = ("kind", "year", "assessor", "total", "source", "note")
    of = assessment.elsewhere.name if assessment.elsewhere else ""
    return {name: getattr(assessment, name) for name in names} | {"of": of} | assessment.points()


class EvidenceForm(forms.Form):
    """What is said of each criterion of one area."""

    def __init__(self, *args: Any, part: AssessedPart, language: str, there: Mapping[str, Evidence], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.part = part
        self._texts = {one.key: text_in(one.texts, language) for one in part.criteria}
        for one in part.criteria:
            row = there.get(one.key)
            self.fields[f"{one.key}-standing"] = forms.ChoiceField(
                label=_("Is it in place?"), required=False, initial=row.standing if row else "",
                choices=[("", _("Not looked at")), *Evidence.Standing.choices], widget=forms.RadioSelect,
            )  # fmt: skip
            self.fields[f"{one.key}-text"] = forms.CharField(
                label=_("What shows it"), required=False, max_length=2000, initial=row.text if row else "",
                widget=forms.Textarea(attrs={"rows": "3"}),
            )  # fmt: skip

    def criteria(self) -> list[tuple[str, BoundField, BoundField]]:
        """Return each criterion's sentence with its two fields."""
        return [(text, self[f"{key}-standing"], self[f"{key}-text"]) for key, text in self._texts.items()]

    def shown(self) -> dict[str, Shown]:
        """Return what was written of each criterion, by its key."""
        data = self.cleaned_data
        return {one.key: Shown(data[f"{one.key}-standing"], data[f"{one.key}-text"]) for one in self.part.criteria}


class CriterionFileForm(forms.Form):
    """A file that shows that one of an area's criteria is met."""

    use_required_attribute = False

    criterion = forms.ChoiceField(
        label=_("Which criterion does it show?"), error_messages={"required": _("Choose a criterion.")}
    )
    upload = OneFileField(label=_("Picture or PDF"), error_messages={"required": _("Choose a file.")})

    def __init__(self, *args: Any, part: AssessedPart, language: str, **kw: Any) -> None:
        super().__init__(*args, **{"auto_id": "file_%s", **kw})
        choices = [(one.key, text_in(one.texts, language)) for one in part.criteria]
        self.fields["criterion"].choices = [("", _("Choose a criterion")), *choices]  # type: ignore[attr-defined]
