"""Forms of sensitive cards: mark one, name somebody, say why one opens it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from feedback.forms.steps import StepForm
from feedback.models import LookReason, MarkReason, UnmarkReason
from feedback.queries import may_be_named, readers_of
from organisation.models import Person

WHY = _("Choose why.")
NOBODY = _("Choose a person.")


class MarkForm(StepForm):
    reason = forms.ChoiceField(
        label=_("What makes it sensitive?"), choices=MarkReason.choices, widget=forms.RadioSelect,
        error_messages={"required": WHY, "invalid_choice": WHY},
        help_text=_(
            "Then only the leader, the deputy and the case handler who has it open the card, each time with a reason."
            " If it is about somebody who works here, the case handler loses it too."
        ),
    )  # fmt: skip
    note = forms.CharField(
        label=_("In your own words"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": "2"})
    )


class UnmarkForm(StepForm):
    reason = forms.ChoiceField(
        label=_("Why is it sensitive no longer?"), choices=UnmarkReason.choices, widget=forms.RadioSelect,
        error_messages={"required": WHY, "invalid_choice": WHY},
        help_text=_("Everybody who sees the unit's cards sees it again."),
    )  # fmt: skip


class NameForm(StepForm):
    person = forms.ModelChoiceField(  # type: ignore[assignment]  # a field, which Django takes off the class
        Person.objects.none(), label=_("Who?"), empty_label=_("Choose a person"),
        error_messages={"required": NOBODY, "invalid_choice": NOBODY},
        help_text=_("May open this card, each time with a reason, until the card goes to another unit."),
    )  # fmt: skip

    def prepare(self) -> None:
        self.fields["person"].queryset = may_be_named(self.card)  # type: ignore[attr-defined]


class UnnameForm(NameForm):
    def prepare(self) -> None:
        named = Person.objects.filter(pk__in=[reader.person_id for reader in readers_of(self.card)])
        self.fields["person"].queryset = named  # type: ignore[attr-defined]
        self.fields["person"].help_text = _("Opens the card no more. What was looked at before stays written down.")


class LookForm(forms.Form):
    use_required_attribute = False
    reason = forms.ChoiceField(
        label=_("Why do you open it?"), choices=LookReason.choices, widget=forms.RadioSelect,
        error_messages={"required": WHY, "invalid_choice": WHY},
    )  # fmt: skip
    text = forms.CharField(
        label=_("In your own words"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": "2"}),
        help_text=_("Asked for where you choose «Something else»."),
    )  # fmt: skip
