"""Forms of actions: the plan, how it goes, what shows it, and which of them a list has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from organisation.ds_forms import DayField
from organisation.models import Person, Unit
from organisation.queries import handlers_by_unit
from reporting.actions.initiatives import FIELDS, Plan, Said
from reporting.forms.fields import FigureField, OneFileField, YearField
from reporting.models import Initiative
from reporting.plan_queries import indicators_to_choose, places, themes
from reporting.plans import FOLLOWS, LONGEST_PLAN, Origin, Status
from reporting.scales import read_number

GONE = {"invalid_choice": _("That one is not there any more. Choose another.")}
LARGEST_AMOUNT = 10**12


def _language() -> str:
    return get_language() or "nb"


class Named(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice among rows that have names in several languages."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name_in(_language()))


class AmountField(forms.CharField):
    """A whole amount, «450 000». Empty is None."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=30, required=False,
            widget=forms.TextInput(attrs={"size": "12", "inputmode": "numeric", "autocomplete": "off"}), **kwargs,
        )  # fmt: skip

    def clean(self, value: Any) -> int | None:
        """Raises ValidationError with a sentence for what is no whole amount."""
        typed = super().clean(value).strip()
        if not typed:
            return None
        number = read_number(typed)
        if number is None or number < 0 or number != int(number) or number > LARGEST_AMOUNT:
            raise ValidationError(_("«%(value)s» is no whole amount. Write it like 450 000."), params={"value": typed})
        return int(number)


class PlanForm(forms.Form):
    """One action. `units` are those for which the person plans; who works in them can be chosen with them."""

    use_required_attribute = False

    title = forms.CharField(
        label=_("What is the action called?"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Write in a few words what shall be done.")},
    )  # fmt: skip
    what = forms.CharField(
        label=_("What shall be done?"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": "4"})
    )
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Responsible unit"), to_field_name="code", empty_label=_("Choose a unit"),
        error_messages={"required": _("Choose the unit that is responsible."), **GONE},
    )  # fmt: skip
    person = forms.ChoiceField(
        label=_("Responsible person"), required=False, error_messages=GONE,
        help_text=_("Somebody who works in the unit. Without a choice it is the unit's leader."),
    )  # fmt: skip
    due_on = DayField(label=_("Deadline"), error_messages={"required": _("Write the day by which it shall be done.")})
    theme = Named(themes(), label=_("Theme"), required=False, to_field_name="key", empty_label="–", error_messages=GONE)
    indicator = Named(
        indicators_to_choose(), label=_("Indicator"), required=False, to_field_name="key", empty_label="–",
        help_text=_("What is to become better, as it is measured."), error_messages=GONE,
    )  # fmt: skip
    place = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Measured for"), required=False, to_field_name="code",
        empty_label=_("The whole municipality"), error_messages=GONE,
    )  # fmt: skip
    target = FigureField(label=_("Target"), help_text=_("On the indicator's scale."))
    budget_amount = AmountField(label=_("Amount"))
    budget_note = forms.CharField(
        label=_("Note for the budget"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": "2"})
    )
    origin = forms.ChoiceField(
        label=_("Where does it come from?"), required=False, choices=[("", "–"), *Origin.choices]
    )
    source = forms.CharField(
        label=_("More precisely"), required=False, max_length=250,
        help_text=_("For example which survey and question, or which meeting."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        units: Sequence[Unit],
        this_year: int,
        currency: str,
        initiative: Initiative | None = None,
        initial: dict[str, Any] | None = None,
        **kw: Any,
    ) -> None:
        first = _as_typed(initiative) if initiative is not None else initial or {}
        super().__init__(*args, **{"initial": first, **kw})
        choices = list(units)
        if initiative is not None and initiative.unit not in choices:
            choices.append(initiative.unit)  # closed since
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=[unit.pk for unit in choices])  # type: ignore[attr-defined]
        self.fields["place"].queryset = places()  # type: ignore[attr-defined]
        last = this_year + LONGEST_PLAN
        self.fields["target_year"] = YearField(
            label=_("By the year"), required=False, last=last, help_text=_("Without one, the year of the deadline.")
        )
        self.fields["budget_year"] = YearField(label=_("Budget year"), required=False, last=last)
        self.fields["budget_amount"].label = _("Amount (%(currency)s)") % {"currency": currency}
        self._people = handlers_by_unit(choices)
        named = {str(person.pk): person for _unit, people in self._people for person in people}
        groups: list[Any] = [
            (unit.name, [(str(person.pk), person.name) for person in people]) for unit, people in self._people
        ]
        if initiative is not None and initiative.person is not None and str(initiative.person.pk) not in named:
            named[str(initiative.person.pk)] = initiative.person  # works elsewhere now
            groups.append((initiative.person.name, [(str(initiative.person.pk), initiative.person.name)]))
        self._named = named
        self.fields["person"].choices = [("", _("The unit's leader")), *groups]  # type: ignore[attr-defined]

    def plan(self) -> Plan:
        """Return what was written."""
        data = self.cleaned_data
        person: Person | None = self._named.get(data["person"])
        return Plan(**{name: data[name] for name in FIELDS if name != "person"}, person=person)


def _as_typed(initiative: Initiative) -> dict[str, Any]:
    first = {name: getattr(initiative, name) for name in FIELDS}
    for name, attribute in (("unit", "code"), ("place", "code"), ("theme", "key"), ("indicator", "key")):
        first[name] = getattr(first[name], attribute, "")
    first["person"] = str(initiative.person_id or "")
    if initiative.target is not None:
        first["target"] = f"{initiative.target.normalize():f}"
    return first


class FollowUpForm(forms.Form):
    """How an action goes, in half a minute: a few words, and what is new of status and deadline."""

    use_required_attribute = False
    summary_id = "follow-up"

    text = forms.CharField(
        label=_("How does it go?"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": "3"}),
        help_text=_("Do not name residents, nor anybody's health."),
    )  # fmt: skip
    due_on = DayField(label=_("New deadline"), required=False)
    on = DayField(label=_("When was this?"), required=False, help_text=_("Empty: today."))

    def __init__(self, *args: Any, initiative: Initiative, **kw: Any) -> None:
        super().__init__(*args, **{"auto_id": "follow_%s", **kw})
        now = Status(initiative.status)
        self.fields["status"] = forms.ChoiceField(
            label=_("Status"), required=False, widget=forms.RadioSelect, initial="",
            choices=[
                ("", _("%(status)s as before") % {"status": now.label}),
                *((each.value, each.label) for each in FOLLOWS[now]),
            ],
            error_messages={"invalid_choice": _("Somebody has changed the status meanwhile. Choose again.")},
        )  # fmt: skip
        self.fields["status"].conditional = True  # type: ignore[attr-defined]
        self.order_fields(["text", "status", "due_on", "on"])

    def said(self) -> Said:
        return Said(**{name: self.cleaned_data[name] for name in ("text", "status", "due_on", "on")})


class EvidenceLinkForm(forms.Form):
    use_required_attribute = False
    summary_id = "evidence"

    evidence = forms.CharField(
        label=_("What shows it?"), required=False, max_length=500, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    url = forms.URLField(
        label=_("Link"), required=False, max_length=500, assume_scheme="https",
        error_messages={"invalid": _("Write the address in full, like https://example.com/report.")},
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )  # fmt: skip

    upload = OneFileField(label=_("Picture or PDF"), required=False)

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **{"auto_id": "evidence_%s", **kw})


class WhichForm(forms.Form):
    """Which actions a list has. What it does not know counts as not chosen."""

    theme = Named(themes(), label=_("Theme"), required=False, to_field_name="key", empty_label=_("All themes"))
    status = forms.ChoiceField(
        label=_("Status"), required=False,
        choices=[("", _("Not ended")), ("late", _("Late")), *Status.choices, ("all", _("All"))],
    )  # fmt: skip
    unit = forms.ModelChoiceField(
        Unit.objects.none(),
        label=_("Responsible unit"),
        required=False,
        to_field_name="code",
        empty_label=_("All units"),
    )

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["unit"].queryset = places()  # type: ignore[attr-defined]
