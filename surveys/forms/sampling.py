"""Reading in a register, planning how many to ask, drawing, and fielding."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from feedback.forms.steps import ClockField
from organisation.ds_forms import DayField
from surveys.actions.fielding import Ways
from surveys.actions.sampling import LONGEST_SEED, Wanted
from surveys.models import Draw, Population, Survey
from surveys.statistics.planning import Plan, plan_sample
from surveys.strata import Stratum

CLOSES = time(23, 59)


class PopulationForm(forms.Form):
    use_required_attribute = False
    file = forms.FileField(
        label=_("CSV file from the population register"),
        help_text=_(
            "The first line names the columns: id, navn, adresse, fødselsår, kjønn, bydel, gruppe, e-post, telefon, språk, "
            "reservasjon. Only id and navn must be there; other columns are not read."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty. Choose another.")},
    )
    name = forms.CharField(
        label=_("Name"), required=False, max_length=100, help_text=_("Such as «18 years and over, November 2026».")
    )
    leave_out = forms.BooleanField(
        label=_("Leave out the lines with faults"), required=False,
        help_text=_("Whoever stands there cannot be drawn. Without this, one fault is enough for nothing to be read in."),
    )  # fmt: skip


class NumberField(forms.CharField):
    """A whole number as people write it, «12 000» or «12.000»."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"size": "8", "inputmode": "numeric", "autocomplete": "off"}))
        super().__init__(max_length=20, **kwargs)

    def clean(self, value: Any) -> int | None:
        """Return the number, None for an empty one. Raises ValidationError with a sentence for what is none."""
        typed = "".join(c for c in super().clean(value) if not c.isspace() and c != ".")
        if not typed:
            return None
        if not (typed.isascii() and typed.isdigit()):
            raise ValidationError(_("Write a whole number, like 500."), code="invalid")
        return int(typed)


class ShareField(forms.CharField):
    """A number with decimals as people write it, «0,2»."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=20, widget=forms.TextInput(attrs={"size": "6", "inputmode": "decimal", "autocomplete": "off"}),
            **kwargs,
        )  # fmt: skip

    def clean(self, value: Any) -> float | None:
        """Return the number. Raises ValidationError with a sentence for what is none, or none above 0."""
        typed = super().clean(value).replace(",", ".").replace("%", "").strip()
        if not typed:
            return None
        try:
            number = float(typed)
        except ValueError:
            number = 0.0
        if not 0 < number < 1e9:
            raise ValidationError(_("Write a number above 0, like 0,2."), code="invalid")
        return number


class PlanForm(forms.Form):
    """How many to ask for a wanted margin."""

    use_required_attribute = False
    margin = ShareField(
        label=_("Wanted margin"), help_text=_("In points on the scale 1–6, to either side of the mean."),
        error_messages={"required": _("Write a number above 0, like 0,2.")},
    )  # fmt: skip
    response = ShareField(
        label=_("Expected to answer (%)"), help_text=_("Of a hundred invited."),
        error_messages={"required": _("Write a number from 1 to 100.")},
    )  # fmt: skip
    sd = ShareField(
        label=_("Spread (standard deviation)"),
        help_text=_("From the last round where there is one. Questions on 1–6 usually have 1,0–1,5."),
        error_messages={"required": _("Write a number above 0, like 0,2.")},
    )
    people = NumberField(
        label=_("Population (N)"), required=False, help_text=_("Empty: so large that it makes no difference.")
    )

    def clean_response(self) -> float:
        """Return the share from 0 to 1."""
        given: float = self.cleaned_data["response"]
        if given > 100:
            raise ValidationError(_("Write a number from 1 to 100."), code="invalid")
        return given / 100

    def plan(self) -> Plan:
        """Raises CannotCompute."""
        data = self.cleaned_data
        return plan_sample(
            margin=data["margin"], sd=data["sd"], response=data["response"], population=data["people"] or None
        )


class DrawForm(forms.Form):
    use_required_attribute = False
    population = forms.ModelChoiceField(
        Population.objects.none(), label=_("Draw from"), empty_label=None,
        error_messages={"required": _("Choose a population."), "invalid_choice": _("Choose a population.")},
    )  # fmt: skip
    method = forms.ChoiceField(label=_("Method"), choices=Draw.Method.choices)
    stratum = forms.ChoiceField(
        label=_("Groups by"), required=False, choices=[("", "—"), *Stratum.choices],
        help_text=_("For a stratified draw. Only the group is copied to the answer, and the letter says so."),
    )  # fmt: skip
    size = NumberField(
        label=_("How many"), required=False,
        help_text=_("In all; with the same number from each group, from each. Empty for everybody."),
    )  # fmt: skip
    seed = forms.CharField(
        label=_("Seed"), required=False, max_length=LONGEST_SEED,
        help_text=_("The same seed gives the same draw. Empty: one is drawn by lot. It is kept and printed."),
    )  # fmt: skip

    def __init__(self, *args: Any, populations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["population"]
        choice.queryset = populations
        for name in ("stratum", "size"):
            self.fields[name].conditional = True  # type: ignore[attr-defined]

    def wanted(self) -> Wanted:
        data = self.cleaned_data
        return Wanted(data["method"], data["size"] or 0, data["stratum"], data["seed"])


class TimesForm(forms.Form):
    """When it opens and closes and how long it waits for paper, on the municipality's clock.

    A time that the clocks leave out one night in spring is an hour later; of one that comes twice in autumn it is the first.
    """

    use_required_attribute = False
    opens_on = DayField(label=_("Opens"), error_messages={"required": _("Write the day on which it opens.")})
    opens_time = ClockField(label=_("at"), required=False, initial="00:00")
    closes_on = DayField(label=_("Closes"), error_messages={"required": _("Write the day on which it closes.")})
    closes_time = ClockField(label=_("at"), required=False, initial="23:59")
    paper_until = DayField(
        label=_("Paper is typed in until"), required=False,
        help_text=_("A week after the closing, if paper may come by post. Results wait as long. Empty: no waiting."),
    )  # fmt: skip

    def opens_at(self, zone: ZoneInfo) -> datetime:
        data = self.cleaned_data
        return datetime.combine(data["opens_on"], data["opens_time"] or time(0), zone)

    def closes_at(self, zone: ZoneInfo) -> datetime:
        data = self.cleaned_data
        return datetime.combine(data["closes_on"], data["closes_time"] or CLOSES, zone)

    def waits_until(self, zone: ZoneInfo) -> datetime | None:
        """Return the end of the day until which paper is typed in."""
        day = self.cleaned_data["paper_until"]
        return datetime.combine(day, CLOSES, zone) if day else None


class MoveForm(TimesForm):
    """Other times for a survey that is fielded. What has opened stays so."""

    def __init__(self, data: QueryDict | None, *, survey: Survey, opened: bool, zone: ZoneInfo) -> None:
        super().__init__(data, initial=_times_of(survey, zone), auto_id="closing-%s")
        if opened:
            del self.fields["opens_on"], self.fields["opens_time"]

    def times(self, zone: ZoneInfo) -> dict[str, datetime | None]:
        """Return the action's arguments."""
        opens = self.opens_at(zone) if "opens_on" in self.fields else None
        return {"opens_at": opens, "paper_until": self.waits_until(zone)}


def _times_of(survey: Survey, zone: ZoneInfo) -> dict[str, Any]:
    first: dict[str, Any] = {}
    for name in ("opens", "closes"):
        if at := getattr(survey, f"{name}_at"):
            local = at.astimezone(zone)
            first |= {f"{name}_on": local.date(), f"{name}_time": local.strftime("%H:%M")}
    if survey.paper_until:
        first["paper_until"] = survey.paper_until.astimezone(zone).date()
    return first


class FieldForm(TimesForm):
    """When it opens and closes, who may answer besides the invited, and how often they are reminded."""

    reminders_at_most = NumberField(
        label=_("Reminders at most"), help_text=_("To those who have not answered. Two are usual."),
        error_messages={"required": _("Write a number from 0 to 5.")},
    )  # fmt: skip
    open_to_all = forms.BooleanField(
        label=_("Everybody with the link may answer"), required=False,
        help_text=_("What comes so belongs to no sample, and is kept out of its figures."),
    )  # fmt: skip
    kiosk = forms.BooleanField(
        label=_("May be answered on a tablet at the desk"), required=False,
        help_text=_("One after another, without a code. It belongs to no sample either."),
    )  # fmt: skip

    def ways(self) -> Ways:
        data = self.cleaned_data
        return Ways(data["open_to_all"], data["kiosk"], data["reminders_at_most"])


class CodeForm(forms.Form):
    """A letter that came back, or somebody who does not want to be asked."""

    use_required_attribute = False
    RETURNED, RESERVED = "returned", "reserved"
    code = forms.CharField(
        label=_("Code on the letter"), max_length=30,
        widget=forms.TextInput(attrs={"size": "14", "autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": _("Write the code.")},
    )  # fmt: skip
    what = forms.ChoiceField(
        label=_("What happened"), widget=forms.RadioSelect,
        choices=[(RETURNED, _("The letter came back")), (RESERVED, _("Does not want to be asked"))],
    )  # fmt: skip
