"""Give the municipality its colour and its coat of arms, or take them away."""

from __future__ import annotations

from datetime import datetime

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organisation import arms
from organisation.actions.base import require_manager
from organisation.actions.changes import log_changed, values_of
from organisation.colours import read_colour
from organisation.errors import Refused
from organisation.models import Municipality, Person


class NotAColour(Refused):
    code = "not_a_colour"
    field = "colour"
    message = _("«%(value)s» is not a colour. Write it with six digits, like #7a1f3d.")


class NotAPicture(Refused):
    code = "not_a_picture"
    field = "file"
    message = _("The file cannot be shown as a picture. Choose a PNG or an SVG.")


class ArmsTooLarge(Refused):
    code = "arms_too_large"
    field = "file"
    message = _("The file is too large: an SVG has at most %(svg)s kB, a picture at most %(picture)s MB.")


class UnsafeDrawing(Refused):
    code = "unsafe_drawing"
    field = "file"
    message = _(
        "The SVG holds more than a drawing: a script, a link or a document type. Save it as «plain SVG», or as PNG."
    )


def set_colour(text: str, *, by: Person | None, now: datetime) -> str:
    """Set the municipality's colour; empty takes ours back. Returns what is kept. Raises NotAllowed, NotAColour."""
    require_manager(by)
    colour = read_colour(text) if text.strip() else ""
    if colour is None:
        raise NotAColour(value=text.strip()[:40])
    with transaction.atomic():
        here = Municipality.objects.select_for_update().get()
        before = values_of(here)
        here.colour = colour
        here.save(update_fields=["colour"])
        log_changed(here, before, by=by, now=now)
    return colour


def set_arms(content: bytes, *, by: Person | None, now: datetime) -> None:
    """Keep a coat of arms in place of the one before. Raises NotAllowed, NotAPicture, ArmsTooLarge, UnsafeDrawing."""
    require_manager(by)
    try:
        made = arms.clean_arms(content)
    except arms.TooLarge as error:
        raise ArmsTooLarge(svg=arms.LARGEST_SVG // 1000, picture=arms.LARGEST_PICTURE // 1_000_000) from error
    except arms.UnsafeDrawing as error:
        raise UnsafeDrawing from error
    except arms.NotAPicture as error:
        raise NotAPicture from error
    _keep(made, by, now)


def remove_arms(*, by: Person | None, now: datetime) -> None:
    """Show our own mark again. Raises NotAllowed."""
    require_manager(by)
    _keep(None, by, now)


def _keep(made: arms.Arms | None, by: Person | None, now: datetime) -> None:
    with transaction.atomic():
        here = Municipality.objects.select_for_update().get()
        before = values_of(here) | {"arms": here.arms.name}
        old, storage = here.arms.name, here.arms.storage
        if made is None:
            here.arms = ""
        elif old != f"arms/{made.name}":
            # The name is made of the content: a file that lies there already is this one, left by a change that failed.
            storage.delete(f"arms/{made.name}")
            here.arms.save(made.name, ContentFile(made.content), save=False)
        here.save(update_fields=["arms"])
        log_changed(here, before, by=by, now=now)
        if old and old != here.arms.name:
            transaction.on_commit(lambda: storage.delete(old))
