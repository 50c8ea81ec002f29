"""The one box behind a link of the weekly list's mail: the same as on the card's page."""

from __future__ import annotations

from django import forms

from feedback.forms.steps import DelayForm


class AnswerForm(forms.Form):
    reason = DelayForm.base_fields["reason"]
