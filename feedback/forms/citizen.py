"""The citizen's page: one field that must be filled in."""

from __future__ import annotations

import hashlib
import re
import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from feedback.actions.intake import LONGEST_TEXT, Intake
from feedback.deadlines import Contact
from feedback.forms.files import FilesField
from feedback.models import Category
from feedback.queries import categories_in_use
from feedback.workflow import Channel, Kind


def check_phone(phone: str) -> None:
    """Raise ValidationError for what nobody can ring."""
    if phone and not (re.fullmatch(r"[\d\s()+./-]+", phone) and len(re.sub(r"\D", "", phone)) >= 5):
        raise ValidationError(
            _("«%(phone)s» is not a phone number. Use digits, with + before a foreign one."), params={"phone": phone}
        )


class ContactFields(forms.Form):
    """How to reach the submitter; all optional."""

    name = forms.CharField(
        label=_("Name"), max_length=150, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    address = forms.CharField(
        label=_("Address"),
        max_length=250,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    phone = forms.CharField(
        label=_("Daytime phone"), max_length=30, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "size": "20"}),
    )  # fmt: skip
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, required=False,
        error_messages={"invalid": _("Write the e-mail address like name@example.com.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )  # fmt: skip

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        check_phone(phone)
        return phone

    def contact(self, **more: str) -> Contact:
        """Return what was given as one object."""
        data = self.cleaned_data
        return Contact(name=data["name"], address=data["address"], phone=data["phone"], email=data["email"], **more)


class AboutFields(forms.Form):
    """What the card is about, offered and not demanded."""

    kind = forms.ChoiceField(
        label=_("What kind of message is it?"), required=False, choices=[("", _("Choose if you like")), *Kind.choices]
    )
    category = forms.ModelChoiceField(
        Category.objects.none(), label=_("What is it about?"), required=False, to_field_name="code",
        empty_label=_("Choose if you like"),
        error_messages={"invalid_choice": _("That is not one of the choices. Choose another, or none.")},
    )  # fmt: skip
    place = forms.CharField(
        label=_("Where is it?"), help_text=_("An address or a place."), max_length=250, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = categories_in_use()  # type: ignore[attr-defined]


class CitizenForm(AboutFields, ContactFields):
    """What a citizen sends. `leave_empty` is out of sight: what fills it in is hardly a person."""

    text = forms.CharField(
        label=_("What do you want to tell us?"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": "6"}),
        error_messages={
            "required": _("Write what you want to tell us."),
            "max_length": _(
                "The text is longer than %(limit_value)s characters. Shorten it, or send the rest as a PDF."
            ),
        },
    )
    uploads = FilesField(
        label=_("Pictures"), required=False, help_text=_("Up to five pictures or PDFs, at most 10 MB each."),
    )  # fmt: skip
    key = forms.CharField(widget=forms.HiddenInput, required=False)
    leave_empty = forms.CharField(
        label=_("Leave this field empty"), required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    field_order = ["text", "kind", "category", "place", "uploads", "name", "address", "phone", "email"]

    @property
    def has_contact(self) -> bool:
        """Whether the part with the contact details is to stand open: something is in it, or wrong with it."""
        names = ("name", "address", "phone", "email")
        return self.is_bound and any(self[name].value() or self.errors.get(name) for name in names)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A browser cuts what is pasted beyond maxlength without a word; we say a sentence and keep it all.
        self.fields["text"].widget.attrs.pop("maxlength", None)

    def clean_leave_empty(self) -> str:
        """Refuse what a machine fills in. Where it was a person's browser, all that was typed is still there."""
        if self.cleaned_data["leave_empty"]:
            raise ValidationError(_("One field is there only to stop machines. Empty it and send once more."))
        return ""

    def intake(self) -> Intake:
        """Return what came in. The key holds the text's digest: the same message sent twice is one card, another text
        sent from the same page (back, change, send) is another card."""
        data = self.cleaned_data
        try:
            key = uuid.UUID(data["key"])
        except ValueError:
            key = uuid.uuid4()
        digest = hashlib.sha256(data["text"].encode()).hexdigest()[:16]
        return Intake(
            channel=Channel.WEB,
            text=data["text"],
            kind=data["kind"],
            category=data["category"],
            place=data["place"],
            language=(get_language() or "nb").split("-")[0],
            contact=self.contact(),
            idempotency_key=f"web-{key}-{digest}",
        )


class FindForm(forms.Form):
    """Reference and code from the receipt."""

    reference = forms.CharField(
        label=_("Reference"), max_length=30, help_text=_("Like 26-004217-5."),
        error_messages={"required": _("Write the reference from the receipt.")},
        widget=forms.TextInput(attrs={"size": "16", "autocomplete": "off", "inputmode": "text"}),
    )  # fmt: skip
    code = forms.CharField(
        label=_("Code"), max_length=20, help_text=_("Eight letters and digits, like K7QM-2XPD."),
        error_messages={"required": _("Write the code from the receipt.")},
        widget=forms.TextInput(attrs={"size": "12", "autocomplete": "off", "autocapitalize": "characters"}),
    )  # fmt: skip
