"""Forms on how long cards are kept, which must be kept, and on finding and erasing what is kept about a person."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from feedback.models import Card, Erasure, RetentionHold, RetentionRule
from feedback.personal_queries import Sought
from feedback.reference import parse_reference


class RetentionForm(forms.ModelForm):
    class Meta:
        model = RetentionRule
        fields = ["block_days", "anonymise_days", "delete_days", "archive_duty"]
        help_texts = {
            "block_days": _("From then on nobody but the privacy contact sees who wrote and what. Empty: never."),
            "anonymise_days": _("Names, contact details, texts and files are erased; figures stay. Empty: never."),
            "delete_days": _("The card goes, and with it its part in the figures. Empty: never."),
            "archive_duty": _("The cards are passed over and counted, until they have been handed to the archive."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.IntegerField):
                field.widget.attrs |= {"size": "7", "inputmode": "numeric"}
                field.error_messages |= {"invalid": _("Write a whole number of days.")}

    def _post_clean(self) -> None:
        """The action checks the rule as a whole, with sentences of its own; the row is not written from here."""


class HoldForm(forms.Form):
    reference = forms.CharField(
        label=_("Number of the card"), max_length=30, error_messages={"required": _("Write the card's number.")},
        widget=forms.TextInput(attrs={"size": "14"}),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("Why"), choices=RetentionHold.Kind.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Choose why.")},
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason"), max_length=250, help_text=_("Such as the number of the case. No names."),
        error_messages={"required": _("Write the reason.")},
    )  # fmt: skip

    def values(self) -> dict[str, Any]:
        """Return the action's arguments; a number that nobody has gives no card."""
        data = dict(self.cleaned_data)
        number = data.pop("reference")
        card = Card.objects.filter(reference=parse_reference(number) or number).first()
        return data | {"card": card}


class SoughtForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=150, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=30, required=False)
    email = forms.CharField(label=_("E-mail"), max_length=254, required=False)
    address = forms.CharField(label=_("Address"), max_length=250, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.conditional = True  # type: ignore[attr-defined]  # one of them is needed, whichever
            field.widget.attrs["autocomplete"] = "off"

    def clean_phone(self) -> str:
        phone = self.cleaned_data["phone"]
        if phone and len(re.sub(r"\D", "", phone)) < 5:
            raise ValidationError(_("Write the whole phone number."))
        return str(phone)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not any(value.strip() for value in data.values()):
            raise ValidationError(_("Write a name, a phone number, an e-mail address or an address to look for."))
        for name in ("name", "email", "address"):
            written = str(data.get(name) or "")
            if written and len(re.findall(r"\w", written)) < 3:
                self.add_error(name, _("Write at least three letters."))
        return data

    def sought(self) -> Sought:
        return Sought(**{name: " ".join(value.split()) for name, value in self.cleaned_data.items()})


class EraseForm(forms.Form):
    """Why, said on the page that says what goes."""

    cause = forms.ChoiceField(
        label=_("Why"), widget=forms.RadioSelect,
        choices=[choice for choice in Erasure.Cause.choices if choice[0] != Erasure.Cause.RETENTION],
        error_messages={"required": _("Choose why.")},
    )  # fmt: skip
