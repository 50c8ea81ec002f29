"""Forms of meetings: the meeting, what was said, and the card of one thing that was said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from feedback.forms.citizen import ContactFields
from feedback.queries import categories_in_use
from feedback.workflow import Kind
from organisation.ds_forms import DayField
from organisation.models import Unit
from organisation.queries import answering_units
from reporting.actions.meetings import AsCard, Held
from reporting.forms.plans import GONE, Named
from reporting.models import Meeting
from reporting.plan_queries import themes
from reporting.plans import LONGEST_INPUT, MeetingKind, split_inputs

NAMES = ("title", "held_on", "kind", "place", "unit", "theme", "participants")


class MeetingForm(forms.Form):
    """One meeting. `units` are those whose meetings the person keeps; `everywhere` those of the whole municipality too."""

    use_required_attribute = False

    kind = forms.ChoiceField(label=_("What kind of meeting?"), choices=MeetingKind.choices)
    title = forms.CharField(
        label=_("What is the meeting called?"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Write what the meeting is called.")},
    )  # fmt: skip
    held_on = DayField(label=_("Date"), error_messages={"required": _("Write the day of the meeting.")})
    place = forms.CharField(
        label=_("Place"), required=False, max_length=150, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Unit"), required=False, to_field_name="code",
        help_text=_("Whose user council it is. Cards of what was said go there."),
        error_messages={**GONE, "required": _("Choose the unit.")},
    )  # fmt: skip
    theme = Named(themes(), label=_("Theme"), required=False, to_field_name="key", empty_label="–", error_messages=GONE)
    participants = forms.IntegerField(
        label=_("Number of participants"), required=False, min_value=0, max_value=100_000,
        help_text=_("How many came. Names are not kept."),
        widget=forms.TextInput(attrs={"size": "5", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages=dict.fromkeys(["invalid", "min_value", "max_value"], _("Write a whole number of people.")),
    )  # fmt: skip

    def __init__(
        self, *args: Any, units: Sequence[Unit], everywhere: bool, meeting: Meeting | None = None, **kw: Any
    ) -> None:
        first = {name: getattr(meeting, name) for name in NAMES} if meeting is not None else {}
        if meeting is not None:
            first |= {
                "unit": meeting.unit.code if meeting.unit else "",
                "theme": meeting.theme.key if meeting.theme else "",
            }
        super().__init__(*args, **{"initial": first, **kw})
        field: Any = self.fields["unit"]
        chosen = [unit.pk for unit in units] + ([meeting.unit_id] if meeting and meeting.unit_id else [])
        field.queryset = Unit.objects.filter(pk__in=chosen)
        field.required = not everywhere
        field.empty_label = _("The whole municipality") if everywhere else _("Choose a unit")

    def held(self) -> Held:
        return Held(**{name: self.cleaned_data[name] for name in NAMES})


class InputsForm(forms.Form):
    """What was said, typed or pasted in one go."""

    use_required_attribute = False
    summary_id = "inputs"

    inputs = forms.CharField(
        label=_("What was said?"), required=False, widget=forms.Textarea(attrs={"rows": "6"}), max_length=100_000,
        help_text=_("One thing a line; or with empty lines between, one a paragraph. Do not name who said it."),
        error_messages={"max_length": _("That is too much at once. Write the first half, and then the rest.")},
    )  # fmt: skip

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["inputs"].conditional = True  # type: ignore[attr-defined]

    def said(self) -> Sequence[str]:
        return split_inputs(self.cleaned_data["inputs"])


class InputForm(forms.Form):
    """One thing that was said, to be put right."""

    use_required_attribute = False

    text = forms.CharField(
        label=_("What was said?"), max_length=LONGEST_INPUT, widget=forms.Textarea(attrs={"rows": "5"}),
        help_text=_("Take out whoever is named. A card that was made of it keeps its own words."),
        error_messages={"required": _("Write what was said.")},
    )  # fmt: skip


class InputCardForm(ContactFields):
    """The card of one thing that was said: to whom, of what kind, and who wants to be called."""

    use_required_attribute = False

    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Unit"), required=False, to_field_name="code", error_messages=GONE
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", "–"), *Kind.choices])
    category = forms.ModelChoiceField(
        categories_in_use(),
        label=_("Category"),
        required=False,
        to_field_name="code",
        empty_label="–",
        error_messages=GONE,
    )
    field_order = ["unit", "kind", "category"]

    def __init__(self, *args: Any, meeting: Meeting, **kw: Any) -> None:
        super().__init__(*args, **kw)
        field: Any = self.fields["unit"]
        field.queryset = answering_units()
        own = meeting.unit
        field.empty_label = (
            _("By the routing rules") if own is None or own.kind == Unit.Kind.SECTOR or own.closed_on else own.name
        )
        for name in ("name", "address", "phone", "email"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def clean(self) -> dict[str, Any]:
        """Refuse a name without a way to reach its owner: the page is for whoever wants to be called."""
        data: dict[str, Any] = super().clean() or {}
        named = data.get("name") or data.get("address")
        if named and not (data.get("phone") or data.get("email") or {"phone", "email"} & set(self.errors)):
            self.add_error("phone", _("Write a phone number or an e-mail address, or leave the name out."))
        return data

    def as_card(self) -> AsCard:
        data = self.cleaned_data
        return AsCard(unit=data["unit"], kind=data["kind"], category=data["category"], contact=self.contact())
