"""What citizens are told: the paper card, the log of what was sent out, and the stories."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from feedback.actions.mailings import SentOut
from feedback.actions.stories import LONGEST_TITLE, Words
from feedback.forms.register import LANGUAGES
from feedback.models import Category, Mailing, Story
from feedback.models.stories import LONGEST_PART
from feedback.paper_card import Layout
from feedback.queries import categories_in_use
from organisation.ds_forms import DayField

REQUIRED = _("Write a few words here.")


class PaperCardForm(forms.Form):
    """Which card to print."""

    use_required_attribute = False
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    layout = forms.ChoiceField(label=_("Layout"), choices=Layout.choices)


class MailingForm(forms.Form):
    use_required_attribute = False
    sent_on = DayField(label=_("Sent out"), error_messages={"required": _("Write the day on which they went out.")})
    cards = forms.CharField(
        label=_("Number of cards"), max_length=20, widget=forms.TextInput(attrs={"size": "10", "inputmode": "numeric"}),
        error_messages={"required": _("Write how many cards went out: a number from 1 to ten million.")},
    )  # fmt: skip
    how = forms.ChoiceField(label=_("How"), choices=Mailing.How.choices)
    area = forms.CharField(
        label=_("Where"), max_length=120, required=False,
        help_text=_("Such as a part of the municipality, or «library and town hall». Everybody can read it."),
    )  # fmt: skip
    languages = forms.MultipleChoiceField(
        label=_("Languages of the cards"), choices=LANGUAGES, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose the language of the cards, one or more.")},
    )  # fmt: skip
    note = forms.CharField(
        label=_("Note"), max_length=250, required=False, help_text=_("For colleagues. It is not shown to the public.")
    )

    def clean_cards(self) -> int:
        """Read a number as people write it, «12 000» or «12.000». What is none is an impossible number to the action."""
        digits = "".join(c for c in self.cleaned_data["cards"] if not c.isspace() and c != ".")
        return int(digits) if digits.isascii() and digits.isdigit() else 0

    def sent(self) -> SentOut:
        return SentOut(**self.cleaned_data)

    @staticmethod
    def of(mailing: Mailing) -> dict[str, Any]:
        """Return the fields' values of a mailing that is there."""
        return {name: getattr(mailing, name) for name in MailingForm.base_fields}


class StoryForm(forms.Form):
    use_required_attribute = False
    title = forms.CharField(label=_("Title"), max_length=LONGEST_TITLE, error_messages={"required": REQUIRED})
    said = forms.CharField(
        label=_("You said"), help_text=_("What it was about, in your own words. Do not copy the card."),
        max_length=LONGEST_PART, widget=forms.Textarea(attrs={"rows": "4"}), error_messages={"required": REQUIRED},
    )  # fmt: skip
    did = forms.CharField(
        label=_("We did"), help_text=_("What came of it, and when."),
        max_length=LONGEST_PART, widget=forms.Textarea(attrs={"rows": "4"}), error_messages={"required": REQUIRED},
    )  # fmt: skip
    category = forms.ModelChoiceField(
        Category.objects.none(), label=_("Category"), required=False, to_field_name="code", empty_label=_("None"),
        error_messages={"invalid_choice": _("That is not one of the choices. Choose another, or none.")},
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Language of the story"), choices=LANGUAGES)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = categories_in_use()  # type: ignore[attr-defined]
        for name in ("title", "said", "did"):
            # A browser cuts what is pasted beyond maxlength without a word; we say a sentence and keep it all.
            self.fields[name].widget.attrs.pop("maxlength", None)

    def words(self) -> Words:
        return Words(**{name: value for name, value in self.cleaned_data.items() if name != "seen"})

    @staticmethod
    def of(story: Story) -> dict[str, Any]:
        """Return the fields' values of a story that is there."""
        return {
            "title": story.title,
            "said": story.said,
            "did": story.did,
            "category": story.category.code if story.category else "",
            "language": story.language,
            "seen": story.fingerprint,
        }


class PublishForm(forms.Form):
    use_required_attribute = False
    names_nobody = forms.BooleanField(
        label=_("I have read it: it names nobody, and nobody can be known by it."), required=False
    )
    seen = forms.CharField(widget=forms.HiddenInput)
