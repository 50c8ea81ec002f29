"""When somebody is away."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from organisation.ds_forms import DayField


class AbsenceForm(forms.Form):
    """First and last day, both included."""

    use_required_attribute = False

    first_on = DayField(label=_("First day away"), error_messages={"required": _("Write the first day you are away.")})
    last_on = DayField(
        label=_("Last day away"), error_messages={"required": _("Write the last day you are away.")},
    )  # fmt: skip
