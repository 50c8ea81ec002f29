"""A key for another system."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from organisation.ds_forms import DayField
from organisation.models import Person, Unit
from organisation.permissions import Scope


class ApiKeyForm(forms.Form):
    name = forms.CharField(
        label=_("System"), max_length=100, help_text=_("Who calls with it, such as «Maps»."),
        error_messages={"required": _("Write which system it is for.")},
    )  # fmt: skip
    acts_as = forms.ModelChoiceField(
        Person.objects.filter(is_active=True).order_by("name"), label=_("Acts as"), empty_label=_("Choose"),
        help_text=_("The key may never do more than this person. Let the system in as a person of its own."),
        error_messages={
            "required": _("Choose as whom it acts."),
            "invalid_choice": _("That one is not there any more. Choose another."),
        },
    )  # fmt: skip
    scopes = forms.MultipleChoiceField(
        label=_("May be used to"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose what the key may be used for.")},
    )  # fmt: skip
    units = forms.ModelMultipleChoiceField(
        Unit.objects.exclude(kind=Unit.Kind.SECTOR), label=_("Only in these units"), required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("None chosen: in all that the person may."),
    )  # fmt: skip
    expires_on = DayField(
        label=_("Last day"), required=False, help_text=_("Left empty it goes on until it is taken back.")
    )
    client_id = forms.CharField(
        label=_("Client at the identity provider"), max_length=200, required=False,
        help_text=_(
            "Where the system gets its tokens from the municipality's identity provider: its client id there."
            " No key is made then."
        ),
    )  # fmt: skip
