"""Files that came with a form which could not be taken: kept, shown, and brought along by the next try."""

from __future__ import annotations

import base64
import logging
from datetime import datetime
from typing import BinaryIO, NamedTuple, cast

from django.http import HttpRequest

from feedback.actions.holding import HELD_FOR, hold_uploads, release
from feedback.forms.files import KeptFiles
from feedback.models import HeldUpload
from feedback.pictures import UnreadablePicture, thumbnail
from feedback.queries import held_uploads
from feedback.views.limits import Holding, seconds_to_wait

logger = logging.getLogger(__name__)

MOST_KEYS = 10
"""Twice what goes with a card. More is neither kept nor looked at."""


class Shown(NamedTuple):
    """A held file as the page shows it. `picture` is the small picture itself, so that no address leads to it."""

    key: str
    name: str
    picture: str


def keys_in(request: HttpRequest) -> list[str]:
    """Return the keys of the files that the form brings and that nobody ticked as not to be sent."""
    dropped = set(request.POST.getlist("drop"))
    keys = [key for key in dict.fromkeys(request.POST.getlist("held")) if key not in dropped]
    return keys[:MOST_KEYS]


def held_for(request: HttpRequest, now: datetime) -> list[HeldUpload]:
    """Return the files that the form brings, and throw away at once what was ticked as not to be sent."""
    if dropped := held_uploads(request.POST.getlist("drop")[:MOST_KEYS], now - HELD_FOR):
        release(dropped)
    return held_uploads(keys_in(request), now - HELD_FOR)


def keep_files(request: HttpRequest, form: KeptFiles, now: datetime) -> bool:
    """Keep the good files of a form that is shown again. Returns whether all that came is kept."""
    came = request.FILES.getlist("uploads")
    good = form.accepted[: MOST_KEYS - len(form.held)]
    if not good or seconds_to_wait(request, Holding):
        return not came
    try:
        form.held += hold_uploads(good, now=now)
    except OSError:
        logger.exception("Files of a form that is shown again could not be kept.")
        return False
    return len(good) == len(came)


def shown(held: list[HeldUpload]) -> list[Shown]:
    """Return the held files with their small pictures; a PDF has none."""
    return [Shown(one.key, one.name, _picture(one)) for one in held]


def _picture(held: HeldUpload) -> str:
    if not held.content_type.startswith("image/"):
        return ""
    try:
        with held.file.open("rb") as file:
            return f"data:image/jpeg;base64,{base64.b64encode(thumbnail(cast(BinaryIO, file))).decode()}"
    except (UnreadablePicture, OSError):
        return ""
