"""A unit: opened, and changed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from organisation.models import Person, Unit


class UnitForm(forms.ModelForm):
    """What can be changed of an open unit."""

    class Meta:
        model = Unit
        fields = ["name", "parent", "email", "leader", "deputy"]
        labels = {"parent": _("Sector it belongs to")}
        help_texts = {
            "email": _("New cards and lists are sent here. Where it is empty they go to the leader."),
            "deputy": _("Acts when the leader is away."),
        }
        error_messages = {
            "name": {"required": _("Write a name.")},
            "code": {"unique": _("There is a unit with this code already. Write another.")},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sectors = Unit.objects.filter(kind=Unit.Kind.SECTOR, closed_on=None)
        people = Person.objects.filter(is_active=True)
        choices: dict[str, Any] = {"parent": sectors.exclude(pk=self.instance.pk), "leader": people, "deputy": people}
        for name, queryset in choices.items():
            field: Any = self.fields[name]
            field.queryset, field.empty_label = queryset, _("None")
            field.error_messages["invalid_choice"] = _("That one is not there any more. Choose another.")


class NewUnitForm(UnitForm):
    """A unit to open: with a code for lists and files, and what it is."""

    class Meta(UnitForm.Meta):
        fields = ["name", "kind", "code", "parent", "email", "leader", "deputy"]
        help_texts = {
            **UnitForm.Meta.help_texts,
            "code": _(
                "Short, for lists and imported files; it never changes. Leave it empty to have it made of the name."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].required = False
        there = set(Unit.objects.filter(closed_on=None).values_list("kind", flat=True))
        once = {Unit.Kind.SERVICE_CENTRE.value, Unit.Kind.MAYORS_OFFICE.value} & there
        kind: Any = self.fields["kind"]
        kind.choices = [(value, label) for value, label in Unit.Kind.choices if value not in once]

    def clean_code(self) -> str:
        """Return the code, or one made of the name («Vei og gate» → «vei-og-gate»)."""
        name = str(self.cleaned_data.get("name", "")).lower().translate(str.maketrans("æøåäö", "eoaao"))
        return self.cleaned_data["code"] or slugify(name)[:60] or "unit"
