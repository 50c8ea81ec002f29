"""The forms of the page of sources."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from reporting.models import Feed, Indicator
from reporting.scales import TYPEABLE


def named(field: forms.Field, rows: QuerySet[Indicator]) -> None:
    """Let a field offer indicators by their names in the reader's language."""
    language = get_language() or "nb"
    field.queryset = rows  # type: ignore[attr-defined]
    field.label_from_instance = lambda row: row.name_in(language)  # type: ignore[attr-defined]


class FeedForm(forms.Form):
    use_required_attribute = False
    kind = forms.ChoiceField(label=_("Source"), choices=Feed.Kind.choices)
    external = forms.CharField(
        label=_("Their number or address"), max_length=500, required=False,
        help_text=_("A KPI of Kolada (N00945), a table of SSB (07459), or the address of another municipality's open data."),
    )  # fmt: skip
    indicator = forms.ModelChoiceField(
        Indicator.objects.none(), label=_("Indicator"), required=False,
        help_text=_("Which of ours the figures of Kolada or SSB are of."),
    )  # fmt: skip
    municipalities = forms.CharField(
        label=_("Municipalities"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Their numbers, with blanks between. None means all."),
    )  # fmt: skip
    years = forms.IntegerField(label=_("Years back"), min_value=1, max_value=30, initial=5)
    gender = forms.ChoiceField(
        label=_("Of whom"), choices=Feed.Gender.choices, initial=Feed.Gender.ALL,
        help_text=_("Kolada tells many figures of women and of men too. They feed an indicator of their own."),
    )  # fmt: skip
    measure = forms.CharField(
        label=_("Measure in the table"), max_length=60, required=False,
        help_text=_("SSB's code of it (ContentsCode), where the table has several."),
    )  # fmt: skip
    selections = forms.CharField(
        label=_("Further choices in the table"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("As SSB's own page shows them under «API query»: the list «query», in JSON."),
    )  # fmt: skip
    rhythm = forms.ChoiceField(label=_("Is fetched"), choices=Feed.Rhythm.choices, initial=Feed.Rhythm.MONTHLY)

    def __init__(self, *args: Any, feed: Feed | None = None, **kw: Any) -> None:
        names = ("kind", "external", "indicator", "municipalities", "years", "gender", "measure", "rhythm")
        first: dict[str, Any] = {name: getattr(feed, name) for name in names} if feed else {}
        if feed and feed.selections:
            first["selections"] = json.dumps(feed.selections, ensure_ascii=False)
        super().__init__(*args, **{"initial": first, **kw})
        named(self.fields["indicator"], Indicator.objects.filter(origin__in=sorted(TYPEABLE)).order_by("pk"))

    def clean_selections(self) -> list[Any]:
        """Raises ValidationError with a sentence for what is no list of choices."""
        typed = self.cleaned_data["selections"].strip()
        if not typed:
            return []
        try:
            found = json.loads(typed)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, list) or not all(isinstance(one, dict) and "code" in one for one in found):
            raise forms.ValidationError(_("This is no list of choices in JSON. Copy it from SSB's page, from [ to ]."))
        return found

    def values(self) -> dict[str, Any]:
        """Return the action's arguments."""
        return dict(self.cleaned_data)


class AnswerForm(forms.Form):
    """A saved answer instead of a fetched one."""

    use_required_attribute = False
    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ".json,.csv,application/json,text/csv"}),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty. Choose another.")},
    )


class OpenForm(forms.Form):
    """Which indicators are open data."""

    open = forms.ModelMultipleChoiceField(
        Indicator.objects.none(), label=_("Indicators that everybody may have our figures of"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, *args: Any, **kw: Any) -> None:
        rows = Indicator.objects.order_by("perspective", "pk")
        super().__init__(*args, **{"initial": {"open": rows.filter(is_public=True)}, **kw})
        named(self.fields["open"], rows)
