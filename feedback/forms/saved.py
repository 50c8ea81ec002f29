"""The name of a saved filter, and whether it is shared."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class SavedFilterForm(forms.Form):
    """What a filter is called. The rules are the actions'; `may_share` shows the choice to those who have it."""

    use_required_attribute = False
    name = forms.CharField(label=_("Name of the filter"), required=False)
    shared = forms.BooleanField(label=_("Share it with the whole service centre"), required=False)

    def __init__(self, *args: Any, may_share: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].conditional = True  # type: ignore[attr-defined]
        if not may_share:
            del self.fields["shared"]

    @property
    def is_shared(self) -> bool:
        return bool(self.cleaned_data.get("shared"))
