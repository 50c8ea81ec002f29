"""What an action says when it refuses: a sentence for the person, the field it concerns, a code for machines."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from organisation import errors
from organisation.errors import Refused

__all__ = ["ChangedMeanwhile", "NotAllowed", "Refused", "WrongState"]


class NotAllowed(errors.NotAllowed):
    """The person does not hold the permission for this card."""

    message = _("You are not allowed to do that with this card.")


class WrongState(Refused):
    """The card's state does not allow the step, such as a callback on a closed card."""

    code = "wrong_state"
    message = _("That cannot be done with a card that is «%(state)s».")


class ChangedMeanwhile(Refused):
    """Somebody else changed the card between reading and writing."""

    code = "changed_meanwhile"
    message = _("Somebody changed the card meanwhile. Look at it again before you go on.")
