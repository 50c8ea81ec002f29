"""What the submitter can write on the private page. Only what cannot be done without is asked for."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from feedback.actions.intake import LONGEST_TEXT
from feedback.forms.files import FilesField
from organisation.ds_forms import Scale


class Words(forms.CharField):
    """Some lines of text. A browser cuts what is pasted beyond a maximum without a word: this says a sentence."""

    def __init__(self, *, rows: int, required_says: object = "", **kwargs: object) -> None:
        super().__init__(
            max_length=LONGEST_TEXT,
            required=bool(required_says),
            widget=forms.Textarea(attrs={"rows": str(rows)}),
            error_messages={
                "required": required_says,  # type: ignore[dict-item]
                "max_length": _("The text is longer than %(limit_value)s characters. Shorten it."),
            },
            **kwargs,  # type: ignore[arg-type]
        )
        self.widget.attrs.pop("maxlength", None)


class AddForm(forms.Form):
    """Words, pictures, or both."""

    use_required_attribute = False
    text = Words(label=_("What do you want to add?"), rows=3)
    uploads = FilesField(
        label=_("Pictures"), required=False, help_text=_("Up to five pictures or PDFs, at most 10 MB each.")
    )
    key = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_key(self) -> uuid.UUID:
        """Return what tells this sending from the next; one that somebody spoiled counts as a new one."""
        try:
            return uuid.UUID(self.cleaned_data["key"])
        except ValueError:
            return uuid.uuid4()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Either will do, and one must be there: «optional» beside the words would say otherwise.
        self.fields["text"].conditional = True  # type: ignore[attr-defined]

    def clean(self) -> None:
        """Ask for one of the two."""
        data = self.cleaned_data
        if not self.errors and not data.get("text") and not data.get("uploads"):
            self.add_error("text", ValidationError(_("Write something, or choose a picture."), code="required"))


class ReactForm(forms.Form):
    """How the answer was taken. Why and what instead are asked for; nobody has to say."""

    use_required_attribute = False
    reaction = forms.ChoiceField(
        label=_("From 1 to 6"),
        help_text=_("1 is very dissatisfied, 6 is very satisfied."),
        choices=[(str(n), str(n)) for n in range(1, 7)],
        widget=Scale,
        error_messages={
            "required": _("Choose a number from 1 to 6."),
            "invalid_choice": _("Choose a number from 1 to 6."),
        },
    )
    reason = Words(label=_("Why?"), rows=2)
    alternative = Words(label=_("What would you have done instead?"), rows=2)


class AskForm(forms.Form):
    """Why the matter should be opened again."""

    use_required_attribute = False
    reason = Words(
        label=_("Why should we open it again?"), rows=3, required_says=_("Write why we should open it again."),
        help_text=_("Such as what is not done, or what we have misunderstood."),
    )  # fmt: skip


class InterviewForm(forms.Form):
    """Yes or no by a button: there is nothing to fill in."""

    use_required_attribute = False
    interview = forms.ChoiceField(
        choices=[("yes", _("Yes")), ("no", _("No"))],
        error_messages={"required": _("Answer yes or no."), "invalid_choice": _("Answer yes or no.")},
    )


class WithdrawForm(forms.Form):
    """Whether the message is withdrawn is the button; why is the submitter's own affair."""

    use_required_attribute = False
    reason = Words(label=_("Why do you withdraw it?"), rows=2)
