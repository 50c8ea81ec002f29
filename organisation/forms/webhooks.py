"""Another system's address, and what is sent to it again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organisation.ds_forms import DayField
from organisation.models import Person, Unit, WebhookEndpoint, WebhookEvent


class WebhookForm(forms.Form):
    url = forms.CharField(
        label=_("Address"), max_length=500, help_text=_("Where the other system listens. Begins with https://."),
        error_messages={"required": _("Write the address.")},
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    events = forms.MultipleChoiceField(
        label=_("Is told when"), choices=WebhookEvent.choices, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one event.")},
    )  # fmt: skip
    units = forms.ModelMultipleChoiceField(
        Unit.objects.exclude(kind=Unit.Kind.SECTOR), label=_("Only of cards in these units"), required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("None chosen: of the cards of all."),
    )  # fmt: skip
    description = forms.CharField(
        label=_("Description"), max_length=200, required=False, help_text=_("Which system it is, such as «Maps».")
    )
    owner = forms.ModelChoiceField(
        Person.objects.filter(is_active=True).order_by("name"), label=_("Gets a mail when it is switched off"),
        empty_label=_("Choose"), help_text=_("An address that has failed for days is switched off."),
        error_messages={
            "required": _("Choose who is told."),
            "invalid_choice": _("That one is not there any more. Choose another."),
        },
    )  # fmt: skip


def written(endpoint: WebhookEndpoint) -> dict[str, Any]:
    """Return the endpoint as the form shows it."""
    return {
        "url": endpoint.url, "events": endpoint.events, "units": endpoint.units.all(),
        "description": endpoint.description, "owner": endpoint.owner,
    }  # fmt: skip


class ReplayForm(forms.Form):
    since = DayField(
        label=_("Given up since"), help_text=_("From the beginning of that day."),
        error_messages={"required": _("Write a day.")},
    )  # fmt: skip
