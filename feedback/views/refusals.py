"""An action's refusal, shown where it belongs: at the field it concerns, in the reader's language."""

from __future__ import annotations

from django import forms

from feedback.errors import Refused


def show_refusal(form: forms.Form, refusal: Refused) -> None:
    """Add the refusal's sentence to the form, at its field if the form has it."""
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
