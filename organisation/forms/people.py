"""People: their login, a role to give, days away."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organisation.ds_forms import DayField
from organisation.models import Person, Unit
from organisation.permissions import Role
from organisation.queries import answering_units


class NewPersonForm(forms.ModelForm):
    class Meta:
        model = Person
        fields = ["name", "email", "phone", "language"]
        help_texts = {
            "email": _("The person signs in with it."),
            "language": _("Mails to the person are in this language."),
        }
        error_messages = {
            "name": {"required": _("Write a name.")},
            "email": {
                "required": _("Write an e-mail address."),
                "invalid": _("Write the e-mail address like name@example.com."),
                "unique": _("Somebody signs in with this address already."),
            },
        }

    def clean_email(self) -> str:
        """Return the address in the one form that signing in compares, so that nobody is let in twice."""
        return str(self.cleaned_data["email"]).strip().lower()


class PersonForm(NewPersonForm):
    class Meta(NewPersonForm.Meta):
        fields = ["name", "email", "phone", "language", "is_active", "is_emergency"]
        labels = {"is_active": _("May sign in"), "is_emergency": _("Emergency login")}
        help_texts = {
            **NewPersonForm.Meta.help_texts,
            "is_active": _("Take the tick away when somebody leaves: what they did stays theirs."),
            "is_emergency": _(
                "Signs in with a password even where the municipality's own sign-in is demanded. Whenever it is used, the"
                " administrators get a mail."
            ),
        }


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), error_messages={"required": _("Choose a role.")})
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Unit, for a case handler"), required=False, empty_label=_("None"),
        error_messages={"invalid_choice": _("That one is not there any more. Choose another.")},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role: Any = self.fields["role"]
        role.choices = [("", _("Choose a role")), *((r.value, r.label) for r in Role if r is not Role.UNIT_LEADER)]
        self.fields["unit"].queryset = answering_units()  # type: ignore[attr-defined]


class AbsenceForm(forms.Form):
    first_on = DayField(label=_("First day away"), error_messages={"required": _("Write the first day.")})
    last_on = DayField(label=_("Last day away"), error_messages={"required": _("Write the last day.")})
