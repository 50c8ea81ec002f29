"""The form of a theme: its name, and what is laid on it from each side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from organisation.models import Municipality
from reporting.forms.scorecards import words_of
from reporting.models import Theme, ThemeLink
from reporting.theme_sides import Group

GONE = _("That one is not there any more. Choose another.")


class SideFields(NamedTuple):
    """The fields of one side. `chosen` is how many are ticked, `is_open` that there is an error to be seen."""

    side: str
    label: str
    fields: list[BoundField]
    chosen: int
    is_open: bool


class ThemeForm(forms.Form):
    """`offered` are the things that can be laid on it; what is laid on it already and not known any more stays on offer."""

    def __init__(
        self, *args: Any, house: Municipality, offered: Sequence[Group], theme: Theme | None = None, **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        self.words = [words_of(self, "name", house, theme.names if theme else {}, label=_("Name"))]
        laid: dict[str, list[str]] = {side: [] for side in ThemeLink.Side.values}
        for link in theme.links.all() if theme else ():
            laid[link.side].append(link.key)
        self._sides: dict[str, list[str]] = {side: [] for side in ThemeLink.Side.values}
        known = {(group.side, key) for group in offered for key, _name in group.things}
        groups = [*offered]
        for side, keys in laid.items():
            if gone := [(key, key) for key in keys if (side, key) not in known]:
                groups.append(Group(side, "gone", "", gone))
        for group in groups:
            if not group.things:
                continue
            name = f"{group.side}_{group.key}"
            here = {key for key, _name in group.things}
            self.fields[name] = forms.MultipleChoiceField(
                label=group.title or _("Others"), choices=group.things, required=False,
                widget=forms.CheckboxSelectMultiple, initial=[key for key in laid[group.side] if key in here],
                error_messages={"invalid_choice": GONE},
            )  # fmt: skip
            self.fields[name].conditional = True  # type: ignore[attr-defined]  # «(optional)» once is enough
            self._sides[group.side].append(name)

    @property
    def sides(self) -> list[SideFields]:
        return [
            SideFields(
                code,
                str(label),
                [self[name] for name in self._sides[code]],
                sum(len(self[name].value() or ()) for name in self._sides[code]),
                self.is_bound and any(name in self.errors for name in self._sides[code]),
            )
            for code, label in ThemeLink.Side.choices
        ]

    def values(self) -> dict[str, Any]:
        """Return the action's arguments."""
        return {
            "names": self.words[0].texts(),
            "laid": {
                side: [key for name in names for key in self.cleaned_data[name]] for side, names in self._sides.items()
            },
        }
