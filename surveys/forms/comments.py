"""Which comments are shown, and what one is coded as."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from feedback.forms.units import TypedUnitField
from feedback.models import Category
from feedback.queries import categories_in_use
from feedback.workflow import Kind
from organisation.models import Unit
from surveys.actions.comments import Coding
from surveys.comment_queries import Questions
from surveys.models import Area, Comment
from surveys.questionnaires import text_in

NONE = "-"
"""What stands in a filter for «without»."""
FILTERS = ("state", "question", "area", "unit")


class UnitField(TypedUnitField):
    no_such = _("There is no unit «%(typed)s».")


class NumberedRadios(forms.RadioSelect):
    """Radio buttons that the keys 1–9 choose, and 0 the empty one."""

    def create_option(self, name: str, value: Any, label: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, label, *args, **kwargs)
        number = int(option["index"])
        if number <= 9:
            option["attrs"]["data-shortcut"] = str(number)
        return option


def area_choices(areas: list[Area]) -> list[tuple[str, str]]:
    language = get_language() or "nb"
    return [(area.key, text_in(area.titles, language) or area.key) for area in areas]


class CommentFilter(forms.Form):
    """Which comments a list shows. What cannot be read of an old link is left out."""

    state = forms.ChoiceField(label=_("State"), required=False)
    question = forms.ChoiceField(label=_("Question"), required=False)
    area = forms.ChoiceField(label=_("Area"), required=False)
    unit = forms.ChoiceField(label=_("Unit"), required=False)

    def __init__(self, *args: Any, areas: list[Area], questions: Questions, units: list[Unit], **kwargs: Any) -> None:
        # The form that codes several has fields of the same names on the same page.
        kwargs.setdefault("auto_id", "filter_%s")
        super().__init__(*args, **kwargs)
        language, every = get_language() or "nb", [("", _("All"))]
        asked = [(one.key, questions.words(one.key, language)) for one in questions if questions.numbers.get(one.key)]
        self._choose("state", [*every, *Comment.State.choices])
        self._choose("question", [*every, *asked])
        self._choose("area", [*every, *area_choices(areas), (NONE, _("Without an area"))])
        self._choose("unit", [*every, *((unit.code, unit.name) for unit in units), (NONE, _("Without a unit"))])

    def _choose(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    @property
    def asked(self) -> dict[str, str]:
        """What is asked for and can be, by field."""
        self.is_valid()
        return {name: self.cleaned_data[name] for name in FILTERS if self.cleaned_data.get(name)}

    def apply(self, comments: QuerySet[Comment]) -> QuerySet[Comment]:
        """Return those of the comments that are asked for."""
        for name, value in self.asked.items():
            if value == NONE:
                comments = comments.filter(**{f"{name}__isnull": True})
            else:
                comments = comments.filter(**{{"area": "area__key", "unit": "unit__code"}.get(name, name): value})
        return comments


class CodingForm(forms.Form):
    """What a comment is about, and whose it is."""

    area = forms.ChoiceField(label=_("Area"), required=False, widget=NumberedRadios)
    unit = UnitField(label=_("Unit"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("Not said")), *Kind.choices])
    category = forms.ModelChoiceField(
        label=_("Category"), required=False, queryset=Category.objects.none(), to_field_name="code",
        empty_label=_("None"),
    )  # fmt: skip
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, areas: list[Area], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._areas = {area.key: area for area in areas}
        self.fields["area"].choices = [("", _("None of these")), *area_choices(areas)]  # type: ignore[attr-defined]
        self.fields["category"].queryset = categories_in_use()  # type: ignore[attr-defined]
        self.fields["unit"].widget.attrs["data-shortcut"] = "u"

    @staticmethod
    def first(coding: Coding, seen: str) -> dict[str, str]:
        """Return what the form begins with."""
        return {
            "area": coding.area.key if coding.area else "",
            "unit": coding.unit.name if coding.unit else "",
            "kind": coding.kind,
            "category": coding.category.code if coding.category else "",
            "seen": seen,
        }

    def coding(self) -> Coding:
        data = self.cleaned_data
        return Coding(self._areas.get(data["area"]), data["unit"], data["kind"], data["category"])


class ManyForm(forms.Form):
    """What several comments are coded as: what is left empty stays as it is."""

    area = forms.ChoiceField(label=_("Area"), required=False)
    unit = UnitField(label=_("Unit"), required=False)

    def __init__(self, *args: Any, areas: list[Area], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._areas = {area.key: area for area in areas}
        self.fields["area"].choices = [("", _("As it is")), *area_choices(areas)]  # type: ignore[attr-defined]

    def coding(self) -> Coding:
        return Coding(self._areas.get(self.cleaned_data["area"]), self.cleaned_data["unit"])


class RedactForm(forms.Form):
    """What is left of a comment."""

    text = forms.CharField(
        label=_("What is kept"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": "6"}),
        help_text=_(
            "Take away what leads to a person, and put […] where it stood. What you take away is gone for good."
        ),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
