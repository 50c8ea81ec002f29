"""What people say of a mail that waits."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from feedback.actions.intake import LONGEST_TEXT
from feedback.actions.sorting_mail import LONGEST_DECISION
from feedback.forms.steps import REQUIRED


class MailCardForm(forms.Form):
    """The text of the card that a mail becomes."""

    prefix = "card"
    text = forms.CharField(
        label=_("What the message says"),
        widget=forms.Textarea(attrs={"rows": "8"}),
        max_length=LONGEST_TEXT,
        error_messages={"required": REQUIRED},
    )


class FileMailForm(forms.Form):
    prefix = "file"
    reference = forms.CharField(
        label=_("The card's number"),
        max_length=30,
        widget=forms.TextInput(attrs={"size": "14", "autocomplete": "off"}),
        error_messages={"required": _("Write the card's number.")},
    )


class DismissMailForm(forms.Form):
    prefix = "dismiss"
    reason = forms.CharField(
        label=_("Why it needs nothing more"),
        max_length=LONGEST_DECISION,
        widget=forms.TextInput(),
        error_messages={"required": REQUIRED},
    )


def empty_forms(*, text: str, reference: str, wrong: forms.Form | None = None) -> dict[str, Any]:
    """Return the three forms of a mail's page by their prefix; `wrong` is the one that was sent and could not be taken."""
    made: list[forms.Form] = [
        MailCardForm(initial={"text": text}),
        FileMailForm(initial={"reference": reference}),
        DismissMailForm(),
    ]
    found = {str(form.prefix): form for form in made}
    return found if wrong is None else found | {str(wrong.prefix): wrong}
