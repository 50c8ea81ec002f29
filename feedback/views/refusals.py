"""An action's refusal, shown where it belongs: at the field it concerns, in the reader's language."""

from __future__ import annotations

from django import forms

from feedback.errors import Refused


def show_refusal(form: forms.Form, refusal: Refused) -> None:
    """Add the refusal's sentence to the form, at its field if the form has it.

    An action's moment («held_at») is a day and a time on a form («held_on», «held_time»): the sentence stands at the day.
    """
    names = (refusal.field, refusal.field.removesuffix("_at") + "_on")
    form.add_error(next((name for name in names if name in form.fields), None), str(refusal))
