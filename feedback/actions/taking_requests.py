"""What other systems send by Open311: a card by the way that all cards come in, news of one, and pictures by address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from feedback import mails
from feedback.actions.base import words, write
from feedback.actions.correcting import Upload, add_attachments
from feedback.actions.intake import Intake
from feedback.actions.registration import register_card
from feedback.errors import NotAllowed, Refused
from feedback.models import Card, CardEvent, LinkedPicture, ReceivedRequest, ReceivedUpdate
from feedback.request_queries import received_before
from organisation.models import ApiKey
from organisation.nudging import nudge_on_commit
from organisation.outbox.queueing import queue_mails
from organisation.permissions import Scope
from organisation.queries import municipality, with_leaders, working_calendar

REMEMBERED = timedelta(days=1)
"""So long the same body from the same system is the same card."""

PICTURES_TASK = "feedback.fetch_linked_pictures"
MOST_PICTURES = 5
TRIES = [timedelta(minutes=minutes) for minutes in (1, 10, 60, 6 * 60)]
"""How long to wait after each failed try at a picture; after the last one it has failed."""


class NotForOpen311(NotAllowed):
    """The key was made for something else."""

    message = _("This key may not be used for Open311.")


class NoSuchRequest(Refused):
    """The other system did not send this card."""

    code = "no_such_request"
    field = "service_request_id"
    message = _("There is no request with this number that you sent.")


@dataclass(frozen=True)
class Sent:
    """What another system sent: the card, its files, addresses of pictures, its own number, and a digest of it all."""

    intake: Intake
    digest: str
    their_id: str = ""
    uploads: Sequence[Upload] = ()
    pictures: Sequence[str] = ()


def check_key(key: ApiKey) -> None:
    """Raise NotForOpen311 unless the key was made for Open311."""
    if Scope.OPEN311_WRITE not in key.scopes:
        raise NotForOpen311


def receive_request(sent: Sent, *, key: ApiKey, now: datetime) -> Card:
    """Register the card that the system behind `key` sent, or return the one that the same request made before.

    Of two that come at once the second waits for the first. Raises NotForOpen311, NotAllowed, and what `register_card`
    raises.
    """
    check_key(key)
    with transaction.atomic():
        with connection.cursor() as cursor:
            for name in {sent.digest, sent.their_id or sent.digest}:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"open311:{key.pk}:{name}"])
        known = received_before(key, their_id=sent.their_id, digest=sent.digest, since=now - REMEMBERED)
        if known is not None:
            return known
        return register_card(
            sent.intake, by=key.acts_as, now=now, and_then=lambda card: _keep(card, sent, key=key, now=now)
        )


def _keep(card: Card, sent: Sent, *, key: ApiKey, now: datetime) -> None:
    ReceivedRequest.objects.create(card=card, key=key, their_id=sent.their_id, digest=sent.digest, received_at=now)
    if sent.uploads:
        add_attachments(card, list(sent.uploads), by=None, now=now)
    if sent.pictures:
        LinkedPicture.objects.bulk_create(
            LinkedPicture(card=card, address=address, next_try_at=now) for address in sent.pictures[:MOST_PICTURES]
        )
        nudge_on_commit(PICTURES_TASK)


def receive_update(
    card: Card, *, key: ApiKey, update_id: str, status: str, updated_at: datetime, description: str, now: datetime
) -> ReceivedUpdate:
    """Write down what the system behind `key` tells of a card that it sent, once for each `update_id`, and mail the unit.

    The words become a note; the card's state stays as it is: what becomes of a card is the unit's to say. Raises
    NotForOpen311, NoSuchRequest, TextMissing.
    """
    check_key(key)
    known = ReceivedUpdate.objects.filter(key=key, update_id=update_id).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            card = (
                Card.objects.select_for_update(no_key=True, of=("self",))
                .select_related("unit", "handler")
                .get(pk=card.pk)
            )
            received = ReceivedUpdate.objects.create(
                card=card, key=key, update_id=update_id, status=status, updated_at=updated_at, received_at=now
            )
            note = words(description, "description")
            write(
                card, CardEvent.What.NEIGHBOUR_TOLD, by=None, now=now, from_value=key.name, to_value=status, note=note
            )
            house = municipality()
            today = working_calendar(house).local_date(now)
            [unit] = with_leaders(type(card.unit).objects.filter(pk=card.unit_id))
            told = mails.neighbour_told(
                card, unit, system=key.name, what="told", key=f"in:{received.pk}", house=house, on=today
            )
            queue_mails(told, now=now)
            return received
    except IntegrityError:
        known = ReceivedUpdate.objects.filter(key=key, update_id=update_id).first()
        if known is None:
            raise
        return known


# --- Pictures by address --------------------------------------------------------------------------------------------


def claim_picture(*, now: datetime) -> LinkedPicture | None:
    """Take the next picture that is due, for five minutes."""
    with transaction.atomic():
        waiting = LinkedPicture.objects.filter(state=LinkedPicture.State.WAITING, next_try_at__lte=now)
        found = waiting.select_for_update(skip_locked=True, of=("self",)).select_related("card").first()
        if found is None:
            return None
        found.tries += 1
        found.next_try_at = now + timedelta(minutes=5)
        found.save(update_fields=["tries", "next_try_at"])
        return found


def keep_picture(picture: LinkedPicture, upload: Upload, *, now: datetime) -> None:
    """Put a fetched picture on its card, once."""
    with transaction.atomic():
        done = LinkedPicture.objects.filter(pk=picture.pk, state=LinkedPicture.State.WAITING)
        if done.update(state=LinkedPicture.State.FETCHED, fault=""):
            add_attachments(picture.card, [upload], by=None, now=now)


def put_picture_off(picture: LinkedPicture, *, fault: str, for_good: bool, now: datetime) -> None:
    """Write down why a picture did not come, and try again later unless it will not get better."""
    over = for_good or picture.tries > len(TRIES)
    LinkedPicture.objects.filter(pk=picture.pk, state=LinkedPicture.State.WAITING).update(
        fault=fault[:300],
        state=LinkedPicture.State.FAILED if over else LinkedPicture.State.WAITING,
        next_try_at=now if over else now + TRIES[picture.tries - 1],
    )
