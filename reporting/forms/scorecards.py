"""Forms of a scorecard: what it is called, its goals and factors, its indicators and what is asked of them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organisation.models import Municipality, Unit
from reporting.forms.fields import FigureField, YearField
from reporting.judging import Limits, Range
from reporting.models import Goal, Indicator, Scorecard, SuccessFactor
from reporting.queries import PlaceOffered
from reporting.scales import Perspective, bounds
from surveys.forms.building import LanguageFields, codes_of

MOST_YEARS = 15


def words_of(
    form: forms.Form, name: str, house: Municipality, texts: Mapping[str, str], **options: Any
) -> LanguageFields:
    """Add fields for one text in the municipality's languages."""
    return LanguageFields(form, name, codes_of(house, house.languages), texts, easy=False, **options)


class TableForm(forms.Form):
    """Of whom a scorecard is shown, and which years."""

    use_required_attribute = False

    def __init__(self, *args: Any, scorecard: Scorecard, places: list[PlaceOffered], this_year: int, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self._scorecard, self._this_year = scorecard, this_year
        self._units = {place.unit.code: place.unit for place in places}
        if places and scorecard.unit is None:
            names = [(place.unit.code, f"{'– ' * place.depth}{place.unit.name}") for place in places]
            self.fields["unit"] = forms.ChoiceField(
                label=_("Of"), required=False, choices=[("", _("The whole municipality")), *names],
                error_messages={"invalid_choice": _("There are no figures of that unit here. Choose another.")},
            )  # fmt: skip
        self.fields["first"] = YearField(
            label=_("From the year"), required=False, last=this_year, initial=this_year - scorecard.years + 1
        )
        self.fields["last"] = YearField(label=_("To the year"), required=False, last=this_year, initial=this_year)

    def clean(self) -> dict[str, Any]:
        """Refuse years in the wrong order, or more than fit."""
        data: dict[str, Any] = super().clean() or {}
        first, last = data.get("first"), data.get("last") or self._this_year
        if first is not None and first > last:
            self.add_error("first", _("The first year comes before the last."))
        elif first is not None and last - first >= MOST_YEARS:
            self.add_error("first", _("At most %(most)s years at a time.") % {"most": MOST_YEARS})
        return data

    def years(self) -> range:
        """The years asked for, else the scorecard's number of years until now."""
        data = self.cleaned_data if self.is_bound and self.is_valid() else {}
        last = data.get("last") or self._this_year
        return range(data.get("first") or last - self._scorecard.years + 1, last + 1)

    def place(self) -> Unit | None:
        data = self.cleaned_data if self.is_bound and self.is_valid() else {}
        return self._units.get(data.get("unit", "")) or self._scorecard.unit


class ScorecardForm(forms.Form):
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Of"), required=False, to_field_name="code", empty_label=_("The whole municipality"),
        help_text=_("A scorecard of the whole municipality can be seen for each sector and unit."),
        error_messages={"invalid_choice": _("That one is not there any more. Choose another.")},
    )  # fmt: skip
    years = forms.IntegerField(
        label=_("Years shown"), min_value=1, max_value=10, initial=3,
        widget=forms.TextInput(attrs={"size": "3", "inputmode": "numeric"}),
        error_messages=dict.fromkeys(["required", "invalid", "min_value", "max_value"], _("Write a number from 1 to 10.")),
    )  # fmt: skip

    def __init__(self, *args: Any, house: Municipality, scorecard: Scorecard | None = None, **kw: Any) -> None:
        first = {"unit": scorecard.unit.code if scorecard.unit else "", "years": scorecard.years} if scorecard else {}
        super().__init__(*args, **{"initial": first, **kw})
        self.fields["unit"].queryset = Unit.objects.filter(closed_on=None)  # type: ignore[attr-defined]
        self.words = [words_of(self, "name", house, scorecard.names if scorecard else {}, label=_("Name"))]

    def values(self) -> dict[str, Any]:
        """Return the action's arguments."""
        return {"names": self.words[0].texts()} | {name: self.cleaned_data[name] for name in ("unit", "years")}


class GoalForm(forms.Form):
    perspective = forms.ChoiceField(label=_("Perspective"), choices=Perspective.choices)

    def __init__(self, *args: Any, house: Municipality, goal: Goal | None = None, **kw: Any) -> None:
        super().__init__(*args, **{"initial": {"perspective": goal.perspective} if goal else {}, **kw})
        self.words = [words_of(self, "text", house, goal.texts if goal else {}, label=_("Main goal"))]

    def values(self) -> dict[str, Any]:
        return {"texts": self.words[0].texts(), "perspective": self.cleaned_data["perspective"]}


class FactorForm(forms.Form):
    def __init__(self, *args: Any, house: Municipality, factor: SuccessFactor | None = None, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.words = [words_of(self, "text", house, factor.texts if factor else {}, label=_("Success factor"))]

    def values(self) -> dict[str, Any]:
        return {"texts": self.words[0].texts()}


class NoteForm(forms.Form):
    """What stands beside an indicator on the scorecard."""

    def __init__(self, *args: Any, house: Municipality, note: Mapping[str, str], **kw: Any) -> None:
        super().__init__(*args, **{"prefix": "note", **kw})
        self.words = [words_of(self, "note", house, note, label=_("Note"), required=False)]

    def values(self) -> dict[str, Any]:
        return {"note": self.words[0].texts()}


class LimitsForm(forms.Form):
    """What is asked of a result, and from which year. An end left empty is the end of the scale."""

    use_required_attribute = False

    def __init__(self, *args: Any, scale: str, this_year: int, needed: bool = True, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self._scale, self._needed = scale, needed
        self.fields["since"] = YearField(
            label=_("From the year"), required=needed, last=this_year + 10, initial=this_year,
            error_messages={"required": _("Write the first year for which this is asked.")},
        )  # fmt: skip
        for name, label in (
            ("desired_low", _("Desired from")), ("desired_high", _("Desired to")),
            ("acceptable_low", _("Acceptable from")), ("acceptable_high", _("Acceptable to")),
        ):  # fmt: skip
            self.fields[name] = FigureField(label=label)
            self.fields[name].conditional = True  # type: ignore[attr-defined]  # nobody needs «(optional)» four times

    def clean(self) -> dict[str, Any]:
        """Refuse limits that say nothing of what is desired."""
        data: dict[str, Any] = super().clean() or {}
        ends = [data.get("desired_low"), data.get("desired_high")]
        others = [data.get("acceptable_low"), data.get("acceptable_high")]
        said = self._needed or any(end is not None for end in others)
        if said and ends == [None, None] and not {"desired_low", "desired_high"} & set(self.errors):
            self.add_error("desired_low", _("Write where the desired range begins or ends."))
        return data

    def limits(self) -> Limits | None:
        """Return what was written, None where nothing was."""
        data = self.cleaned_data
        low, high = bounds(self._scale)
        desired = _range(data["desired_low"], data["desired_high"], low, high)
        if desired is None or data["since"] is None:
            return None
        acceptable = _range(data["acceptable_low"], data["acceptable_high"], desired.low, desired.high)
        return Limits(data["since"], desired, acceptable)


def _range(low: Decimal | None, high: Decimal | None, lowest: Decimal, highest: Decimal) -> Range | None:
    if low is None and high is None:
        return None
    return Range(lowest if low is None else low, highest if high is None else high)


class RowForm(forms.Form):
    """Which indicator to put under a success factor."""

    indicator = forms.ModelChoiceField(
        Indicator.objects.none(), label=_("Indicator"), to_field_name="key", empty_label=_("Choose an indicator"),
        error_messages={
            "required": _("Choose an indicator."),
            "invalid_choice": _("That one is not there any more. Choose another."),
        },
    )  # fmt: skip

    def __init__(self, *args: Any, language: str, **kw: Any) -> None:
        super().__init__(*args, **kw)
        field = self.fields["indicator"]
        field.queryset = Indicator.objects.all()  # type: ignore[attr-defined]
        field.label_from_instance = lambda indicator: indicator.name_in(language)  # type: ignore[attr-defined]
