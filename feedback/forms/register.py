"""Registration by staff: what came on paper, by phone, fax or e-mail, in the order of the paper card."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from feedback.actions.intake import Intake
from feedback.forms.citizen import AboutFields, ContactFields
from feedback.forms.files import FilesField
from feedback.workflow import Channel
from organisation.ds_forms import DayField
from organisation.models import Unit
from organisation.queries import answering_units

CHANNELS = [Channel.PAPER, Channel.POST, Channel.PHONE, Channel.EMAIL, Channel.FAX, Channel.MEETING]
LANGUAGES = [
    ("nb", _("Norwegian (bokmål)")),
    ("nn", _("Norwegian (nynorsk)")),
    ("sv", _("Swedish")),
    ("en", _("English")),
]


class RegisterForm(AboutFields, ContactFields):
    channel = forms.ChoiceField(
        label=_("How did it come?"), choices=[(channel.value, channel.label) for channel in CHANNELS]
    )
    received_on = DayField(label=_("Received"), required=False)
    text = forms.CharField(
        label=_("What does the card say?"), widget=forms.Textarea(attrs={"rows": "8"}),
        error_messages={"required": _("Write what the card says.")},
    )  # fmt: skip
    area = forms.CharField(label=_("Area"), max_length=100, required=False)
    political = forms.BooleanField(label=_("Political content: goes to the mayor's office"), required=False)
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Unit"), required=False, to_field_name="code", empty_label=_("By the routing rules"),
        error_messages={"invalid_choice": _("There is no such unit. Choose another.")},
    )  # fmt: skip
    language = forms.ChoiceField(label=_("The submitter's language"), choices=LANGUAGES)
    uploads = FilesField(
        label=_("Scan or pictures"), required=False, help_text=_("Up to five pictures or PDFs, at most 10 MB each.")
    )
    key = forms.CharField(widget=forms.HiddenInput, required=False)

    field_order = ["channel", "received_on", "text", "name", "address", "phone", "email", "category", "kind", "place"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = answering_units()  # type: ignore[attr-defined]

    def intake(self) -> Intake:
        data = self.cleaned_data
        try:
            key = uuid.UUID(data["key"])
        except ValueError:
            key = uuid.uuid4()
        names = ("channel", "text", "kind", "category", "place", "area", "political", "unit", "language", "received_on")
        return Intake(contact=self.contact(), idempotency_key=f"staff-{key}", **{name: data[name] for name in names})
