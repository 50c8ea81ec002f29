"""Files that were taken while clamd was away (`CLAMD_AWAY=accept`) are looked through once it answers again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction

from feedback.actions.base import write
from feedback.actions.storing import delete_file_on_commit
from feedback.mail_reading import header_of, names_with_virus, read_mail
from feedback.models import Attachment, CardEvent, IncomingMail
from feedback.queries import not_tried_since, unscanned_files
from organisation.scanning import Away, Infected, TooLarge, answers, is_on, look_through

logger = logging.getLogger(__name__)

BATCH = 100
"""Files of each kind that one run looks at."""

TRIED_AGAIN = timedelta(days=1)
"""So long what could not be looked through by itself, though clamd answered, waits for its next try."""


@dataclass
class LookedLater:
    """How many files were found good, bore a virus, or could not be looked through this time either."""

    clean: int = 0
    infected: int = 0
    left: int = 0


def look_through_later(*, now: datetime) -> LookedLater | None:
    """Look through the files that nobody could look through when they came; the marks of the good ones go.

    A row is claimed by a conditional update: two workers share the work, and what a worker that dies had in hand is tried
    again a day later. Nothing is locked while clamd works. None where there is no clamd, or it does not answer.
    """
    if not is_on():
        return None
    done = LookedLater()
    kinds: tuple[tuple[type[Any], Callable[..., None]], ...] = (
        (Attachment, _take_away),
        (IncomingMail, _keep_the_header),
    )
    for model, take_away in kinds:
        due = not_tried_since(unscanned_files(model), now - TRIED_AGAIN)
        for row in due.order_by("pk")[:BATCH]:
            if not not_tried_since(model.objects.filter(pk=row.pk), now - TRIED_AGAIN).update(scan_tried_at=now):
                continue  # another worker has it
            try:
                look_through(BytesIO(_content(row)))
            except Infected as found:
                take_away(row, virus=str(found), now=now)
                done.infected += 1
            except (Away, TooLarge, OSError) as error:
                if isinstance(error, Away) and not answers():
                    model.objects.filter(pk=row.pk).update(scan_tried_at=row.scan_tried_at)
                    return None
                why = type(error).__name__
                logger.error("%s %s was not looked through for viruses: %s", model._meta.label, row.pk, why)
                done.left += 1
            else:
                model.objects.filter(pk=row.pk).update(unscanned=False)
                done.clean += 1
    return done


def _content(row: Any) -> bytes:
    with row.file.open("rb") as file:
        content: bytes = file.read()
    return content


def _take_away(row: Attachment, *, virus: str, now: datetime) -> None:
    """Delete a file of a card. Its name is a note that goes with the card's data; what clamd calls the virus is a code."""
    with transaction.atomic():
        stored = Attachment.objects.select_for_update(of=("self",)).select_related("card").filter(pk=row.pk).first()
        if stored is None:
            return  # erased meanwhile
        _write_down(stored.card, virus, stored.name, now=now)
        delete_file_on_commit(stored)
        stored.delete()


def _keep_the_header(row: IncomingMail, *, virus: str, now: datetime) -> None:
    """Keep of a mail's original what is kept of one that is found at once: its header, and the names of its files."""
    with transaction.atomic():
        stored = IncomingMail.objects.select_for_update(of=("self",)).filter(pk=row.pk).exclude(file="").first()
        if stored is None:
            return
        raw = _content(stored)
        delete_file_on_commit(stored)
        stored.file.save(str(stored.file.name).rpartition("/")[2], ContentFile(header_of(raw)), save=False)
        stored.left_out, stored.unscanned = names_with_virus(read_mail(raw)), False
        stored.save(update_fields=["file", "left_out", "unscanned"])
        if stored.card is not None:
            _write_down(stored.card, virus, ", ".join(stored.left_out), now=now)


def _write_down(card: Any, virus: str, names: str, *, now: datetime) -> None:
    write(card, CardEvent.What.VIRUS_FOUND, by=None, now=now, to_value=virus[:120], note=names)
