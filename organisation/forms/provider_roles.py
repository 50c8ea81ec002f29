"""What a role of the identity provider is here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organisation.forms.people import RoleForm


class ProviderRoleForm(RoleForm):
    value = forms.CharField(
        label=_("Role at the identity provider"), max_length=200,
        help_text=_("As it stands in the token, such as «Innspill.CaseHandler.Roads», or a group's number."),
        error_messages={"required": _("Write the role as it stands in the token.")},
    )  # fmt: skip
    field_order = ["value", "role", "unit"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].label = _("Role here")
