"""Forms of the administrator's pages: categories, routing rules and the test box, deadlines, a unit to close."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from feedback.actions.intake import LONGEST_TEXT, Intake
from feedback.models import Category, RoutingRule
from feedback.queries import categories_in_use
from feedback.workflow import Channel, Kind
from organisation.ds_forms import DayField
from organisation.models import Municipality, Unit
from organisation.models.municipality import DeadlineKind
from organisation.queries import answering_units

NOT_THERE = _("That one is not there any more. Choose another.")


class CategoryForm(forms.Form):
    """A category's names in each language, and what it asks for. `first` is the municipality's first language."""

    is_political = forms.BooleanField(label=_("Political: goes to the mayor's office"), required=False)
    deadline_days = forms.IntegerField(
        label=_("Days until the callback"), required=False, min_value=1, max_value=365,
        help_text=_("Empty: the municipality's deadline."), widget=forms.NumberInput(attrs={"size": "6"}),
        error_messages={"invalid": _("Write a whole number of days.")},
    )  # fmt: skip
    deadline_kind = forms.ChoiceField(label=_("Days are"), required=False, choices=[("", "–"), *DeadlineKind.choices])
    is_active = forms.BooleanField(
        label=_("In use"), required=False, help_text=_("Out of use it is offered no more; cards that have it keep it.")
    )

    def __init__(self, *args: Any, first: str, category: Category | None = None, **kwargs: Any) -> None:
        if category is not None:
            kwargs["initial"] = {
                **{f"name_{code}": category.names.get(code, "") for code, _name in settings.LANGUAGES},
                f"name_{first}": category.names.get(first) or category.name,
                **{
                    name: getattr(category, name)
                    for name in ("is_political", "deadline_days", "deadline_kind", "is_active")
                },
            }
        super().__init__(*args, **kwargs)
        self.first = first
        for code, language in sorted(settings.LANGUAGES, key=lambda pair: pair[0] != first):
            self.fields[f"name_{code}"] = forms.CharField(
                label=language, max_length=100, required=code == first,
                widget=forms.TextInput(attrs={"lang": code}), error_messages={"required": _("Write a name.")},
            )  # fmt: skip
        if category is None:
            del self.fields["is_active"]
            self.fields["code"] = forms.SlugField(
                label=_("Code"), max_length=60,
                help_text=_("Letters, digits and dashes, for files and other systems; it never changes."),
                error_messages={
                    "required": _("Write a code, like street-lights."),
                    "invalid": _("Write the code with letters a–z, digits and dashes alone, like street-lights."),
                },
            )  # fmt: skip

    @property
    def names(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("name_")]

    def values(self) -> dict[str, Any]:
        """Return the action's arguments."""
        data = dict(self.cleaned_data)
        names = {code: data.pop(f"name_{code}") for code, _name in settings.LANGUAGES}
        others = {code: name for code, name in names.items() if name and code != self.first}
        return data | {"name": names[self.first], "names": others}


class RuleForm(forms.ModelForm):
    words = forms.CharField(
        label=_("Words"), required=False, widget=forms.Textarea(attrs={"rows": "3"}),
        help_text=_("With commas between. One of them is enough, and the beginning of a word: «light» finds «lights»."),
    )  # fmt: skip

    class Meta:
        model = RoutingRule
        fields = ["name", "unit", "category", "kind", "area", "words", "is_active"]
        labels = {"unit": _("Goes to"), "area": _("Area or place")}
        help_texts = {"name": _("What you call it, such as «Holes in the road».")}
        error_messages = {
            "name": {"required": _("Write a name.")},
            "unit": {"required": _("Choose a unit."), "invalid_choice": NOT_THERE},
            "category": {"invalid_choice": NOT_THERE},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["words"] = ", ".join(self.instance.words)
        unit, category, kind = (self.fields[name] for name in ("unit", "category", "kind"))
        held = Unit.objects.filter(pk=self.instance.unit_id or 0)
        unit.queryset = answering_units() | held  # type: ignore[attr-defined]
        unit.empty_label = _("Choose a unit")  # type: ignore[attr-defined]
        category.queryset = Category.objects.filter(is_active=True) | Category.objects.filter(  # type: ignore[attr-defined]
            pk=self.instance.category_id or 0
        )
        category.empty_label = _("Any")  # type: ignore[attr-defined]
        kind.choices = [("", _("Any")), *Kind.choices]  # type: ignore[attr-defined]

    def clean_words(self) -> list[str]:
        """Return the words, parted at commas and line ends."""
        return [word for word in re.split(r"[,;\n]", self.cleaned_data["words"]) if word.strip()]

    def _post_clean(self) -> None:
        """The action checks the rule as a whole, with sentences of its own; the row is not written from here."""


class TryForm(forms.Form):
    """The test box: a card as somebody might send it."""

    text = forms.CharField(
        label=_("What somebody might write"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": "3"}),
        error_messages={"required": _("Write a few words to try.")},
    )  # fmt: skip
    category = forms.ModelChoiceField(
        Category.objects.none(), label=_("Category"), required=False, to_field_name="code", empty_label=_("None"),
        error_messages={"invalid_choice": NOT_THERE},
    )  # fmt: skip
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("None")), *Kind.choices])
    area = forms.CharField(label=_("Area or place"), max_length=100, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = categories_in_use()  # type: ignore[attr-defined]

    def intake(self) -> Intake:
        data = self.cleaned_data
        place = data["area"]
        return Intake(
            channel=Channel.WEB,
            text=data["text"],
            category=data["category"],
            kind=data["kind"],
            area=place,
            place=place,
        )


class DeadlinesForm(forms.ModelForm):
    class Meta:
        model = Municipality
        fields = [
            "deadline_days", "deadline_kind", "callback_rule", "minimum_attempts", "remind_days_before",
            "not_reached_after_days", "private_page_days", "escalate_repeats", "action_remind_days", "action_quiet_days",
        ]  # fmt: skip
        help_texts = {
            "deadline_days": _("A category may have a deadline of its own."),
            "callback_rule": _("Others get their answer on their own page, or by e-mail where they gave one."),
            "minimum_attempts": _("So many times a unit rings before it may send a card by post instead."),
            "remind_days_before": _("0: nobody is reminded."),
            "not_reached_after_days": _("So long after the contact card was posted it is closed, if nobody answered."),
            "action_remind_days": _("0: nobody is reminded before the day has passed."),
            "action_quiet_days": _("And again each time that so many days have passed. 0: never."),
            "escalate_repeats": _("Of cards that come on the overdue list a second time."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.IntegerField):
                field.widget.attrs |= {"size": "6", "inputmode": "numeric"}
                field.error_messages |= {
                    "required": _("Write a number of days or times."),
                    "invalid": _("Write a whole number."),
                }


class CloseUnitForm(forms.Form):
    successor = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Successor"), to_field_name="code", empty_label=_("Choose a unit"),
        help_text=_("Takes the open cards, and what the routing rules send to this unit from now on."),
        error_messages={"required": _("Choose the unit that takes over."), "invalid_choice": NOT_THERE},
    )  # fmt: skip
    on = DayField(label=_("Closed on"), error_messages={"required": _("Write a date, like 24.12.2026.")})

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["successor"].queryset = answering_units().exclude(pk=unit.pk)  # type: ignore[attr-defined]
        if unit.kind == Unit.Kind.SECTOR:
            del self.fields["successor"]

    def values(self) -> dict[str, Any]:
        """Return the action's arguments; `closed_on` is the action's name for the day."""
        return {"successor": self.cleaned_data.get("successor"), "on": self.cleaned_data["on"]}
