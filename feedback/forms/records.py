"""Forms of public access: the grade of a card and of a text, the public version, the legal references, the journal's days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from feedback.actions.records import LONGEST_TITLE, LONGEST_VERSION
from feedback.models import AccessGrade, LegalGround, RecordAccess
from organisation.ds_forms import DayField

CHOOSE = _("Choose whether it is public or exempt.")
LONGEST_SPAN = 366
"""Days of one journal."""


class _Grade(forms.Form):
    """`grounds` are all there are, read once for a page however many forms stand on it."""

    use_required_attribute = False
    ground = forms.ChoiceField(
        label=_("Legal reference"), required=False, help_text=_("Asked for where it is exempt."),
        error_messages={"invalid_choice": _("That is not one of the choices. Choose another.")},
    )  # fmt: skip

    def __init__(self, *args: Any, own: RecordAccess | None, grounds: Sequence[LegalGround], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = own.ground_id if own else None
        self.grounds = {str(ground.pk): ground for ground in grounds if ground.is_active or ground.pk == chosen}
        offered = [(pk, ground.name) for pk, ground in self.grounds.items()]
        self.fields["ground"].choices = [("", _("Choose a reference")), *offered]  # type: ignore[attr-defined]
        for name in ("ground", "title"):
            if name in self.fields:
                self.fields[name].conditional = True  # type: ignore[attr-defined]  # asked for by what was chosen

    def clean_ground(self) -> LegalGround | None:
        return self.grounds.get(self.cleaned_data["ground"])

    @property
    def summary_id(self) -> str:
        return str(self.auto_id) % str(self.prefix)


class CardGradeForm(_Grade):
    grade = forms.ChoiceField(
        label=_("Who may see the card?"), choices=AccessGrade.choices, widget=forms.RadioSelect,
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )  # fmt: skip
    title = forms.CharField(
        label=_("Public title"), required=False,
        help_text=_("What the public journal calls it. Asked for where the card is public. It names nobody."),
    )  # fmt: skip
    sender_shown = forms.BooleanField(
        label=_("The submitter's name may stand in the public journal"), required=False,
    )  # fmt: skip
    field_order = ["grade", "ground", "title", "sender_shown"]

    def clean_title(self) -> str:
        return _short(self.cleaned_data["title"], LONGEST_TITLE)

    @staticmethod
    def of(own: RecordAccess | None, title: str) -> dict[str, Any]:
        """Return the fields' values as they stand; `title` is proposed where nothing was said yet."""
        if own is None or not own.grade:
            return {"title": title}
        return {"grade": own.grade, "ground": own.ground_id, "title": own.title, "sender_shown": own.sender_shown}


class TextGradeForm(_Grade):
    grade = forms.ChoiceField(
        label=_("Who may see this text?"), required=False, widget=forms.RadioSelect,
        choices=[("", _("As the whole card")), (AccessGrade.EXEMPT.value, AccessGrade.EXEMPT.label)],
        error_messages={"invalid_choice": CHOOSE},
    )  # fmt: skip
    field_order = ["grade", "ground"]

    @staticmethod
    def of(own: RecordAccess | None) -> dict[str, Any]:
        return {"grade": own.grade, "ground": own.ground_id} if own else {"grade": ""}


class PublicVersionForm(forms.Form):
    use_required_attribute = False
    version = forms.CharField(
        label=_("Public version"), required=False, widget=forms.Textarea(attrs={"rows": "6"}),
        help_text=_("What everybody may read. Write █ where something is taken out; empty: no public version."),
    )  # fmt: skip

    @property
    def summary_id(self) -> str:
        return str(self.auto_id) % str(self.prefix)

    def clean_version(self) -> str:
        return _short(self.cleaned_data["version"], LONGEST_VERSION)


class GroundForm(forms.Form):
    use_required_attribute = False
    name = forms.CharField(
        label=_("Legal reference"), help_text=_("As it stands in the journal, like «offl. § 13 jf. fvl. § 13 nr. 1»."),
        error_messages={"required": _("Write the reference.")},
    )  # fmt: skip
    about = forms.CharField(label=_("When it is used"), required=False)

    def clean_name(self) -> str:
        return _short(self.cleaned_data["name"], 100)

    def clean_about(self) -> str:
        return _short(self.cleaned_data["about"], 250)


class JournalForm(forms.Form):
    """The days of a journal, both counted in."""

    use_required_attribute = False
    first = DayField(label=_("From"), error_messages={"required": _("Write the first day.")})
    last = DayField(label=_("To and with"), error_messages={"required": _("Write the last day.")})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if isinstance(first, date) and isinstance(last, date):
            if last < first:
                self.add_error("last", _("The last day is before the first."))
            elif (last - first).days >= LONGEST_SPAN:
                self.add_error("last", _("At most a year at a time."))
        return data


def _short(text: str, longest: int) -> str:
    """A browser cuts what is pasted beyond maxlength without a word; we say a sentence and keep it all."""
    if len(text) > longest:
        raise ValidationError(_("This is longer than %(longest)s characters. Shorten it."), params={"longest": longest})
    return text
