"""What an action says when it refuses: a sentence for the person, the field it concerns, a code for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Refused(Exception):
    """An action did nothing, for a reason that the person can put right. The base of all named refusals, in all apps.

    `message` is a translatable sentence, `field` the name of the argument it concerns (empty for the thing as a whole).
    """

    code = "refused"
    message: str | _StrPromise = _("That is not possible.")
    field = ""

    def __init__(self, **values: Any) -> None:
        self.values = values
        super().__init__(self.code)

    def __str__(self) -> str:
        return str(self.message) % self.values if self.values else str(self.message)


class NotAllowed(Refused):
    """The person does not hold the permission."""

    code = "not_allowed"
    message = _("You are not allowed to do that.")
