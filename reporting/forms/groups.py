"""The form of a group of municipalities: one on each line, known ones ticked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organisation.models import Municipality
from reporting.actions.groups import Named
from reporting.forms.scorecards import words_of
from reporting.models import Elsewhere, Group

_LINE = re.compile(r"(?:([0-9]{1,10})\b[\s,;:.–-]*)?(.*)")


class GroupForm(forms.Form):
    """`members` has the municipalities in their order, one a line: a number, a name, or both. `known` adds to them."""

    kind = forms.ChoiceField(label=_("Type"), choices=Group.Kind.choices, initial=Group.Kind.SIMILAR)
    members = forms.CharField(
        label=_("Municipalities"), required=False, max_length=20_000,
        widget=forms.Textarea(attrs={"rows": "12", "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("One on each line, in the order they are shown: the name of a known one, or number and name of a "
                    "new one, for example 5025 Røros."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, house: Municipality, known: Iterable[Elsewhere], group: Group | None = None,
        members: Sequence[Elsewhere] = (), **kw: Any,
    ) -> None:  # fmt: skip
        first = {"kind": group.kind, "members": "\n".join(map(line_of, members))} if group else {}
        super().__init__(*args, **{"initial": first, **kw})
        self.words = [words_of(self, "name", house, group.names if group else {}, label=_("Name"))]
        self.fields["members"].conditional = True  # type: ignore[attr-defined]  # ticked ones do as well
        inside = {place.pk for place in members}
        self._known = {str(place.pk): place for place in known if place.pk not in inside}
        if self._known:
            self.fields["known"] = forms.MultipleChoiceField(
                label=_("Known municipalities"), required=False, widget=forms.CheckboxSelectMultiple,
                choices=[(pk, line_of(place)) for pk, place in self._known.items()],
                error_messages={"invalid_choice": _("That one is not there any more. Choose another.")},
            )  # fmt: skip

    def values(self) -> dict[str, Any]:
        """Return the action's arguments."""
        data = self.cleaned_data
        written = [named for line in data["members"].splitlines() if (named := _named(line)) is not None]
        ticked = [_named(line_of(self._known[pk])) or Named() for pk in data.get("known", [])]
        return {"names": self.words[0].texts(), "kind": data["kind"], "members": [*written, *ticked]}


def line_of(place: Elsewhere) -> str:
    """«5025 Røros»; the name alone where no number is known."""
    return f"{place.code} {place.name}" if place.code.isdigit() else place.name


def _named(line: str) -> Named | None:
    match = _LINE.fullmatch(" ".join(line.replace("\x00", "").split()))
    if match is None or not (match[1] or match[2]):
        return None
    return Named(match[1] or "", match[2][:100])
