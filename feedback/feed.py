"""Read what changed since somebody last read: nothing missed, nothing told twice (docs/decisions/0025)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from feedback.models import Card, CardChange, ChangeBatch, UntoldChange
from feedback.models.changes import ESCALATED
from feedback.queries import visible_to, with_attempts
from organisation.models import Person
from organisation.permissions import Permission
from organisation.queries import grants_of

MARGIN = timedelta(minutes=10)
"""So much before the moment that a reader names is told too: clocks differ, and a place is given after the change."""

_LAST = 2**63 - 1


class CursorOver(Exception):
    """The cursor leads nowhere any more: what was read by it must be read anew."""


class SightChanged(CursorOver):
    """The reader sees other units than when the cursor was handed out."""


@dataclass(frozen=True)
class Cursor:
    """How far somebody has read: to a row of a batch, by its token; `sight` is a sum of what they see.

    `began` is the batch that was the latest at the first reading: of what went before it a new reader knows nothing.
    """

    batch: int
    row: int
    token: str
    sight: str
    began: int = 0


@dataclass(frozen=True)
class Told:
    """One change: the card as it is now, or None where the reader sees it no more, for whatever reason."""

    reference: str
    card: Card | None


@dataclass(frozen=True)
class Changes:
    """What is told at once, and where to go on. `more` says that more waits already."""

    told: list[Told]
    cursor: Cursor
    more: bool


def first_cursor(person: Person, *, since: datetime | None = None) -> Cursor:
    """Return where to begin: before everything, or MARGIN before the aware moment `since`."""
    sight = sight_of(person)
    latest = ChangeBatch.objects.order_by("-id").values_list("id", flat=True).first() or 0
    if since is None:
        return Cursor(0, 0, "", sight, began=latest)
    earlier = ChangeBatch.objects.filter(at__lt=since - MARGIN).order_by("-at", "-id").first()
    return Cursor(earlier.pk, _LAST, earlier.token, sight) if earlier else Cursor(0, 0, "", sight)


def changes_since(person: Person, cursor: Cursor, *, limit: int) -> Changes:
    """Return at most `limit` changes after `cursor`, in their order (three statements, whatever their number).

    Raises CursorOver for a cursor of another past or one that is too old, SightChanged.
    """
    if cursor.sight != sight_of(person):
        raise SightChanged
    # Read before the rows: what is committed in between is found with a later reading.
    latest = ChangeBatch.objects.order_by("-id").first()
    if cursor.batch and cursor.token != _token_of(cursor.batch, latest):
        raise CursorOver
    rows = list(_rows(person, cursor)[: limit + 1])
    more, rows = len(rows) > limit, rows[:limit]
    batch, row, token = cursor.batch, cursor.row, cursor.token
    if rows and (more or latest is None or rows[-1].batch_id > latest.pk):
        batch, row, token = rows[-1].batch_id, rows[-1].pk, rows[-1].batch.token
    elif latest is not None and (latest.pk, _LAST) > (batch, row):
        batch, row, token = latest.pk, _LAST, latest.token
    told = [_told(one) for one in rows]
    return Changes(told, Cursor(batch, row, token, cursor.sight, cursor.began), more)


def _token_of(batch: int, latest: ChangeBatch | None) -> str | None:
    if latest is not None and latest.pk == batch:
        return latest.token
    return ChangeBatch.objects.filter(pk=batch).values_list("token", flat=True).first()


def sight_of(person: Person) -> str:
    """Return a short sum of which cards `person` sees: who sees other units must begin anew."""
    grants = grants_of(person)
    if grants.allows(Permission.SEE_ALL_CARDS):
        return "all"
    units = ",".join(str(pk) for pk in sorted(_audiences(person)))
    return hashlib.sha256(units.encode()).hexdigest()[:8]


def _audiences(person: Person) -> list[int]:
    """Return the audiences to which `person` belongs, as `feedback.rules.visible_cards` has them."""
    grants = grants_of(person)
    units = grants.units_with(Permission.SEE_UNIT_CARDS)
    return [*units, ESCALATED] if grants.allows(Permission.SEE_ESCALATED_CARDS) else units


def _rows(person: Person, cursor: Cursor) -> QuerySet[CardChange]:
    rows = CardChange.objects.filter(Q(batch__gt=cursor.batch) | Q(pk__gt=cursor.row), batch__gte=cursor.batch)
    if cursor.began:
        rows = rows.filter(Q(kind=CardChange.Kind.CURRENT) | Q(batch__gt=cursor.began))
    if grants_of(person).allows(Permission.SEE_ALL_CARDS):
        seen: Exists | ExpressionWrapper = ExpressionWrapper(
            Q(kind=CardChange.Kind.CURRENT, card__sensitive=False), output_field=BooleanField()
        )
        rows = rows.filter(audience__gt=ESCALATED).exclude(kind=CardChange.Kind.LEFT)
    else:
        # Of a card that went between the reader's own units, or came back, the last word is told.
        ours = CardChange.objects.filter(card=OuterRef("card"), audience__in=_audiences(person))
        later = ours.filter(Q(batch__gt=OuterRef("batch")) | Q(batch=OuterRef("batch"), pk__gt=OuterRef("pk")))
        seen = Exists(visible_to(person).filter(pk=OuterRef("card")))
        rows = rows.filter(~Exists(later), audience__in=_audiences(person))
    # What has changed since it got its place comes again: told now, it would be told twice.
    untold = UntoldChange.objects.filter(card_id=OuterRef("card"))
    joined = rows.filter(~Exists(untold)).select_related(
        "batch", "card__unit", "card__category", "card__handler", "card__submitter"
    )
    return with_attempts(joined, "card").annotate(seen=seen).order_by("batch", "id")


def _told(row: CardChange) -> Told:
    card = row.card if row.seen else None  # type: ignore[attr-defined]
    if card is not None:
        card.attempts = row.attempts  # type: ignore[attr-defined]
    return Told(row.reference, card)
