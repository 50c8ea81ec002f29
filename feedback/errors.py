"""What an action says when it refuses: a sentence for the person, the field it concerns, a code for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Refused(Exception):
    """An action did nothing, for a reason that the person can put right. The base of all named refusals.

    `message` is a translatable sentence, `field` the name of the argument it concerns (empty for the card as a whole).
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
    """The person does not hold the permission for this card."""

    code = "not_allowed"
    message = _("You are not allowed to do that with this card.")


class WrongState(Refused):
    """The card's state does not allow the step, such as a callback on a closed card."""

    code = "wrong_state"
    message = _("That cannot be done with a card that is «%(state)s».")


class ChangedMeanwhile(Refused):
    """Somebody else changed the card between reading and writing."""

    code = "changed_meanwhile"
    message = _("Somebody changed the card meanwhile. Look at it again before you go on.")
