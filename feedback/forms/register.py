"""Registration by staff: what came on paper, by phone, fax or e-mail, in the order of the paper card."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from feedback.actions.intake import Intake
from feedback.deadlines import Contact
from feedback.forms.citizen import AboutFields, ContactFields
from feedback.forms.files import FilesField, KeptFiles
from feedback.forms.units import TypedUnitField
from feedback.workflow import Channel
from organisation.ds_forms import DayField, TypedChoice

CHANNELS = [Channel.PAPER, Channel.POST, Channel.PHONE, Channel.EMAIL, Channel.FAX, Channel.MEETING]
LANGUAGES = [
    ("nb", _("Norwegian (bokmål)")),
    ("nn", _("Norwegian (nynorsk)")),
    ("sv", _("Swedish")),
    ("en", _("English")),
]


class RegisterForm(KeptFiles, AboutFields, ContactFields):
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
    unit = TypedUnitField(
        label=_("Unit"), required=False, help_text=_("Empty: by the routing rules. Begin to type to choose one.")
    )
    language = forms.ChoiceField(label=_("The submitter's language"), choices=LANGUAGES)
    uploads = FilesField(
        label=_("Scan or pictures"), required=False, help_text=_("Up to five pictures or PDFs, at most 10 MB each.")
    )
    key = forms.CharField(widget=forms.HiddenInput, required=False)

    field_order = ["channel", "received_on", "text", "name", "address", "phone", "email", "category", "kind", "place"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("address", "place"):
            self.fields[name].widget = TypedChoice()
        # The browser would offer the details of whoever sits at the desk.
        for name in ("name", "phone", "email"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        if not self.is_bound:
            self.fields["text"].widget.attrs["autofocus"] = True

    def offer(self, name: str, values: list[str]) -> None:
        """Let the field offer `values` while one types."""
        self.fields[name].widget.offered = lambda: ((value, "") for value in values)

    def so_far(self) -> Intake:
        """Return what is there of a card that is still being typed: what is wrong yet is left out."""
        self.full_clean()
        data: dict[str, Any] = {name: self.cleaned_data.get(name) for name in self.fields}
        contact = {name: data[name] or "" for name in ("name", "address", "phone", "email")}
        return Intake(
            channel=data["channel"] or Channel.PAPER,
            text=data["text"] or "",
            kind=data["kind"] or "",
            category=data["category"],
            place=data["place"] or "",
            area=data["area"] or "",
            unit=data["unit"],
            political=bool(data["political"]),
            contact=Contact(**contact),
        )

    def intake(self) -> Intake:
        data = self.cleaned_data
        try:
            key = uuid.UUID(data["key"])
        except ValueError:
            key = uuid.uuid4()
        names = ("channel", "text", "kind", "category", "place", "area", "political", "unit", "language", "received_on")
        # With the text's digest: back, another text, and saved once more is another card.
        digest = hashlib.sha256(data["text"].encode()).hexdigest()[:16]
        return Intake(
            contact=self.contact(),
            idempotency_key=f"staff-{key}-{digest}",
            **{name: data[name] for name in names},
        )
