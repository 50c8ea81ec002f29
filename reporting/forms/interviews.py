"""The forms of interviews: a new draw, and what became of somebody who was drawn."""

from __future__ import annotations

from datetime import date, timedelta

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from organisation.ds_forms import DayField
from reporting.actions.interviews import LONGEST_NAME, USUAL_NUMBER
from surveys.actions.sampling import LONGEST_SEED
from surveys.forms.sampling import NumberField

USUAL_PERIOD = timedelta(days=365)
USUALLY_SHOWN = timedelta(days=60)


class DrawForm(forms.Form):
    use_required_attribute = False
    name = forms.CharField(
        label=_("What the interviews are for"), max_length=LONGEST_NAME,
        help_text=_("Such as «Evaluation of the message card, autumn 2026»."),
        error_messages={"required": _("Write what the interviews are for, in at most 100 characters.")},
    )  # fmt: skip
    first_on = DayField(label=_("Answered from"), error_messages={"required": _("Write the first day.")})
    last_on = DayField(label=_("Answered until"), error_messages={"required": _("Write the last day.")})
    size = NumberField(
        label=_("How many"), initial=USUAL_NUMBER, help_text=_("Twenty tell most of what there is to hear."),
        error_messages={"required": _("Write how many to draw.")},
    )  # fmt: skip
    contact_until = DayField(
        label=_("Show names and numbers until"),
        help_text=_("After that day the list leads to nobody. How it was drawn stays."),
        error_messages={"required": _("Write the last day.")},
    )
    seed = forms.CharField(
        label=_("Seed"), required=False, max_length=LONGEST_SEED,
        help_text=_("The same seed gives the same draw. Empty: one is drawn by lot. It is kept and printed."),
    )  # fmt: skip

    def __init__(self, data: QueryDict | None = None, *, today: date) -> None:
        first = {"first_on": today - USUAL_PERIOD, "last_on": today, "contact_until": today + USUALLY_SHOWN}
        super().__init__(data, initial=first)
